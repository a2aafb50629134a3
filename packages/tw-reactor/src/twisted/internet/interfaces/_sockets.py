"""A reactor that takes over sockets which others opened."""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._protocols import IProtocolFactory
from twisted.internet.interfaces._tcp import IListeningPort
from twisted.internet.interfaces._transports import ITransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from socket import AddressFamily

    from twisted.internet.protocol import AbstractDatagramProtocol


class IReactorSocket(Interface):
    """A reactor that takes over file descriptors of sockets.

    Each method duplicates the descriptor: the caller goes on owning the one that it gave.
    """

    def adoptStreamPort(
        self, fileDescriptor: int, addressFamily: "AddressFamily", factory: IProtocolFactory
    ) -> IListeningPort:
        """Take connections from a socket that listens already.

        Args:
            fileDescriptor: The number of the descriptor.
            addressFamily: `AF_INET`, `AF_INET6` or `AF_UNIX`.
            factory: Builds the protocol for each connection.

        Raises:
            UnsupportedAddressFamily: The reactor does not know the family.
            UnsupportedSocketType: The socket is no stream socket.
        """
        ...

    def adoptStreamConnection(
        self, fileDescriptor: int, addressFamily: "AddressFamily", factory: IProtocolFactory
    ) -> ITransport:
        """Go on with a connection that was accepted or made elsewhere.

        Args:
            fileDescriptor: The number of the descriptor.
            addressFamily: `AF_INET`, `AF_INET6` or `AF_UNIX`.
            factory: Builds the protocol.

        Raises:
            UnsupportedAddressFamily: The reactor does not know the family.
            UnsupportedSocketType: The socket is no stream socket.
        """
        ...

    def adoptDatagramPort(
        self,
        fileDescriptor: int,
        addressFamily: "AddressFamily",
        protocol: "AbstractDatagramProtocol",
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Receive datagrams from a socket that is bound already.

        Args:
            fileDescriptor: The number of the descriptor.
            addressFamily: `AF_INET` or `AF_INET6`.
            protocol: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes.

        Raises:
            UnsupportedAddressFamily: The reactor does not know the family.
            UnsupportedSocketType: The socket is no datagram socket.
        """
        ...
