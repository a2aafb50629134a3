"""The kinds of checker that `--auth` has without anybody's plugin."""

import os
from collections.abc import Callable, Iterable

from twisted.cred.checkers import (
    AllowAnonymousAccess,
    FilePasswordDB,
    ICredentialsChecker,
    InMemoryUsernamePasswordDatabaseDontUse,
    UNIXChecker,
)
from twisted.cred.credentials import (
    IAnonymous,
    ICredentials,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.cred.strcred import ICheckerFactory, InvalidAuthArgumentString
from twisted.plugin import IPlugin
from twisted.python.components import implementer


@implementer(IPlugin, ICheckerFactory)
class CheckerFactory:
    """A kind of checker that a function makes.

    Attributes:
        authType: The short name by which it is chosen.
        argStringFormat: What the text after the colon looks like.
        authHelp: What it does.
        credentialInterfaces: The credentials that its checkers can check.
    """

    def __init__(
        self,
        authType: str,
        argStringFormat: str,
        authHelp: str,
        credentialInterfaces: Iterable[Callable[..., ICredentials]],
        make: Callable[[str], ICredentialsChecker],
    ) -> None:
        """Name a kind of checker.

        Args:
            authType: The short name by which it is chosen.
            argStringFormat: What the text after the colon looks like; empty if it takes none.
            authHelp: What it does and what it needs to know.
            credentialInterfaces: The credentials that its checkers can check.
            make: Makes a checker of the text after the colon.
        """
        self.authType = authType
        self.argStringFormat = argStringFormat
        self.authHelp = authHelp
        self.credentialInterfaces = credentialInterfaces
        self._make = make

    def generateChecker(self, argstring: str = "") -> ICredentialsChecker:
        """Return a checker.

        Raises:
            InvalidAuthArgumentString: The text is not as it should be.
        """
        if argstring and not self.argStringFormat:
            raise InvalidAuthArgumentString(f"{self.authType} takes no arguments")
        return self._make(argstring)


def fromFile(argstring: str) -> FilePasswordDB:
    """Return a checker over a file.

    Raises:
        InvalidAuthArgumentString: No file was named, or there is none of this name.
    """
    if not argstring:
        raise InvalidAuthArgumentString("name the file, as in file:/etc/httpd.password")
    if not os.path.isfile(argstring):
        raise InvalidAuthArgumentString(f"{argstring!r} is no file")
    return FilePasswordDB(argstring)


def fromPairs(argstring: str) -> InMemoryUsernamePasswordDatabaseDontUse:
    """Return a checker over users and passwords that are given in turn.

    Raises:
        InvalidAuthArgumentString: There is none, or a user without a password.
    """
    words = argstring.split(":")
    if not argstring or len(words) % 2 or "" in words[::2]:
        raise InvalidAuthArgumentString("give users and their passwords in turn: bob:secret")
    checker = InMemoryUsernamePasswordDatabaseDontUse()
    for username, password in zip(words[::2], words[1::2], strict=True):
        # Bytes of the command line that are no UTF-8 stay what they are.
        checker.addUser(
            username.encode("utf-8", "surrogateescape"), password.encode("utf-8", "surrogateescape")
        )
    return checker


_FILE_HELP = """
A file with a line for each user: the name, a colon, and the password in clear.
Lines as in passwd(5) will do, if the password is in them and not in the shadow file.
"""

_FILE_CREDENTIALS = (IUsernamePassword, IUsernameHashedPassword)

file: CheckerFactory = CheckerFactory("file", "FILE", _FILE_HELP, _FILE_CREDENTIALS, fromFile)
passwd: CheckerFactory = CheckerFactory("passwd", "FILE", _FILE_HELP, _FILE_CREDENTIALS, fromFile)
memory: CheckerFactory = CheckerFactory(
    "memory",
    "USER:PASSWORD:...",
    """
    The users and passwords that are given here, in turn.
    For trying things out: whoever may list the processes of this machine sees them.
    """,
    _FILE_CREDENTIALS,
    fromPairs,
)
unix: CheckerFactory = CheckerFactory(
    "unix",
    "",
    """
    The accounts of this machine. Where their passwords are in the shadow file,
    only a program that may read it, such as one that runs as root, can check them.
    """,
    (IUsernamePassword,),
    lambda argstring: UNIXChecker(),
)
anonymous: CheckerFactory = CheckerFactory(
    "anonymous",
    "",
    """
    Lets in whoever does not say who they are.
    """,
    (IAnonymous,),
    lambda argstring: AllowAnonymousAccess(),
)

__all__ = [
    "CheckerFactory",
    "anonymous",
    "file",
    "fromFile",
    "fromPairs",
    "memory",
    "passwd",
    "unix",
]
