"""Realms and checkers for the tests, and a look at what a Deferred has."""

from collections.abc import Callable
from typing import TypeVar

from twisted.cred.portal import AvatarId, IRealm, Login
from twisted.internet.defer import Deferred
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure

T = TypeVar("T")


class IDoor(Interface):
    """What avatars provide."""

    def open(self) -> str:
        """Open it."""
        ...


class IWindow(Interface):
    """What other avatars provide."""

    def look(self) -> str:
        """Look out."""
        ...


@implementer(IDoor)
class Door:
    """An avatar."""

    def __init__(self, owner: AvatarId) -> None:
        self.owner = owner

    def open(self) -> str:
        return "open"


@implementer(IRealm)
class Doors:
    """A realm that remembers what it was asked, and which sessions ended."""

    def __init__(self) -> None:
        self.asked: list[tuple[AvatarId, object, tuple[object, ...]]] = []
        self.ended: list[int] = []

    def requestAvatar(
        self, avatarId: AvatarId, mind: object, *interfaces: Callable[..., object]
    ) -> Login[object]:
        self.asked.append((avatarId, mind, interfaces))
        if IDoor not in interfaces:
            raise NotImplementedError("only doors")
        session = len(self.asked)
        return IDoor, Door(avatarId), lambda: self.ended.append(session)


def resultOf(deferred: Deferred[T]) -> T:
    """Return the result that a Deferred has."""
    results: list[T] = []
    failures: list[Failure] = []
    deferred.addCallbacks(results.append, failures.append)
    if failures:
        failures[0].raiseException()
    assert results, "it has no result yet"
    return results[0]


def errorOf(deferred: Deferred[T]) -> BaseException:
    """Return the exception that a Deferred failed with."""
    failures: list[Failure] = []
    deferred.addErrback(failures.append)
    assert failures, "it has not failed"
    value = failures[0].value
    assert value is not None
    return value
