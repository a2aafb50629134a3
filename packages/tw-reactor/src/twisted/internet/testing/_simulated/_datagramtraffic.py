"""Random traffic over UDP in a simulated network, checked datagram by datagram.

Some hosts open and close ports, some of them connected to a peer, and send to each other whatever
chance will have. UDP promises little, and that is checked:

- what arrives was sent, whole or cut off at `maxPacketSize`, to this port and from that address;
- it arrives once, or twice where the network duplicates, and a port loses nothing that came to it;
- a connected port receives from its peer alone, and only a connected port is refused;
- nothing happens before `startProtocol` or after `stopProtocol`, and each is called once;
- when all is over, no port, no timer and no socket is left.
"""

import socket
from dataclasses import dataclass

from twisted.internet.error import MessageLengthError
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol
from twisted.internet.testing._simulated._conditions import ROUGH, NetworkConditions
from twisted.internet.testing._simulated._network import SimulatedNetwork
from twisted.internet.testing._simulated._reactor import SimulatedReactor

HOSTS = 3
"""How many hosts there are."""

PORTS = (7, 9, 13, 19)
"""The ports that are opened on each of them, for each family; some are closed at any time."""

LARGEST_DATAGRAM = 1500
"""The most bytes that are sent at once."""

HEADER = 8
"""The bytes at the beginning of a datagram by which it is known; shorter ones are empty."""

BROADCAST = "255.255.255.255"
"""Sends to all hosts but one's own."""

PATIENCE = 100_000
"""How many steps it may take until all is quiet."""

Name = tuple[str, int]


@dataclass
class _Sent:
    """A datagram that was sent.

    Attributes:
        data: The whole of it.
        source: From where.
        target: To where; the host is empty for all but the sender's.
        arrivals: How many times it arrived, for each port.
    """

    data: bytes
    source: Name
    target: Name
    arrivals: dict[Name, int]


class _Talker(DatagramProtocol):
    """A port that sends what chance says."""

    noisy = False

    def __init__(
        self, traffic: "SimulatedDatagramTraffic", reactor: SimulatedReactor, name: Name
    ) -> None:
        self._traffic = traffic
        self.reactor = reactor
        self.name = name
        self.size: int = HEADER + traffic.draw(2 * LARGEST_DATAGRAM)
        self.peer: Name | None = None
        self.port: IListeningPort | None = None
        self.starts: int = 0
        self.stops: int = 0

    def startProtocol(self) -> None:
        self.starts += 1
        if self.peer is not None:
            self.transport.connect(*self.peer)
            self.transport.setBroadcastAllowed(False)
        else:
            self.transport.setBroadcastAllowed(True)

    def stopProtocol(self) -> None:
        self.stops += 1

    def datagramReceived(self, datagram: bytes, addr: Name) -> None:
        self.received(datagram, addr)

    def connectionRefused(self) -> None:
        self._seeThatItLives("connectionRefused")
        self._traffic.refusals += 1
        if self.peer is None:
            self._traffic.fault("connectionRefused is called on a port without a peer")

    def received(self, datagram: bytes, addr: Name) -> None:
        """See that a datagram is one that was sent to this port from that address."""
        self._seeThatItLives("datagramReceived")
        if self.peer is not None and addr != self.peer:
            self._traffic.fault(f"{self.name} has the peer {self.peer} and hears {addr}")
        self._traffic.arrived(self, datagram, addr)
        if not self._traffic.draw(4):
            self.send(addr)

    def send(self, target: Name) -> None:
        """Send a datagram."""
        traffic = self._traffic
        if self.peer is not None:
            target = self.peer
        data = traffic.datagram(self.name, target)
        try:
            if self.peer is not None and traffic.draw(2):
                self.transport.write(data)
            else:
                self.transport.write(data, target)
        except MessageLengthError:
            if len(data) <= traffic.network.conditions.largestDatagram:
                traffic.fault(f"{len(data)} bytes are said to be too many for a datagram")
        except Exception as error:
            traffic.fault(f"write raised {error!r}")

    def _seeThatItLives(self, what: str) -> None:
        if self.stops:
            self._traffic.fault(f"{what} is called after stopProtocol")
        if not self.starts:
            self._traffic.fault(f"{what} is called before startProtocol")


class _ConnectedTalker(_Talker, ConnectedDatagramProtocol):
    """One that is not told who its peer is."""

    def datagramReceived(self, datagram: bytes) -> None:  # type: ignore[override]
        assert self.peer is not None, "such a port is connected"
        self.received(datagram, self.peer)


class SimulatedDatagramTraffic:
    """Random traffic over UDP between some hosts.

    Attributes:
        network: The network; its seed replays the run.
        hosts: The reactors of the hosts.
        sent: How many datagrams were sent.
        received: How many arrived; some of them twice.
        refusals: How often a port learned that its peer refused a datagram.
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
        self.hosts: list[SimulatedReactor] = [
            self.network.host(f"host{number}.example") for number in range(HOSTS)
        ]
        self.sent: int = 0
        self.received: int = 0
        self.refusals: int = 0
        self._random = self.network._timeline.random
        self._faults: list[str] = []
        self._underWay: dict[bytes, _Sent] = {}
        self._open: dict[Name, _Talker] = {}
        self._talkers: list[_Talker] = []
        self._over = False

    def run(self, steps: int) -> None:
        """Let the hosts talk, and see that every promise was kept.

        Args:
            steps: How many steps the network makes before nothing more is begun.

        Raises:
            SimulationFailed: A promise was broken.
        """
        network = self.network
        for host in self.hosts:
            self._later(host)
        limit = network.steps + steps
        network.run(lambda: self._faults or network.steps >= limit, 2 * steps)
        self._raiseFaults()
        self._over = True
        self._untilQuiet()
        due = network._wire.datagramsDue
        if self.received != due:
            self.fault(f"{due} datagrams came to the ports, and {self.received} were received")
        for talker in list(self._open.values()):
            self._close(talker)
        self._untilQuiet()
        for talker in self._talkers:
            if (talker.starts, talker.stops) != (1, 1):
                self.fault(f"a port started {talker.starts} and stopped {talker.stops} times")
        self._raiseFaults()
        network.checkNothingIsLeft()

    def draw(self, below: int) -> int:
        """Return a whole number from 0 to less than a limit."""
        return int(self._random.random() * below)

    def fault(self, what: str) -> None:
        """Note that a promise is broken; the run ends with it."""
        self._faults.append(what)

    def datagram(self, source: Name, target: Name) -> bytes:
        """Return a new datagram, and remember it."""
        self.sent += 1
        if not self.draw(20):
            return b""
        size = HEADER + self.draw(LARGEST_DATAGRAM)
        if not self.draw(50):
            size = self.network.conditions.largestDatagram + 1
        header = self.sent.to_bytes(HEADER, "big")
        data = header + self._random.randbytes(size - HEADER)
        self._underWay[header] = _Sent(data, source, target, {})
        return data

    def arrived(self, talker: _Talker, datagram: bytes, addr: Name) -> None:
        """See that what arrived is what was sent."""
        self.received += 1
        if not datagram:
            return
        sent = self._underWay.get(datagram[:HEADER])
        if sent is None:
            self.fault(f"{len(datagram)} bytes arrived that nobody has sent")
            return
        if sent.target not in (talker.name, (BROADCAST, talker.name[1])):
            self.fault(f"a datagram for {sent.target} arrived at {talker.name}")
        if datagram != sent.data[: talker.size]:
            self.fault(
                f"of {len(sent.data)} bytes {len(datagram)} arrived, or others, "
                f"where {talker.size} are received at most"
            )
        if addr != sent.source:
            self.fault(f"a datagram of {sent.source} is said to be of {addr}")
        times = sent.arrivals[talker.name] = sent.arrivals.get(talker.name, 0) + 1
        if times > (2 if self.network.conditions.duplication else 1):
            self.fault(f"a datagram arrived {times} times")

    def _later(self, host: SimulatedReactor) -> None:
        host.callLater(self.network.random() * 0.02, self._act, host)

    def _act(self, host: SimulatedReactor) -> None:
        """Do something, and something else later."""
        if self._over:
            return
        self._later(host)
        name = self._place(host)
        talker = self._open.get(name)
        if talker is None:
            self._listen(host, name)
        elif not self.draw(30):
            self._close(talker)
        elif talker.peer is None and ":" not in name[0] and not self.draw(20):
            talker.send((BROADCAST, PORTS[self.draw(len(PORTS))]))
        else:
            family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
            talker.send(self._place(self.hosts[self.draw(HOSTS)], family))

    def _place(self, host: SimulatedReactor, family: int = 0) -> Name:
        """Return one of the addresses that a host may have ports at."""
        if not family:
            family = socket.AF_INET6 if self.draw(2) else socket.AF_INET
        return host.addresses[family], PORTS[self.draw(len(PORTS))]

    def _listen(self, host: SimulatedReactor, name: Name) -> None:
        peered = not self.draw(3)
        kind = _ConnectedTalker if peered and self.draw(2) else _Talker
        talker = kind(self, host, name)
        family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
        if peered:
            talker.peer = self._place(self.hosts[self.draw(HOSTS)], family)
        wildcard = "::" if family == socket.AF_INET6 else ""
        self._open[name] = talker
        self._talkers.append(talker)
        interface = name[0] if self.draw(2) else wildcard
        try:
            talker.port = host.listenUDP(name[1], talker, interface, talker.size)
        except Exception as error:
            self.fault(f"listenUDP raised {error!r}")

    def _close(self, talker: _Talker) -> None:
        del self._open[talker.name]
        assert talker.port is not None, "it is open"
        talker.port.stopListening()

    def _untilQuiet(self) -> None:
        self.network.run(steps=PATIENCE)
        self._raiseFaults()

    def _raiseFaults(self) -> None:
        if self._faults:
            raise self.network.failure("; ".join(self._faults))
