"""HTTP Digest: the hashes of the RFCs, the fields, challenges and responses."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.cred._digestfields import MAXIMUM_HEADER, parseFields
from twisted.cred.credentials import (
    DigestCredentialFactory,
    DigestedCredentials,
    IUsernameDigestHash,
    calcHA1,
    calcHA2,
    calcResponse,
)
from twisted.cred.error import LoginFailed
from twisted.python.components import verifyObject

EXAMPLES = int(os.environ.get("TW_EXAMPLES", "500"))

OLDER = (b"Mufasa", b"testrealm@host.com", b"Circle Of Life")
NEWER = (b"Mufasa", b"http-auth@example.org", b"Circle of Life")
NEWER_NONCE = b"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
NEWER_CNONCE = b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "who", "nonce", "cnonce", "expected"),
    [
        # RFC 2617, section 3.5; RFC 7616, section 3.9.1.
        (
            b"md5",
            OLDER,
            b"dcd98b7102dd2f0e8b11d0f600bfb0c093",
            b"0a4f113b",
            b"6629fae49393a05397450978507c4ef1",
        ),
        (b"md5", NEWER, NEWER_NONCE, NEWER_CNONCE, b"8ca523f5e9506fed4657c9700eebdbec"),
        (
            b"sha-256",
            NEWER,
            NEWER_NONCE,
            NEWER_CNONCE,
            b"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ],
)
def test_response_of_the_rfc(
    algorithm: bytes, who: tuple[bytes, bytes, bytes], nonce: bytes, cnonce: bytes, expected: bytes
) -> None:
    hash1 = calcHA1(algorithm, *who, nonce, cnonce)
    hash2 = calcHA2(algorithm, b"GET", b"/dir/index.html", b"auth", b"")
    response = calcResponse(hash1, hash2, algorithm, nonce, b"00000001", cnonce, b"auth")
    assert response == expected


def test_hash_of_the_user_can_be_given_instead() -> None:
    for algorithm in (b"md5", b"md5-sess", b"sha-256", b"sha-256-sess"):
        plain = algorithm.removesuffix(b"-sess")
        before = calcHA1(plain, *OLDER, b"", b"")
        assert calcHA1(algorithm, *OLDER, b"n", b"c") == calcHA1(
            algorithm, None, None, None, b"n", b"c", preHA1=before
        )


def test_hash_and_what_it_is_made_of_exclude_each_other() -> None:
    with pytest.raises(TypeError):
        calcHA1(b"md5", b"user", None, None, b"n", b"c", preHA1=b"0")
    with pytest.raises(TypeError):
        calcHA1(b"md5", b"user", b"realm", None, b"n", b"c")


def test_body_counts_for_auth_int_only() -> None:
    def hash2(quality: bytes, body: bytes) -> bytes:
        return calcHA2(b"md5", b"GET", b"/", quality, body)

    assert hash2(b"auth", b"1") == hash2(b"auth", b"2")
    assert hash2(b"auth-int", b"1") != hash2(b"auth-int", b"2")


def test_fields_with_and_without_quotes() -> None:
    assert parseFields(b'username="a \\"b\\", c", qop=auth,nc=00000001 , empty=""') == {
        b"username": b'a "b", c',
        b"qop": b"auth",
        b"nc": b"00000001",
        b"empty": b"",
    }


def test_names_are_in_lower_case_and_folded_lines_are_one() -> None:
    assert parseFields(b'UserName="a",\r\n  QOP=auth\n') == {b"username": b"a", b"qop": b"auth"}


@pytest.mark.parametrize(
    "header",
    [
        b"username",
        b'username="a',
        b'username="a" nonce="b"',
        b'a="b", a="c"',
        b'a="b",, =c',
        b'a="b\x00"',
        b"a=" + b"x" * MAXIMUM_HEADER,
    ],
)
def test_malformed_fields_are_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match="field"):
        parseFields(header)


@pytest.mark.property
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=400) | st.text('a="\\, \r\n\t', max_size=60).map(str.encode))
def test_any_bytes_are_fields_or_refused(header: bytes) -> None:
    try:
        fields = parseFields(header)
    except ValueError:
        return
    assert all(name == name.lower() for name in fields)
    # Nothing is made up: every value comes out of the header.
    assert sum(len(value) for value in fields.values()) <= len(header)


@pytest.mark.property
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(rb"[a-z]{1,8}", fullmatch=True),
        st.binary(max_size=20).filter(lambda value: not set(value) & {*range(32), 127}),
        max_size=5,
    )
)
def test_fields_in_quotes_come_back(fields: dict[bytes, bytes]) -> None:
    def quoted(value: bytes) -> bytes:
        return value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')

    # A byte that ends a line in some encodings is cut by splitlines() in text, not in bytes.
    header = b", ".join(b'%s="%s"' % (name, quoted(value)) for name, value in fields.items())
    assert parseFields(header) == fields


class Browser:
    """A client of Digest."""

    def __init__(self, factory: DigestCredentialFactory, address: str = "10.2.3.4") -> None:
        self.fields = factory.getChallenge(address)
        self.fields |= {"username": b"alice", "uri": b"/", "nc": b"00000001", "cnonce": b"abc"}

    def respond(self, password: bytes = b"sesame", method: bytes = b"GET") -> bytes:
        fields = self.fields
        algorithm = fields["algorithm"].lower()
        hash1 = calcHA1(
            algorithm, b"alice", fields["realm"], password, fields["nonce"], fields["cnonce"]
        )
        hash2 = calcHA2(algorithm, method, fields["uri"], b"auth", b"")
        fields["response"] = calcResponse(
            hash1, hash2, algorithm, fields["nonce"], fields["nc"], fields["cnonce"], b"auth"
        )
        return self.header()

    def header(self) -> bytes:
        return b", ".join(b'%s="%s"' % (name.encode(), self.fields[name]) for name in self.fields)


@pytest.mark.parametrize("algorithm", [b"md5", b"MD5", b"md5-sess", b"sha-256", b"sha-256-sess"])
def test_right_password_is_proved(algorithm: bytes) -> None:
    factory = DigestCredentialFactory(algorithm, b"realm")
    credentials = factory.decode(Browser(factory).respond(), b"GET", "10.2.3.4")
    assert verifyObject(IUsernameDigestHash, credentials)
    assert credentials.username == b"alice"
    assert credentials.checkPassword(b"sesame") is True
    assert credentials.checkPassword(b"other") is False
    plain = algorithm.lower().removesuffix(b"-sess")
    stored = calcHA1(plain, b"alice", b"realm", b"sesame", b"", b"")
    assert credentials.checkHash(stored) is True
    assert credentials.checkHash(stored[::-1]) is False


def test_proof_is_for_one_method() -> None:
    factory = DigestCredentialFactory(b"md5", b"realm")
    credentials = factory.decode(Browser(factory).respond(), b"POST", "10.2.3.4")
    assert credentials.checkPassword(b"sesame") is False


def test_challenge_has_its_fields() -> None:
    factory = DigestCredentialFactory(b"sha-256", b"realm")
    challenge = factory.getChallenge("10.2.3.4")
    assert set(challenge) == {"nonce", "opaque", "qop", "algorithm", "realm"}
    assert challenge["qop"] == b"auth"
    assert challenge["nonce"] != factory.getChallenge("10.2.3.4")["nonce"]


def test_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="sha-256"):
        DigestCredentialFactory(b"rot13", b"realm")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", b""),
        ("nonce", b"0" * 32),
        ("opaque", b"nonsense"),
        ("opaque", b"abc-!!!"),
        ("opaque", b""),
        ("algorithm", b"md5"),
    ],
)
def test_changed_fields_are_refused(field: str, value: bytes) -> None:
    factory = DigestCredentialFactory(b"sha-256", b"realm")
    browser = Browser(factory)
    browser.respond()
    browser.fields[field] = value
    with pytest.raises(LoginFailed):
        factory.decode(browser.header(), b"GET", "10.2.3.4")


@pytest.mark.parametrize("field", ["username", "nonce", "opaque"])
def test_missing_fields_are_refused(field: str) -> None:
    factory = DigestCredentialFactory(b"sha-256", b"realm")
    browser = Browser(factory)
    browser.respond()
    del browser.fields[field]
    with pytest.raises(LoginFailed):
        factory.decode(browser.header(), b"GET", "10.2.3.4")


def test_malformed_response_is_refused() -> None:
    with pytest.raises(LoginFailed, match="malformed"):
        DigestCredentialFactory(b"md5", b"realm").decode(b'username="', b"GET", "10.2.3.4")


def test_challenge_of_somebody_else_is_refused() -> None:
    factory = DigestCredentialFactory(b"md5", b"realm")
    with pytest.raises(LoginFailed, match="another host"):
        factory.decode(Browser(factory).respond(), b"GET", "10.2.3.5")


def test_challenge_of_another_server_is_refused() -> None:
    factory, other = DigestCredentialFactory(b"md5", b"r"), DigestCredentialFactory(b"md5", b"r")
    with pytest.raises(LoginFailed):
        factory.decode(Browser(other).respond(), b"GET", "10.2.3.4")


def test_old_challenge_is_refused() -> None:
    factory = DigestCredentialFactory(b"md5", b"realm")
    response = Browser(factory).respond()
    now = factory._getTime()
    factory._getTime = lambda: now + factory.CHALLENGE_LIFETIME_SECS - 2  # type: ignore[method-assign]
    factory.decode(response, b"GET", "10.2.3.4")
    factory._getTime = lambda: now + factory.CHALLENGE_LIFETIME_SECS + 2  # type: ignore[method-assign]
    with pytest.raises(LoginFailed, match="old"):
        factory.decode(response, b"GET", "10.2.3.4")


@pytest.mark.parametrize("fields", [{}, {"qop": b"auth-int"}, {"algorithm": b"rot13"}])
def test_what_cannot_be_checked_does_not_match(fields: dict[str, bytes]) -> None:
    credentials = DigestedCredentials(b"alice", b"GET", b"realm", fields)
    assert credentials.checkPassword(b"sesame") is False


def test_names_of_fields_may_be_bytes() -> None:
    credentials = DigestedCredentials(b"alice", b"GET", b"realm", {b"nonce": b"1"})
    assert credentials.fields == {"nonce": b"1"}
