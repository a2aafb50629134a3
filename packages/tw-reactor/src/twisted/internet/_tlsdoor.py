"""The door to TLS: the one place on this floor that looks up to tw-tls.

tw-tls ships the room `twisted.protocols._reactortls` with three functions (`TLSRoom`). It is
imported when one of them is called. Whether it is there is asked without importing it, since
OpenSSL is large.
"""

import importlib
from importlib.util import find_spec
from typing import Protocol, cast

from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IProtocolFactory,
    IReactorTCP,
    ITCPListeningPort,
    ITCPTransport,
    TLSOptions,
)
from twisted.internet.protocol import ClientFactory

ROOM = "twisted.protocols._reactortls"


class TLSRoom(Protocol):
    """What tw-tls does for the reactor."""

    def listenSSL(
        self,
        reactor: IReactorTCP,
        port: int,
        factory: IProtocolFactory,
        contextFactory: TLSOptions,
        backlog: int,
        interface: str,
        /,
    ) -> ITCPListeningPort:
        """Do `IReactorSSL.listenSSL` for a reactor."""
        ...

    def connectSSL(
        self,
        reactor: IReactorTCP,
        host: str,
        port: int,
        factory: ClientFactory,
        contextFactory: TLSOptions,
        timeout: float,
        bindAddress: BindAddress,
        /,
    ) -> IConnector:
        """Do `IReactorSSL.connectSSL` for a reactor."""
        ...

    def startTLS(
        self, transport: ITCPTransport, contextFactory: TLSOptions, isClient: bool, /
    ) -> None:
        """Do `ITLSTransport.startTLS` for a transport of ours."""


def tlsIsThere() -> bool:
    """Return whether tw-tls is installed."""
    try:
        return find_spec(ROOM) is not None
    except ModuleNotFoundError:
        # There is no `twisted.protocols` at all.
        return False


def tlsRoom() -> TLSRoom:
    """Return what does TLS.

    Raises:
        ImportError: tw-tls is not installed.
    """
    if not tlsIsThere():
        raise ImportError(
            "TLS is asked for, and it is not installed: pip install tw-tls (or tw-reactor[tls])",
            name=ROOM,
        )
    return cast(TLSRoom, importlib.import_module(ROOM))
