"""Parsers of what proves who somebody is: Digest, CRAM, hashes, files of passwords, descriptions."""

import tempfile
from functools import cache
from pathlib import Path

from fuzz.target import Target, joined, text
from twisted.cred import strcred
from twisted.cred._cryptformats import UnknownHashError, hashLike
from twisted.cred._digestfields import parseFields
from twisted.cred.checkers import FilePasswordDB
from twisted.cred.credentials import (
    CramMD5Credentials,
    DigestCredentialFactory,
    UsernamePassword,
)
from twisted.cred.error import LoginFailed
from twisted.python.failure import Failure

_FIELDS = [
    *(b'username="ada", ', b'realm="a \\" b", ', b"nonce=n, ", b'uri="/a?b=c", ', b"nc=00000001, "),
    *(b'cnonce="c", ', b"qop=auth, ", b'response="r"', b"algorithm=SHA-256, ", b'opaque="o", '),
    *(b'opaque="x-bg==", ', b"\r\n ", b"algorithm=md5-sess,", b'nonce="other", '),
]


@cache
def _answered() -> tuple[DigestCredentialFactory, bytes]:
    """Return a factory, and a response to a challenge of it."""
    factory = DigestCredentialFactory(b"md5", b"a realm")
    challenge = factory.getChallenge("192.0.2.7")
    return factory, b'username="ada", nonce="%b", opaque="%b", ' % (
        challenge["nonce"],
        challenge["opaque"],
    )


def digest(pieces: list[bytes]) -> object:
    """Read the fields of a response, and take it for one to a real challenge."""
    header = b"".join(pieces)
    results: list[object] = []
    try:
        results.append(sorted(parseFields(header).items()))
    except ValueError as error:
        results.append(str(error))
    factory, answer = _answered()
    for response in (header, answer + header, header + b"," + answer):
        try:
            credentials = factory.decode(response, b"GET", "192.0.2.7")
        except LoginFailed as error:
            results.append(str(error))
            continue
        results.append(credentials.checkPassword(b"sesame"))
        results.append(credentials.checkHash(b"0" * 32))
    return results


def cram(pieces: list[bytes]) -> object:
    """Read a response to a challenge."""
    credentials = CramMD5Credentials(b"host")
    credentials.challenge = b"<1896.697170952@postoffice.example.net>"
    try:
        credentials.setResponse(b"".join(pieces))
    except LoginFailed as error:
        return str(error)
    return credentials.username, credentials.checkPassword(b"tanstaaftanstaaf")


_CRAM = [b"tim b913a602c7eda7a495b4e6e7334d3890", b"a b " + b"0" * 32, b" " + b"0" * 32]

# The costs of other forms are what the file says, and as high as one likes.
_STORED = [
    *(b"{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", b"$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", b"plain"),
    *(b"{SHA}", b"rEK1ecacw.7.c", b"$", b"*LK*", b"!"),
]


def hashes(pieces: list[bytes]) -> object:
    """Hash a password in forms of cheap costs."""
    password = b"".join(pieces)
    results: list[object] = []
    for stored in _STORED:
        try:
            results.append(hashLike(password, stored))
        except UnknownHashError:
            results.append("unknown")
        except ValueError as error:
            results.append(str(error))
    return results


_PASSWORDS = [
    *[b"password", b"", b"x" * 60, "\xe9".encode()] * 8,
    b"x" * 4096,
    b"x" * 4097,
    b"a\0b",
]


@cache
def _file() -> Path:
    return Path(_directory().name) / "passwords"


@cache
def _directory() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def passwordFile(pieces: list[bytes]) -> object:
    """Look users up in a file."""
    _file().write_bytes(b"".join(pieces))
    results: list[object] = []
    for caseSensitive in (True, False):
        checker = FilePasswordDB(str(_file()), caseSensitive=caseSensitive)
        results.append(sorted(checker._passwords().items()))
        for user in (b"ada", b"Bob", b""):
            checker.requestAvatarId(UsernamePassword(user, b"sesame")).addBoth(_note, results)
    return results


def _note(result: object, results: list[object]) -> None:
    results.append(type(result.value) if isinstance(result, Failure) else result)


_LINES = [
    *(b"ada:sesame\n", b"bob:x:1000:1000:Bob:/home/bob:/bin/sh\n", b"Bob:Sesame\r\n", b"\n"),
    *(b":\n", b"ada:other\n", b"eve:*\n", b"no password\n", b"a:b:c", b"x" * 500 + b":y\n"),
]


def description(pieces: list[bytes]) -> object:
    """Make the checker of a description."""
    try:
        return type(strcred.makeChecker(text(b"".join(pieces))))
    except strcred.StrcredException as error:
        return type(error), str(error)


_DESCRIPTIONS = [
    *(b"memory:ada:sesame", b"memory:ada:sesame:bob:x", b"anonymous", b"unix", b"file:/none"),
    *(b"passwd:", b"file:/", b"anonymous:x", b"memory", b"unknown:x", b"memory::x"),
]

CRED = [
    Target("cred-digest", joined(_FIELDS, 12), digest, _FIELDS, isStream=False),
    Target("cred-cram", joined(_CRAM, 1), cram, _CRAM, isStream=False),
    Target("cred-hashes", joined(_PASSWORDS, 1), hashes, _PASSWORDS, isStream=False),
    Target("cred-file", joined(_LINES), passwordFile, _LINES, isStream=False),
    Target(
        "cred-descriptions",
        joined(_DESCRIPTIONS, 1),
        description,
        [b":"],
        isStream=False,
        # To read the cache of plugins takes as much as that may have.
        memory=20 * 2**20,
    ),
]
