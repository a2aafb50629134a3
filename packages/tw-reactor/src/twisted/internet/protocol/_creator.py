"""Connecting by a class alone, without a factory: the older cousin of `connectProtocol`."""

from collections.abc import Callable
from functools import partial
from typing import Generic, ParamSpec, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    BindAddress,
    IAddress,
    IConnector,
    IProtocol,
    IReactorSSL,
    IReactorTCP,
    IReactorTime,
    IReactorUNIX,
    TLSOptions,
)
from twisted.internet.protocol._factories import ClientFactory
from twisted.python.components import provides
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_ProtocolT = TypeVar("_ProtocolT", bound=IProtocol)
_Interface = TypeVar("_Interface")


class _OneProtocol(ClientFactory[_ProtocolT]):
    """Builds one protocol and fires a Deferred with it."""

    noisy = False

    def __init__(
        self,
        clock: IReactorTime,
        build: Callable[[], _ProtocolT],
    ) -> None:
        self._clock = clock
        self._build = build
        self._connector: IConnector | None = None
        self._waiting: Deferred[_ProtocolT] | None = Deferred(self._cancel)

    def connected(self, connector: IConnector) -> "Deferred[_ProtocolT]":
        """Return the Deferred of the protocol that the connector connects."""
        self._connector = connector
        assert self._waiting is not None
        return self._waiting

    def _cancel(self, waiting: "Deferred[_ProtocolT]") -> None:
        """Give up the attempt, or the connection that nobody was told about."""
        self._waiting = None
        if self._connector is not None:
            self._connector.disconnect()

    def buildProtocol(self, addr: IAddress | None) -> _ProtocolT:
        """Build the protocol, and fire when its connection was made.

        Args:
            addr: The address of the peer.
        """
        protocol = self._build()
        # The transport is only handed over after this method.
        self._clock.callLater(0, self._fire, protocol)
        return protocol

    def _fire(self, protocol: _ProtocolT) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(protocol)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Fail the Deferred.

        Args:
            connector: The attempt.
            reason: Why it failed.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.errback(reason)


def _as(interface: Callable[..., _Interface], reactor: object) -> _Interface:
    """Return the reactor as a provider of an interface that a method needs."""
    if not provides(interface, reactor):
        name = getattr(interface, "__name__", repr(interface))
        raise TypeError(f"{reactor!r} does not provide {name}")
    return reactor  # type: ignore[return-value]


class ClientCreator(Generic[_ProtocolT]):
    """Connects and makes a protocol of a class, with arguments.

    Each method makes one attempt and returns a Deferred with the protocol, which was connected by
    then. New code rather uses an endpoint and `twisted.internet.endpoints.connectProtocol`.
    """

    def __init__(
        self,
        reactor: object,
        protocolClass: Callable[_P, _ProtocolT],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> None:
        """Keep what is needed to connect.

        Args:
            reactor: Provides `IReactorTime`, and the interface of each method that is used.
            protocolClass: What builds the protocol.
            args: Its arguments.
            kwargs: Its keyword arguments.
        """
        self.reactor = reactor
        self.protocolClass = protocolClass
        self.args = args
        self.kwargs = kwargs
        self._build: Callable[[], _ProtocolT] = partial(protocolClass, *args, **kwargs)

    def _factory(self) -> _OneProtocol[_ProtocolT]:
        return _OneProtocol(_as(IReactorTime, self.reactor), self._build)

    def connectTCP(
        self, host: str, port: int, timeout: float = 30, bindAddress: BindAddress = None
    ) -> "Deferred[_ProtocolT]":
        """Connect over TCP; see `IReactorTCP.connectTCP` for the arguments."""
        factory = self._factory()
        reactor = _as(IReactorTCP, self.reactor)
        return factory.connected(reactor.connectTCP(host, port, factory, timeout, bindAddress))

    def connectUNIX(
        self, address: str | bytes, timeout: float = 30, checkPID: bool = False
    ) -> "Deferred[_ProtocolT]":
        """Connect over a UNIX socket; see `IReactorUNIX.connectUNIX` for the arguments."""
        factory = self._factory()
        reactor = _as(IReactorUNIX, self.reactor)
        return factory.connected(reactor.connectUNIX(address, factory, timeout, checkPID))

    def connectSSL(
        self,
        host: str,
        port: int,
        contextFactory: TLSOptions,
        timeout: float = 30,
        bindAddress: BindAddress = None,
    ) -> "Deferred[_ProtocolT]":
        """Connect over TLS; see `IReactorSSL.connectSSL` for the arguments."""
        factory = self._factory()
        reactor = _as(IReactorSSL, self.reactor)
        return factory.connected(
            reactor.connectSSL(host, port, factory, contextFactory, timeout, bindAddress)
        )
