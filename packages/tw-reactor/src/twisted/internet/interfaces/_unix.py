"""A reactor that speaks over UNIX domain sockets."""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import IAddress
from twisted.internet.interfaces._protocols import IProtocolFactory
from twisted.internet.interfaces._tcp import IConnector, IListeningPort
from twisted.internet.interfaces._transports import ITransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.protocol import (
        ClientFactory,
        ConnectedDatagramProtocol,
        DatagramProtocol,
    )


class IUNIXTransport(ITransport, Interface):
    """An open connection over a UNIX stream socket."""

    def sendFileDescriptor(self, descriptor: int) -> None:
        """Give the peer a copy of an open file descriptor.

        It travels with the bytes that are written next, so at least one has to follow. The peer's
        protocol gets it by `IFileDescriptorReceiver.fileDescriptorReceived`.

        Args:
            descriptor: Its number. It may be closed right after this call: what is sent is a copy.
        """


class IReactorUNIX(Interface):
    """A reactor that listens on UNIX stream sockets and connects to them."""

    def listenUNIX(
        self,
        address: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Take connections on a UNIX socket, from now on.

        Args:
            address: The path of the socket, made here and removed when the port stops; one that
                begins with a NUL byte lives in Linux's abstract namespace.
            factory: Builds the protocol for each connection.
            backlog: How many connections may wait to be accepted.
            mode: The permissions of the socket file.
            wantPID: Whether a lock file beside the socket says that a server is alive. With it a
                socket that a dead server left behind is replaced.

        Raises:
            CannotListenError: The path is taken, or cannot be made.
        """
        ...

    def connectUNIX(
        self,
        address: str | bytes,
        factory: "ClientFactory",
        timeout: float = 30,
        checkPID: bool = False,
    ) -> IConnector:
        """Connect to a UNIX socket.

        Args:
            address: The path of the socket.
            factory: Builds the protocol and learns about each step, as in `connectTCP`.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            checkPID: Whether to fail at once when the lock file says that no server is alive.
        """
        ...


class IUNIXDatagramTransport(Interface):
    """A UNIX datagram socket, as its protocol sees it."""

    def write(self, packet: bytes, addr: str | bytes) -> None:
        """Send one datagram.

        It is sent at once or, where the receiver's queue is full, lost, and the log says so.

        Args:
            packet: The whole datagram.
            addr: The path of the receiver's socket, or its abstract name, as `datagramReceived`
                tells the sender's.

        Raises:
            MessageLengthError: The datagram is too long.
            OSError: There is no such receiver, or it may not be sent to.
        """

    def getHost(self) -> IAddress:
        """Return the address that the socket is bound to."""
        ...


class IUNIXDatagramConnectedTransport(Interface):
    """A UNIX datagram socket with one peer, as its protocol sees it."""

    def write(self, packet: bytes) -> None:
        """Send one datagram to the peer.

        It is sent at once or, where the peer's queue is full, lost, and the log says so. If the
        peer is gone, and nobody has taken its place, the protocol's `connectionRefused` is called
        after this.

        Args:
            packet: The whole datagram.

        Raises:
            MessageLengthError: The datagram is too long.
            OSError: The system does not send it.
        """

    def getHost(self) -> IAddress:
        """Return the address that the socket is bound to; its name is None if it has none."""
        ...

    def getPeer(self) -> IAddress:
        """Return the address of the peer."""
        ...


class IReactorUNIXDatagram(Interface):
    """A reactor that opens UNIX datagram sockets."""

    def connectUNIXDatagram(
        self,
        address: str | bytes,
        protocol: "ConnectedDatagramProtocol",
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        bindAddress: str | bytes | None = None,
    ) -> IConnector:
        """Open a datagram socket with one peer.

        If the peer isn't there, `connectionFailed` of the protocol is called, after this.

        Args:
            address: The path of the peer's socket, or its abstract name.
            protocol: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
            mode: The permissions of the own socket file.
            bindAddress: The path of the own socket, made here and removed at the end; without one
                the peer cannot answer.

        Raises:
            CannotListenError: The own path is taken, or cannot be made.
        """
        ...

    def listenUNIXDatagram(
        self,
        address: str | bytes,
        protocol: "DatagramProtocol",
        maxPacketSize: int = 8192,
        mode: int = 0o666,
    ) -> IListeningPort:
        """Open a datagram socket that receives from everybody.

        The protocol learns of a sender by its path as text, by its abstract name as bytes, or not
        at all (None): a socket that sends need not have a name.

        Args:
            address: The path of the socket, made here and removed at the end; one that begins with
                a NUL byte lives in Linux's abstract namespace.
            protocol: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
            mode: The permissions of the socket file.

        Raises:
            CannotListenError: The path is taken, or cannot be made.
        """
        ...
