"""Realms that give users the files below a directory."""

from collections.abc import Callable
from typing import Any, NoReturn

from twisted.cred.checkers import ANONYMOUS
from twisted.cred.error import LoginDenied
from twisted.cred.portal import AvatarId, IRealm, Login
from twisted.protocols.ftp._interfaces import IFTPShell
from twisted.protocols.ftp._shells import FTPAnonymousShell, FTPShell
from twisted.python.components import implementer
from twisted.python.filepath import FilePath


@implementer(IRealm)
class BaseFTPRealm:
    """Gives guests a directory to read; a subclass says which directory a user has.

    Attributes:
        anonymousRoot: The directory of the guests.
    """

    def __init__(self, anonymousRoot: str | FilePath[str]) -> None:
        """Make a realm.

        Args:
            anonymousRoot: The directory of the guests.
        """
        self.anonymousRoot: FilePath[str] = _asPath(anonymousRoot)

    def getHomeDirectory(self, avatarId: AvatarId) -> FilePath[str]:
        """Return the directory of a user; a subclass defines this.

        Args:
            avatarId: Who it is.

        Raises:
            LoginDenied: They have none.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define getHomeDirectory(avatarId)")

    def requestAvatar(
        self, avatarId: AvatarId, mind: object, *interfaces: Callable[..., Any]
    ) -> Login[Any]:
        """Return the files of a user."""
        if IFTPShell not in interfaces:
            raise NotImplementedError("this realm has nothing but IFTPShell")
        shell = (
            FTPAnonymousShell(self.anonymousRoot)
            if avatarId is ANONYMOUS
            else FTPShell(self.getHomeDirectory(avatarId))
        )
        # The files need no end of the session.
        return IFTPShell, shell, lambda: None


class FTPRealm(BaseFTPRealm):
    """Gives each user the directory of their name.

    Attributes:
        userHome: Where these directories are.
    """

    def __init__(
        self, anonymousRoot: str | FilePath[str], userHome: str | FilePath[str] = "/home"
    ) -> None:
        """Make a realm.

        Args:
            anonymousRoot: The directory of the guests.
            userHome: Where the directories of the users are.
        """
        super().__init__(anonymousRoot)
        self.userHome: FilePath[str] = _asPath(userHome)

    def getHomeDirectory(self, avatarId: AvatarId) -> FilePath[str]:
        """Return the directory of a user's name.

        Raises:
            LoginDenied: The name is none of a directory.
        """
        name = _nameOf(avatarId)
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            _refuse(name)
        return self.userHome.child(name)


class SystemFTPRealm(BaseFTPRealm):
    """Gives each user of this machine their home directory."""

    def getHomeDirectory(self, avatarId: AvatarId) -> FilePath[str]:
        """Return the home directory of an account.

        Raises:
            LoginDenied: There is no such account.
        """
        # There is no such module on Windows, and no such accounts.
        import pwd

        name = _nameOf(avatarId)
        try:
            return FilePath(pwd.getpwnam(name).pw_dir)
        except (KeyError, ValueError):
            _refuse(name)


def _nameOf(avatarId: AvatarId) -> str:
    if isinstance(avatarId, bytes):
        return avatarId.decode("utf-8", "surrogateescape")
    return str(avatarId)


def _refuse(name: str) -> NoReturn:
    raise LoginDenied(f"{name!r} has no directory here")


def _asPath(path: str | FilePath[str]) -> FilePath[str]:
    return FilePath(path) if isinstance(path, str) else path


__all__ = ["BaseFTPRealm", "FTPRealm", "SystemFTPRealm"]
