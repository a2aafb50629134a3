"""The command line of `twist finger`, and the service that it makes."""

from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.python import usage

from fingerd.protocol import Users
from fingerd.service import FingerService
from fingerd.userfile import SampleUsers, UserFile
from fingerd.users import UsersError

DEFAULT_ENDPOINT = "tcp:1079:interface=127.0.0.1"


class Options(usage.Options):
    """The options of `twist finger`."""

    synopsis = "[options]"
    longdesc = "Answers finger queries (RFC 1288) about the users in a file."

    optParameters = [
        ["users", "u", None, "The file with the users; a small sample is built in."],
        ["endpoint", "e", DEFAULT_ENDPOINT, "Where to listen."],
    ]


def makeService(options: usage.Options) -> FingerService:
    """Return the service that the command line asks for.

    Raises:
        UsageError: The command line asks for what cannot be.
        OSError: The file with the users cannot be read.
    """
    try:
        endpoint = serverFromString(reactor, options["endpoint"])
    except ValueError as error:
        raise usage.UsageError(f"--endpoint: {error}")
    return FingerService(endpoint, _users(options["users"]), reactor, announce)


def announce(text: str) -> None:
    """Print a text at once, also where the output is no terminal."""
    print(text, flush=True)


def _users(path: str | None) -> Users:
    if path is None:
        return SampleUsers()
    file = UserFile(path)
    try:
        file.load()
    except UsersError as error:
        raise usage.UsageError(f"--users={path}: {error}")
    return file
