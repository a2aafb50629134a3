"""How TLS is to be spoken: versions, ciphers, keys, trust, sessions."""

import base64
import copy
import pickle
from collections.abc import Sequence
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL, crypto

from twisted.internet._sslverify import ClientTLSOptions, OpenSSLCertificateAuthorities
from twisted.internet._tls import _ciphers, _trustroots
from twisted.internet._tls._alpn import setAcceptableProtocols
from twisted.internet.interfaces import (
    IAcceptableCiphers,
    ICipher,
    IOpenSSLClientConnectionCreator,
    IOpenSSLContextFactory,
    IOpenSSLServerConnectionCreator,
)
from twisted.internet.protocol import Protocol
from twisted.internet.ssl import (
    DN,
    AcceptableCiphers,
    Certificate,
    CertificateOptions,
    ClientContextFactory,
    ContextFactory,
    DefaultOpenSSLContextFactory,
    DiffieHellmanParameters,
    KeyPair,
    PrivateCertificate,
    ProtocolNegotiationSupport,
    TLSVersion,
    VerificationError,
    optionsForClientTLS,
    platformTrust,
    protocolNegotiationMechanisms,
    trustRootFromCertificates,
)
from twisted.python.components import classImplements, verifyObject
from twisted.python.filepath import FilePath

from .tls_helpers import Pair, authority, certificate, clientOptions, keyPair, withoutKey

MINE = certificate()


def options(**arguments: object) -> CertificateOptions:
    """Return options of a server with more arguments."""
    return CertificateOptions(MINE.privateKey.original, MINE.original, **arguments)  # type: ignore[arg-type]


def client(**extra: object) -> IOpenSSLClientConnectionCreator:
    """Return options of a client with more arguments."""
    return optionsForClientTLS(
        "example.com", withoutKey(authority()), extraCertificateOptions=extra
    )


def spoken(server: object, client: object = None) -> tuple[str, str | None]:
    """Return the version and the cipher suite that two sides agree on."""
    handle = Pair(server=server, client=client).shake().client.transport.getHandle()
    return handle.get_protocol_version_name(), handle.get_cipher_name()


def refused(server: object, client: object = None) -> bool:
    """Return whether two sides find nothing to agree on."""
    pair = Pair(server=server, client=client).shake()
    return isinstance(pair.client.reason, SSL.Error) and isinstance(pair.server.reason, SSL.Error)


# What is given


def test_options_provide_their_interfaces() -> None:
    for interface in (
        IOpenSSLClientConnectionCreator,
        IOpenSSLContextFactory,
        IOpenSSLServerConnectionCreator,
    ):
        assert verifyObject(interface, CertificateOptions())
    assert verifyObject(IOpenSSLClientConnectionCreator, clientOptions())


@pytest.mark.parametrize(
    "arguments",
    [
        {"privateKey": MINE.privateKey.original},
        {"certificate": MINE.original},
        {"extraCertChain": [MINE.original]},
        {"verify": True},
        {"caCerts": [MINE.original]},
        {"acceptableProtocols": [b""]},
        {"acceptableProtocols": [b"x" * 256]},
        {"raiseMinimumTo": "TLSv1_2"},
        {"raiseMinimumTo": TLSVersion.TLSv1_3, "lowerMaximumSecurityTo": TLSVersion.TLSv1_2},
        {
            "insecurelyLowerMinimumTo": TLSVersion.TLSv1_3,
            "lowerMaximumSecurityTo": TLSVersion.TLSv1_2,
        },
    ],
)
def test_what_does_not_fit_is_a_value_error(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        CertificateOptions(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        {"trustRoot": authority(), "verify": True},
        {"trustRoot": authority(), "caCerts": [MINE.original]},
        {"trustRoot": authority(), "requireCertificate": False},
        {"method": SSL.TLS_METHOD, "raiseMinimumTo": TLSVersion.TLSv1_3},
        {"method": SSL.TLS_METHOD, "insecurelyLowerMinimumTo": TLSVersion.TLSv1_0},
        {"method": SSL.TLS_METHOD, "lowerMaximumSecurityTo": TLSVersion.TLSv1_2},
        {
            "raiseMinimumTo": TLSVersion.TLSv1_3,
            "insecurelyLowerMinimumTo": TLSVersion.TLSv1_2,
        },
        {"trustRoot": b"a certificate"},
        {"acceptableProtocols": ["h2"]},
    ],
)
def test_what_excludes_each_other_is_a_type_error(arguments: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        CertificateOptions(**arguments)  # type: ignore[arg-type]


def test_the_context_is_made_once() -> None:
    made = options()
    assert made.getContext() is made.getContext()


def test_the_key_has_to_fit_the_certificate() -> None:
    with pytest.raises(SSL.Error):
        CertificateOptions(keyPair().original, MINE.original).getContext()


def test_options_can_be_copied_without_their_context() -> None:
    made = options()
    made.getContext()
    again = copy.copy(made)
    assert again.getContext() is not made.getContext()
    assert again.certificate is made.certificate
    plain = CertificateOptions()
    plain.getContext()
    assert pickle.loads(pickle.dumps(plain)).verifyDepth == 9


# Versions


def test_the_newest_version_is_spoken() -> None:
    assert spoken(options())[0] == "TLSv1.3"


@pytest.mark.parametrize("old", [TLSVersion.TLSv1_0, TLSVersion.TLSv1_1])
def test_versions_below_tls_1_2_are_refused_by_default(old: object) -> None:
    assert refused(options(), client(insecurelyLowerMinimumTo=old, lowerMaximumSecurityTo=old))


@pytest.mark.parametrize(
    ("arguments", "version"),
    [
        ({"lowerMaximumSecurityTo": TLSVersion.TLSv1_2}, "TLSv1.2"),
        ({"raiseMinimumTo": TLSVersion.TLSv1_3}, "TLSv1.3"),
        ({"raiseMinimumTo": TLSVersion.TLSv1_0}, "TLSv1.3"),
        ({"insecurelyLowerMinimumTo": TLSVersion.SSLv3}, "TLSv1.3"),
        (
            {
                "insecurelyLowerMinimumTo": TLSVersion.TLSv1_0,
                "lowerMaximumSecurityTo": TLSVersion.TLSv1_1,
            },
            "TLSv1.1",
        ),
    ],
)
def test_versions_can_be_chosen(arguments: dict[str, object], version: str) -> None:
    old = client(insecurelyLowerMinimumTo=TLSVersion.TLSv1_0)
    assert spoken(options(**arguments), old)[0] == version


def test_raising_the_minimum_excludes_what_is_below() -> None:
    assert refused(
        options(raiseMinimumTo=TLSVersion.TLSv1_3),
        client(lowerMaximumSecurityTo=TLSVersion.TLSv1_2),
    )


def test_raising_the_minimum_does_not_lower_it() -> None:
    assert refused(
        options(raiseMinimumTo=TLSVersion.TLSv1_0),
        client(
            insecurelyLowerMinimumTo=TLSVersion.TLSv1_1,
            lowerMaximumSecurityTo=TLSVersion.TLSv1_1,
        ),
    )


def test_a_method_is_deprecated_and_works() -> None:
    with pytest.warns(DeprecationWarning, match="Passing method"):
        made = options(method=SSL.TLSv1_2_METHOD)
    assert spoken(made)[0] == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="Passing method"):
        assert spoken(options(method=SSL.SSLv23_METHOD))[0] == "TLSv1.3"


def test_versions_are_in_order() -> None:
    assert TLSVersion.TLSv1_2 < TLSVersion.TLSv1_3
    assert [version.name for version in TLSVersion.iterconstants()] == [
        "SSLv3",
        "TLSv1_0",
        "TLSv1_1",
        "TLSv1_2",
        "TLSv1_3",
    ]


# Ciphers


def test_forward_secrecy_is_the_default() -> None:
    name = spoken(options(lowerMaximumSecurityTo=TLSVersion.TLSv1_2))[1]
    assert name is not None
    assert name.startswith("ECDHE-")


def test_acceptable_ciphers_limit_what_is_spoken() -> None:
    suite = "ECDHE-ECDSA-AES128-GCM-SHA256"
    ciphers = AcceptableCiphers.fromOpenSSLCipherString(suite)
    server = options(acceptableCiphers=ciphers, lowerMaximumSecurityTo=TLSVersion.TLSv1_2)
    assert spoken(server)[1] == suite
    other = AcceptableCiphers.fromOpenSSLCipherString("ECDHE-ECDSA-CHACHA20-POLY1305")
    assert refused(server, client(acceptableCiphers=other))


def test_somebody_elses_choice_of_ciphers_counts() -> None:
    class Choice:
        def selectCiphers(self, availableCiphers: Sequence[ICipher]) -> Sequence[ICipher]:
            return [
                cipher
                for cipher in availableCiphers
                if cipher.fullName == "ECDHE-ECDSA-AES128-GCM-SHA256"
            ]

    classImplements(Choice, IAcceptableCiphers)
    server = options(acceptableCiphers=Choice(), lowerMaximumSecurityTo=TLSVersion.TLSv1_2)
    assert spoken(server)[1] == "ECDHE-ECDSA-AES128-GCM-SHA256"


def test_a_choice_keeps_its_order_and_what_there_is() -> None:
    there = _ciphers.availableCiphers()
    choice = AcceptableCiphers([there[3], _ciphers.OpenSSLCipher("unheard-of"), there[1]])
    assert choice.selectCiphers(there) == (there[3], there[1])


def test_a_text_that_openssl_does_not_know_chooses_nothing() -> None:
    assert (
        AcceptableCiphers.fromOpenSSLCipherString("nonsense").selectCiphers(
            _ciphers.availableCiphers()
        )
        == ()
    )


def test_ciphers_are_chosen_once() -> None:
    CertificateOptions()
    before = _ciphers._cipherList.cache_info().misses
    for _ in range(3):
        CertificateOptions()
    assert _ciphers._cipherList.cache_info().misses == before


def test_ciphers_can_be_compared() -> None:
    one = _ciphers.OpenSSLCipher("A")
    assert one == _ciphers.OpenSSLCipher("A")
    assert one != _ciphers.OpenSSLCipher("B")
    assert one != "A"
    assert hash(one) == hash(_ciphers.OpenSSLCipher("A"))
    assert repr(one) == "OpenSSLCipher('A')"
    assert verifyObject(ICipher, one)


# Diffie-Hellman

# 2048 bits: the group 14 of RFC 3526.
DH_2048 = b"""-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA///////////JD9qiIWjCNMTGYouA3BzRKQJOCIpnzHQCC76mOxOb
IlFKCHmONATd75UZs806QxswKwpt8l8UN0/hNW1tUcJF5IW1dmJefsb0TELppjft
awv/XLb0Brft7jhr+1qJn6WunyQRfEsf5kkoZlHs5Fs9wgB8uKFjvwWY2kg2HFXT
mmkWP6j9JM9fg2VdI9yjrZYcYvNWIIVSu57VKQdwlpZtZww1Tkq8mATxdGwIyhgh
fDKQXkYuNs474553LBgOhgObJ4Oi7Aeij7XFXfBvTFLJ3ivL9pVYFxg5lUl86pVq
5RXSJhiY+gUQFXKOWoqsqmj//////////wIBAg==
-----END DH PARAMETERS-----
"""


def _withOrderOfSubgroup(pem: bytes) -> bytes:
    """Return the same group as X9.42 has it, and as `openssl dhparam -dsaparam` writes groups."""
    der = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
    modulus = int.from_bytes(der[9 : 9 + 256], "big")
    numbers = der[4:] + b"\x02\x82\x01\x00" + ((modulus - 1) // 2).to_bytes(256, "big")
    text = base64.encodebytes(b"\x30\x82" + len(numbers).to_bytes(2, "big") + numbers)
    return b"-----BEGIN X9.42 DH PARAMETERS-----\n" + text + b"-----END X9.42 DH PARAMETERS-----\n"


@pytest.mark.parametrize("pem", [DH_2048, _withOrderOfSubgroup(DH_2048)])
def test_parameters_allow_diffie_hellman_over_finite_fields(tmp_path: Path, pem: bytes) -> None:
    file = tmp_path / "dh.pem"
    file.write_bytes(pem)
    parameters = DiffieHellmanParameters.fromFile(FilePath(str(file)))
    rsa = _rsaCertificate()
    finite = client(
        acceptableCiphers=AcceptableCiphers.fromOpenSSLCipherString("DHE-RSA-AES256-GCM-SHA384"),
        lowerMaximumSecurityTo=TLSVersion.TLSv1_2,
    )
    server = CertificateOptions(rsa.privateKey.original, rsa.original, dhParameters=parameters)
    assert spoken(server, finite)[1] == "DHE-RSA-AES256-GCM-SHA384"
    assert refused(rsa.options(), finite)


def _rsaCertificate() -> PrivateCertificate:
    """Return a certificate for an RSA key, which that suite needs."""
    key = KeyPair.generate()
    signed = authority().signRequestObject(key.requestObject(DN(CN="example.com")), 9)
    return PrivateCertificate.fromCertificateAndKeyPair(signed, key)


def test_small_parameters_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "dh.pem"
    file.write_bytes(
        b"-----BEGIN DH PARAMETERS-----\n"
        b"MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR\n"
        b"Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL\n"
        b"/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC\n"
        b"-----END DH PARAMETERS-----\n"
    )
    with pytest.raises(ValueError, match="dh key too small: 1024 bits"):
        DiffieHellmanParameters.fromFile(FilePath(str(file)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"-----BEGIN DH PARAMETERS-----\n====\n-----END DH PARAMETERS-----\n",
        b"-----BEGIN DH PARAMETERS-----\nMIGH\n-----END DH PARAMETERS-----\n",
        b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n",
    ],
)
def test_garbage_is_no_parameters(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "dh.pem"
    file.write_bytes(text)
    with pytest.raises(ValueError, match="holds no Diffie-Hellman parameters"):
        DiffieHellmanParameters.fromFile(FilePath(str(file)))


# Trust


def test_a_client_that_trusts_everybody() -> None:
    assert spoken(certificate("example.com", "nobody knows it").options(), CertificateOptions())


def test_a_list_of_certificates_is_trusted() -> None:
    root = trustRootFromCertificates([authority("another"), withoutKey(authority())])
    assert spoken(options(), optionsForClientTLS("example.com", root))


@pytest.mark.parametrize("wrong", [b"bytes", MINE.original, None])
def test_a_list_of_something_else_is_a_type_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="certificates items must be"):
        trustRootFromCertificates([wrong])  # type: ignore[list-item]


def test_older_arguments_verify_too() -> None:
    server = options(verify=True, caCerts=[authority().original])
    pair = Pair(server=server).shake()
    assert isinstance(pair.server.reason, SSL.Error)
    lenient = options(verify=True, caCerts=[authority().original], requireCertificate=False)
    assert spoken(lenient)


def test_authorities_can_be_given_as_pyopenssl_has_them() -> None:
    root = OpenSSLCertificateAuthorities([authority().original])
    assert spoken(options(), optionsForClientTLS("example.com", root))


def test_a_chain_leads_to_an_authority() -> None:
    # Self-signed ones may sign for others; here, one with the same key that the root has signed.

    from twisted.internet._tls._keys import KeyPair
    from twisted.internet.ssl import DN, PrivateCertificate

    middle = KeyPair.generate(crypto.TYPE_EC, 256)
    root = authority()
    signed = (
        x509.CertificateBuilder()
        .subject_name(DN(CN="between").toName())
        .issuer_name(root.getSubject().toName())
        .public_key(middle.original.to_cryptography_key().public_key())  # type: ignore[union-attr]
        .serial_number(4)
        .not_valid_before(root.original.to_cryptography().not_valid_before_utc)
        .not_valid_after(root.original.to_cryptography().not_valid_after_utc)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(root.privateKey._signing(), hashes.SHA256())
    )
    between = PrivateCertificate.fromCertificateAndKeyPair(
        Certificate(crypto.X509.from_cryptography(signed)), middle
    )
    key = keyPair()
    leaf = between.signRequestObject(key.requestObject(DN(CN="example.com")), 5)
    server = CertificateOptions(key.original, leaf.original, extraCertChain=[between.original])
    assert spoken(server)
    pair = Pair(server=CertificateOptions(key.original, leaf.original)).shake()
    assert "certificate verify failed" in str(pair.client.reason)


def test_the_platform_is_trusted_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = tmp_path / "store.pem"
    store.write_bytes(withoutKey(authority()).dumpPEM())
    monkeypatch.setenv("SSL_CERT_FILE", str(store))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert spoken(options(), optionsForClientTLS("example.com"))
    assert spoken(options(), optionsForClientTLS("example.com", platformTrust()))


def test_with_an_empty_store_nobody_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert refused(options(), optionsForClientTLS("example.com"))


def test_clients_share_a_context_until_the_platform_trusts_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "store.pem"))
    one, other = optionsForClientTLS("example.com"), optionsForClientTLS("example.org")
    assert one._ctx is other._ctx  # type: ignore[attr-defined]
    (tmp_path / "store.pem").write_bytes(withoutKey(authority()).dumpPEM())
    assert optionsForClientTLS("example.com")._ctx is not one._ctx  # type: ignore[attr-defined]


def test_without_a_platform_certifi_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_trustroots, "PLATFORM_FILES", ("/nowhere",))
    monkeypatch.setattr(_trustroots, "PLATFORM_DIRECTORIES", ("/nowhere",))
    loaded: list[str] = []

    class Context:
        def set_default_verify_paths(self) -> None:
            loaded.append("platform")

        def load_verify_locations(self, file: str) -> None:
            loaded.append(file)

    platformTrust()._addCACertsToContext(Context())  # type: ignore[arg-type]
    assert loaded == ["platform", certifi.where()]


def test_with_a_platform_certifi_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_trustroots, "PLATFORM_FILES", ())
    monkeypatch.setattr(_trustroots, "PLATFORM_DIRECTORIES", (str(tmp_path),))
    assert not _trustroots.platformHasRoots()
    (tmp_path / "root.pem").touch()
    assert _trustroots.platformHasRoots()


# Names of servers


@pytest.mark.parametrize(
    ("certified", "asked", "fits"),
    [
        ("example.com", "example.com", True),
        ("example.com", "EXAMPLE.com", True),
        ("example.com", "example.com.", True),
        ("example.com", "www.example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::1", "::1", True),
        ("xn--bcher-kva.example", "bücher.example", True),
    ],
)
def test_the_certificate_has_to_be_for_the_host(certified: str, asked: str, fits: bool) -> None:
    server = certificate(certified).options()
    pair = Pair(server=server, client=clientOptions(asked)).shake()
    if fits:
        assert pair.tlsClient.handshakeDone
        assert not pair.client.lost
    else:
        assert isinstance(pair.client.reason, VerificationError)


def test_the_name_is_sent_in_the_handshake() -> None:
    pair = Pair(server=certificate("example.com").options()).shake()
    assert pair.server.transport.getHandle().get_servername() == b"example.com"


def test_an_address_is_not_sent_in_the_handshake() -> None:
    pair = Pair(certificate("192.0.2.1").options(), clientOptions("192.0.2.1")).shake()
    assert pair.server.transport.getHandle().get_servername() is None


def test_the_name_can_be_kept_back() -> None:
    silent = optionsForClientTLS("example.com", withoutKey(authority()), sendServerName=False)
    pair = Pair(client=silent).shake()
    assert pair.tlsClient.handshakeDone
    assert pair.server.transport.getHandle().get_servername() is None


def test_a_name_in_bytes_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="requires text for host names, not bytes"):
        optionsForClientTLS(b"example.com")  # type: ignore[arg-type]


def test_unknown_arguments_are_a_type_error() -> None:
    with pytest.raises(TypeError):
        optionsForClientTLS("example.com", something=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        optionsForClientTLS("example.com", extraCertificateOptions={"something": 1})


@pytest.mark.parametrize("name", ["", "two words", "ab\x00c", "\N{SNOWMAN}" * 70])
def test_what_is_no_name_is_a_value_error(name: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        optionsForClientTLS(name)


def test_names_that_only_dns_knows_are_taken_as_they_are() -> None:
    assert "_service.example.com" in repr(optionsForClientTLS("_service.example.com"))


def test_a_subclass_may_verify_in_its_own_way() -> None:
    class Trusting(ClientTLSOptions):
        def _identityVerifyingInfoCallback(
            self, connection: SSL.Connection, where: int, ret: int
        ) -> None:
            pass

    context = CertificateOptions(trustRoot=withoutKey(authority())).getContext()
    pair = Pair(client=Trusting("example.org", context)).shake()
    assert pair.tlsClient.handshakeDone
    assert not pair.client.lost


# Sessions


def resumed(server: CertificateOptions) -> bool:
    """Return whether a second connection of a client goes on with the session of the first."""
    plain = CertificateOptions(enableSessionTickets=True)
    first = Pair(server=server, client=plain).shake()
    first.client.transport.write(b"x")
    first.run()
    session = first.client.transport.getHandle().get_session()
    assert session is not None
    second = Pair(server=server, client=plain)
    original = second.tlsClient.factory._create

    def create(protocol: object) -> SSL.Connection:
        connection = original(protocol)  # type: ignore[arg-type]
        connection.set_session(session)
        return connection

    second.tlsClient.factory._create = create
    second.shake()
    # pyOpenSSL has no name for it.
    handle = second.client.transport.getHandle()
    return bool(vars(SSL)["_lib"].SSL_session_reused(handle._ssl))


@pytest.mark.parametrize("version", [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3])
def test_tickets_make_a_second_handshake_shorter(version: object) -> None:
    assert resumed(options(enableSessionTickets=True, lowerMaximumSecurityTo=version))


@pytest.mark.parametrize("version", [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3])
def test_sessions_are_not_remembered_by_default(version: object) -> None:
    assert not resumed(options(lowerMaximumSecurityTo=version))


def test_a_server_can_remember_sessions() -> None:
    assert resumed(options(enableSessions=True, lowerMaximumSecurityTo=TLSVersion.TLSv1_2))


# Agreeing on a protocol


def test_alpn_is_the_way_to_agree_on_a_protocol() -> None:
    assert protocolNegotiationMechanisms() == ProtocolNegotiationSupport.ALPN
    assert ProtocolNegotiationSupport.NPN not in protocolNegotiationMechanisms()
    assert ProtocolNegotiationSupport.NOSUPPORT.value == 0


def test_protocols_can_be_set_on_a_context_of_ones_own() -> None:
    context = SSL.Context(SSL.TLS_METHOD)
    setAcceptableProtocols(context, [b"h2"])
    SSL.Connection(context, None)
    with pytest.raises(ValueError, match="already been used"):
        setAcceptableProtocols(context, [b"h2"])


# The older way


def test_a_context_factory_is_for_subclasses() -> None:
    with pytest.raises(NotImplementedError, match="ContextFactory has to define getContext"):
        ContextFactory().getContext()


def test_a_context_of_two_files_is_made_once(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(MINE.privateKey.dump(crypto.FILETYPE_PEM))
    (tmp_path / "cert.pem").write_bytes(withoutKey(MINE).dumpPEM())
    made = DefaultOpenSSLContextFactory(str(tmp_path / "key.pem"), str(tmp_path / "cert.pem"))
    assert made.getContext() is made.getContext()
    assert spoken(made)
    again = pickle.loads(pickle.dumps(made))
    assert again.getContext() is not made.getContext()


def test_a_context_of_missing_files_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SSL.Error):
        DefaultOpenSSLContextFactory(str(tmp_path / "key.pem"), str(tmp_path / "cert.pem"))


def test_clients_of_the_older_kind_speak_tls_1_2_or_newer() -> None:
    assert spoken(options(), ClientContextFactory())[0] == "TLSv1.3"

    class Older(ClientContextFactory):
        method = SSL.TLSv1_2_METHOD

    assert spoken(options(), Older())[0] == "TLSv1.2"


def test_connections_know_who_feeds_them() -> None:
    protocol = Protocol()
    assert CertificateOptions().clientConnectionForTLS(protocol).get_app_data() is protocol
