"""Connecting to a UNIX stream socket.

The kernel connects at once or refuses. It has one more answer: when as many clients wait as the
server's backlog allows, it says "try again" (connect(2), EAGAIN), and tells nobody when that makes
sense; so the attempt tries again after a while, until its time is up.
"""

import errno
import os
import socket

from twisted.internet._sockets._baseconnector import (
    BaseAttempt,
    BaseConnector,
    ClientConnection,
    IReactorOfConnectors,
)
from twisted.internet._sockets._unixconnection import UNIXClient, addressOf
from twisted.internet._sockets._unixnames import nameOf, serverIsAlive
from twisted.internet.address import UNIXAddress
from twisted.internet.error import BadFileError, getConnectError
from twisted.internet.interfaces import IAddress, IDelayedCall
from twisted.internet.protocol import ClientFactory

RETRY_AFTER = 0.05
"""After how many seconds connecting is tried again to a server whose queue is full."""


class UNIXConnector(BaseConnector):
    """What connects to a UNIX stream socket.

    Attributes:
        address: The path of the socket.
        checkPID: Whether the lock file has to say that the server is alive.
    """

    def __init__(
        self,
        address: str | bytes,
        factory: ClientFactory,
        timeout: float | None,
        reactor: IReactorOfConnectors | None = None,
        checkPID: bool = False,
    ) -> None:
        """Make a connector that does nothing yet.

        Args:
            address: The path of the socket.
            factory: Builds the protocols and learns about each step.
            timeout: How many seconds an attempt may take; None for no limit.
            reactor: Makes the connections; the default reactor if None.
            checkPID: Whether the lock file has to say that the server is alive.
        """
        if reactor is None:
            from twisted.internet._defaultreactor import defaultReactor

            reactor = defaultReactor(IReactorOfConnectors)
        super().__init__(factory, timeout, reactor)
        self.address = address
        self.checkPID = checkPID

    def getDestination(self) -> UNIXAddress:
        """Return the address that is connected to."""
        return UNIXAddress(self.address)

    def _makeAttempt(self) -> BaseAttempt:
        return UNIXAttempt(self, self.address, self.timeout, self.checkPID)

    def _makeClient(self, skt: socket.socket, peer: IAddress) -> ClientConnection:
        assert isinstance(peer, UNIXAddress), "the socket is a UNIX socket"
        return UNIXClient(skt, self, peer)


class UNIXAttempt(BaseAttempt):
    """One attempt to connect to a UNIX stream socket."""

    def __init__(
        self,
        connector: BaseConnector,
        address: str | bytes,
        timeout: float | None,
        checkPID: bool,
    ) -> None:
        """Prepare an attempt.

        Args:
            connector: Learns how it goes.
            address: The path of the socket.
            timeout: How many seconds it may take; None for no limit.
            checkPID: Whether the lock file has to say that the server is alive.
        """
        super().__init__(connector, timeout)
        self._address = address
        self._checkPID = checkPID
        self._next: IDelayedCall | None = None

    def _start(self) -> None:
        self._next = None
        try:
            name = nameOf(self._address)
            if self._checkPID and not serverIsAlive(name):
                path = os.fsdecode(self._address)
                self._goOn(BadFileError(string=f"no server that is alive holds {path}.lock"))
                return
            skt = self._socket
            if skt is None:
                skt = self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                skt.setblocking(False)
            number = skt.connect_ex(name)
            if number == errno.EAGAIN:
                self._next = self._reactor.callLater(RETRY_AFTER, self._start)
            elif number and number != errno.EINPROGRESS:
                raise OSError(number, os.strerror(number))
            else:
                self._reactor.addWriter(self)
        except OSError as error:
            self._goOn(getConnectError(error))

    def _giveUp(self) -> None:
        """Do not try again."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _connectedTo(self, skt: socket.socket) -> IAddress | None:
        return addressOf(skt.getpeername())
