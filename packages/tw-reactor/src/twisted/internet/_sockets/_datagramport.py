"""A port of any kind of datagram socket: receives, sends at once, and survives refusals.

Datagrams are sent in `write`, not gathered: each is a system call of its own whatever one does, and
the sender learns of a refusal (too long, not permitted) where it can still do something about it.
Where the kernel has no room, the datagram is lost, as it may be on its way.

Both calls ask the kernel not to wait (MSG_DONTWAIT), so an adopted socket works as it is: whether
it is non-blocking is a matter that its owner shares.
"""

import errno
import socket

from twisted.internet._sockets._streamconnection import protocolName
from twisted.internet._sockets._streamport import IReactorOfPorts
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError, ConnectionDone, MessageLengthError
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IReadDescriptor,
    ISystemHandle,
)
from twisted.internet.protocol import (
    AbstractDatagramProtocol,
    ConnectedDatagramProtocol,
    DatagramProtocol,
)
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.udp")

DATAGRAMS_AT_ONCE = 100
"""How many datagrams are received before the others get their turn."""

DO_NOT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)

_NO_ROOM = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.EINTR))


@implementer(IListeningPort, IReadDescriptor, ISystemHandle)
class DatagramPort:
    """A datagram socket with its protocol; the kinds know how to bind and what an address is.

    A subclass implements `_bind`, `_placeOf`, `_received` and `getHost`.

    Attributes:
        port: What was asked for: a number, or a path.
        protocol: Receives the datagrams.
        interface: The address to bind to, where there are such.
        maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
        connected: Whether it is open.
        disconnected: Whether it was open and was stopped.
        disconnecting: Whether it is being stopped.
        socket: The socket, while there is one.
        datagramsAtOnce: How many datagrams are received before the others get their turn.
    """

    interface: str = ""
    connected: bool = False
    disconnected: bool = False
    disconnecting: bool = False
    datagramsAtOnce: int = DATAGRAMS_AT_ONCE

    _kind = "Datagram"
    _adopted: socket.socket | None = None
    _stopped: Deferred[None] | None = None
    _place: int | str | None = None

    def __init__(
        self,
        port: int | str | bytes,
        proto: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            port: Where to receive.
            proto: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes.
            reactor: Watches the socket; the default reactor if None.
        """
        if reactor is None:
            from twisted.internet._defaultreactor import defaultReactor

            reactor = defaultReactor(IReactorOfPorts)
        if maxPacketSize < 1:
            raise ValueError(f"maxPacketSize is a number of bytes, at least 1, not {maxPacketSize}")
        self.port = port
        self.protocol = proto
        self.maxPacketSize = maxPacketSize
        self.reactor = reactor
        self.socket: socket.socket | None = None

    def _bind(self) -> socket.socket:
        """Return a socket that is bound; for subclasses.

        Raises:
            CannotListenError: It can't be had.
        """
        raise TypeError(f"{type(self).__name__} has to define _bind")

    def _placeOf(self, skt: socket.socket) -> int | str:
        """Return what the log says about where a socket receives; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _placeOf")

    def _received(self, datagram: bytes, name: object) -> None:
        """Hand a datagram to the protocol; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _received")

    def _closed(self) -> None:
        """Put away what else belongs to the socket, which is closed after this."""

    def __repr__(self) -> str:
        where = self._place if self._place is not None else "(not listening)"
        return f"<{type(self).__name__} of {type(self.protocol).__name__} on {where}>"

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is not open."""
        return -1 if self.socket is None else self.socket.fileno()

    def getHandle(self) -> socket.socket | None:
        """Return the socket, or None when it is not open."""
        return self.socket

    def logPrefix(self) -> str:
        """Return the name of the protocol and the kind of the port in the log."""
        return f"{protocolName(self.protocol)} ({self._kind})"

    def getHost(self) -> IAddress:
        """Return the address that is received on; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define getHost")

    def startListening(self) -> None:
        """Bind, start the protocol, and receive.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        if self.connected:
            return
        skt, self._adopted = self._adopted, None
        if skt is None:
            skt = self._bind()
        self.socket = skt
        try:
            self._place = self._placeOf(skt)
            self.reactor.addReader(self)
        except OSError as error:
            # The system has no memory for one more to be watched, say.
            self._closed()
            skt.close()
            self.socket = self._place = None
            raise self._cannotListen(error) from error
        _log.info(
            "{prefix} starting on {port}",
            prefix=protocolName(self.protocol),
            port=self._place,
            protocol=self.protocol,
        )
        self.connected = True
        self.disconnected = self.disconnecting = False
        try:
            self.protocol.makeConnection(self)  # type: ignore[arg-type]  # the kinds complete it
        except BaseException:
            self.connectionLost()
            raise

    def stopListening(self) -> Deferred[None] | None:
        """Receive no more, and free the address.

        Returns:
            A Deferred that fires when the protocol was stopped; None if it is not open.
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

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Close the socket and stop the protocol; called by the reactor."""
        if not self.connected:
            return
        _log.info(
            "({kind} Port {port} Closed)", kind=self._kind, port=self._place, protocol=self.protocol
        )
        self.connected = self.disconnecting = False
        self.disconnected = True
        self.reactor.removeReader(self)
        if self.socket is not None:
            self._closed()
            self.socket.close()
            self.socket = None
        self._place = None
        stopped, self._stopped = self._stopped, None
        try:
            self.protocol.doStop()
        except Exception:
            failure = Failure()
            if stopped is None:
                _log.failure("doStop of {protocol} failed", failure, protocol=self.protocol)
            else:
                stopped.errback(failure)
            return
        if stopped is not None:
            stopped.callback(None)

    def doRead(self) -> Exception | None:
        """Receive the datagrams that wait."""
        for _ in range(self.datagramsAtOnce):
            skt = self.socket
            if skt is None or self.disconnecting:
                break
            try:
                datagram, name = skt.recvfrom(self.maxPacketSize, DO_NOT_WAIT)
            except BlockingIOError:
                break
            except ConnectionRefusedError:
                self._refused()
            except OSError as error:
                # What ICMP has told about a datagram that was sent before; the next is another.
                _log.debug("{port} could not receive: {error}", port=self, error=error)
            else:
                try:
                    self._received(datagram, name)
                except Exception:
                    _log.failure(
                        "datagramReceived of {protocol} failed",
                        log_system=self.logPrefix(),
                        protocol=self.protocol,
                    )
        return None

    def _isPeered(self) -> bool:
        """Return whether all datagrams go to one peer."""
        return False

    def _refused(self) -> None:
        """Tell the protocol that its peer refused a datagram; without a peer nobody is told."""
        protocol = self.protocol
        if not self.connected or not self._isPeered() or not isinstance(protocol, DatagramProtocol):
            return
        try:
            protocol.connectionRefused()
        except Exception:
            _log.failure("connectionRefused of {protocol} failed", protocol=protocol)

    def _send(self, datagram: bytes, name: object) -> None:
        """Send a datagram; lose it where the kernel has no room.

        Args:
            datagram: The whole of it.
            name: The receiver as the socket functions have it; None for the peer of a connected
                socket.

        Raises:
            MessageLengthError: It is too long.
            OSError: The system does not send it.
        """
        skt = self.socket
        if skt is None:
            return
        # A refusal of an earlier datagram shows when the next is sent, which is not sent then.
        for attempt in range(2):
            try:
                if name is None:
                    skt.send(datagram, DO_NOT_WAIT)
                else:
                    skt.sendto(datagram, DO_NOT_WAIT, name)  # type: ignore[call-overload]
                return
            except ConnectionRefusedError:
                if attempt == 0:
                    # Not from inside of write, whose caller is not prepared for it.
                    self.reactor.callLater(0, self._refused)
            except OSError as error:
                if error.errno == errno.EMSGSIZE:
                    raise MessageLengthError(
                        f"{len(datagram)} bytes are too many for one datagram"
                    ) from error
                if error.errno not in _NO_ROOM:
                    raise
                return

    def _cannotListen(self, error: OSError) -> CannotListenError:
        return CannotListenError(self.interface, self.port, error)


def checkDatagram(datagram: object) -> None:
    """Refuse what is no bytes.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(datagram, bytes):
        raise TypeError(
            f"a datagram must be bytes, not {type(datagram).__name__}: encode text first"
        )


def handOver(protocol: AbstractDatagramProtocol, datagram: bytes, sender: tuple[str, int]) -> None:
    """Give a datagram to a protocol, with its sender unless that can be only one."""
    if isinstance(protocol, ConnectedDatagramProtocol):
        protocol.datagramReceived(datagram)
    else:
        protocol.datagramReceived(datagram, sender)
