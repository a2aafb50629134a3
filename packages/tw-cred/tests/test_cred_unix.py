"""The accounts of this machine, in files of the tests' own."""

from pathlib import Path

import pytest

from twisted.cred.checkers import ICredentialsChecker, UNIXChecker
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.python.components import verifyObject

from .cred_helpers import errorOf, resultOf

HASH = "$apr1$saltsalt$yAAkm4libquA.ZWLHbSBq/"


@pytest.fixture
def checker(tmp_path: Path) -> UNIXChecker:
    passwd, shadow = tmp_path / "passwd", tmp_path / "shadow"
    passwd.write_text(
        f"alice:x:1000:1000::/home/alice:/bin/sh\nold:{HASH}:1:1::/:/bin/sh\n"
        "locked:x:2:2::/:\nstar:*:3:3::/:\nlost:x:4:4::/:\n"
    )
    shadow.write_text(f"alice:{HASH}:19000:0:99999:7:::\nlocked:!{HASH}:1::::::\nstar:{HASH}:1\n")
    return UNIXChecker(str(passwd), str(shadow))


def login(checker: UNIXChecker, name: bytes, password: bytes = b"password") -> bytes:
    return resultOf(checker.requestAvatarId(UsernamePassword(name, password)))


def test_it_is_a_checker() -> None:
    assert verifyObject(ICredentialsChecker, UNIXChecker())


def test_password_in_the_shadow_file(checker: UNIXChecker) -> None:
    assert login(checker, b"alice") == b"alice"


def test_password_in_the_passwd_file(checker: UNIXChecker) -> None:
    assert login(checker, b"old") == b"old"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (b"alice", b"other"),
        (b"alice", b"x"),
        (b"locked", b"password"),
        (b"star", b"password"),
        (b"lost", b"password"),
        (b"mallory", b"password"),
    ],
)
def test_everybody_else_is_refused(checker: UNIXChecker, name: bytes, password: bytes) -> None:
    error = errorOf(checker.requestAvatarId(UsernamePassword(name, password)))
    assert isinstance(error, UnauthorizedLogin)


def test_missing_files_let_nobody_in(tmp_path: Path) -> None:
    checker = UNIXChecker(str(tmp_path / "passwd"), str(tmp_path / "shadow"))
    error = errorOf(checker.requestAvatarId(UsernamePassword(b"alice", b"password")))
    assert isinstance(error, UnauthorizedLogin)


def test_unknown_users_are_hashed_for(
    checker: UNIXChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from twisted.cred.checkers import _unix

    hashed: list[bytes] = []

    def noting(password: bytes, stored: bytes) -> bytes:
        hashed.append(stored)
        return b""

    monkeypatch.setattr(_unix, "hashLike", noting)
    for name in (b"alice", b"mallory", b"lost"):
        errorOf(checker.requestAvatarId(UsernamePassword(name, b"password")))
    assert len(hashed) == 3


@pytest.mark.parametrize("name", [b"nobody", b"locked"])
def test_refusing_takes_as_long_whoever_it_is(
    checker: UNIXChecker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    """The time would tell which users there are: so the form is one that is in use here."""
    forms: list[bytes] = []

    def hashing(password: bytes, stored: bytes) -> bytes:
        forms.append(stored[:3])
        return b"another"

    monkeypatch.setattr("twisted.cred.checkers._unix.hashLike", hashing)
    (tmp_path / "passwd").write_bytes(b"locked:x:1\nada:x:2\nbob:x:3\n")
    (tmp_path / "shadow").write_bytes(b"locked:!$1$salt$hash:1\nada:*:1\nbob:$y$salt$hash:1\n")
    with pytest.raises(UnauthorizedLogin):
        login(checker, name)
    assert forms == [b"$y$"]
