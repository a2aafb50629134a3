"""A UNIX stream socket that accepts connections.

With a lock (`wantPID`) a server that died leaves no trouble behind: the lock tells that no process
holds the path any more, and the socket file is replaced if nobody answers there. Without one a
socket file that exists makes the path taken, as the system has it.
"""

import os
import socket
from types import MappingProxyType

from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._streamport import StreamPort
from twisted.internet._sockets._unixbinding import UNIXBinding
from twisted.internet._sockets._unixconnection import UNIXServer, addressOf
from twisted.internet._sockets._unixnamedport import UNIXNamedPort
from twisted.internet._sockets._unixnames import ADVICE
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IProtocolFactory
from twisted.python.lockfile import FilesystemLock


class UNIXPort(UNIXNamedPort, StreamPort):
    """A UNIX stream socket that accepts connections.

    Attributes:
        port: The path that was asked for.
        mode: The permissions of the socket file.
        wantPID: Whether a lock file says that this server is alive.
        transport: What makes the transport of a connection.
    """

    port: str | bytes
    transport: type[UNIXServer] = UNIXServer

    _kind = "UNIX"
    _advice = MappingProxyType(ADVICE)

    def __init__(
        self,
        fileName: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        reactor: IReactorOfPorts | None = None,
        wantPID: bool = False,
    ) -> None:
        """Make a port that does not listen yet.

        Args:
            fileName: The path; one that begins with a NUL byte is an abstract name.
            factory: Builds the protocols.
            backlog: How many connections may wait to be accepted.
            mode: The permissions of the socket file.
            reactor: Watches the socket; the default reactor if None.
            wantPID: Whether a lock file says that this server is alive.
        """
        super().__init__(fileName, factory, backlog, reactor)
        self.mode = mode
        self.wantPID = wantPID

    @classmethod
    def adoptingSocket(
        cls, adopted: socket.socket, factory: IProtocolFactory, reactor: IReactorOfPorts
    ) -> "UNIXPort":
        """Make a port of a socket that listens already; its file stays when the port stops."""
        port = cls(adopted.getsockname(), factory, reactor=reactor)
        port._adopted = adopted
        return port

    def getHost(self) -> UNIXAddress:
        """Return the address that is listened on."""
        if self.socket is None:
            raise OSError(f"{self!r} has no address while it does not listen")
        return addressOf(self.socket.getsockname())

    def _placeOf(self, skt: socket.socket) -> int | str:
        return repr(os.fsdecode(skt.getsockname()))

    def _build(self, skt: socket.socket, name: object) -> UNIXServer | None:
        protocol = self.factory.buildProtocol(addressOf(skt.getpeername()))
        if protocol is None:
            return None
        return self.transport(skt, protocol, name, self, self.sessionno, self.reactor)

    @property
    def lockFile(self) -> FilesystemLock | None:
        """The lock, while it is held."""
        return None if self._binding is None else self._binding.lock

    def _bind(self) -> socket.socket:
        """Return a socket that listens.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        try:
            skt = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError as error:
            raise self._cannotListen(error) from error
        try:
            self._binding = UNIXBinding(skt, self.port, self.mode, self.wantPID)
            skt.listen(self.backlog)
        except OSError as error:
            skt.close()
            self._closed()
            raise self._cannotListen(error) from error
        return skt
