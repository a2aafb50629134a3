"""The server's side of a data connection, and the factory that makes one for one transfer."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IConsumer,
    IDelayedCall,
    IProducer,
    IPushProducer,
    IReactorTime,
)
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.protocols.ftp._addresses import plainHost
from twisted.protocols.ftp._errors import PortConnectionError
from twisted.protocols.ftp._interfaces import KEYS
from twisted.protocols.ftp._listings import listLine
from twisted.python.components import implementer
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.protocols.ftp._datacontrol import DataControl


@implementer(IConsumer)
class DTP(Protocol):
    """A data connection: a consumer of what is sent, or a producer of what is received.

    It receives nothing before a consumer is registered. When no byte moves for `dataTimeout`
    seconds of its server, it is aborted.

    Attributes:
        isConnected: Whether the connection is there.
        pi: The server that it belongs to.
    """

    isConnected: bool = False
    factory: "DTPFactory"  # pyright: ignore[reportIncompatibleVariableOverride]

    _consumer: IConsumer | None = None
    _waiting: Deferred[None] | None = None
    _hasEnded: bool = False
    _error: Failure | None = None
    _idle: IDelayedCall | None = None

    def __init__(self) -> None:
        self.pi: DataControl | None = None

    def connectionMade(self) -> None:
        """Tell the factory that the connection is there."""
        self.isConnected = True
        pi = self.factory.pi
        if pi.protectsData:
            pi.startTLSOn(self)
        cast(IPushProducer, self.transport).pauseProducing()
        if pi.dataTimeout is not None:
            self._idle = self.factory.clock().callLater(pi.dataTimeout, self._timedOut)
        self.factory.connectionMade(self)

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on; if the consumer does not take them, end the connection."""
        self._lives()
        if self._consumer is None:
            return
        try:
            self._consumer.write(data)
        except Exception:
            self._error = Failure()
            self.abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell whoever waits for the end."""
        self.isConnected = False
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        self._leavesConsumer()
        if self._error is None and not reason.check(ConnectionDone):
            self._error = reason
        self._hasEnded = True
        self._tellEnd()

    def whenEnded(self) -> Deferred[None]:
        """Return a Deferred that fires when the connection is gone.

        It fails unless the connection was closed in good order, or with what the consumer raised.
        """
        self._waiting = waiting = Deferred[None]()
        if self._hasEnded:
            self._tellEnd()
        return waiting

    def _tellEnd(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        if self._error is None:
            waiting.callback(None)
        else:
            waiting.errback(self._error)

    def _leavesConsumer(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.unregisterProducer()

    def abort(self) -> None:
        """End the connection at once; what still comes is for nobody."""
        if not self.isConnected:
            return
        self._leavesConsumer()
        abort: Callable[[], object] | None = getattr(self.transport, "abortConnection", None)
        (self.transport.loseConnection if abort is None else abort)()

    def _lives(self) -> None:
        if self._idle is not None and self.factory.pi.dataTimeout is not None:
            self._idle.reset(self.factory.pi.dataTimeout)

    def _timedOut(self) -> None:
        self._idle = None
        self._error = Failure(PortConnectionError("no data moved for too long"))
        self.abort()

    # Lines

    def sendLine(self, line: bytes) -> None:
        """Send a line.

        Args:
            line: The line without its end.
        """
        self.write(line + b"\r\n")

    def sendListResponse(self, name: str, response: Sequence[object]) -> None:
        """Send the line of a file, as `ls -l` has it.

        Args:
            name: Its name.
            response: Its values, in the order of the keys of `IFTPShell`.
        """
        values = dict(zip(KEYS, response, strict=True))
        self.sendLine(listLine(name, values, time.time()).encode("utf-8", "surrogateescape"))

    # What is sent

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if self.isConnected:
            self._lives()
            self.transport.write(data)

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let somebody produce what is sent; the producer is stopped if the connection is gone."""
        if not self.isConnected:
            producer.stopProducing()
            return
        # The peer has nothing to say, but its end must be noticed.
        cast(IPushProducer, self.transport).resumeProducing()
        cast(IConsumer, self.transport).registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """Forget who produced."""
        if self.isConnected:
            cast(IConsumer, self.transport).unregisterProducer()

    # What is received

    def registerConsumer(self, cons: IConsumer) -> Deferred[None]:
        """Give all that is received to a consumer.

        Args:
            cons: Who gets it.

        Returns:
            A Deferred that fires when the peer has sent all; it fails if the connection broke, or
            with what the consumer raised.
        """
        self._consumer = cons
        cons.registerProducer(self, True)
        if self.isConnected:
            cast(IPushProducer, self.transport).resumeProducing()
        return self.whenEnded()

    def pauseProducing(self) -> None:
        """Receive nothing for now."""
        if self.isConnected:
            cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Receive again."""
        if self.isConnected:
            cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Receive nothing more."""
        self.abort()


class DTPFactory(ClientFactory[DTP]):
    """Makes one data connection, to a port that listens or by connecting.

    Attributes:
        peerCheck: Whether only the host of the control connection may connect.
        pi: The server that the connection is for.
        peerHost: The host that may connect; None for any.
        deferred: Fires with the `DTP`; it fails with `PortConnectionError`.
        delayedCall: The timer, if one is running.
    """

    peerCheck: bool = True
    noisy: bool = False

    def __init__(
        self, pi: "DataControl", peerHost: str | None = None, reactor: IReactorTime | None = None
    ) -> None:
        """Make a factory.

        Args:
            pi: The server.
            peerHost: The host that may connect; None for any.
            reactor: What the time is taken from; the default reactor if None.
        """
        self.pi = pi
        self.peerHost = peerHost
        self.deferred: Deferred[DTP] = Deferred(self._cancelled)
        self.delayedCall: IDelayedCall | None = None
        self._reactor = reactor
        self._isUsed = False
        self._isOver = False

    def clock(self) -> IReactorTime:
        """Return what the time is taken from."""
        return self._reactor if self._reactor is not None else defaultReactor(IReactorTime)

    def buildProtocol(self, addr: IAddress | None) -> DTP | None:
        """Build the one connection; none if there was one, or if somebody else calls.

        Args:
            addr: The address of the peer.
        """
        host = str(getattr(addr, "host", ""))
        isPeer = self.peerHost is None or plainHost(host) == plainHost(self.peerHost)
        if self._isUsed or self._isOver or (self.peerCheck and not isPeer):
            return None
        self._isUsed = True
        self.cancelTimeout()
        made = DTP()
        made.factory = self
        made.pi = self.pi
        self.pi.dtpInstance = made
        return made

    def connectionMade(self, dtp: DTP) -> None:
        """Hand the connection out.

        Args:
            dtp: The connection.
        """
        if self._isOver:
            dtp.abort()
            return
        self._isOver = True
        self.deferred.callback(dtp)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Learn that the client's port can not be reached."""
        if self.pi.dtpFactory is self:
            self.pi.dtpPort = None
        self._failed("the port can not be reached")

    def setTimeout(self, seconds: float) -> None:
        """Choose how long to wait for the connection, and begin to count.

        Args:
            seconds: How long.
        """
        self.cancelTimeout()
        self.delayedCall = self.clock().callLater(seconds, self.timeoutFactory)

    def cancelTimeout(self) -> None:
        """Count no longer."""
        call, self.delayedCall = self.delayedCall, None
        if call is not None and call.active():
            call.cancel()

    def timeoutFactory(self) -> None:
        """Give up, since the time is over."""
        self.delayedCall = None
        self._failed("nobody connected in time")

    def stopFactory(self) -> None:
        """Count no longer, since nothing can come any more."""
        self.cancelTimeout()

    def _cancelled(self, _: object) -> None:
        self._isOver = True

    def _failed(self, why: str) -> None:
        if not self._isOver:
            self._isOver = True
            self.cancelTimeout()
            self.deferred.errback(Failure(PortConnectionError(why)))


__all__ = ["DTP", "DTPFactory"]
