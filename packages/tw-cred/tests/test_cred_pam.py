"""The checker that asks PAM, over a stand-in for the module pamela."""

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from twisted.cred._cryptformats import MAXIMUM_PASSWORD
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.pamauth import PAMChecker
from twisted.python.components import verifyObject

from .cred_helpers import errorOf, resultOf


class DummyReactor:
    """Makes the calls of both kinds when it is told to."""

    def __init__(self) -> None:
        self.inThread: list[Callable[[], object]] = []
        self.fromThread: list[Callable[[], object]] = []

    def callInThread(self, callable: Callable[[], object]) -> None:
        self.inThread.append(callable)

    def callFromThread(self, callable: Callable[[], object]) -> None:
        self.fromThread.append(callable)

    def turn(self) -> None:
        for calls in (self.inThread, self.fromThread):
            while calls:
                calls.pop(0)()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    asked: list[tuple[str, str, str]] = []

    def authenticate(username: str, password: str, service: str) -> None:
        asked.append((username, password, service))
        if password != "sesame":
            raise RuntimeError("PAM says no")

    monkeypatch.setitem(sys.modules, "pamela", SimpleNamespace(authenticate=authenticate))
    return asked


def test_pam_is_asked_in_a_thread(asked: list[tuple[str, str, str]]) -> None:
    reactor = DummyReactor()
    checker = PAMChecker("imap", reactor)
    assert verifyObject(ICredentialsChecker, checker)
    deferred = checker.requestAvatarId(UsernamePassword("jörg".encode(), b"sesame"))
    assert not asked
    reactor.inThread.pop()()
    assert asked == [("jörg", "sesame", "imap")]
    assert not deferred.called
    reactor.turn()
    assert resultOf(deferred) == "jörg".encode()


def test_refusal_of_pam_is_an_unauthorized_login(asked: list[tuple[str, str, str]]) -> None:
    reactor = DummyReactor()
    deferred = PAMChecker(reactor=reactor).requestAvatarId(UsernamePassword(b"alice", b"no"))
    reactor.turn()
    error = errorOf(deferred)
    assert isinstance(error, UnauthorizedLogin)
    assert "PAM says no" not in str(error)
    assert "PAM says no" in str(error.__cause__)


@pytest.mark.parametrize(
    ("name", "password"),
    [(b"\xff", b"x"), (b"a\0b", b"x"), (b"a", b"x\0"), (b"a", b"x" * (MAXIMUM_PASSWORD + 1))],
)
def test_pam_is_not_asked_about_impossible_ones(
    asked: list[tuple[str, str, str]], name: bytes, password: bytes
) -> None:
    reactor = DummyReactor()
    checker = PAMChecker(reactor=reactor)
    deferred = checker.requestAvatarId(UsernamePassword(name, password))
    assert isinstance(errorOf(deferred), UnauthorizedLogin)
    assert not reactor.inThread


def test_missing_module_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pamela", None)
    with pytest.raises(ImportError, match=r"tw-cred\[pam\]"):
        PAMChecker()
