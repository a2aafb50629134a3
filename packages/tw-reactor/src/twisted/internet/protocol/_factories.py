"""Factories: what all connections of a port, or all attempts to connect, have in common."""

from collections.abc import Callable
from typing import Generic, ParamSpec, Self, cast, overload

from typing_extensions import TypeVar

from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    ILoggingContext,
    IProtocol,
    IProtocolFactory,
)
from twisted.logger import Logger
from twisted.python.components import classImplements
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_R = TypeVar("_R")
_ProtocolT = TypeVar("_ProtocolT", bound=IProtocol, covariant=True, default=IProtocol)
_log = Logger("twisted.internet.protocol.Factory")


class Factory(Generic[_ProtocolT]):
    """Builds a protocol for each connection, and holds what they share.

    Set `protocol`, or override `buildProtocol`. One factory may serve several ports, of several
    kinds, at once: it knows nothing of the network.

    Attributes:
        protocol: What builds a protocol: a class, or any callable that takes no arguments.
        numPorts: How many ports and connectors use the factory at this time.
        noisy: Whether its start and stop are logged.
    """

    protocol: Callable[[], _ProtocolT] | None = None
    numPorts: int = 0
    noisy: bool = True

    # The first form learns from the protocol what the factory builds, the second checks the
    # arguments of the factory's class; no one form can do both.
    @overload
    @classmethod
    def forProtocol(cls, protocol: Callable[[], _ProtocolT], /) -> Self: ...

    @overload
    @classmethod
    def forProtocol(
        cls: Callable[_P, _R],
        protocol: Callable[[], IProtocol],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _R: ...

    @classmethod
    def forProtocol(
        cls: Callable[_P, _R],
        protocol: Callable[[], IProtocol],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _R:
        """Return a factory of this class that builds protocols of another.

        `Factory.forProtocol(Echo)` is a factory without a class statement.

        Args:
            protocol: What builds a protocol: a class, or any callable that takes no arguments.
            args: The arguments of the factory's class.
            kwargs: Its keyword arguments.
        """
        factory = cls(*args, **kwargs)
        cast("Factory[IProtocol]", factory).protocol = protocol
        return factory

    def logPrefix(self) -> str:
        """Return the name of the class."""
        return self.__class__.__name__

    def doStart(self) -> None:
        """Count one more port, and call `startFactory` for the first.

        Called by ports and connectors; override `startFactory` instead.
        """
        if self.numPorts == 0:
            if self.noisy:
                _log.info("Starting factory {factory!r}", factory=self)
            self.startFactory()
        self.numPorts += 1

    def doStop(self) -> None:
        """Count one port less, and call `stopFactory` for the last.

        Called by ports and connectors; override `stopFactory` instead.
        """
        if self.numPorts == 0:
            # It was stopped by hand before.
            return
        self.numPorts -= 1
        if self.numPorts == 0:
            if self.noisy:
                _log.info("Stopping factory {factory!r}", factory=self)
            self.stopFactory()

    def startFactory(self) -> None:
        """Set up what the connections share: open a file, connect to a database, ...

        Called before the first connection of the first port that uses the factory.
        """

    def stopFactory(self) -> None:
        """Put away what `startFactory` set up.

        Called when the last port that used the factory has stopped. The factory may be started
        again later.
        """

    def buildProtocol(self, addr: IAddress | None) -> _ProtocolT | None:
        """Build the protocol of a new connection, and set its `factory`.

        Args:
            addr: The address of the peer.

        Returns:
            The protocol. An override may return None to refuse the connection.

        Raises:
            TypeError: `protocol` was not set.
        """
        if self.protocol is None:
            raise TypeError(
                f"{self!r} does not know what to build: "
                "set its attribute protocol, or override buildProtocol"
            )
        built = self.protocol()
        # Every protocol may have a factory, and need not have declared it.
        built.factory = self  # type: ignore[attr-defined]
        return built


classImplements(Factory, IProtocolFactory, ILoggingContext)


class ServerFactory(Factory[_ProtocolT]):
    """A factory for ports that listen; the same as `Factory`, by a name that says so."""


class ClientFactory(Factory[_ProtocolT]):
    """A factory that learns how each attempt to connect goes (`reactor.connectTCP` and its kin).

    The connector that each event comes with can connect again (`connector.connect()`), also from
    inside the event. Endpoints call none of these events.
    """

    def startedConnecting(self, connector: IConnector) -> None:
        """Learn that an attempt begins.

        Args:
            connector: The attempt; `connector.stopConnecting()` gives it up.
        """

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Learn that an attempt failed: no connection was made.

        Args:
            connector: The attempt.
            reason: Wraps a `ConnectError` or `DNSLookupError`.
        """

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        """Learn that a connection that was made is gone.

        Called after the protocol's `connectionLost`.

        Args:
            connector: What made the connection.
            reason: The one that the protocol got.
        """
