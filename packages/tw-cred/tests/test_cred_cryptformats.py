"""Hashes of crypt(5) and of htpasswd; the expected ones are of `openssl passwd`."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.cred._cryptformats import MAXIMUM_PASSWORD, UnknownHashError, _crypt, hashLike

EXAMPLES = int(os.environ.get("TW_EXAMPLES", "500"))

needsLibrary = pytest.mark.skipif(_crypt() is None, reason="the C library has no crypt(3) here")


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        (b"password", b"$apr1$saltsalt$yAAkm4libquA.ZWLHbSBq/"),
        (b"a", b"$apr1$saltsalt$OEnK0QmmvoDzFw9W2yFYT/"),
        (b"longer than sixteen bytes indeed", b"$apr1$saltsalt$rN7JNxzb3WaxJP0Ocu2y10"),
        (b"", b"$apr1$saltsalt$a8ml/vK5HEjiZ5oypDWA7/"),
        (b"password", b"{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    ],
)
def test_forms_of_apache(password: bytes, stored: bytes) -> None:
    assert hashLike(password, stored) == stored
    assert hashLike(password + b".", stored) != stored


@needsLibrary
@pytest.mark.parametrize(
    "stored",
    [
        b"$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
        b"$5$s$PSEyOUK2.61cifBEF9dRKkFNBHSjVRV95vwjY2WRTZ2",
        b"$1$s$86LMLBF75kT8k49Mbjn6l0",
    ],
)
def test_forms_of_the_library(stored: bytes) -> None:
    assert hashLike(b"password", stored) == stored
    assert hashLike(b"Password", stored) != stored


@pytest.mark.parametrize("stored", [b"", b"*", b"!", b"!$6$saltsalt$x", b"*0", b"$nonsense$", b":"])
def test_no_password_matches_what_is_no_hash(stored: bytes) -> None:
    with pytest.raises(UnknownHashError):
        hashLike(b"password", stored)


def test_password_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match=str(MAXIMUM_PASSWORD)):
        hashLike(b"x" * (MAXIMUM_PASSWORD + 1), b"$apr1$s$")


def test_password_with_a_nul_is_refused() -> None:
    # The C library would take what is before the NUL for the whole.
    with pytest.raises(ValueError, match="NUL"):
        hashLike(b"pass\0word", b"$1$s$86LMLBF75kT8k49Mbjn6l0")


@pytest.mark.property
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=30) | st.binary(max_size=30).map(b"$1$".__add__))
def test_any_stored_bytes_are_a_form_or_refused(password: bytes, stored: bytes) -> None:
    try:
        computed = hashLike(password, stored)
    except ValueError:
        return
    assert computed
