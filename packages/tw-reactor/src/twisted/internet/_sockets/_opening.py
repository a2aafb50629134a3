"""What a reactor adds: opening ports and connections. Any reactor that watches descriptors can have it."""

import socket
from typing import cast

from twisted.internet._sockets._addressing import addressFromName
from twisted.internet._sockets._baseconnector import IReactorOfConnectors
from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._connection import Server
from twisted.internet._sockets._connector import Client, Connector
from twisted.internet._sockets._multicastport import MulticastPort
from twisted.internet._sockets._port import Port, adoptSocket
from twisted.internet._sockets._udpport import UDPPort
from twisted.internet._sockets._unixconnection import UNIXServer, addressOf
from twisted.internet._sockets._unixconnector import UNIXConnector
from twisted.internet._sockets._unixdatagramport import (
    ConnectedUNIXDatagramPort,
    UNIXDatagramPort,
)
from twisted.internet._sockets._unixport import UNIXPort
from twisted.internet._tlsdoor import tlsRoom
from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IListeningPort,
    IProtocolFactory,
    IReactorMulticast,
    IReactorSocket,
    IReactorTCP,
    IReactorUDP,
    IReactorUNIX,
    IReactorUNIXDatagram,
    ITCPListeningPort,
    ITransport,
    TLSOptions,
)
from twisted.internet.protocol import (
    AbstractDatagramProtocol,
    ClientFactory,
    ConnectedDatagramProtocol,
    DatagramProtocol,
)
from twisted.python.components import Interface, implementer


class IReactorOfSockets(
    IReactorOfPorts, IReactorOfConnectors, IReactorTCP, IReactorUNIX, IReactorUDP, Interface
):
    """What the reactor that has this is besides."""


@implementer(
    IReactorTCP,
    IReactorUNIX,
    IReactorUNIXDatagram,
    IReactorUDP,
    IReactorMulticast,
    IReactorSocket,
)
class SocketOpening:
    """A reactor that opens ports and connections.

    With tw-tls installed, the reactor that has this also provides IReactorSSL.
    """

    # What the connections are made by TCP; a reactor may have kinds of its own.
    _serverKind: type[Server] = Server
    _clientKind: type[Client] = Client

    @property
    def _whole(self) -> IReactorOfSockets:
        """The reactor of which this is a part."""
        return cast(IReactorOfSockets, self)

    # TCP

    def listenTCP(
        self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> ITCPListeningPort:
        """Take TCP connections, from now on.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        listening = Port(port, factory, backlog, interface, self._whole)
        listening.transport = self._serverKind
        listening.startListening()
        return listening

    def connectTCP(
        self,
        host: str,
        port: int,
        factory: ClientFactory,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port."""
        connector = Connector(host, port, factory, timeout, bindAddress, self._whole)
        connector.transportKind = self._clientKind
        connector.connect()
        return connector

    def adoptStreamPort(
        self, fileDescriptor: int, addressFamily: int, factory: IProtocolFactory
    ) -> IListeningPort:
        """Take connections from a socket that listens already; its descriptor is duplicated.

        Raises:
            UnsupportedAddressFamily: The family is not `AF_INET`, `AF_INET6` or `AF_UNIX`.
            UnsupportedSocketType: The socket is no stream socket.
        """
        listening: Port | UNIXPort
        if addressFamily == socket.AF_UNIX:
            adopted = adoptSocket(fileDescriptor, addressFamily)
            listening = UNIXPort.adoptingSocket(adopted, factory, self._whole)
        else:
            listening = Port.adopting(fileDescriptor, addressFamily, factory, self._whole)
            listening.transport = self._serverKind
        listening.startListening()
        return listening

    def adoptStreamConnection(
        self, fileDescriptor: int, addressFamily: int, factory: IProtocolFactory
    ) -> ITransport:
        """Go on with a connection that was made elsewhere; its descriptor is duplicated.

        Raises:
            UnsupportedAddressFamily: The family is not `AF_INET`, `AF_INET6` or `AF_UNIX`.
            UnsupportedSocketType: The socket is no stream socket.
        """
        skt = adoptSocket(fileDescriptor, addressFamily)
        transport: Server | UNIXServer
        try:
            name = skt.getpeername()
            if addressFamily == socket.AF_UNIX:
                protocol = factory.buildProtocol(addressOf(name))
                transport = UNIXServer(skt, protocol, None, None, 0, self._whole)
            else:
                peer = addressFromName(addressFamily, name)
                assert peer is not None, "the family was checked"
                protocol = factory.buildProtocol(peer)
                transport = self._serverKind(skt, protocol, peer, None, 0, self._whole)
        except BaseException:
            skt.close()
            raise
        transport.begin()
        return transport

    # UDP

    def listenUDP(
        self,
        port: int,
        protocol: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Open a UDP port and hand what arrives to a protocol.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
            InvalidAddressError: The interface is not an address.
        """
        opened = UDPPort(port, protocol, interface, maxPacketSize, self._whole)
        opened.startListening()
        return opened

    def listenMulticast(
        self,
        port: int,
        protocol: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
        listenMultiple: bool = False,
    ) -> IListeningPort:
        """Open a UDP port that can join multicast groups.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
            InvalidAddressError: The interface is not an address.
        """
        opened = MulticastPort(
            port, protocol, interface, maxPacketSize, self._whole, listenMultiple
        )
        opened.startListening()
        return opened

    def adoptDatagramPort(
        self,
        fileDescriptor: int,
        addressFamily: int,
        protocol: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Receive datagrams from a socket that is bound already; its descriptor is duplicated.

        Raises:
            UnsupportedAddressFamily: The family is neither `AF_INET` nor `AF_INET6`.
            UnsupportedSocketType: The socket is no datagram socket.
        """
        opened = UDPPort.adopting(
            fileDescriptor, addressFamily, protocol, self._whole, maxPacketSize
        )
        opened.startListening()
        return opened

    # UNIX sockets

    def listenUNIX(
        self,
        address: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Take connections on a UNIX socket, from now on.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        listening = UNIXPort(address, factory, backlog, mode, self._whole, wantPID)
        listening.startListening()
        return listening

    def connectUNIX(
        self,
        address: str | bytes,
        factory: ClientFactory,
        timeout: float = 30,
        checkPID: bool = False,
    ) -> IConnector:
        """Connect to a UNIX socket."""
        connector = UNIXConnector(address, factory, timeout, self._whole, checkPID)
        connector.connect()
        return connector

    # UNIX datagrams

    def listenUNIXDatagram(
        self,
        address: str | bytes,
        protocol: DatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Open a UNIX datagram socket and hand what arrives to a protocol.

        Raises:
            CannotListenError: The path is taken, too long, or cannot be made.
        """
        opened = UNIXDatagramPort(address, protocol, maxPacketSize, mode, self._whole, wantPID)
        opened.startListening()
        return opened

    def connectUNIXDatagram(
        self,
        address: str | bytes,
        protocol: ConnectedDatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        bindAddress: str | bytes | None = None,
    ) -> IConnector:
        """Open a UNIX datagram socket with one peer.

        Raises:
            CannotListenError: The name of its own is taken, or cannot be made.
        """
        opened = ConnectedUNIXDatagramPort(
            address, protocol, maxPacketSize, mode, bindAddress, self._whole
        )
        opened.startListening()
        return opened

    # TLS, by way of the door

    def listenSSL(
        self,
        port: int,
        factory: IProtocolFactory,
        contextFactory: TLSOptions,
        backlog: int = 50,
        interface: str = "",
    ) -> ITCPListeningPort:
        """Take TLS connections on a TCP port, from now on.

        Raises:
            ImportError: tw-tls is not installed.
        """
        return tlsRoom().listenSSL(self._whole, port, factory, contextFactory, backlog, interface)

    def connectSSL(
        self,
        host: str,
        port: int,
        factory: ClientFactory,
        contextFactory: TLSOptions,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port and speak TLS at once.

        Raises:
            ImportError: tw-tls is not installed.
        """
        room = tlsRoom()
        return room.connectSSL(
            self._whole, host, port, factory, contextFactory, timeout, bindAddress
        )


__all__ = ["SocketOpening"]
