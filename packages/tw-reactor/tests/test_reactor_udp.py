"""UDP on each kind of reactor, over IPv4 and IPv6: ports, peers, refusals, broadcast, adoption."""

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Callable

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    CannotListenError,
    InvalidAddressError,
    MessageLengthError,
    UnsupportedAddressFamily,
    UnsupportedSocketType,
)
from twisted.internet.interfaces import (
    IListeningPort,
    IReactorSocket,
    IReactorUDP,
    ISystemHandle,
    IUDPTransport,
)
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol
from twisted.internet.udp import Port
from twisted.python.components import verifyObject

from .reactor_helpers import reactor, turn, turnUntil

__all__ = ["reactor"]


class Mailbox(DatagramProtocol):
    """A protocol that remembers what happened to it."""

    noisy = False

    def __init__(self) -> None:
        self.events: list[str] = []
        self.datagrams: list[bytes] = []
        self.senders: list[tuple[str, int]] = []
        self.onDatagram: Callable[[bytes, tuple[str, int]], object] = lambda datagram, addr: None

    def startProtocol(self) -> None:
        self.events.append(f"start with {self._what()} transport")

    def stopProtocol(self) -> None:
        self.events.append(f"stop with {self._what()} transport")

    def _what(self) -> str:
        transport: object = self.transport
        return "no" if transport is None else "a"

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        self.datagrams.append(datagram)
        self.senders.append(addr)
        self.onDatagram(datagram, addr)

    def connectionRefused(self) -> None:
        self.events.append("refused")


class Echo(Mailbox):
    """Sends back what it receives."""

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        super().datagramReceived(datagram, addr)
        self.transport.write(datagram, addr)


class OnePeer(ConnectedDatagramProtocol):
    """Remembers the datagrams of its peer."""

    noisy = False

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []

    def datagramReceived(self, datagram: bytes) -> None:  # type: ignore[override]
        self.datagrams.append(datagram)


def listen(
    reactor: PollingReactor,
    protocol: DatagramProtocol,
    interface: str = "127.0.0.1",
    maxPacketSize: int = 8192,
) -> Port:
    """Open a port that the system chooses."""
    port = reactor.listenUDP(0, protocol, interface, maxPacketSize)
    assert isinstance(port, Port)
    return port


def where(port: Port) -> tuple[str, int]:
    """Return where a port receives."""
    host = port.getHost()
    return host.host, host.port


@pytest.fixture(params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def interface(request: pytest.FixtureRequest) -> str:
    """The loopback address of each family."""
    address: str = request.param
    return address


class TestListening:
    """Ports: their addresses, their start and end."""

    def test_the_reactor_provides_udp(self, reactor: PollingReactor) -> None:
        assert verifyObject(IReactorUDP, reactor)
        assert verifyObject(IReactorSocket, reactor)

    def test_the_port_provides_its_interfaces(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        assert verifyObject(IUDPTransport, port)
        assert verifyObject(IListeningPort, port)
        assert verifyObject(ISystemHandle, port)

    def test_the_system_chooses_a_port(self, reactor: PollingReactor, interface: str) -> None:
        host = listen(reactor, Mailbox(), interface).getHost()
        kind = IPv6Address if ":" in interface else IPv4Address
        assert host == kind("UDP", interface, host.port)
        assert host.port > 0

    def test_the_protocol_is_started_with_its_transport(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        listen(reactor, protocol)
        assert protocol.events == ["start with a transport"]

    def test_stopping_stops_the_protocol_first(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        seen: list[list[str]] = []
        stopped = listen(reactor, protocol).stopListening()
        assert stopped is not None
        stopped.addCallback(lambda nothing: seen.append(protocol.events[:]))
        assert not seen
        turnUntil(reactor, lambda: seen)
        assert seen == [["start with a transport", "stop with no transport"]]

    def test_a_protocol_can_be_started_again(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        listen(reactor, protocol).stopListening()
        turnUntil(reactor, lambda: len(protocol.events) == 2)
        listen(reactor, protocol)
        assert protocol.events[2:] == ["start with a transport"]

    def test_a_stopped_port_frees_its_address(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        number = port.getHost().port
        port.stopListening()
        turnUntil(reactor, lambda: port.disconnected)
        reactor.listenUDP(number, Mailbox(), "127.0.0.1")

    def test_a_taken_port_is_refused(self, reactor: PollingReactor, interface: str) -> None:
        number = listen(reactor, Mailbox(), interface).getHost().port
        with pytest.raises(CannotListenError, match="choose another port") as caught:
            reactor.listenUDP(number, Mailbox(), interface)
        assert caught.value.socketError.errno == errno.EADDRINUSE

    @pytest.mark.parametrize("number", [-1, 65536])
    def test_what_is_no_port_is_refused(self, reactor: PollingReactor, number: int) -> None:
        with pytest.raises(CannotListenError, match="is no port number"):
            reactor.listenUDP(number, Mailbox())

    def test_a_name_is_no_interface(self, reactor: PollingReactor) -> None:
        with pytest.raises(InvalidAddressError):
            reactor.listenUDP(0, Mailbox(), "localhost")

    def test_a_size_of_nothing_is_refused(self, reactor: PollingReactor) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            reactor.listenUDP(0, Mailbox(), maxPacketSize=0)

    def test_a_protocol_that_does_not_start_leaves_no_port(self, reactor: PollingReactor) -> None:
        class Broken(Mailbox):
            def startProtocol(self) -> None:
                raise ZeroDivisionError

        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            number = probe.getsockname()[1]
        with pytest.raises(ZeroDivisionError):
            reactor.listenUDP(number, Broken(), "127.0.0.1")
        reactor.listenUDP(number, Mailbox(), "127.0.0.1")


class TestDatagrams:
    """What is sent, and what arrives."""

    def test_datagrams_arrive_with_their_sender(
        self, reactor: PollingReactor, interface: str
    ) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol, interface)
        sender = listen(reactor, Mailbox(), interface)
        sender.write(b"hello", where(port))
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b"hello"]
        assert protocol.senders == [where(sender)]

    def test_the_sender_can_be_answered(self, reactor: PollingReactor, interface: str) -> None:
        port = listen(reactor, Echo(), interface)
        protocol = Mailbox()
        listen(reactor, protocol, interface).write(b"hello", where(port))
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.senders == [where(port)]

    def test_an_empty_datagram_arrives(self, reactor: PollingReactor, interface: str) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol, interface)
        port.write(b"", where(port))
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b""]

    def test_many_datagrams_arrive_in_one_turn(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol)
        wanted = [b"%d" % number for number in range(port.datagramsAtOnce)]
        for datagram in wanted:
            port.write(datagram, where(port))
        reactor.iterate(1)
        assert protocol.datagrams == wanted

    def test_others_get_their_turn(self, reactor: PollingReactor) -> None:
        order: list[bytes] = []
        busy, other = Mailbox(), Mailbox()
        for protocol in (busy, other):
            protocol.onDatagram = lambda datagram, addr: order.append(datagram)
        port, otherPort = listen(reactor, busy), listen(reactor, other)
        port.datagramsAtOnce = 2
        for _ in range(5):
            port.write(b"x", where(port))
        otherPort.write(b"other", where(otherPort))
        turnUntil(reactor, lambda: len(order) == 6)
        assert order.index(b"other") <= 2

    def test_pieces_make_one_datagram(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol)
        port.writeSequence([b"a", b"b"], where(port))
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b"ab"]

    def test_a_longer_datagram_is_cut_off(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol, maxPacketSize=3)
        port.write(b"abcdef", where(port))
        port.write(b"xyz", where(port))
        turnUntil(reactor, lambda: len(protocol.datagrams) == 2)
        assert protocol.datagrams == [b"abc", b"xyz"]

    def test_too_long_a_datagram_is_refused(self, reactor: PollingReactor, interface: str) -> None:
        port = listen(reactor, Mailbox(), interface)
        with pytest.raises(MessageLengthError, match="70000 bytes"):
            port.write(b"x" * 70_000, where(port))

    def test_text_is_refused(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        with pytest.raises(TypeError, match="encode text first"):
            port.write("text", where(port))  # type: ignore[arg-type]

    @pytest.mark.parametrize("host", ["localhost", "::1", "", "127.0.0.1\0"])
    def test_what_is_no_ipv4_address_is_refused(self, reactor: PollingReactor, host: str) -> None:
        port = listen(reactor, Mailbox())
        with pytest.raises(InvalidAddressError):
            port.write(b"x", (host, 1))

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "", "<broadcast>"])
    def test_what_is_no_ipv6_address_is_refused(self, reactor: PollingReactor, host: str) -> None:
        port = listen(reactor, Mailbox(), "::1")
        with pytest.raises(InvalidAddressError):
            port.write(b"x", (host, 1))

    def test_a_wrong_port_is_refused(self, reactor: PollingReactor, interface: str) -> None:
        port = listen(reactor, Mailbox(), interface)
        with pytest.raises(InvalidAddressError, match="65535"):
            port.write(b"x", (interface, 70_000))

    def test_a_datagram_needs_a_receiver(self, reactor: PollingReactor) -> None:
        with pytest.raises(ValueError, match="say where"):
            listen(reactor, Mailbox()).write(b"x")

    def test_a_protocol_that_raises_goes_on(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol)
        protocol.onDatagram = lambda datagram, addr: 1 // 0
        port.write(b"a", where(port))
        port.write(b"b", where(port))
        turnUntil(reactor, lambda: len(protocol.datagrams) == 2)

    def test_nothing_is_received_after_stopping(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol)
        protocol.onDatagram = lambda datagram, addr: port.stopListening()
        port.write(b"a", where(port))
        port.write(b"b", where(port))
        turnUntil(reactor, lambda: port.disconnected)
        assert protocol.datagrams == [b"a"]

    def test_writing_after_the_end_is_harmless(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        receiver = where(port)
        port.stopListening()
        turnUntil(reactor, lambda: port.disconnected)
        port.write(b"x", receiver)

    @pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOBUFS])
    def test_a_datagram_without_room_is_lost(self, reactor: PollingReactor, number: int) -> None:
        class Full:
            def sendto(self, *arguments: object) -> int:
                raise OSError(number, os.strerror(number))

        port = listen(reactor, Mailbox())
        receiver = where(port)
        real, port.socket = port.socket, Full()  # type: ignore[assignment]
        port.write(b"x", receiver)
        port.socket = real

    def test_socat_gets_its_answer(self, reactor: PollingReactor, interface: str) -> None:
        program = shutil.which("socat")
        if program is None:
            pytest.skip("socat is not installed")
        host, number = where(listen(reactor, Echo(), interface))
        place = f"UDP6:[{host}]:{number}" if ":" in host else f"UDP:{host}:{number}"
        command = [program, "-T", "20", "-", place]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as peer:
            assert peer.stdin is not None
            assert peer.stdout is not None
            peer.stdin.write(b"hello")
            peer.stdin.flush()
            os.set_blocking(peer.stdout.fileno(), False)
            answer = b""
            while not answer:
                reactor.iterate(0.01)
                answer = peer.stdout.read() or b""
            peer.kill()
        assert answer == b"hello"


class TestOnePeer:
    """Ports that are connected to one peer."""

    def test_a_connected_port_needs_no_receiver(
        self, reactor: PollingReactor, interface: str
    ) -> None:
        protocol = Mailbox()
        peer = listen(reactor, protocol, interface)
        port = listen(reactor, Mailbox(), interface)
        port.connect(*where(peer))
        port.write(b"a")
        port.write(b"b", where(peer))
        turnUntil(reactor, lambda: protocol.datagrams == [b"a", b"b"])

    def test_datagrams_of_others_are_dropped(self, reactor: PollingReactor, interface: str) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol, interface)
        peer = listen(reactor, Mailbox(), interface)
        other = listen(reactor, Mailbox(), interface)
        other.write(b"before", where(port))
        port.connect(*where(peer))
        other.write(b"after", where(port))
        peer.write(b"peer", where(port))
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b"peer"]
        assert protocol.senders == [where(peer)]

    def test_an_address_in_another_form_is_the_same_peer(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol, "::1")
        peer = listen(reactor, Mailbox(), "::1")
        port.connect("0:0:0:0:0:0:0:1", peer.getHost().port)
        peer.write(b"peer", where(port))
        turnUntil(reactor, lambda: protocol.datagrams)

    def test_the_sender_is_not_named_where_there_is_one(self, reactor: PollingReactor) -> None:
        protocol = OnePeer()
        port = listen(reactor, protocol)
        peer = listen(reactor, Mailbox())
        port.connect(*where(peer))
        peer.write(b"x", where(port))
        turnUntil(reactor, lambda: protocol.datagrams == [b"x"])

    def test_another_receiver_is_refused(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        port.connect("127.0.0.1", 9)
        with pytest.raises(ValueError, match="connected"):
            port.write(b"x", ("127.0.0.1", 10))

    def test_connecting_twice_is_refused(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox())
        port.connect("127.0.0.1", 9)
        with pytest.raises(RuntimeError, match="already"):
            port.connect("127.0.0.1", 10)

    def test_a_name_is_refused(self, reactor: PollingReactor) -> None:
        with pytest.raises(InvalidAddressError):
            listen(reactor, Mailbox()).connect("localhost", 9)

    def test_a_refusal_is_told_and_the_port_goes_on(
        self, reactor: PollingReactor, interface: str
    ) -> None:
        gone = listen(reactor, Mailbox(), interface)
        receiver = where(gone)
        gone.stopListening()
        turnUntil(reactor, lambda: gone.disconnected)
        protocol = Mailbox()
        port = listen(reactor, protocol, interface)
        port.connect(*receiver)
        port.write(b"x")
        turnUntil(reactor, lambda: "refused" in protocol.events)
        back = Mailbox()
        reactor.listenUDP(receiver[1], back, interface)
        port.write(b"y")
        turnUntil(reactor, lambda: back.datagrams == [b"y"])

    def test_a_datagram_after_a_refusal_is_sent(self, reactor: PollingReactor) -> None:
        gone = listen(reactor, Mailbox())
        receiver = where(gone)
        gone.stopListening()
        turnUntil(reactor, lambda: gone.disconnected)
        protocol = Mailbox()
        port = listen(reactor, protocol)
        port.connect(*receiver)
        port.write(b"x")
        back = Mailbox()
        reactor.listenUDP(receiver[1], back, "127.0.0.1")
        # The refusal of the first shows now, inside of this write.
        port.write(b"y")
        assert "refused" not in protocol.events
        turnUntil(reactor, lambda: back.datagrams == [b"y"] and "refused" in protocol.events)

    def test_a_refusal_is_not_told_without_a_peer(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        port = listen(reactor, protocol)
        port.write(b"x", ("127.0.0.1", 9))
        turn(reactor)
        assert protocol.events == ["start with a transport"]


class TestBroadcast:
    """Sending to everybody."""

    def test_it_is_forbidden_at_first(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox(), "0.0.0.0")
        assert port.getBroadcastAllowed() is False
        with pytest.raises(PermissionError):
            port.write(b"x", ("127.255.255.255", 9))

    def test_it_arrives_when_it_is_allowed(self, reactor: PollingReactor) -> None:
        protocol = Mailbox()
        receiver = listen(reactor, protocol, "0.0.0.0")
        port = listen(reactor, Mailbox(), "0.0.0.0")
        port.setBroadcastAllowed(True)
        assert port.getBroadcastAllowed() is True
        port.write(b"x", ("127.255.255.255", receiver.getHost().port))
        turnUntil(reactor, lambda: protocol.datagrams == [b"x"])

    def test_the_word_is_taken_as_an_address(self, reactor: PollingReactor) -> None:
        port = listen(reactor, Mailbox(), "0.0.0.0")
        with pytest.raises(OSError, match=r"Permission denied|unreachable"):
            port.write(b"x", ("<broadcast>", 9))


class TestAdopting:
    """Sockets that others have bound."""

    def test_an_adopted_socket_receives(self, reactor: PollingReactor, interface: str) -> None:
        family = socket.AF_INET6 if ":" in interface else socket.AF_INET
        protocol = Mailbox()
        with socket.socket(family, socket.SOCK_DGRAM) as skt:
            skt.bind((interface, 0))
            port = reactor.adoptDatagramPort(skt.fileno(), family, protocol)
            assert skt.getblocking(), "the caller's socket stays as it was"
        assert isinstance(port, Port)
        listen(reactor, Mailbox(), interface).write(b"x", where(port))
        turnUntil(reactor, lambda: protocol.datagrams == [b"x"])

    def test_other_families_are_refused(self, reactor: PollingReactor) -> None:
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as skt,
            pytest.raises(UnsupportedAddressFamily),
        ):
            reactor.adoptDatagramPort(skt.fileno(), socket.AF_UNIX, Mailbox())

    def test_streams_are_refused(self, reactor: PollingReactor) -> None:
        with socket.socket() as skt, pytest.raises(UnsupportedSocketType):
            reactor.adoptDatagramPort(skt.fileno(), socket.AF_INET, Mailbox())
