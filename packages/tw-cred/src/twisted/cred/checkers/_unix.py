"""A checker over the accounts of this machine: passwd(5), and shadow(5) where it can be read."""

import hmac
from collections.abc import Callable

from twisted.cred._cryptformats import hashLike
from twisted.cred.checkers._file import LOCKED, LOCKS, FilePasswordDB
from twisted.cred.checkers._interfaces import ICredentialsChecker
from twisted.cred.checkers._passwords import avatarIdIf
from twisted.cred.credentials import ICredentials, IUsernamePassword
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.components import implementer

_log = Logger(namespace="twisted.cred.checkers")

# What a user who does not exist is hashed for where nobody has a password.
_NOBODY = b"$6$nobody$"


@implementer(ICredentialsChecker)
class UNIXChecker:
    """The accounts of this machine.

    Most machines keep the hashes in the shadow file, which only root may read: run as root, or as a
    member of its group, or use PAM (`twisted.cred.pamauth`).
    """

    credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (IUsernamePassword,)

    def __init__(self, passwdFile: str = "/etc/passwd", shadowFile: str = "/etc/shadow") -> None:
        """Make a checker.

        Args:
            passwdFile: The accounts.
            shadowFile: Their passwords, where the other file has none.
        """
        self._passwd = FilePasswordDB(passwdFile)
        self._shadow = FilePasswordDB(shadowFile)

    def requestAvatarId(self, credentials: IUsernamePassword) -> Deferred[bytes]:
        """Return the account's name if the password is right."""
        stored = self._storedFor(credentials.username)

        def check(hashed: bytes) -> bool:
            try:
                return hmac.compare_digest(hashLike(credentials.password, hashed), hashed)
            except ValueError as error:
                _log.warn(
                    "The password of {username!r} cannot be checked: {error}",
                    username=credentials.username,
                    error=error,
                )
                return False

        known = stored is not None
        return avatarIdIf(credentials.username, known, check, stored or self._somebody())

    def _storedFor(self, username: bytes) -> bytes | None:
        """Return the hash of somebody's password; None if there is none that can be read."""
        for file in (self._passwd, self._shadow):
            try:
                _, stored = file.getUser(username)
            except KeyError:
                return None
            except OSError as error:
                _log.warn(
                    "The passwords of this machine cannot be read: {error}. Run as root, or use PAM.",
                    error=error,
                )
                return None
            if _isHash(stored):
                return stored
            if stored != b"x":
                return None
        return None

    def _somebody(self) -> bytes:
        """Return what a user who does not exist is compared with: it takes as long as for others.

        The forms of crypt(5) differ by far in that, so it has to be one that is in use here.
        """
        for file in (self._shadow, self._passwd):
            try:
                passwords = file._passwords()
            except OSError:
                continue
            for stored in passwords.values():
                if _isHash(stored):
                    return stored
        return _NOBODY


def _isHash(stored: bytes) -> bool:
    """Return whether somebody can log in by what a file has."""
    return stored not in LOCKED and not stored.startswith(LOCKS)


__all__ = ["UNIXChecker"]
