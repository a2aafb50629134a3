"""UNIX datagrams on each kind of reactor: paths, abstract names, refusals, full receivers, locks."""

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.address import UNIXAddress
from twisted.internet.error import (
    CannotListenError,
    ConnectError,
    ConnectionRefusedError,
    MessageLengthError,
    NotConnectingError,
)
from twisted.internet.interfaces import (
    IConnector,
    IListeningPort,
    IReactorUNIXDatagram,
    ISystemHandle,
    IUNIXDatagramConnectedTransport,
    IUNIXDatagramTransport,
)
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol
from twisted.internet.unix import ConnectedDatagramPort, DatagramPort
from twisted.logger import LogEvent, formatEvent, globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import reactor, turn, turnUntil

__all__ = ["reactor"]

Name = str | bytes | None


class Mailbox(DatagramProtocol):
    """A protocol that remembers what happened to it."""

    noisy = False

    def __init__(self) -> None:
        self.events: list[str] = []
        self.datagrams: list[bytes] = []
        self.senders: list[Name] = []

    def startProtocol(self) -> None:
        self.events.append("start")

    def stopProtocol(self) -> None:
        self.events.append("stop")

    def datagramReceived(self, datagram: bytes, addr: Name) -> None:  # type: ignore[override]
        self.datagrams.append(datagram)
        self.senders.append(addr)

    def connectionRefused(self) -> None:
        self.events.append("refused")


class Peer(ConnectedDatagramProtocol):
    """A protocol with one peer that remembers what happened to it."""

    noisy = False

    def __init__(self) -> None:
        self.events: list[str] = []
        self.datagrams: list[bytes] = []
        self.failures: list[Failure] = []

    def startProtocol(self) -> None:
        self.events.append("start")

    def stopProtocol(self) -> None:
        self.events.append("stop")

    def datagramReceived(self, datagram: bytes) -> None:  # type: ignore[override]
        self.datagrams.append(datagram)

    def connectionRefused(self) -> None:
        self.events.append("refused")

    def connectionFailed(self, failure: Failure) -> None:
        self.failures.append(failure)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A path for a socket."""
    return str(tmp_path / "s")


@pytest.fixture(params=["path", "abstract"])
def name(request: pytest.FixtureRequest, path: str) -> str:
    """A path, and an abstract name that no other test has."""
    return path if request.param == "path" else f"\0{path}"


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What is logged meanwhile."""
    lines: list[str] = []

    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


def listen(reactor: PollingReactor, name: str, protocol: DatagramProtocol) -> DatagramPort:
    """Open a port."""
    port = reactor.listenUNIXDatagram(name, protocol)
    assert isinstance(port, DatagramPort)
    return port


def connect(
    reactor: PollingReactor, name: str, protocol: Peer, bindAddress: str | None = None
) -> ConnectedDatagramPort:
    """Open a port with one peer."""
    port = reactor.connectUNIXDatagram(name, protocol, bindAddress=bindAddress)
    assert isinstance(port, ConnectedDatagramPort)
    return port


def stop(reactor: PollingReactor, port: DatagramPort) -> None:
    """Stop a port, and wait until it is closed."""
    port.stopListening()
    turnUntil(reactor, lambda: port.disconnected)


def leaveDead(path: str) -> None:
    """Leave a socket file behind that nobody receives at, as a server that was killed does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(path)


class TestListening:
    """Ports that receive from everybody: their names, their start and end."""

    def test_the_reactor_provides_unix_datagrams(self, reactor: PollingReactor) -> None:
        assert verifyObject(IReactorUNIXDatagram, reactor)

    def test_the_port_provides_its_interfaces(self, reactor: PollingReactor, path: str) -> None:
        port = listen(reactor, path, Mailbox())
        for interface in (IUNIXDatagramTransport, IListeningPort, ISystemHandle):
            assert verifyObject(interface, port)

    def test_the_host_is_the_name(self, reactor: PollingReactor, name: str) -> None:
        assert listen(reactor, name, Mailbox()).getHost() == UNIXAddress(name)

    def test_a_closed_port_has_no_host(self, reactor: PollingReactor, path: str) -> None:
        port = listen(reactor, path, Mailbox())
        stop(reactor, port)
        with pytest.raises(OSError, match="has no address"):
            port.getHost()

    def test_the_repr_says_where(self, reactor: PollingReactor, path: str) -> None:
        port = listen(reactor, path, Mailbox())
        assert path in repr(port)
        stop(reactor, port)
        assert "not listening" in repr(port)

    def test_the_protocol_is_started_and_stopped(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        port = listen(reactor, name, protocol)
        assert protocol.events == ["start"]
        stop(reactor, port)
        assert protocol.events == ["start", "stop"]

    def test_the_file_is_removed_at_the_end(self, reactor: PollingReactor, path: str) -> None:
        port = listen(reactor, path, Mailbox())
        assert os.path.exists(path)
        stop(reactor, port)
        assert not os.path.exists(path)

    def test_the_file_is_removed_at_shutdown(self, reactor: PollingReactor, path: str) -> None:
        listen(reactor, path, Mailbox())
        reactor.disconnectAll()
        assert not os.path.exists(path)

    def test_a_file_that_took_its_place_stays(self, reactor: PollingReactor, path: str) -> None:
        port = listen(reactor, path, Mailbox())
        os.unlink(path)
        Path(path).write_text("of somebody else")
        stop(reactor, port)
        assert Path(path).read_text() == "of somebody else"

    def test_a_stopped_port_frees_its_name(self, reactor: PollingReactor, name: str) -> None:
        stop(reactor, listen(reactor, name, Mailbox()))
        listen(reactor, name, Mailbox())

    @pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
    def test_the_file_has_the_mode(self, reactor: PollingReactor, path: str, mode: int) -> None:
        reactor.listenUNIXDatagram(path, Mailbox(), mode=mode)
        assert stat.S_IMODE(os.stat(path).st_mode) == mode

    def test_the_file_never_permits_more(
        self, reactor: PollingReactor, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        modes: list[int] = []
        chmod = os.chmod

        def look(name: bytes, mode: int) -> None:
            modes.append(stat.S_IMODE(os.stat(name).st_mode))
            chmod(name, mode)

        monkeypatch.setattr(os, "chmod", look)
        mask = os.umask(0)
        try:
            reactor.listenUNIXDatagram(path, Mailbox(), mode=0o600)
        finally:
            os.umask(mask)
        assert modes == [0o600]

    def test_a_taken_name_is_refused(self, reactor: PollingReactor, name: str) -> None:
        listen(reactor, name, Mailbox())
        with pytest.raises(CannotListenError, match="has this path") as caught:
            reactor.listenUNIXDatagram(name, Mailbox())
        assert caught.value.socketError.errno == errno.EADDRINUSE

    @pytest.mark.parametrize(
        ("wrong", "text"),
        [("", "needs a path"), ("x" * 200, "may have 107 bytes"), ("a\0b", "no NUL bytes")],
    )
    def test_what_is_no_name_is_refused(
        self, reactor: PollingReactor, wrong: str, text: str
    ) -> None:
        with pytest.raises(CannotListenError, match=text):
            reactor.listenUNIXDatagram(wrong, Mailbox())

    def test_a_missing_directory_is_named(self, reactor: PollingReactor, path: str) -> None:
        with pytest.raises(CannotListenError, match="make it first"):
            reactor.listenUNIXDatagram(f"{path}/none", Mailbox())

    def test_a_size_of_nothing_is_refused(self, reactor: PollingReactor, path: str) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            reactor.listenUNIXDatagram(path, Mailbox(), maxPacketSize=0)

    def test_a_protocol_that_does_not_start_leaves_nothing(
        self, reactor: PollingReactor, path: str
    ) -> None:
        class Broken(Mailbox):
            def startProtocol(self) -> None:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            reactor.listenUNIXDatagram(path, Broken())
        assert not os.path.exists(path)


class TestLocks:
    """What a dead server left behind."""

    def test_without_a_lock_a_dead_socket_stays(self, reactor: PollingReactor, path: str) -> None:
        leaveDead(path)
        with pytest.raises(CannotListenError):
            reactor.listenUNIXDatagram(path, Mailbox())
        assert os.path.exists(path)

    def test_with_a_lock_a_dead_socket_is_replaced(
        self, reactor: PollingReactor, path: str
    ) -> None:
        leaveDead(path)
        protocol = Mailbox()
        port = reactor.listenUNIXDatagram(path, protocol, wantPID=True)
        assert os.path.lexists(f"{path}.lock")
        listen(reactor, f"{path}2", Mailbox()).write(b"x", path)
        turnUntil(reactor, lambda: protocol.datagrams)
        assert isinstance(port, DatagramPort)
        stop(reactor, port)
        assert not os.path.lexists(f"{path}.lock")

    def test_a_lock_that_is_held_refuses(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIXDatagram(path, Mailbox(), wantPID=True)
        with pytest.raises(CannotListenError, match="alive holds the lock"):
            reactor.listenUNIXDatagram(path, Mailbox(), wantPID=True)
        assert os.path.lexists(f"{path}.lock")

    def test_a_server_that_lives_without_a_lock_stays(
        self, reactor: PollingReactor, path: str
    ) -> None:
        protocol = Mailbox()
        listen(reactor, path, protocol)
        with pytest.raises(CannotListenError):
            reactor.listenUNIXDatagram(path, Mailbox(), wantPID=True)
        assert not os.path.lexists(f"{path}.lock")
        listen(reactor, f"{path}2", Mailbox()).write(b"x", path)
        turnUntil(reactor, lambda: protocol.datagrams)

    @pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET])
    def test_a_living_socket_of_another_kind_stays(
        self, reactor: PollingReactor, path: str, kind: socket.SocketKind
    ) -> None:
        with socket.socket(socket.AF_UNIX, kind) as living:
            living.bind(path)
            living.listen()
            with pytest.raises(CannotListenError):
                reactor.listenUNIXDatagram(path, Mailbox(), wantPID=True)
            assert os.path.exists(path)

    def test_a_file_that_is_no_socket_stays(self, reactor: PollingReactor, path: str) -> None:
        Path(path).write_text("precious")
        with pytest.raises(CannotListenError):
            reactor.listenUNIXDatagram(path, Mailbox(), wantPID=True)
        assert Path(path).read_text() == "precious"


class TestDatagrams:
    """What is sent, and what arrives."""

    def test_datagrams_arrive_with_their_sender(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        listen(reactor, name, protocol)
        listen(reactor, f"{name}2", Mailbox()).write(b"hello", name)
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b"hello"]
        assert [os.fsencode(sender or "") for sender in protocol.senders] == [
            os.fsencode(f"{name}2")
        ]

    def test_the_sender_can_be_answered(self, reactor: PollingReactor, name: str) -> None:
        class Echo(Mailbox):
            def datagramReceived(self, datagram: bytes, addr: Name) -> None:  # type: ignore[override]
                self.transport.write(datagram, addr)  # type: ignore[arg-type]

        listen(reactor, name, Echo())
        protocol = Mailbox()
        listen(reactor, f"{name}2", protocol).write(b"hello", name)
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b"hello"]

    def test_a_sender_without_a_name_is_none(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        listen(reactor, name, protocol)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nameless:
            nameless.sendto(b"who am I", name)
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.senders == [None]

    def test_a_path_may_be_bytes(self, reactor: PollingReactor, path: str) -> None:
        protocol = Mailbox()
        reactor.listenUNIXDatagram(os.fsencode(path), protocol)
        listen(reactor, f"{path}2", Mailbox()).write(b"x", os.fsencode(path))
        turnUntil(reactor, lambda: protocol.datagrams)

    def test_an_empty_datagram_arrives(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        listen(reactor, name, protocol).write(b"", name)
        turnUntil(reactor, lambda: protocol.datagrams)
        assert protocol.datagrams == [b""]

    def test_datagrams_keep_their_order(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        port = listen(reactor, name, protocol)
        wanted = [b"%d" % number for number in range(5)]
        for datagram in wanted:
            port.write(datagram, name)
        turnUntil(reactor, lambda: len(protocol.datagrams) == 5)
        assert protocol.datagrams == wanted

    def test_a_longer_datagram_is_cut_off(self, reactor: PollingReactor, path: str) -> None:
        protocol = Mailbox()
        port = reactor.listenUNIXDatagram(path, protocol, maxPacketSize=3)
        assert isinstance(port, DatagramPort)
        port.write(b"abcdef", path)
        port.write(b"xyz", path)
        turnUntil(reactor, lambda: len(protocol.datagrams) == 2)
        assert protocol.datagrams == [b"abc", b"xyz"]

    def test_too_long_a_datagram_is_refused(self, reactor: PollingReactor, name: str) -> None:
        port = listen(reactor, name, Mailbox())
        with pytest.raises(MessageLengthError, match="8000000 bytes"):
            port.write(b"x" * 8_000_000, name)

    def test_text_is_refused(self, reactor: PollingReactor, path: str) -> None:
        with pytest.raises(TypeError, match="encode text first"):
            listen(reactor, path, Mailbox()).write("text", path)  # type: ignore[arg-type]

    def test_a_name_that_is_none_is_refused(self, reactor: PollingReactor, path: str) -> None:
        with pytest.raises(OSError, match="needs a path"):
            listen(reactor, path, Mailbox()).write(b"x", "")

    def test_a_missing_receiver_is_an_error(self, reactor: PollingReactor, path: str) -> None:
        with pytest.raises(FileNotFoundError):
            listen(reactor, path, Mailbox()).write(b"x", f"{path}2")

    def test_a_dead_receiver_is_an_error(self, reactor: PollingReactor, path: str) -> None:
        leaveDead(f"{path}2")
        protocol = Mailbox()
        port = listen(reactor, path, protocol)
        # The exception of the system: it is about this very datagram.
        with pytest.raises(OSError, match="refused") as caught:
            port.write(b"x", f"{path}2")
        assert caught.value.errno == errno.ECONNREFUSED
        turn(reactor)
        assert protocol.events == ["start"]

    def test_a_full_receiver_loses_datagrams_and_the_log_says_so_once(
        self, reactor: PollingReactor, name: str, said: list[str]
    ) -> None:
        port = listen(reactor, f"{name}2", Mailbox())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full:
            full.bind(name)
            full.setblocking(False)
            count = 0
            while not [line for line in said if "was lost" in line]:
                port.write(b"x", name)
                count += 1
                assert count < 1_000_000, "no receiver takes so many"
            port.write(b"x", name)
            lost = [line for line in said if "was lost" in line]
            assert len(lost) == 1
            assert "1 bytes" in lost[0]
            assert "net.unix.max_dgram_qlen" in lost[0]
            # When there is room, it goes on; and the next loss is told again.
            received = full.recv(10)
            port.write(b"y", name)
            port.write(b"z", name)
            assert len([line for line in said if "was lost" in line]) == 2
            while received == b"x":
                received = full.recv(10)
            assert received == b"y"

    def test_a_closed_port_sends_nothing(self, reactor: PollingReactor, name: str) -> None:
        protocol = Mailbox()
        listen(reactor, name, protocol)
        port = listen(reactor, f"{name}2", Mailbox())
        stop(reactor, port)
        port.write(b"x", name)
        turn(reactor)
        assert protocol.datagrams == []

    def test_a_protocol_that_raises_goes_on(
        self, reactor: PollingReactor, name: str, said: list[str]
    ) -> None:
        class Fragile(Mailbox):
            def datagramReceived(self, datagram: bytes, addr: Name) -> None:  # type: ignore[override]
                super().datagramReceived(datagram, addr)
                raise ZeroDivisionError(datagram.decode())

        protocol = Fragile()
        port = listen(reactor, name, protocol)
        port.write(b"1", name)
        port.write(b"2", name)
        turnUntil(reactor, lambda: len(protocol.datagrams) == 2)
        assert len([line for line in said if "datagramReceived of" in line]) == 2


class TestConnected:
    """Ports with one peer."""

    def test_the_port_provides_its_interfaces(self, reactor: PollingReactor, name: str) -> None:
        listen(reactor, name, Mailbox())
        port = connect(reactor, name, Peer())
        for interface in (IUNIXDatagramConnectedTransport, IConnector, ISystemHandle):
            assert verifyObject(interface, port)

    def test_both_ends_talk(self, reactor: PollingReactor, name: str) -> None:
        server, client = Mailbox(), Peer()
        port = listen(reactor, name, server)
        connect(reactor, name, client, bindAddress=f"{name}2").write(b"question")
        turnUntil(reactor, lambda: server.datagrams)
        assert server.senders[0] is not None
        port.write(b"answer", server.senders[0])
        turnUntil(reactor, lambda: client.datagrams)
        assert (server.datagrams, client.datagrams) == ([b"question"], [b"answer"])

    def test_the_addresses_are_those_of_both_ends(self, reactor: PollingReactor, name: str) -> None:
        listen(reactor, name, Mailbox())
        port = connect(reactor, name, Peer(), bindAddress=f"{name}2")
        assert port.getHost() == UNIXAddress(f"{name}2")
        assert port.getPeer() == port.getDestination() == UNIXAddress(name)

    def test_without_a_name_of_its_own_it_has_no_host(
        self, reactor: PollingReactor, name: str
    ) -> None:
        server = Mailbox()
        listen(reactor, name, server)
        port = connect(reactor, name, Peer())
        port.write(b"x")
        turnUntil(reactor, lambda: server.datagrams)
        assert server.senders == [None]
        assert port.getHost() == UNIXAddress(None)

    def test_others_are_not_heard(self, reactor: PollingReactor, name: str) -> None:
        server, client = Mailbox(), Peer()
        port = listen(reactor, name, server)
        connect(reactor, name, client, bindAddress=f"{name}2")
        with pytest.raises(PermissionError):
            listen(reactor, f"{name}3", Mailbox()).write(b"noise", f"{name}2")
        port.write(b"x", f"{name}2")
        turnUntil(reactor, lambda: client.datagrams)
        assert client.datagrams == [b"x"]

    def test_its_own_file_is_removed_at_the_end(self, reactor: PollingReactor, path: str) -> None:
        listen(reactor, path, Mailbox())
        port = connect(reactor, path, Peer(), bindAddress=f"{path}2")
        assert os.path.exists(f"{path}2")
        stop(reactor, port)
        assert not os.path.exists(f"{path}2")
        assert os.path.exists(path)

    def test_a_missing_peer_fails_the_connection(self, reactor: PollingReactor, path: str) -> None:
        protocol = Peer()
        port = connect(reactor, path, protocol, bindAddress=f"{path}2")
        assert protocol.failures == []
        turnUntil(reactor, lambda: protocol.failures)
        assert protocol.failures[0].check(ConnectError)
        assert protocol.events == []
        assert not port.connected
        assert not os.path.exists(f"{path}2")

    def test_a_dead_peer_fails_the_connection(self, reactor: PollingReactor, path: str) -> None:
        leaveDead(path)
        protocol = Peer()
        connect(reactor, path, protocol)
        turnUntil(reactor, lambda: protocol.failures)
        assert protocol.failures[0].check(ConnectionRefusedError)

    def test_a_protocol_that_fails_to_hear_of_it_is_logged(
        self, reactor: PollingReactor, path: str, said: list[str]
    ) -> None:
        class Fragile(Peer):
            def connectionFailed(self, failure: Failure) -> None:
                super().connectionFailed(failure)
                raise ZeroDivisionError

        protocol = Fragile()
        connect(reactor, path, protocol)
        turnUntil(reactor, lambda: protocol.failures)
        assert [line for line in said if "connectionFailed of" in line]

    def test_a_taken_name_of_its_own_is_refused(self, reactor: PollingReactor, name: str) -> None:
        listen(reactor, name, Mailbox())
        listen(reactor, f"{name}2", Mailbox())
        with pytest.raises(CannotListenError):
            reactor.connectUNIXDatagram(name, Peer(), bindAddress=f"{name}2")

    def test_a_peer_that_is_gone_refuses(self, reactor: PollingReactor, name: str) -> None:
        client = Peer()
        server = listen(reactor, name, Mailbox())
        port = connect(reactor, name, client)
        stop(reactor, server)
        port.write(b"x")
        assert client.events == ["start"]
        turnUntil(reactor, lambda: client.events == ["start", "refused"])
        port.write(b"x")
        turnUntil(reactor, lambda: client.events == ["start", "refused", "refused"])
        assert port.connected

    def test_a_peer_that_came_back_is_found_again(self, reactor: PollingReactor, name: str) -> None:
        client, server = Peer(), Mailbox()
        gone = listen(reactor, name, Mailbox())
        port = connect(reactor, name, client, bindAddress=f"{name}2")
        stop(reactor, gone)
        back = listen(reactor, name, server)
        port.write(b"still me")
        turnUntil(reactor, lambda: server.datagrams)
        back.write(b"welcome", f"{name}2")
        turnUntil(reactor, lambda: client.datagrams)
        assert client.events == ["start"]

    def test_what_others_sent_while_the_peer_was_gone_is_dropped(
        self, reactor: PollingReactor, name: str
    ) -> None:
        client, server = Peer(), Mailbox()
        gone = listen(reactor, name, Mailbox())
        port = connect(reactor, name, client, bindAddress=f"{name}2")
        stop(reactor, gone)
        port.write(b"lost")
        turnUntil(reactor, lambda: "refused" in client.events)
        # Nobody's peer at this moment, it can be sent to by all.
        listen(reactor, f"{name}3", Mailbox()).write(b"noise", f"{name}2")
        back = listen(reactor, name, server)
        port.write(b"still me")
        back.write(b"welcome", f"{name}2")
        turnUntil(reactor, lambda: client.datagrams)
        assert client.datagrams == [b"welcome"]

    def test_a_full_peer_loses_datagrams_and_the_log_says_so(
        self, reactor: PollingReactor, name: str, said: list[str]
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full:
            full.bind(name)
            port = connect(reactor, name, Peer())
            count = 0
            while not [line for line in said if "was lost" in line]:
                port.write(b"x")
                count += 1
                assert count < 1_000_000, "no receiver takes so many"

    def test_a_receiver_may_be_named_if_it_is_the_peer(
        self, reactor: PollingReactor, name: str
    ) -> None:
        server = Mailbox()
        listen(reactor, name, server)
        port = connect(reactor, name, Peer())
        port.write(b"x", os.fsencode(name))
        turnUntil(reactor, lambda: server.datagrams)
        with pytest.raises(ValueError, match="can't send to"):
            port.write(b"x", f"{name}3")

    def test_too_long_a_datagram_is_refused(self, reactor: PollingReactor, name: str) -> None:
        listen(reactor, name, Mailbox())
        with pytest.raises(MessageLengthError):
            connect(reactor, name, Peer()).write(b"x" * 8_000_000)

    def test_a_connector_disconnects_and_connects_again(
        self, reactor: PollingReactor, name: str
    ) -> None:
        server, client = Mailbox(), Peer()
        listen(reactor, name, server)
        port = connect(reactor, name, client)
        with pytest.raises(NotConnectingError):
            port.stopConnecting()
        with pytest.raises(RuntimeError, match="is connected"):
            port.connect()
        port.disconnect()
        turnUntil(reactor, lambda: port.disconnected)
        port.connect()
        port.write(b"again")
        turnUntil(reactor, lambda: server.datagrams)
        assert client.events == ["start", "stop", "start"]

    def test_a_server_may_be_reached_by_another_path(
        self, reactor: PollingReactor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        client = Peer()
        server = listen(reactor, "s", Mailbox())
        connect(reactor, str(tmp_path / "s"), client, bindAddress="c")
        server.write(b"x", "c")
        turnUntil(reactor, lambda: client.datagrams)
