"""UNIX datagram sockets: one that receives from everybody, and one with a single peer.

Nothing is lost on the way between two processes of one machine, so what is lost at its ends is told:
a receiver that is not there is an error of `write`, and a receiver whose queue is full is logged.

A peer that ends takes the connection to it along (the kernel disconnects the socket at the next
datagram), but the program that takes its place has the same path. So a datagram that is refused is
sent to whoever is there now, and only if there is nobody is it lost, and the protocol told.
"""

import errno
import os
import socket
from types import MappingProxyType

from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._datagramport import (
    DO_NOT_WAIT,
    DatagramPort,
    checkDatagram,
    handOver,
)
from twisted.internet._sockets._handedover import handedOver
from twisted.internet._sockets._unixbinding import UNIXBinding
from twisted.internet._sockets._unixconnection import addressOf
from twisted.internet._sockets._unixnamedport import UNIXNamedPort
from twisted.internet._sockets._unixnames import ADVICE, nameOf
from twisted.internet.address import UNIXAddress
from twisted.internet.error import NotConnectingError, getConnectError
from twisted.internet.interfaces import (
    IConnector,
    IUNIXDatagramConnectedTransport,
    IUNIXDatagramTransport,
)
from twisted.internet.protocol import AbstractDatagramProtocol, ConnectedDatagramProtocol
from twisted.logger import Logger
from twisted.python.components import classImplements
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.unix")

_GONE = frozenset((errno.ECONNREFUSED, errno.ECONNRESET, errno.ENOTCONN))
"""What the kernel says about a datagram whose peer was there and is not any more."""


class UNIXDatagramPort(UNIXNamedPort, DatagramPort):
    """A UNIX datagram socket that receives from everybody.

    Attributes:
        port: The name that was asked for.
        mode: The permissions of the socket file.
        wantPID: Whether a lock file says that this server is alive.
    """

    port: str | bytes

    _kind = "UNIX datagram"
    _advice = MappingProxyType(ADVICE)
    # Whether the last datagram was lost because its receiver was full.
    _full = False

    def __init__(
        self,
        addr: str | bytes,
        proto: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        reactor: IReactorOfPorts | None = None,
        wantPID: bool = False,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            addr: The path; one that begins with a NUL byte is an abstract name.
            proto: Receives the datagrams. Their sender is a path, an abstract name as bytes, or
                None for a socket that has none.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
            mode: The permissions of the socket file.
            reactor: Watches the socket; the default reactor if None.
            wantPID: Whether a lock file says that this server is alive. With it a socket that a
                dead server left behind is replaced.
        """
        super().__init__(addr, proto, maxPacketSize, reactor)
        self.mode = mode
        self.wantPID = wantPID

    def getHost(self) -> UNIXAddress:
        """Return the address that is received on."""
        if self.socket is None:
            raise OSError(f"{self!r} has no address while it does not listen")
        return addressOf(self.socket.getsockname())

    def write(self, packet: bytes, addr: str | bytes | None = None) -> None:
        """Send one datagram.

        It is lost if the receiver's queue is full, and the log says so.

        Args:
            packet: The whole datagram.
            addr: The path or abstract name of the receiver.

        Raises:
            MessageLengthError: The datagram is too long.
            OSError: There is no such receiver, or it may not be sent to.
        """
        checkDatagram(packet)
        if addr is None:
            raise ValueError("the port is not connected: say where the datagram goes")
        self._send(packet, nameOf(addr))

    def _send(self, datagram: bytes, name: object) -> None:
        skt = self.socket
        if skt is None:
            return
        try:
            if name is None:
                skt.send(datagram, DO_NOT_WAIT)
            else:
                skt.sendto(datagram, DO_NOT_WAIT, name)  # type: ignore[call-overload]
        except OSError as error:
            self._failedToSend(datagram, name, error)
        else:
            self._full = False

    def _lost(self, datagram: bytes, name: object, error: OSError) -> None:
        if self._full:
            return
        self._full = True
        _log.warn(
            "A datagram of {size} bytes to {receiver!r} was lost: {error}. Its receiver is slower "
            "than its senders; it may keep more if net.unix.max_dgram_qlen (sysctl) is raised.",
            size=len(datagram),
            receiver=self.port if name is None else name,
            error=error,
            protocol=self.protocol,
        )

    def _received(self, datagram: bytes, name: object) -> None:
        handOver(self.protocol, datagram, name)

    def _placeOf(self, skt: socket.socket) -> int | str:
        return repr(os.fsdecode(skt.getsockname()))

    def _bind(self) -> socket.socket:
        """Return a socket that is bound.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        return self._boundTo(self.port)

    def _boundTo(self, address: str | bytes | None) -> socket.socket:
        """Return a socket that is bound to a name, or to none.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        try:
            skt = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        except OSError as error:
            raise self._cannotListen(error) from error
        if address is None:
            return skt
        try:
            self._binding = UNIXBinding(skt, address, self.mode, self.wantPID)
        except OSError as error:
            skt.close()
            raise self._cannotListen(error) from error
        return skt

    def _closed(self) -> None:
        self._full = False
        super()._closed()


class ConnectedUNIXDatagramPort(UNIXDatagramPort):
    """A UNIX datagram socket with one peer; also what connects it, and connects it again.

    Attributes:
        port: The name of the peer.
        bindAddress: The name of its own, if it has one.
    """

    protocol: ConnectedDatagramProtocol

    _peerName: object = None

    def __init__(
        self,
        addr: str | bytes,
        proto: ConnectedDatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        bindAddress: str | bytes | None = None,
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            addr: The path or abstract name of the peer.
            proto: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
            mode: The permissions of its own socket file.
            bindAddress: The name of its own; without one the peer cannot answer.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(addr, proto, maxPacketSize, mode, reactor)
        self.bindAddress = bindAddress

    def getPeer(self) -> UNIXAddress:
        """Return the address of the peer, as it was asked for."""
        return UNIXAddress(self.port)

    def write(self, packet: bytes, addr: str | bytes | None = None) -> None:
        """Send one datagram to the peer.

        It is lost if the peer's queue is full, and the log says so; or if the peer is gone, and the
        protocol's `connectionRefused` is called soon.

        Args:
            packet: The whole datagram.
            addr: The peer, if anything.

        Raises:
            MessageLengthError: The datagram is too long.
            ValueError: The receiver is not the peer.
            OSError: The system does not send it.
        """
        checkDatagram(packet)
        if addr is not None and os.fsencode(addr) != os.fsencode(self.port):
            raise ValueError(
                f"the port is connected to {self.port!r}, so it can't send to {addr!r}"
            )
        self._send(packet, None)

    def startListening(self) -> None:
        """Bind, connect, start the protocol, and receive.

        If the peer isn't there, `connectionFailed` of the protocol is called soon.

        Raises:
            CannotListenError: The name of its own is taken, or cannot be made.
        """
        if self.connected:
            return
        skt = self._connectedSocket()
        if skt is not None:
            self._adopted = skt
            super().startListening()

    def request(self) -> str:
        """Return what was asked for: both names."""
        own = None if self.bindAddress is None else os.fsdecode(self.bindAddress)
        return f"{super().request()} from {own!r}"

    def _ownName(self) -> str | bytes | None:
        return self.bindAddress

    def _connectedSocket(self) -> socket.socket | None:
        """Return a socket that is connected; None if it cannot be, which the protocol is told.

        Raises:
            CannotListenError: The name of its own is taken, or cannot be made.
        """
        skt = handedOver.take(self.request())
        if skt is None:
            skt = self._boundTo(self.bindAddress)
        else:
            try:
                self._tookOver()
            except OSError as error:
                skt.close()
                raise self._cannotListen(error) from error
        try:
            self._connect(skt)
        except OSError as error:
            self._closed()
            skt.close()
            self.reactor.callLater(0, self._failed, Failure(getConnectError(error)))
            return None
        return skt

    # Being a connector

    def connect(self) -> None:
        """Open the port again after it was closed, or after it could not be connected.

        Raises:
            RuntimeError: It is open.
        """
        if self.connected:
            raise RuntimeError(f"{self!r} is connected: disconnect it first")
        self.startListening()

    def disconnect(self) -> None:
        """Do what `stopListening` does."""
        self.stopListening()

    def stopConnecting(self) -> None:
        """Raise: connecting is done at once, or not at all.

        Raises:
            NotConnectingError: Always.
        """
        raise NotConnectingError("a UNIX datagram socket is connected at once, or not at all")

    def getDestination(self) -> UNIXAddress:
        """Return the address of the peer."""
        return self.getPeer()

    def _connect(self, skt: socket.socket) -> None:
        """Connect a socket to the peer.

        Raises:
            OSError: There is none.
        """
        skt.connect(nameOf(self.port))
        # The peer's own words: a path of its own may be relative to another directory.
        self._peerName = skt.getpeername()

    def _failed(self, failure: Failure) -> None:
        try:
            self.protocol.connectionFailed(failure)
        except Exception:
            _log.failure("connectionFailed of {protocol} failed", protocol=self.protocol)

    def _isPeered(self) -> bool:
        return True

    def _failedToSend(self, datagram: bytes, name: object, error: OSError) -> None:
        skt = self.socket
        if error.errno not in _GONE or skt is None:
            super()._failedToSend(datagram, name, error)
            return
        try:
            self._connect(skt)
            skt.send(datagram, DO_NOT_WAIT)
        except OSError as second:
            if second.errno in _GONE or isinstance(second, FileNotFoundError):
                # Not from inside of write, whose caller is not prepared for it.
                self.reactor.callLater(0, self._refused)
            else:
                super()._failedToSend(datagram, name, second)

    def _received(self, datagram: bytes, name: object) -> None:
        # Between two peers it has none, and can be sent to by all.
        if name == self._peerName:
            self.protocol.datagramReceived(datagram)

    def _placeOf(self, skt: socket.socket) -> int | str:
        return repr(os.fsdecode(self.port))


classImplements(UNIXDatagramPort, IUNIXDatagramTransport)
classImplements(ConnectedUNIXDatagramPort, IUNIXDatagramConnectedTransport, IConnector)
