"""A TCP port: where it is bound, and what its connections are."""

import errno
import os
import socket
import sys
from types import MappingProxyType

from twisted.internet._sockets._addressing import (
    addressFromName,
    familyOfLiteral,
    nameForLiteral,
    newSocket,
    portNumber,
)
from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._connection import Server
from twisted.internet._sockets._streamport import StreamPort
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    ServiceNameUnknownError,
    UnsupportedAddressFamily,
    UnsupportedSocketType,
)
from twisted.internet.interfaces import IProtocolFactory, ITCPListeningPort
from twisted.python.components import implementer

ADVICE = MappingProxyType(
    {
        errno.EADDRINUSE: "another program listens there: stop it or choose another port, 0 for any",
        errno.EACCES: "ports below 1024 need privileges: choose another port or give the right to bind",
        errno.EADDRNOTAVAIL: "the address is not of this machine: choose one that is, or leave it out",
    }
)
"""What can be done about an error of the system, for every kind of port that has a number."""


@implementer(ITCPListeningPort)
class Port(StreamPort):
    """A TCP port that accepts connections.

    Attributes:
        port: The number that was asked for.
        interface: The address to listen on.
        transport: What makes the transport of a connection.
    """

    port: int | str
    transport: type[Server] = Server

    _kind = "TCP"
    _advice = ADVICE
    _family: int = socket.AF_INET
    # Whether connections have TCP_NODELAY from the listening socket.
    _withoutDelay = False

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
        super().__init__(port, factory, backlog, reactor)
        self.interface = interface

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

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address that is listened on."""
        if self.socket is None:
            raise OSError(f"{self!r} has no address while it does not listen")
        address = addressFromName(self.socket.family, self.socket.getsockname())
        assert address is not None, "a TCP port has an address of IPv4 or IPv6"
        return address

    def _placeOf(self, skt: socket.socket) -> int | str:
        # Python makes an enumeration of it each time.
        self._family = skt.family
        number: int = skt.getsockname()[1]
        return number

    def _build(self, skt: socket.socket, name: object) -> Server | None:
        address = addressFromName(self._family, name) if isinstance(name, tuple) else None
        protocol = None if address is None else self.factory.buildProtocol(address)
        if protocol is None:
            return None
        if not self._withoutDelay:
            skt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return self.transport(skt, protocol, address, self, self.sessionno, self.reactor)

    def _bind(self) -> socket.socket:
        """Return a socket that listens.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        family = familyOfLiteral(self.interface) or socket.AF_INET
        try:
            number = portNumber(self.port)
            name = nameForLiteral(family, self.interface, number)
            skt = newSocket(self.reactor, family)
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
            if sys.platform == "linux":
                # There, a connection begins with the options of the socket that listened.
                skt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
                self._withoutDelay = True
        except OSError as error:
            skt.close()
            raise self._cannotListen(error) from error
        except OverflowError as error:
            skt.close()
            message = f"{self.port} is no port number: 0 to 65535 are"
            raise self._cannotListen(OSError(errno.EINVAL, message)) from error
        return skt


def adoptSocket(fileDescriptor: int, addressFamily: int) -> socket.socket:
    """Return a socket of a duplicate of a descriptor.

    Raises:
        UnsupportedAddressFamily: The family is not one that the reactor knows.
        UnsupportedSocketType: The socket is no stream socket.
    """
    if addressFamily not in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        raise UnsupportedAddressFamily(
            f"a socket of the family {addressFamily!r} can't be adopted: "
            "AF_INET, AF_INET6 and AF_UNIX can"
        )
    adopted = socket.fromfd(fileDescriptor, addressFamily, socket.SOCK_STREAM)
    kind = adopted.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
    if kind != socket.SOCK_STREAM:
        adopted.close()
        raise UnsupportedSocketType(f"a socket of the type {kind} can't be adopted: a stream can")
    return adopted
