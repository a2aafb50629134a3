"""A function that takes functions with results now or later, and one whose result is now."""

from collections.abc import Callable

from twisted.internet.defer import Deferred, maybeDeferred, succeed

USERS = ("alice", "angus", "agnes")
waiting: list[Deferred[bool]] = []


def checkNow(user: str) -> bool:
    return user in USERS


def checkLater(user: str) -> Deferred[bool]:
    d: Deferred[bool] = Deferred()
    waiting.append(d)
    return d.addCallback(lambda reachable: reachable and user in USERS)


def checkAtOnce(user: str) -> Deferred[bool]:
    """Keep the promise of a Deferred, though there is nothing to wait for."""
    return succeed(user in USERS)


def authenticate(check: Callable[[str], bool | Deferred[bool]], user: str) -> None:
    def show(known: bool) -> None:
        print(user, "is known" if known else "is not known")

    maybeDeferred(check, user).addCallback(show)


authenticate(checkNow, "alice")
authenticate(checkLater, "angus")
authenticate(checkAtOnce, "mallory")
print("waiting")
waiting[0].callback(True)
