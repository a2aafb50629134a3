"""An endpoint that listens on a socket which somebody else opened: systemd, or a parent process."""

import os
from socket import AddressFamily

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import AlreadyListened
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IReactorSocket,
    IStreamServerEndpoint,
)
from twisted.python.components import classImplements


class AdoptedStreamServerEndpoint:
    """A listening socket that this process was given.

    The endpoint owns the descriptor and can be listened on once: the reactor takes a duplicate, and
    the descriptor itself is closed. Other processes may go on holding the socket, as systemd does:
    it is open, and keeps its queue of connections, until the last one has closed it.
    """

    def __init__(self, reactor: IReactorSocket, fileno: int, addressFamily: AddressFamily) -> None:
        """Make an endpoint; the descriptor is not touched before `listen`.

        Args:
            reactor: Listens on the socket.
            fileno: The number of its descriptor, which belongs to the endpoint from now on.
            addressFamily: `AF_INET`, `AF_INET6` or `AF_UNIX`.
        """
        self._reactor = reactor
        self._fileno = fileno
        self._addressFamily = addressFamily
        self._used = False

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections from the socket, from now on, those that wait in its queue first.

        Args:
            protocolFactory: Builds the protocol for each connection.

        Returns:
            A Deferred with the port; or a failure, with `AlreadyListened` in the second call, or
            with an OSError when the descriptor is no such socket. Then it stays open.
        """
        if self._used:
            return fail(AlreadyListened(f"{self!r} was listened on; its descriptor is used up"))
        try:
            # A child process must not get it, and nobody's accept may block the reactor: the flag
            # belongs to the open socket, which whoever opened it shares.
            os.set_inheritable(self._fileno, False)
            os.set_blocking(self._fileno, False)
            port = self._reactor.adoptStreamPort(self._fileno, self._addressFamily, protocolFactory)
        except Exception:
            return fail()
        self._used = True
        os.close(self._fileno)
        return succeed(port)

    def __repr__(self) -> str:
        return f"<AdoptedStreamServerEndpoint descriptor {self._fileno}>"


classImplements(AdoptedStreamServerEndpoint, IStreamServerEndpoint)
