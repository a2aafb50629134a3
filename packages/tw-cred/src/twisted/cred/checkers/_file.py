"""A checker over a file of users and passwords, a line for each."""

import hmac
import os
import secrets
from collections.abc import Callable, Iterator

from twisted.cred._cryptformats import hashLike
from twisted.cred.checkers._interfaces import ICredentialsChecker
from twisted.cred.checkers._passwords import avatarIdIf
from twisted.cred.credentials import (
    ICredentials,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from twisted.python.components import implementer

_log = Logger(namespace="twisted.cred.checkers")

Hash = Callable[[bytes, bytes, bytes], bytes]
"""Hashes what a peer sent: gets the user name, the password that was given, and what the file has;
returns what the file must have for the password to be right."""


LOCKED = frozenset((b"", b"x", b"*", b"!", b"!!", b"*LK*", b"*NP*"))
"""What stands in the place of a password where none is (passwd(5), shadow(5)): nobody logs in by
it, not even with these characters."""

LOCKS = (b"!", b"*")
"""What stands in front of a hash while its account is locked (shadow(5))."""

LONGEST_LINE = 64 * 1024
"""How many bytes a line may have; a longer one is passed over."""


def htpasswdHash(username: bytes, given: bytes, stored: bytes) -> bytes:
    """Hash a password as a line of Apache's htpasswd, or of crypt(5), has it; for `FilePasswordDB`.

    Args:
        username: The name of the user.
        given: The password in clear.
        stored: What the file has: it says the form and the salt.

    Raises:
        ValueError: `stored` is of no form that is known on this machine.
    """
    return hashLike(given, stored)


@implementer(ICredentialsChecker)
class FilePasswordDB:
    """A file in which each line has a user name and a password or a hash of it, and perhaps more.

    The file is read for each login, unless `cache` is true: then it is kept, and read again when it
    was changed.

    Attributes:
        filename: The file.
        cache: Whether the lines are kept.
    """

    cache: bool = False

    def __init__(
        self,
        filename: str | os.PathLike[str],
        delim: bytes = b":",
        usernameField: int = 0,
        passwordField: int = 1,
        caseSensitive: bool = True,
        hash: Hash | None = None,
        cache: bool = False,
    ) -> None:
        """Make a checker; the file is not looked at yet.

        Args:
            filename: The file.
            delim: What stands between the fields of a line.
            usernameField: The number of the field with the user name, from 0.
            passwordField: The number of the field with the password.
            caseSensitive: Whether `Bob` and `bob` are two users; otherwise the name is in lower
                case, whatever was given.
            hash: Hashes what a peer sent for the comparison with the file; None if the file has
                passwords in clear. Only then can credentials be checked that do not hold the
                password itself. `htpasswdHash` is one.
            cache: Whether to keep the lines.
        """
        self.filename: str | os.PathLike[str] = filename
        self.delim = delim
        self.usernameField = usernameField
        self.passwordField = passwordField
        self.caseSensitive = caseSensitive
        self.hash = hash
        self.cache = cache
        self.credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (
            (IUsernamePassword,)
            if hash is not None
            else (IUsernamePassword, IUsernameHashedPassword)
        )
        self._nobody = secrets.token_hex(8).encode("ascii")
        self._kept: dict[bytes, bytes] = {}
        self._keptState: tuple[int, int, int] | None = None

    def getUser(self, username: bytes) -> tuple[bytes, bytes]:
        """Look a user up.

        Args:
            username: The name.

        Returns:
            The name as it is in the file (in lower case if case does not matter), and what the
            file has for a password.

        Raises:
            KeyError: There is no such user.
            OSError: The file cannot be read.
        """
        name = username if self.caseSensitive else username.lower()
        return name, self._passwords()[name]

    def requestAvatarId(
        self, credentials: IUsernamePassword | IUsernameHashedPassword
    ) -> Deferred[bytes]:
        """Return the user's name if the password is right."""
        try:
            passwords = self._passwords()
        except OSError as error:
            # The peer cannot do anything about it; whoever runs the program can.
            _log.error(
                "Nobody can log in by the file {filename}: {error}. Make it readable.",
                filename=os.fspath(self.filename),
                error=error,
            )
            return fail(UnauthorizedLogin("the file of passwords cannot be read"))
        username = credentials.username if self.caseSensitive else credentials.username.lower()
        stored = passwords.get(username)
        if stored is not None and stored not in LOCKED and not self._counts(stored):
            stored = None
        if stored in LOCKED:
            _log.warn(
                "{username!r} has no password in {filename}: if it is in the shadow file, "
                "use the accounts of the machine (--auth=unix) instead.",
                username=username,
                filename=os.fspath(self.filename),
            )
            stored = None
        if stored is None:
            # Whatever the others have costs the same to compare with.
            return avatarIdIf(
                username, False, self._checkOf(credentials), self._somebody(passwords)
            )
        return avatarIdIf(username, True, self._checkOf(credentials), stored)

    def _checkOf(
        self, credentials: IUsernamePassword | IUsernameHashedPassword
    ) -> Callable[[bytes], bool | Deferred[bool]]:
        """Return what compares the credentials with what the file has."""
        hash = self.hash
        if hash is None:
            return credentials.checkPassword

        def check(stored: bytes) -> bool:
            given: bytes = credentials.password  # type: ignore[union-attr]  # see credentialInterfaces
            try:
                computed = hash(credentials.username, given, stored)
            except ValueError as error:
                _log.warn(
                    "The password of {username!r} in {filename} cannot be checked: {error}",
                    username=credentials.username,
                    filename=os.fspath(self.filename),
                    error=error,
                )
                return False
            return hmac.compare_digest(computed, stored)

        return check

    def _somebody(self, passwords: dict[bytes, bytes]) -> bytes:
        """Return what a user who does not exist is compared with."""
        return next((stored for stored in passwords.values() if self._counts(stored)), self._nobody)

    def _counts(self, stored: bytes) -> bool:
        """Return whether it takes work to compare something with what the file has."""
        # A hash behind one of these belongs to an account that is locked (shadow(5)).
        isLocked = self.hash is htpasswdHash and stored.startswith(LOCKS)
        return stored not in LOCKED and not isLocked

    def _passwords(self) -> dict[bytes, bytes]:
        """Return what the file has for passwords, by the names of the users."""
        if not self.cache:
            return dict(self._read())
        found = os.stat(self.filename)
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        if state != self._keptState:
            self._kept = dict(self._read())
            self._keptState = state
        return self._kept

    def _read(self) -> Iterator[tuple[bytes, bytes]]:
        """Return the users and their passwords; of two lines for one user, the first one counts."""
        seen: set[bytes] = set()
        last = max(self.usernameField, self.passwordField)
        with open(self.filename, "rb") as file:
            for line in file:
                fields = line.rstrip(b"\r\n").split(self.delim)
                if len(line) > LONGEST_LINE or len(fields) <= last:
                    continue
                name = fields[self.usernameField]
                name = name if self.caseSensitive else name.lower()
                if name not in seen:
                    seen.add(name)
                    yield name, fields[self.passwordField]


__all__ = ["LOCKED", "LOCKS", "LONGEST_LINE", "FilePasswordDB", "Hash", "htpasswdHash"]
