"""What the transport contract needs of a kind of transport, and the protocols that it uses."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from time import monotonic
from types import MappingProxyType

from twisted.internet.interfaces import IHalfCloseableProtocol, IProtocol, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.testing._loopback import Loopback
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class TransportHarness(ABC):
    """Makes connected pairs of one kind of transport, and turns the event loop.

    Subclass it for a kind of transport; that is all that the contract needs to check it.

    Attributes:
        patience: After how many seconds a condition that did not come true fails a check. Nothing
            is timed by it.
        idleTurns: How many turns are made to see that something does not happen.
        resetIsVisible: Whether a peer can tell an aborted connection from one that was closed.
        exempt: The names of the checks that this kind of transport does not have to pass, each with
            the reason. Such a check is skipped with that reason, which test runners show.
    """

    patience: float = 20.0
    idleTurns: int = 20
    resetIsVisible: bool = True
    exempt: Mapping[str, str] = MappingProxyType({})

    @abstractmethod
    def connect(self, server: IProtocol, client: IProtocol) -> None:
        """Make a connection between two protocols.

        When it returns, `connectionMade` was called on both.

        Args:
            server: The protocol of the side that was connected to.
            client: The protocol of the side that connected.
        """

    @abstractmethod
    def turn(self) -> None:
        """Turn the event loop once, without waiting for more than a moment."""

    def close(self) -> None:  # noqa: B027 - a harness may have nothing to put away
        """Put away what is open; called when a check is over."""

    def waitUntil(self, condition: Callable[[], object], what: str) -> None:
        """Turn the event loop until a condition holds.

        Args:
            condition: The condition.
            what: What it means, for the error.

        Raises:
            AssertionError: It did not come to hold in time.
        """
        limit = monotonic() + self.patience
        while not condition():
            if monotonic() > limit:
                raise AssertionError(f"waited {self.patience:g} seconds in vain: {what}")
            self.turn()

    def idle(self) -> None:
        """Turn the event loop a few times, for what must not happen."""
        for _ in range(self.idleTurns):
            self.turn()


class LoopbackHarness(TransportHarness):
    """The harness of connections in memory."""

    patience: float = 2.0

    def __init__(self, connection: type[Loopback] = Loopback) -> None:
        """Make a harness.

        Args:
            connection: The class of the connections.
        """
        self._class = connection
        self._connections: list[Loopback] = []

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        """Make a connection in memory."""
        self._connections.append(self._class(server, client))

    def turn(self) -> None:
        """Let some bytes move."""
        for connection in self._connections:
            connection.turn()


class Witness(Protocol):
    """Writes down what happens to a connection, and does in each event what a check wants.

    Attributes:
        events: The names of the events, in order; several of the same kind of data count once.
        pieces: What each `dataReceived` brought.
        reasons: What each `connectionLost` was called with.
        onMade: Called in `connectionMade`.
        onData: Called in `dataReceived`, with the data.
        onLost: Called in `connectionLost`.
    """

    # Narrower than a Protocol's: the contract is about such transports only.
    transport: ITCPTransport  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self) -> None:
        self.events: list[str] = []
        self.pieces: list[bytes] = []
        self.reasons: list[Failure] = []
        self.size: int = 0
        self.onMade: Callable[[], object] = _nothing
        self.onData: Callable[[bytes], object] = _nothing
        self.onLost: Callable[[], object] = _nothing

    @property
    def data(self) -> bytes:
        """All that was received."""
        return b"".join(self.pieces)

    def connectionMade(self) -> None:
        """Note it."""
        self.events.append("made")
        self.onMade()

    def dataReceived(self, data: bytes) -> None:
        """Note it."""
        if self.events[-1:] != ["data"]:
            self.events.append("data")
        self.pieces.append(data)
        self.size += len(data)
        self.onData(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Note it."""
        self.events.append("lost")
        self.reasons.append(reason)
        self.onLost()

    def isLost(self) -> bool:
        """Return whether the connection was lost."""
        return bool(self.reasons)


class HalfCloseableWitness(Witness):
    """A witness that goes on when one direction was closed."""

    def readConnectionLost(self) -> None:
        """Note it."""
        self.events.append("read lost")

    def writeConnectionLost(self) -> None:
        """Note it."""
        self.events.append("write lost")


classImplements(HalfCloseableWitness, IHalfCloseableProtocol)


def _nothing(*args: object) -> None:
    """Do nothing."""
