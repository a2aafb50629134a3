"""UDP on the simulated network: the real ports, and what gets lost, doubled, late, too long."""

import socket

import pytest

from twisted.internet._pollers import FAILED
from twisted.internet.error import CannotListenError, MessageLengthError, MulticastJoinError
from twisted.internet.interfaces import IListeningPort, IReactorUDP, IUDPTransport
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol, ServerFactory
from twisted.internet.testing import (
    CALM,
    NetworkConditions,
    SimulatedNetwork,
    SimulatedReactor,
    SimulationFailed,
)
from twisted.python.components import verifyObject

Name = tuple[str, int]


class Datagrams(DatagramProtocol):
    """Remembers what arrived, and is connected if it has a peer."""

    noisy = False
    transport: IUDPTransport

    def __init__(self, peer: Name | None = None) -> None:
        self.peer = peer
        self.received: list[bytes] = []
        self.senders: list[Name] = []
        self.refused = 0
        self.stops = 0

    def startProtocol(self) -> None:
        if self.peer is not None:
            self.transport.connect(*self.peer)

    def stopProtocol(self) -> None:
        self.stops += 1

    def datagramReceived(self, datagram: bytes, addr: Name) -> None:
        self.received.append(datagram)
        self.senders.append(addr)

    def connectionRefused(self) -> None:
        self.refused += 1


class Post:
    """A host that receives and one that sends."""

    def __init__(
        self, conditions: NetworkConditions = CALM, family: int = socket.AF_INET, size: int = 8192
    ) -> None:
        self.network = SimulatedNetwork(1, conditions)
        self.there, self.here = self.network.host("there"), self.network.host("here")
        interface = "::" if family == socket.AF_INET6 else ""
        self.target = (self.there.addresses[family], 53)
        self.source = (self.here.addresses[family], 1000)
        self.receiver, self.sender = Datagrams(), Datagrams()
        self.port = self.there.listenUDP(53, self.receiver, interface, size)
        self.here.listenUDP(1000, self.sender, interface)

    def send(self, *datagrams: bytes) -> list[bytes]:
        """Send datagrams, wait until nothing is left to happen, and return what arrived."""
        for datagram in datagrams:
            self.sender.transport.write(datagram, self.target)
        self.network.run()
        return self.receiver.received


def connected(host: SimulatedReactor, peer: Name) -> Datagrams:
    """Return a protocol whose port is connected."""
    protocol = Datagrams(peer)
    host.listenUDP(0, protocol)
    return protocol


def test_hosts_open_udp_ports() -> None:
    assert verifyObject(IReactorUDP, SimulatedNetwork(1).host("there"))


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def test_datagram_arrives_with_its_sender(family: int) -> None:
    post = Post(family=family)
    assert post.send(b"hello") == [b"hello"]
    assert post.receiver.senders == [post.source]


def test_empty_datagram_arrives() -> None:
    assert Post().send(b"") == [b""]


def test_datagrams_of_a_calm_network_arrive_in_order() -> None:
    datagrams = [b"%d" % number for number in range(100)]
    assert Post().send(*datagrams) == datagrams


def test_reordering_lets_datagrams_overtake() -> None:
    datagrams = [b"%d" % number for number in range(100)]
    arrived = Post(NetworkConditions(reordering=0.3)).send(*datagrams)
    assert arrived != datagrams
    assert sorted(arrived) == sorted(datagrams)


def test_loss_takes_datagrams_away_for_good() -> None:
    arrived = Post(NetworkConditions(loss=0.5)).send(*[b"%d" % number for number in range(100)])
    assert 20 < len(arrived) < 80


def test_duplication_lets_datagrams_arrive_twice() -> None:
    arrived = Post(NetworkConditions(duplication=0.5)).send(*[b"%d" % n for n in range(100)])
    assert 120 < len(arrived) < 180
    assert len(set(arrived)) == 100


def test_datagram_that_is_too_long_is_refused() -> None:
    post = Post(NetworkConditions(largestDatagram=100))
    assert post.send(bytes(100)) == [bytes(100)]
    with pytest.raises(MessageLengthError):
        post.send(bytes(101))


def test_datagram_is_cut_off_at_the_largest_size_to_receive() -> None:
    assert Post(size=3).send(b"abcdef") == [b"abc"]


def test_datagrams_for_which_there_is_no_room_are_lost() -> None:
    # All come at the same time.
    conditions = NetworkConditions(smallestBuffer=25, largestBuffer=25, maximumLatency=0.0005)
    post = Post(conditions)
    assert post.send(*[bytes(10)] * 5) == [bytes(10)] * 2
    # There is room again, and always for one.
    assert post.send(bytes(100))[2:] == [bytes(100)]


def test_unconnected_port_is_not_told_that_nobody_listens() -> None:
    post = Post()
    post.sender.transport.write(b"hello", (post.target[0], 54))
    post.network.run()
    assert post.sender.refused == 0
    assert post.send(b"on we go") == [b"on we go"]


def test_connected_port_is_refused_where_nobody_listens_and_goes_on() -> None:
    post = Post()
    client = connected(post.here, post.target)
    post.port.stopListening()
    post.network.run()
    client.transport.write(b"hello")
    post.network.run()
    assert client.refused == 1
    post.there.listenUDP(53, post.receiver)
    client.transport.write(b"again")
    post.network.run()
    assert post.receiver.received == [b"again"]


def test_datagram_that_is_sent_while_a_refusal_waits_is_sent() -> None:
    post = Post()
    client = connected(post.here, (post.target[0], 54))
    client.transport.write(b"lost")
    # The refusal came, and nobody has looked at it yet.
    post.network.run(lambda: client.transport.socket.readiness() & FAILED)  # type: ignore[attr-defined]
    post.there.listenUDP(54, post.receiver)
    client.transport.write(b"hello")
    post.network.run()
    assert post.receiver.received == [b"hello"]
    assert client.refused == 1


def test_connected_port_hears_its_peer_alone() -> None:
    post = Post()
    client = connected(post.here, post.target)
    client.transport.write(b"hello")
    post.network.run()
    back = post.receiver.senders[0]
    stranger = Datagrams()
    post.there.listenUDP(99, stranger)
    stranger.transport.write(b"not for you", back)
    post.receiver.transport.write(b"for you", back)
    post.network.run()
    assert client.received == [b"for you"]


def test_connected_protocol_gets_the_datagram_alone() -> None:
    class Connected(ConnectedDatagramProtocol):
        noisy = False

        def __init__(self, peer: Name) -> None:
            self.peer = peer
            self.received: list[bytes] = []

        def startProtocol(self) -> None:
            self.transport.connect(*self.peer)
            self.transport.write(b"hello")

        def datagramReceived(self, datagram: bytes) -> None:  # type: ignore[override]
            self.received.append(datagram)

    post = Post()
    client = Connected(post.target)
    post.here.listenUDP(0, client)
    post.network.run()
    post.receiver.transport.write(b"answer", post.receiver.senders[0])
    post.network.run()
    assert client.received == [b"answer"]


def test_loopback_reaches_the_host_itself() -> None:
    post = Post()
    client = connected(post.there, ("127.0.0.1", 53))
    client.transport.write(b"hello")
    post.network.run()
    assert post.receiver.received == [b"hello"]
    assert post.receiver.senders[0][0] == "127.0.0.1"


def test_interface_keeps_others_out() -> None:
    post = Post()
    inside = Datagrams()
    post.there.listenUDP(54, inside, interface="127.0.0.1")
    post.sender.transport.write(b"hello", (post.target[0], 54))
    post.network.run()
    assert inside.received == []


def test_broadcast_reaches_all_others_when_it_is_allowed() -> None:
    post = Post()
    third, own = Datagrams(), Datagrams()
    post.network.host("third").listenUDP(53, third)
    post.here.listenUDP(53, own)
    with pytest.raises(PermissionError):
        post.sender.transport.write(b"all", ("255.255.255.255", 53))
    post.sender.transport.setBroadcastAllowed(True)
    post.sender.transport.write(b"all", ("<broadcast>", 53))
    post.network.run()
    assert (post.receiver.received, third.received, own.received) == ([b"all"], [b"all"], [])


def test_multicast_groups_are_refused() -> None:
    network = SimulatedNetwork(1)
    host = network.host("there")
    port = host.listenMulticast(53, Datagrams())
    failures: list[object] = []
    port.joinGroup("224.0.0.9").addErrback(failures.append)  # type: ignore[attr-defined]
    network.run(lambda: failures)
    assert MulticastJoinError.__name__ in str(failures[0])


def test_port_that_is_taken_can_not_be_opened() -> None:
    post = Post()
    with pytest.raises(CannotListenError):
        post.there.listenUDP(53, Datagrams(), interface="127.0.0.1")


def test_udp_and_tcp_ports_of_one_number_do_not_meet() -> None:
    post = Post()
    post.there.listenTCP(53, ServerFactory())
    assert post.send(b"hello") == [b"hello"]


def test_address_of_another_host_can_not_be_had() -> None:
    post = Post()
    with pytest.raises(CannotListenError):
        post.here.listenUDP(0, Datagrams(), interface=post.target[0])


def test_port_is_free_again_when_it_was_closed() -> None:
    post = Post()
    post.port.stopListening()
    post.network.run()
    assert post.receiver.stops == 1
    again: IListeningPort = post.there.listenUDP(53, Datagrams())
    again.stopListening()


def test_port_that_is_left_is_found() -> None:
    post = Post()
    with pytest.raises(SimulationFailed, match="something is left: <datagram socket"):
        post.network.checkNothingIsLeft()
