"""The services that listen, each named after a method of the reactor that begins with `listen`.

To type checkers each takes the arguments of its method; at run time they are handed on as they
came, so that a reactor which takes more can be given more.
"""

from typing import TYPE_CHECKING

from twisted.application.internet._reactorservices import ListeningService

if TYPE_CHECKING:
    from twisted.internet.interfaces import (
        IProtocolFactory,
        IReactorMulticast,
        IReactorSSL,
        IReactorTCP,
        IReactorUDP,
        IReactorUNIX,
        IReactorUNIXDatagram,
        TLSOptions,
    )
    from twisted.internet.protocol import AbstractDatagramProtocol, DatagramProtocol


class TCPServer(ListeningService):
    """Takes TCP connections while it runs; see `IReactorTCP.listenTCP` for the arguments."""

    method = "TCP"

    if TYPE_CHECKING:

        def __init__(
            self,
            port: int,
            factory: IProtocolFactory,
            backlog: int = 50,
            interface: str = "",
            *,
            reactor: IReactorTCP | None = None,
        ) -> None: ...


class UNIXServer(ListeningService):
    """Takes connections on a UNIX socket while it runs; see `IReactorUNIX.listenUNIX`."""

    method = "UNIX"

    if TYPE_CHECKING:

        def __init__(
            self,
            address: str | bytes,
            factory: IProtocolFactory,
            backlog: int = 50,
            mode: int = 0o666,
            wantPID: bool = False,
            *,
            reactor: IReactorUNIX | None = None,
        ) -> None: ...


class SSLServer(ListeningService):
    """Takes TLS connections while it runs; see `IReactorSSL.listenSSL`. It needs tw-tls."""

    method = "SSL"

    if TYPE_CHECKING:

        def __init__(
            self,
            port: int,
            factory: IProtocolFactory,
            contextFactory: TLSOptions,
            backlog: int = 50,
            interface: str = "",
            *,
            reactor: IReactorSSL | None = None,
        ) -> None: ...


class UDPServer(ListeningService):
    """Receives and sends datagrams while it runs; see `IReactorUDP.listenUDP`."""

    method = "UDP"

    if TYPE_CHECKING:

        def __init__(
            self,
            port: int,
            protocol: AbstractDatagramProtocol,
            interface: str = "",
            maxPacketSize: int = 8192,
            *,
            reactor: IReactorUDP | None = None,
        ) -> None: ...


class MulticastServer(ListeningService):
    """Receives what is sent to groups while it runs; see `IReactorMulticast.listenMulticast`.

    The protocol joins a group in its `startProtocol`.
    """

    method = "Multicast"

    if TYPE_CHECKING:

        def __init__(
            self,
            port: int,
            protocol: AbstractDatagramProtocol,
            interface: str = "",
            maxPacketSize: int = 8192,
            listenMultiple: bool = False,
            *,
            reactor: IReactorMulticast | None = None,
        ) -> None: ...


class UNIXDatagramServer(ListeningService):
    """Receives datagrams on a UNIX socket while it runs.

    See `IReactorUNIXDatagram.listenUNIXDatagram` for the arguments.
    """

    method = "UNIXDatagram"

    if TYPE_CHECKING:

        def __init__(
            self,
            address: str | bytes,
            protocol: DatagramProtocol,
            maxPacketSize: int = 8192,
            mode: int = 0o666,
            *,
            reactor: IReactorUNIXDatagram | None = None,
        ) -> None: ...


__all__ = [
    "MulticastServer",
    "SSLServer",
    "TCPServer",
    "UDPServer",
    "UNIXDatagramServer",
    "UNIXServer",
]
