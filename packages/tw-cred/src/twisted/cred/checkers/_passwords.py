"""What checkers of passwords share: how the answer is given."""

from collections.abc import Callable

from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred, maybeDeferred


def avatarIdIf(
    username: bytes,
    known: bool,
    check: Callable[[bytes], bool | Deferred[bool]],
    password: bytes,
) -> Deferred[bytes]:
    """Return who somebody is if a check succeeds.

    The check is made for a user who does not exist as well, so that the peer cannot tell by the
    time it takes which users there are.

    Args:
        username: Who they say they are.
        known: Whether there is such a user.
        check: Compares a password, or a hash of it, with what the peer sent.
        password: What to compare with; anything that costs the same for a user who does not exist.

    Returns:
        A Deferred of the name. It fails with `UnauthorizedLogin` if the check does, or if there is
        no such user.
    """

    def checked(matches: bool) -> bytes:
        if known and matches:
            return username
        raise UnauthorizedLogin("no such user, or another password")

    return maybeDeferred(check, password).addCallback(checked)


__all__ = ["avatarIdIf"]
