"""The services that connect, each named after a method of the reactor that begins with `connect`.

To type checkers each takes the arguments of its method; at run time they are handed on as they
came, so that a reactor which takes more can be given more.
"""

from typing import TYPE_CHECKING

from twisted.application.internet._reactorservices import ConnectingService

if TYPE_CHECKING:
    from twisted.internet.interfaces import (
        BindAddress,
        IReactorSSL,
        IReactorTCP,
        IReactorUNIX,
        IReactorUNIXDatagram,
        TLSOptions,
    )
    from twisted.internet.protocol import ClientFactory, ConnectedDatagramProtocol


class TCPClient(ConnectingService):
    """Makes a TCP connection when it is started; see `IReactorTCP.connectTCP`."""

    method = "TCP"

    if TYPE_CHECKING:

        def __init__(
            self,
            host: str,
            port: int,
            factory: ClientFactory,
            timeout: float = 30.0,
            bindAddress: BindAddress = None,
            *,
            reactor: IReactorTCP | None = None,
        ) -> None: ...


class UNIXClient(ConnectingService):
    """Connects to a UNIX socket when it is started; see `IReactorUNIX.connectUNIX`."""

    method = "UNIX"

    if TYPE_CHECKING:

        def __init__(
            self,
            address: str | bytes,
            factory: ClientFactory,
            timeout: float = 30,
            checkPID: bool = False,
            *,
            reactor: IReactorUNIX | None = None,
        ) -> None: ...


class SSLClient(ConnectingService):
    """Makes a TLS connection when it is started; see `IReactorSSL.connectSSL`. It needs tw-tls."""

    method = "SSL"

    if TYPE_CHECKING:

        def __init__(
            self,
            host: str,
            port: int,
            factory: ClientFactory,
            contextFactory: TLSOptions,
            timeout: float = 30.0,
            bindAddress: BindAddress = None,
            *,
            reactor: IReactorSSL | None = None,
        ) -> None: ...


class UNIXDatagramClient(ConnectingService):
    """Opens a UNIX datagram socket with one peer when it is started.

    See `IReactorUNIXDatagram.connectUNIXDatagram` for the arguments.
    """

    method = "UNIXDatagram"

    if TYPE_CHECKING:

        def __init__(
            self,
            address: str | bytes,
            protocol: ConnectedDatagramProtocol,
            maxPacketSize: int = 8192,
            mode: int = 0o666,
            bindAddress: str | bytes | None = None,
            *,
            reactor: IReactorUNIXDatagram | None = None,
        ) -> None: ...


__all__ = ["SSLClient", "TCPClient", "UNIXClient", "UNIXDatagramClient"]
