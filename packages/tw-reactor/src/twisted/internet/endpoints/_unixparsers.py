"""The parsers of `unix:`."""

from twisted.internet.endpoints._arguments import (
    backlogFrom,
    modeFrom,
    pathFrom,
    timeoutFrom,
    whetherFrom,
)
from twisted.internet.endpoints._baseendpoints import BACKLOG, CONNECT_TIMEOUT
from twisted.internet.endpoints._unix import MODE, UNIXClientEndpoint, UNIXServerEndpoint
from twisted.internet.interfaces import (
    IReactorUNIX,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import classImplements


class UNIXServerParser:
    """Makes a server endpoint of `unix:address[:mode][:backlog][:lockfile]`."""

    prefix = "unix"

    def parseStreamServer(
        self,
        reactor: IReactorUNIX,
        address: str,
        mode: str = f"{MODE:o}",
        backlog: str = str(BACKLOG),
        lockfile: str | None = None,
        wantPID: str | None = None,
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Opens the socket.
            address: Its path.
            mode: The permissions of the socket file, in octal digits.
            backlog: How many connections may wait to be accepted.
            lockfile: 0 for no lock file beside the socket; there is one if left out.
            wantPID: Another name of `lockfile`.

        Raises:
            ValueError: A value is wrong.
        """
        if lockfile is not None and wantPID is not None:
            raise ValueError("lockfile and wantPID are two names of one value")
        wanted = lockfile if wantPID is None else wantPID
        return UNIXServerEndpoint(
            reactor,
            pathFrom(address),
            backlogFrom(backlog),
            modeFrom(mode),
            True if wanted is None else whetherFrom(wanted),
        )


class UNIXClientParser:
    """Makes a client endpoint of `unix:path[:timeout][:checkPID]`."""

    prefix = "unix"

    def parseStreamClient(
        self,
        reactor: IReactorUNIX,
        path: str,
        timeout: str = str(CONNECT_TIMEOUT),
        checkPID: str | None = None,
        lockfile: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            path: The path of the socket.
            timeout: After how many seconds an attempt fails.
            checkPID: 1 to fail at once when the server's lock file says that it is not alive.
            lockfile: Another name of `checkPID`.

        Raises:
            ValueError: A value is wrong.
        """
        if checkPID is not None and lockfile is not None:
            raise ValueError("checkPID and lockfile are two names of one value")
        wanted = checkPID if lockfile is None else lockfile
        return UNIXClientEndpoint(
            reactor,
            pathFrom(path),
            timeoutFrom(timeout),
            False if wanted is None else whetherFrom(wanted),
        )


classImplements(UNIXServerParser, IPlugin, IStreamServerEndpointStringParser)
classImplements(UNIXClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)
