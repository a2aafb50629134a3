"""Connections on which nothing happens for too long."""

from collections.abc import Callable, Iterable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    ITransport,
)
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies._wrapping import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure

IDLE_SECONDS = 30 * 60
"""After how many seconds without a byte a `TimeoutFactory` closes a connection."""


class TimeoutMixin:
    """Gives a protocol a timer that is set back whenever the protocol says so.

    Call `setTimeout` in `connectionMade`, `resetTimeout` when something happens, and
    `setTimeout(None)` in `connectionLost`. A test replaces `callLater` on the instance by that of
    a `Clock`.

    Attributes:
        timeOut: After how many seconds `timeoutConnection` is called; None for never.
    """

    timeOut: float | None = None
    _timeoutCall: IDelayedCall | None = None

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule the end; the default reactor does it unless this is overridden.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        return defaultReactor(IReactorTime).callLater(period, func)

    def resetTimeout(self) -> None:
        """Begin to count anew; call it whenever the peer has shown that it lives."""
        if self._timeoutCall is not None and self.timeOut is not None:
            self._timeoutCall.reset(self.timeOut)

    def setTimeout(self, period: float | None) -> float | None:
        """Choose after how long the connection ends, and begin to count.

        Args:
            period: The number of seconds; None for never.

        Returns:
            What it was before.
        """
        previous, self.timeOut = self.timeOut, period
        if self._timeoutCall is not None:
            if period is None:
                self._timeoutCall.cancel()
                self._timeoutCall = None
            else:
                self._timeoutCall.reset(period)
        elif period is not None:
            self._timeoutCall = self.callLater(period, self._timedOut)
        return previous

    def _timedOut(self) -> None:
        self._timeoutCall = None
        self.timeoutConnection()

    def timeoutConnection(self) -> None:
        """End the connection, since the time is over; override it to do something else."""
        transport: ITransport = self.transport  # type: ignore[attr-defined]  # a protocol has it
        transport.loseConnection()


class TimeoutProtocol(ProtocolWrapper):
    """Closes its connection when nothing was read or written for some time.

    Attributes:
        timeoutPeriod: After how many seconds; None for never.
        timeoutCall: The timer, if one is running.
    """

    factory: "TimeoutFactory"  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self, factory: "TimeoutFactory", wrappedProtocol: IProtocol, timeoutPeriod: float | None
    ) -> None:
        """Wrap a protocol, and begin to count.

        Args:
            factory: The factory of the wrappers.
            wrappedProtocol: The protocol to wrap.
            timeoutPeriod: After how many seconds without a byte the connection is closed; None
                for never.
        """
        super().__init__(factory, wrappedProtocol)
        self.timeoutCall: IDelayedCall | None = None
        self.timeoutPeriod: float | None = None
        self.setTimeout(timeoutPeriod)

    def setTimeout(self, timeoutPeriod: float | None = None) -> None:
        """Choose another time, and begin to count anew.

        Args:
            timeoutPeriod: The number of seconds; None for never.
        """
        self.cancelTimeout()
        self.timeoutPeriod = timeoutPeriod
        if timeoutPeriod is not None:
            self.timeoutCall = self.factory.callLater(timeoutPeriod, self.timeoutFunc)

    def cancelTimeout(self) -> None:
        """Count no longer."""
        if self.timeoutCall is not None:
            if self.timeoutCall.active():
                self.timeoutCall.cancel()
            self.timeoutCall = None

    def resetTimeout(self) -> None:
        """Begin to count anew."""
        if self.timeoutCall is not None and self.timeoutPeriod is not None:
            self.timeoutCall.reset(self.timeoutPeriod)

    def timeoutFunc(self) -> None:
        """Close the connection, since the time is over."""
        self.timeoutCall = None
        self.loseConnection()

    def write(self, data: bytes) -> None:
        """Send bytes, which shows that the connection is in use."""
        self.resetTimeout()
        super().write(data)

    def writeSequence(self, seq: Iterable[bytes]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Send several pieces, which shows that the connection is in use."""
        self.resetTimeout()
        super().writeSequence(seq)

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on, which shows that the connection is in use."""
        self.resetTimeout()
        super().dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no longer, and hand on."""
        self.cancelTimeout()
        super().connectionLost(reason)


class TimeoutFactory(WrappingFactory[TimeoutProtocol]):
    """Closes connections on which nothing was read or written for some time.

    Attributes:
        timeoutPeriod: After how many seconds.
    """

    protocol = TimeoutProtocol  # type: ignore[assignment]  # it takes one argument more

    def __init__(
        self, wrappedFactory: IProtocolFactory, timeoutPeriod: float | None = IDLE_SECONDS
    ) -> None:
        """Wrap a factory.

        Args:
            wrappedFactory: Builds the protocols to wrap.
            timeoutPeriod: After how many seconds without a byte a connection is closed; None for
                never.
        """
        super().__init__(wrappedFactory)
        self.timeoutPeriod = timeoutPeriod

    def buildProtocol(self, addr: IAddress | None) -> TimeoutProtocol | None:
        """Build a protocol and wrap it.

        Args:
            addr: The address of the peer.
        """
        protocol = self.wrappedFactory.buildProtocol(addr)
        if protocol is None:
            return None
        # A subclass may have put another class there.
        make = cast(Callable[..., TimeoutProtocol], self.protocol)
        return make(self, protocol, self.timeoutPeriod)

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule an end; the default reactor does it unless this is overridden.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        return defaultReactor(IReactorTime).callLater(period, func)
