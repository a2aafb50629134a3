"""Endpoints of UNIX stream sockets."""

from twisted.internet.endpoints._baseendpoints import (
    BACKLOG,
    CONNECT_TIMEOUT,
    BaseClientEndpoint,
    BaseServerEndpoint,
)
from twisted.internet.endpoints._wrapping import ConnectingFactory
from twisted.internet.interfaces import (
    IConnector,
    IListeningPort,
    IProtocolFactory,
    IReactorUNIX,
)

MODE = 0o666
"""The permissions of a socket file, unless told otherwise: everybody may connect."""


class UNIXServerEndpoint(BaseServerEndpoint):
    """A UNIX socket to listen on."""

    def __init__(
        self,
        reactor: IReactorUNIX,
        address: str | bytes,
        backlog: int = BACKLOG,
        mode: int = MODE,
        wantPID: bool = False,
    ) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            reactor: Opens the socket.
            address: Its path; one that begins with a NUL byte is of Linux's abstract namespace.
            backlog: How many connections may wait to be accepted.
            mode: The permissions of the socket file.
            wantPID: Whether a lock file beside the socket says that a server is alive. With it a
                socket that a dead server left behind is replaced.
        """
        self._reactor = reactor
        self._address = address
        self._backlog = backlog
        self._mode = mode
        self._wantPID = wantPID

    def _open(self, protocolFactory: IProtocolFactory) -> IListeningPort:
        return self._reactor.listenUNIX(
            self._address,
            protocolFactory,
            backlog=self._backlog,
            mode=self._mode,
            wantPID=self._wantPID,
        )

    def __repr__(self) -> str:
        return f"<UNIXServerEndpoint {self._address!r}>"


class UNIXClientEndpoint(BaseClientEndpoint):
    """A UNIX socket to connect to."""

    def __init__(
        self,
        reactor: IReactorUNIX,
        path: str | bytes,
        timeout: float = CONNECT_TIMEOUT,
        checkPID: bool = False,
    ) -> None:
        """Make an endpoint; nothing is connected before `connect`.

        Args:
            reactor: Makes the connection.
            path: The path of the socket; one that begins with a NUL byte is of Linux's abstract
                namespace.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            checkPID: Whether to fail at once when the server's lock file says that it is not
                alive.
        """
        self._reactor = reactor
        self._path = path
        self._timeout = timeout
        self._checkPID = checkPID

    def _begin(self, connecting: ConnectingFactory) -> IConnector:
        return self._reactor.connectUNIX(
            self._path, connecting, timeout=self._timeout, checkPID=self._checkPID
        )

    def __repr__(self) -> str:
        return f"<UNIXClientEndpoint {self._path!r}>"
