"""What the servers of both versions have in common: a client, and the connection made for it.

A client has `REQUEST_SECONDS` to say what it wants. While that is being done, nothing is received from
it; then the two connections are joined, or it is told why not and its connection is closed.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, TypeVar, cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints._hostname import IReactorForNames
from twisted.internet.error import CannotListenError, ConnectError, DNSLookupError
from twisted.internet.interfaces import (
    IDelayedCall,
    IHalfCloseableProtocol,
    IProtocol,
    IPushProducer,
    IReactorTCP,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols._clocks import clockOf
from twisted.protocols._junction import HALF_CLOSED_SECONDS, Junction
from twisted.protocols.socks._lookup import MAXIMUM_ADDRESSES, lookUp
from twisted.python.components import classImplements, provides
from twisted.python.failure import Failure

REQUEST_SECONDS = 30.0
"""How many seconds a client has to say what it wants, from when its connection was made."""

CONNECT_SECONDS = 60.0
"""How many seconds it may take to look up a name and to connect, all addresses together."""

BIND_SECONDS = 120.0
"""How many seconds a port that was opened for a client waits for the connection."""

_UNSPECIFIED = ("0.0.0.0", "::")

_P = TypeVar("_P", bound=IProtocol)

_log = Logger(namespace="twisted.protocols.socks")


class NotAllowed(Exception):
    """A rule does not grant a request."""


EXPECTED = (NotAllowed, ConnectError, DNSLookupError, CannotListenError, CancelledError, OSError)
"""Why a connection is not made, although nobody has made a mistake."""


class ServingProtocol(Protocol):
    """The connection of a client of a SOCKS server.

    Attributes:
        reactor: What looks up names and makes connections; the default reactor if None.
        requestSeconds: How many seconds a client has to say what it wants; None for no limit.
        connectSeconds: How many seconds it may take to connect; None for no limit.
        halfClosedSeconds: For how many seconds nothing may come any more when one of the two
            directions has ended; None for no limit.
        maxAddresses: How many addresses of a name are tried.
    """

    requestSeconds: float | None = REQUEST_SECONDS
    connectSeconds: float | None = CONNECT_SECONDS
    halfClosedSeconds: float | None = HALF_CLOSED_SECONDS
    maxAddresses: int = MAXIMUM_ADDRESSES

    _notAllowedHint: ClassVar[str] = "no rule allows it"

    def __init__(self, reactor: IReactorForNames | None) -> None:
        """Make a protocol.

        Args:
            reactor: What looks up names and makes connections; the default reactor if None.
        """
        self.reactor = reactor
        self._timer: IDelayedCall | None = None
        self._working: Deferred[None] | None = None
        self._junction: Junction | None = None
        # What came after the request, and waits for the connection.
        self._early = b""
        self._isClosing = False

    def connectionMade(self) -> None:
        """Wait for the request."""
        self._setTimer(self.requestSeconds, self._requestTooSlow)

    def readConnectionLost(self) -> None:
        """Pass on that the client sends no more."""
        if self._junction is not None:
            self._junction.endOfStream(self.transport)
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Go on receiving."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Close the other connection, or make it no longer.

        Args:
            reason: Why this one is gone.
        """
        self._isClosing = True
        self._early = b""
        self._setTimer(None, self._requestTooSlow)
        working, self._working = self._working, None
        if working is not None:
            working.cancel()
        junction, self._junction = self._junction, None
        if junction is not None:
            junction.lost(self.transport)

    # For the versions

    def _refused(self, error: BaseException) -> None:
        """Tell the client that there will be no connection, and close its own."""
        raise TypeError(f"{type(self).__name__} has to define _refused")

    def _reactor(self) -> IReactorForNames:
        if self.reactor is None:
            self.reactor = cast(IReactorForNames, defaultReactor(IReactorTCP))
        return self.reactor

    def _serve(
        self, early: bytes, seconds: float | None, work: Coroutine[Deferred[Any], Any, None]
    ) -> None:
        """Do what the client asks for, and receive nothing meanwhile."""
        self._early = early
        if provides(IPushProducer, self.transport):
            cast(IPushProducer, self.transport).pauseProducing()
        self._setTimer(seconds, self._workTooSlow)
        working = self._working = Deferred.fromCoroutine(work)
        working.addErrback(self._failed)

    async def _connectTo(
        self,
        host: str,
        port: int,
        allow: Callable[[IPv4Address | IPv6Address], Awaitable[bool]],
        connect: Callable[[IPv4Address | IPv6Address], Deferred[_P]],
    ) -> _P:
        """Connect to the first address of a host that is allowed and answers."""
        last: Exception = NotAllowed(self._notAllowedHint)
        found = await lookUp(self._reactor(), host, port, maxAddresses=self.maxAddresses)
        for address in found:
            # "No address" would be this machine: a rule that keeps others from it need not know.
            if address.host in _UNSPECIFIED or not await allow(address):
                continue
            try:
                return await connect(address)
            except ConnectError as error:
                last = error
        raise last

    def _join(self, other: "OtherEnd") -> None:
        """Join the client's connection to another one, which has just been made."""
        self._setTimer(None, self._workTooSlow)
        self._working = None
        junction = self._junction = other._junction = Junction(
            self.transport, other.transport, self.halfClosedSeconds, self.reactor
        )
        early, self._early = self._early, b""
        if early:
            self.dataReceived(early)
        junction.begin()

    def _failed(self, failure: Failure) -> None:
        """Tell the client why, if it is still there."""
        self._working = None
        if self._isClosing:
            return
        error = failure.value
        if failure.check(*EXPECTED) is None:
            _log.failure("a request failed", failure=failure)
        else:
            self._say(str(error) or type(error).__name__)
        self._giveUp(error)

    def _giveUp(self, error: BaseException) -> None:
        self._setTimer(None, self._workTooSlow)
        self._isClosing = True
        self._early = b""
        self._refused(error)

    def _say(self, why: str) -> None:
        """Log one line."""
        _log.info("{client} is not served: {why}", client=self.transport.getPeer(), why=why)

    def _requestTooSlow(self) -> None:
        self._timer = None
        self._say(f"it did not say what it wants within {self.requestSeconds:g} seconds")
        self._isClosing = True
        self.transport.loseConnection()

    def _workTooSlow(self) -> None:
        self._timer = None
        if self._working is not None:
            self._working.cancel()

    def _setTimer(self, seconds: float | None, function: Callable[[], None]) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if seconds is not None:
            self._timer = clockOf(self.transport, self.reactor).callLater(seconds, function)


class OtherEnd(Protocol):
    """The connection that was made for a client.

    Attributes:
        socks: The protocol of the client.
    """

    def __init__(self, socks: Any) -> None:  # noqa: ANN401 - each kind names its own
        """Make a protocol.

        Args:
            socks: The protocol of the client.
        """
        self.socks = socks
        self._junction: Junction | None = None

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on to the client.

        Args:
            data: What has arrived.
        """
        if self._junction is not None:
            self._junction.received(self.transport, data)

    def readConnectionLost(self) -> None:
        """Pass on that no more will come."""
        if self._junction is not None:
            self._junction.endOfStream(self.transport)
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Go on receiving."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Close the client's connection, when it has got what is left for it.

        Args:
            reason: Why this one is gone.
        """
        junction, self._junction = self._junction, None
        if junction is not None:
            junction.lost(self.transport)


classImplements(ServingProtocol, IHalfCloseableProtocol)
classImplements(OtherEnd, IHalfCloseableProtocol)

__all__ = [
    "BIND_SECONDS",
    "CONNECT_SECONDS",
    "EXPECTED",
    "REQUEST_SECONDS",
    "NotAllowed",
    "OtherEnd",
    "ServingProtocol",
]
