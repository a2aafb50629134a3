"""Random traffic over a simulated network, checked byte by byte.

Two hosts talk: one listens, the other connects again and again. Each end of each connection writes,
pauses, half-closes, closes and aborts as chance will have it, and sees that what every stream
promises is kept:

- what arrives is what was written, in order, and nothing of it is missing after a clean end;
- nothing happens before `connectionMade` or after `connectionLost`, and each is called once;
- when all is over, no connection, no timer and no socket is left.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IHalfCloseableProtocol,
    IPushProducer,
    ITCPTransport,
)
from twisted.internet.protocol import ClientFactory, Protocol, ServerFactory, connectionDone
from twisted.internet.testing._simulated._conditions import ROUGH, NetworkConditions
from twisted.internet.testing._simulated._network import SimulatedNetwork
from twisted.internet.testing._simulated._reactor import SimulatedReactor
from twisted.python.components import classImplements
from twisted.python.failure import Failure

PORT = 7
"""The port of the host that listens."""

AT_ONCE = 3
"""How many connections there are at the same time."""

LARGEST_WRITE = 2000
"""The most bytes that are written at once."""

PATIENCE = 10_000
"""How many steps the last connections may take to end, for each of them."""


class _Talker(Protocol):
    """One end of a connection that does what chance says."""

    # Narrower than a Protocol's: all talk is over TCP.
    transport: ITCPTransport  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, traffic: "SimulatedTraffic", isClient: bool) -> None:
        self._traffic = traffic
        self._isClient = isClient
        self._actionsLeft = traffic.draw(12)
        self.peer: _Talker | None = None
        self.written: bytearray = bytearray()
        self.receivedSize: int = 0
        self.made: int = 0
        self.reasons: list[Failure] = []
        self.closed: bool = False
        self.aborted: bool = False
        self.halfClosed: bool = False

    def connectionMade(self) -> None:
        self.made += 1
        if self.made > 1:
            self._traffic.fault("connectionMade is called twice")
        transport = self.transport
        end = transport.getHost() if self._isClient else transport.getPeer()
        self._traffic.made(self, end)
        if self._traffic.draw(2):
            self._write()
        self._later()

    def dataReceived(self, data: bytes) -> None:
        self._seeThatItLives("dataReceived")
        start = self.receivedSize
        self.receivedSize += len(data)
        peer = self.peer
        if not data:
            self._traffic.fault("dataReceived is called with no bytes")
        elif peer is None or peer.written[start : self.receivedSize] != data:
            self._traffic.fault(f"{len(data)} bytes at {start} are not those that were written")
        if not self._traffic.draw(4):
            self._write()

    def readConnectionLost(self) -> None:
        """See that it comes in time."""
        self._seeThatItLives("readConnectionLost")

    def writeConnectionLost(self) -> None:
        """See that it comes in time."""
        self._seeThatItLives("writeConnectionLost")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._seeThatItLives("connectionLost")
        self.reasons.append(reason)
        self._traffic.lost(self)

    @property
    def endedCleanly(self) -> bool:
        """Whether it ended, and nothing went wrong."""
        return bool(self.reasons) and self.reasons[0].check(ConnectionDone) is not None

    def _seeThatItLives(self, what: str) -> None:
        if self.reasons:
            self._traffic.fault(f"{what} is called after connectionLost")
        if not self.made:
            self._traffic.fault(f"{what} is called before connectionMade")

    def _later(self) -> None:
        reactor = self._traffic.client if self._isClient else self._traffic.server
        reactor.callLater(self._traffic.network.random() * 0.2, self._act)

    def _act(self) -> None:
        """Do something, and something else later; close in the end."""
        if self.reasons:
            return
        if self.closed:
            # Who waits for ever for the other one to read gives up some time.
            self.aborted = True
            self.transport.abortConnection()
            return
        self._actionsLeft -= 1
        if self._actionsLeft < 0:
            self.closed = True
            if self._traffic.draw(8):
                self.transport.loseConnection()
            else:
                self.aborted = True
                self.transport.abortConnection()
            reactor = self._traffic.client if self._isClient else self._traffic.server
            reactor.callLater(60.0, self._act)
            return
        action = self._traffic.draw(10)
        if action < 6:
            self._write()
        elif action == 6:
            cast(IPushProducer, self.transport).pauseProducing()
        elif action == 7:
            cast(IPushProducer, self.transport).resumeProducing()
        elif action == 8 and not self._traffic.draw(3):
            self.halfClosed = True
            self.transport.loseWriteConnection()
        self._later()

    def _write(self) -> None:
        if self.closed or self.halfClosed or self.reasons:
            return
        traffic = self._traffic
        pieces = [traffic.bytes(traffic.draw(LARGEST_WRITE)) for _ in range(1 + traffic.draw(3))]
        if not traffic.draw(8):
            # The last words: a flush before closing is where bytes are lost most easily.
            self._actionsLeft = 0
        if traffic.draw(2):
            for piece in pieces:
                self.written += piece
                self.transport.write(piece)
        else:
            self.written += b"".join(pieces)
            self.transport.writeSequence(pieces)
        if self._actionsLeft == 0 and traffic.draw(2):
            self.closed = True
            self.transport.loseConnection()


class _HalfCloseableTalker(_Talker):
    """One that goes on when one direction was closed."""


classImplements(_HalfCloseableTalker, IHalfCloseableProtocol)


class _Listening(ServerFactory):
    """Builds the ends that were connected to."""

    noisy = False

    def __init__(self, traffic: "SimulatedTraffic") -> None:
        self._traffic = traffic

    def buildProtocol(self, addr: IAddress) -> Protocol:
        return self._traffic.talker(False)


class _Connecting(ClientFactory):
    """Builds one end that connects, and says when there is to be another one."""

    noisy = False

    def __init__(self, traffic: "SimulatedTraffic") -> None:
        self._traffic = traffic

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return self._traffic.talker(True)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        self._traffic.clientEnded()

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        self._traffic.clientEnded()


class SimulatedTraffic:
    """Random traffic between two hosts.

    Attributes:
        network: The network; its seed replays the run.
        server: The reactor of the host that listens.
        client: The reactor of the host that connects.
        connections: How many connections ended on both sides.
        bytesReceived: How many bytes arrived over those.
    """

    def __init__(
        self, seed: int, conditions: NetworkConditions = ROUGH, trace: bool = False
    ) -> None:
        """Make traffic that did not begin yet.

        Args:
            seed: What all chance begins from.
            conditions: How slow and how unreliable the network is.
            trace: Whether the text of a failure shows what happened before it.
        """
        self.network: SimulatedNetwork = SimulatedNetwork(seed, conditions, trace)
        self.server: SimulatedReactor = self.network.host("server.example")
        self.client: SimulatedReactor = self.network.host("client.example")
        self.connections: int = 0
        self.bytesReceived: int = 0
        self._random = self.network._timeline.random
        self._faults: list[str] = []
        self._ends: dict[tuple[str, int, bool], _Talker] = {}
        self._living: dict[int, _Talker] = {}
        self._clients = 0
        self._over = False

    def run(self, steps: int) -> None:
        """Let the hosts talk, let all connections end, and see that every promise was kept.

        Args:
            steps: How many steps the network makes before no more connections are begun.

        Raises:
            SimulationFailed: A promise was broken.
        """
        network = self.network
        port = self.server.listenTCP(PORT, _Listening(self))
        for _ in range(AT_ONCE):
            self._connect()
        limit = network.steps + steps
        self._runUntil(lambda: network.steps >= limit, 2 * steps)
        self._over = True
        left = PATIENCE * (1 + self._clients + len(self._living))
        self._runUntil(lambda: not self._clients and not self._living, left)
        port.stopListening()
        network.run(steps=PATIENCE)
        self._raiseFaults()
        network.checkNothingIsLeft()

    def draw(self, below: int) -> int:
        """Return a whole number from 0 to less than a limit."""
        return int(self._random.random() * below)

    def bytes(self, count: int) -> bytes:
        """Return bytes of chance."""
        return self._random.randbytes(count)

    def fault(self, what: str) -> None:
        """Note that a promise is broken; the run ends with it."""
        self._faults.append(what)

    def talker(self, isClient: bool) -> Protocol:
        """Return a new end of a connection."""
        kind = _HalfCloseableTalker if self.draw(2) else _Talker
        return kind(self, isClient)

    def made(self, talker: _Talker, end: IAddress) -> None:
        """Bring the two ends of a connection together, by the address of the client's end."""
        host, port = getattr(end, "host", ""), getattr(end, "port", 0)
        self._living[id(talker)] = talker
        self._ends[host, port, talker._isClient] = talker
        other = self._ends.get((host, port, not talker._isClient))
        if other is not None:
            del self._ends[host, port, True], self._ends[host, port, False]
            talker.peer, other.peer = other, talker

    def lost(self, talker: _Talker) -> None:
        """See how a connection went, when both ends are over."""
        self._living.pop(id(talker), None)
        peer = talker.peer
        if peer is None or not peer.reasons:
            return
        self.connections += 1
        for one, other in ((talker, peer), (peer, talker)):
            self.bytesReceived += one.receivedSize
            clean = one.endedCleanly and other.endedCleanly and not other.aborted
            untouched = not (one.closed or one.halfClosed)
            if clean and untouched and one.receivedSize != len(other.written):
                lost = len(other.written) - one.receivedSize
                self.fault(f"{lost} bytes are lost though the connection was closed cleanly")

    def clientEnded(self) -> None:
        """Begin another connection, unless it is over."""
        self._clients -= 1
        if not self._over:
            self.client.callLater(self.network.random() * 0.1, self._connect)

    def _connect(self) -> None:
        if not self._over:
            self._clients += 1
            self.client.connectTCP("server.example", PORT, _Connecting(self))

    def _runUntil(self, condition: Callable[[], bool], steps: int) -> None:
        faults = self._faults
        self.network.run(lambda: faults or condition(), steps)
        self._raiseFaults()

    def _raiseFaults(self) -> None:
        if self._faults:
            raise self.network.failure("; ".join(self._faults))
