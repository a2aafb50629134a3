"""Checkers that need nothing from outside: everybody, and a dictionary."""

import secrets
from collections.abc import Callable

from twisted.cred.checkers._interfaces import ANONYMOUS, ICredentialsChecker
from twisted.cred.checkers._passwords import avatarIdIf
from twisted.cred.credentials import (
    IAnonymous,
    ICredentials,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.internet.defer import Deferred
from twisted.python.components import implementer


@implementer(ICredentialsChecker)
class AllowAnonymousAccess:
    """Lets in whoever does not say who they are."""

    credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (IAnonymous,)

    def requestAvatarId(self, credentials: IAnonymous) -> tuple[()]:
        """Return `ANONYMOUS`."""
        return ANONYMOUS


@implementer(ICredentialsChecker)
class InMemoryUsernamePasswordDatabaseDontUse:
    """A dictionary of users and their passwords in clear: for examples and tests.

    Attributes:
        users: The passwords by user name.
    """

    credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (
        IUsernamePassword,
        IUsernameHashedPassword,
    )

    def __init__(self, **users: bytes | str) -> None:
        """Make a checker.

        Args:
            users: The passwords by user name.
        """
        self.users: dict[bytes, bytes] = {}
        # What a user who does not exist is compared with.
        self._nobody = secrets.token_hex(8).encode("ascii")
        for username, password in users.items():
            self.addUser(username, password)

    def addUser(self, username: bytes | str, password: bytes | str) -> None:
        """Let somebody log in from now on.

        Args:
            username: Their name; text is encoded as UTF-8.
            password: Their password; text is encoded as UTF-8.
        """
        self.users[_encoded(username)] = _encoded(password)

    def requestAvatarId(
        self, credentials: IUsernamePassword | IUsernameHashedPassword
    ) -> Deferred[bytes]:
        """Return the user's name if the password is right."""
        password = self.users.get(credentials.username)
        known = password is not None
        return avatarIdIf(
            credentials.username,
            known,
            credentials.checkPassword,
            self._nobody if password is None else password,
        )


def _encoded(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8")


__all__ = ["AllowAnonymousAccess", "InMemoryUsernamePasswordDatabaseDontUse"]
