"""A UNIX stream socket that accepts connections.

With a lock (`wantPID`) a server that died leaves no trouble behind: the lock tells that no process
holds the path any more, and the socket file is replaced if nobody answers there. Without one a
socket file that exists makes the path taken, as the system has it.
"""

import errno
import os
import socket
from types import MappingProxyType

from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._streamport import StreamPort
from twisted.internet._sockets._unixconnection import UNIXServer, addressOf
from twisted.internet._sockets._unixnames import (
    ADVICE,
    bindAt,
    lockOf,
    nameOf,
    removeDeadSocket,
    removeSocket,
)
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IProtocolFactory
from twisted.logger import Logger
from twisted.python.lockfile import FilesystemLock

_log = Logger(namespace="twisted.internet.unix")


class UNIXPort(StreamPort):
    """A UNIX stream socket that accepts connections.

    Attributes:
        port: The path that was asked for.
        mode: The permissions of the socket file.
        wantPID: Whether a lock file says that this server is alive.
        lockFile: The lock, while it is held.
        transport: What makes the transport of a connection.
    """

    port: str | bytes
    transport: type[UNIXServer] = UNIXServer
    lockFile: FilesystemLock | None = None

    _kind = "UNIX"
    _advice = MappingProxyType(ADVICE)
    _identity: tuple[int, int] | None = None
    _name = b""

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

    def _bind(self) -> socket.socket:
        """Return a socket that listens.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        try:
            self._name = nameOf(self.port)
            if self.wantPID:
                self._lock()
            skt = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError as error:
            self._unlock()
            raise self._cannotListen(error) from error
        try:
            if self.lockFile is not None:
                removeDeadSocket(self._name)
            self._identity = bindAt(skt, self._name, self.mode)
            skt.listen(self.backlog)
        except OSError as error:
            skt.close()
            removeSocket(self._name, self._identity)
            self._unlock()
            raise self._cannotListen(error) from error
        return skt

    def _closed(self) -> None:
        try:
            removeSocket(self._name, self._identity)
        except OSError as error:
            _log.error("{name!r} can't be removed: {error}", name=self._name, error=error)
        self._identity = None
        self._unlock()

    def _lock(self) -> None:
        lock = lockOf(self._name)
        if lock is None:
            return
        try:
            taken = lock.lock()
        except ValueError as error:
            raise OSError(errno.EEXIST, str(error)) from error
        if not taken:
            raise OSError(
                errno.EBUSY, f"a server that is alive holds the lock {os.fsdecode(lock.name)!r}"
            )
        self.lockFile = lock

    def _unlock(self) -> None:
        lock, self.lockFile = self.lockFile, None
        if lock is not None:
            try:
                lock.unlock()
            except (OSError, ValueError) as error:
                # The program has forked since, and the lock is its parent's.
                _log.error("{name!r} can't be unlocked: {error}", name=lock.name, error=error)
