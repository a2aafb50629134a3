"""A TCP port: listens, accepts, and hands each connection to a protocol.

Accepting must go on whatever happens. A client that is gone before it was accepted is passed over.
When the process has as many descriptors open as it may, the connections that wait keep the port
readable, and a loop that just tried again would spin. For that a descriptor is kept in reserve: it
is given up for a moment, a waiting connection is accepted with it and closed at once, so that its
client learns that it won't be served, and the descriptor is taken back.
"""

import errno
import os
import socket

from twisted.internet._sockets._addressing import (
    addressFromName,
    familyOfLiteral,
    nameForLiteral,
    portNumber,
)
from twisted.internet._sockets._connection import Server, protocolName
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.error import (
    CannotListenError,
    ConnectionDone,
    ServiceNameUnknownError,
    UnsupportedAddressFamily,
    UnsupportedSocketType,
)
from twisted.internet.interfaces import (
    IProtocolFactory,
    IReactorFDSet,
    IReactorTime,
    IReadDescriptor,
    ISystemHandle,
    ITCPListeningPort,
)
from twisted.logger import Logger
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.tcp")

ACCEPTS_AT_ONCE = 100
"""How many connections are accepted before the others get their turn."""

RETRY_AFTER = 1.0
"""After how many seconds accepting is tried again when the system has no memory for it."""

TRANSIENT = frozenset(
    getattr(errno, name)
    for name in (
        # The client was gone before we came (POSIX), or a firewall rule forbade it (Linux).
        "ECONNABORTED",
        "EPERM",
        "EINTR",
        # Linux passes on here what happened to the new connection (accept(2)).
        "ENETDOWN",
        "EPROTO",
        "ENOPROTOOPT",
        "EHOSTDOWN",
        "ENONET",
        "EHOSTUNREACH",
        "EOPNOTSUPP",
        "ENETUNREACH",
        "ETIMEDOUT",
        "ECONNRESET",
    )
    if hasattr(errno, name)
)
"""Errors of accept(2) that are about one connection; the next one may be fine."""

TOO_MANY_FILES = frozenset((errno.EMFILE, errno.ENFILE))


class IReactorOfPorts(IReactorFDSet, IReactorTime, Interface):
    """What a port needs of a reactor."""


class ReserveDescriptor:
    """A descriptor that is given up when there are no others."""

    def __init__(self) -> None:
        self._descriptor = -1

    def take(self) -> None:
        """Keep one in reserve, if there is none and it is possible."""
        if self._descriptor == -1:
            try:
                self._descriptor = os.open(os.devnull, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            except OSError:
                self._descriptor = -1

    def release(self) -> bool:
        """Give it up; false if there was none."""
        if self._descriptor == -1:
            return False
        os.close(self._descriptor)
        self._descriptor = -1
        return True


# One is enough for a process: it is in use only while a port is in `_refuse`.
_reserve = ReserveDescriptor()


@implementer(ITCPListeningPort, IReadDescriptor, ISystemHandle)
class Port:
    """A TCP port that accepts connections.

    Attributes:
        port: The number that was asked for.
        factory: Builds the protocols.
        backlog: How many connections may wait to be accepted.
        interface: The address to listen on.
        connected: Whether it listens.
        disconnected: Whether it listened and was stopped.
        disconnecting: Whether it is being stopped.
        sessionno: The number that the next connection gets.
        socket: The listening socket, while there is one.
        transport: What makes the transport of a connection.
        acceptsAtOnce: How many connections are accepted before the others get their turn.
    """

    connected: bool = False
    disconnected: bool = False
    disconnecting: bool = False
    sessionno: int = 0
    transport: type[Server] = Server
    acceptsAtOnce: int = ACCEPTS_AT_ONCE

    _adopted: socket.socket | None = None
    _full = False
    _stopped: Deferred[None] | None = None
    _realPort: int | None = None

    def __init__(
        self,
        port: int | str,
        factory: IProtocolFactory,
        backlog: int = 50,
        interface: str = "",
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that does not listen yet.

        Args:
            port: The number, or the name of a service; 0 lets the system choose.
            factory: Builds the protocols.
            backlog: How many connections may wait to be accepted.
            interface: The address to listen on; decides between IPv4 and IPv6. Empty stands for all
                IPv4 addresses.
            reactor: Watches the socket; the default reactor if None.
        """
        if reactor is None:
            # Imported on use: a program that always passes its reactor does not need it.
            from twisted.internet._defaultreactor import defaultReactor

            reactor = defaultReactor(IReactorOfPorts)
        self.port = port
        self.factory = factory
        self.backlog = backlog
        self.interface = interface
        self.reactor = reactor
        self.socket: socket.socket | None = None

    @classmethod
    def adopting(
        cls,
        fileDescriptor: int,
        addressFamily: int,
        factory: IProtocolFactory,
        reactor: IReactorOfPorts,
    ) -> "Port":
        """Make a port of a duplicate of a socket that listens already.

        Raises:
            UnsupportedAddressFamily: The family is not of TCP.
            UnsupportedSocketType: The socket is no stream socket.
        """
        adopted = adoptSocket(fileDescriptor, addressFamily)
        name = adopted.getsockname()
        port = cls(name[1], factory, interface=name[0], reactor=reactor)
        port._adopted = adopted
        return port

    def __repr__(self) -> str:
        where = self._realPort if self._realPort is not None else "(not listening)"
        return f"<{type(self).__name__} of {type(self.factory).__name__} on {where}>"

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it does not listen."""
        return -1 if self.socket is None else self.socket.fileno()

    def getHandle(self) -> socket.socket | None:
        """Return the socket, or None when it does not listen."""
        return self.socket

    def logPrefix(self) -> str:
        """Return the name of the factory in the log."""
        return protocolName(self.factory)

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address that is listened on."""
        if self.socket is None:
            raise OSError(f"{self!r} has no address while it does not listen")
        address = addressFromName(self.socket.family, self.socket.getsockname())
        assert address is not None, "a TCP port has an address of IPv4 or IPv6"
        return address

    def startListening(self) -> None:
        """Bind and listen.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        if self.connected:
            return
        skt, self._adopted = self._adopted, None
        if skt is None:
            skt = self._bind()
        skt.setblocking(False)
        self.socket = skt
        self._realPort = skt.getsockname()[1]
        _reserve.take()
        _log.info(
            "{prefix} starting on {port}",
            prefix=self.logPrefix(),
            port=self._realPort,
            factory=self.factory,
        )
        self.factory.doStart()
        self.connected = True
        self.disconnected = self.disconnecting = False
        self.reactor.addReader(self)

    def stopListening(self) -> Deferred[None] | None:
        """Take no more connections and free the address; open connections stay.

        Returns:
            A Deferred that fires when it is done; None if it does not listen.
        """
        if not self.connected:
            return self._stopped
        if self._stopped is None:
            self.disconnecting = True
            self._stopped = Deferred()
            self.reactor.removeReader(self)
            self.reactor.callLater(0, self.connectionLost, Failure(ConnectionDone()))
        return self._stopped

    def loseConnection(self) -> Deferred[None] | None:
        """Do what `stopListening` does."""
        return self.stopListening()

    def connectionLost(self, reason: Failure) -> None:
        """Close the socket; called by the reactor."""
        if not self.connected:
            return
        _log.info("(TCP Port {port} Closed)", port=self._realPort, factory=self.factory)
        self.connected = self.disconnecting = False
        self.disconnected = True
        self.reactor.removeReader(self)
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        self._realPort = None
        stopped, self._stopped = self._stopped, None
        try:
            self.factory.doStop()
        except Exception:
            failure = Failure()
            if stopped is None:
                _log.failure("doStop of {factory} failed", failure, factory=self.factory)
            else:
                stopped.errback(failure)
            return
        if stopped is not None:
            stopped.callback(None)

    def doRead(self) -> Exception | None:
        """Accept the connections that wait."""
        for _ in range(self.acceptsAtOnce):
            if self.socket is None or self.disconnecting:
                break
            try:
                skt, name = self.socket.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in TRANSIENT:
                    continue
                if error.errno not in TOO_MANY_FILES or not self._refuse(error):
                    self._retryLater(error)
                    break
            else:
                self._full = False
                self._accepted(skt, name)
        return None

    def _accepted(self, skt: socket.socket, name: tuple[object, ...]) -> None:
        """Hand a connection to a protocol."""
        try:
            address = addressFromName(skt.family, name)
            protocol = None if address is None else self.factory.buildProtocol(address)
            if protocol is None:
                skt.close()
                return
            skt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        except OSError:
            # The client reset the connection meanwhile.
            skt.close()
            return
        except Exception:
            _log.failure("buildProtocol of {factory} failed", factory=self.factory)
            skt.close()
            return
        number = self.sessionno
        self.sessionno = number + 1
        self.transport(skt, protocol, address, self, number, self.reactor).begin()

    def _refuse(self, error: OSError) -> bool:
        """Accept a connection with the reserved descriptor and close it; false if that fails."""
        if not self._full:
            self._full = True
            _log.error(
                "Connections to port {port} are refused: {error}. Raise the limit of open files "
                "(ulimit -n, LimitNOFILE=) or close what is not needed.",
                port=self._realPort,
                error=error,
                factory=self.factory,
            )
        if self.socket is None or not _reserve.release():
            return False
        try:
            self.socket.accept()[0].close()
        except OSError:
            # Another thread was faster in taking the descriptor, or the client is gone.
            return False
        finally:
            _reserve.take()
        return True

    def _retryLater(self, error: OSError) -> None:
        """Stop accepting for a while: there is no memory, or no descriptor at all."""
        if not self._full:
            self._full = True
            _log.error(
                "Port {port} can't accept connections: {error}. It tries again every "
                "{seconds} seconds.",
                port=self._realPort,
                error=error,
                seconds=RETRY_AFTER,
                factory=self.factory,
            )
        self.reactor.removeReader(self)
        self.reactor.callLater(RETRY_AFTER, self._retry)

    def _retry(self) -> None:
        _reserve.take()
        if self.connected and not self.disconnecting:
            self.reactor.addReader(self)

    def _bind(self) -> socket.socket:
        """Return a socket that listens.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        family = familyOfLiteral(self.interface) or socket.AF_INET
        try:
            number = portNumber(self.port)
            name = nameForLiteral(family, self.interface, number)
            skt = socket.socket(family, socket.SOCK_STREAM)
        except ServiceNameUnknownError as error:
            raise self._cannotListen(OSError(errno.EINVAL, str(error))) from error
        except OSError as error:
            raise self._cannotListen(error) from error
        try:
            if os.name == "posix":
                # On Windows this option would let two processes take the same port.
                skt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
            skt.bind(name)
            skt.listen(self.backlog)
        except OSError as error:
            skt.close()
            raise self._cannotListen(error) from error
        except OverflowError as error:
            skt.close()
            message = f"{self.port} is no port number: 0 to 65535 are"
            raise self._cannotListen(OSError(errno.EINVAL, message)) from error
        return skt

    def _cannotListen(self, error: OSError) -> CannotListenError:
        number = error.errno
        advice = _ADVICE.get(number if number is not None else 0)
        if advice is not None:
            text = f"{error.strerror} ({advice})"
            error = type(error)(number, text)
        return CannotListenError(self.interface, self.port, error)


_ADVICE = {
    errno.EADDRINUSE: "another program listens there: stop it or choose another port, 0 for any",
    errno.EACCES: "ports below 1024 need privileges: choose another port or give the right to bind",
    errno.EADDRNOTAVAIL: "the address is not of this machine: choose one that is, or leave it out",
}


def adoptSocket(fileDescriptor: int, addressFamily: int) -> socket.socket:
    """Return a socket of a duplicate of a descriptor.

    Raises:
        UnsupportedAddressFamily: The family is not of TCP.
        UnsupportedSocketType: The socket is no stream socket.
    """
    if addressFamily not in (socket.AF_INET, socket.AF_INET6):
        raise UnsupportedAddressFamily(
            f"a socket of the family {addressFamily!r} can't be adopted: AF_INET and AF_INET6 can"
        )
    adopted = socket.fromfd(fileDescriptor, addressFamily, socket.SOCK_STREAM)
    kind = adopted.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
    if kind != socket.SOCK_STREAM:
        adopted.close()
        raise UnsupportedSocketType(f"a socket of the type {kind} can't be adopted: a stream can")
    return adopted
