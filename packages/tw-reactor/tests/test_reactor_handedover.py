"""Ports take the sockets that the process before this one has left."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet._sockets._handedover import handedOver
from twisted.internet.base import BasePort
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.udp import MulticastPort
from twisted.internet.unix import Port as UNIXPort

from .reactor_helpers import RecordingServer, discard, turnUntil


@pytest.fixture
def reactors() -> Iterator[tuple[SelectReactor, SelectReactor]]:
    """The reactors of the old process and of the new one."""
    both = (SelectReactor(), SelectReactor())
    yield both
    handedOver.closeRest()
    for each in both:
        discard(each)


def leave(port: object) -> BasePort:
    """Leave the socket of a port."""
    assert isinstance(port, BasePort)
    handedOver.offer(port.request(), os.dup(port.fileno()))
    return port


Reactors = tuple[SelectReactor, SelectReactor]


def test_tcp_port_takes_the_socket_that_was_left(reactors: Reactors) -> None:
    old, new = reactors
    first = old.listenTCP(0, RecordingServer(), interface="127.0.0.1")
    port = leave(first)
    factory = RecordingServer()
    second = new.listenTCP(0, factory, interface="127.0.0.1")
    assert second.getHost() == first.getHost()
    port.stopListening()
    turnUntil(old, lambda: port.disconnected)
    with socket.create_connection(("127.0.0.1", second.getHost().port)):
        turnUntil(new, lambda: factory.built)


def test_connection_that_waits_is_accepted_by_the_new_port(reactors: Reactors) -> None:
    old, new = reactors
    first = old.listenTCP(0, RecordingServer(), interface="127.0.0.1")
    with socket.create_connection(("127.0.0.1", first.getHost().port)):
        leave(first)
        factory = RecordingServer()
        new.listenTCP(0, factory, interface="127.0.0.1")
        turnUntil(new, lambda: factory.built)


def test_another_port_binds_a_socket_of_its_own(reactors: Reactors) -> None:
    old, new = reactors
    first = old.listenTCP(0, RecordingServer(), interface="127.0.0.1")
    request = leave(first).request()
    second = new.listenTCP(0, RecordingServer(), interface="::1")
    assert second.getHost().port != first.getHost().port
    assert handedOver.closeRest() == [request]
    assert handedOver.closeRest() == []


def test_ports_that_are_asked_for_alike_take_their_sockets_in_order(reactors: Reactors) -> None:
    old, new = reactors
    ports = [old.listenTCP(0, RecordingServer(), interface="127.0.0.1") for _ in range(2)]
    for port in ports:
        leave(port)
    taken = [new.listenTCP(0, RecordingServer(), interface="127.0.0.1") for _ in range(2)]
    assert [port.getHost() for port in taken] == [port.getHost() for port in ports]


def test_udp_port_takes_the_socket_that_was_left(reactors: Reactors) -> None:
    old, new = reactors
    first = old.listenUDP(0, DatagramProtocol(), "127.0.0.1")
    leave(first)
    second = new.listenUDP(0, DatagramProtocol(), "127.0.0.1")
    assert second.getHost() == first.getHost()


@pytest.mark.parametrize("wantPID", [False, True])
def test_unix_port_takes_the_socket_and_what_belongs_to_its_name(
    reactors: Reactors, tmp_path: Path, wantPID: bool
) -> None:
    old, new = reactors
    path = tmp_path / "socket"
    first = old.listenUNIX(str(path), RecordingServer(), wantPID=wantPID)
    assert isinstance(first, UNIXPort)
    leave(first)
    factory = RecordingServer()
    second = new.listenUNIX(str(path), factory, wantPID=wantPID)
    assert isinstance(second, UNIXPort)
    handedOver.closeRest()
    first.leaveTo(os.getpid())
    first.stopListening()
    turnUntil(old, lambda: first.disconnected)
    assert path.exists()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        turnUntil(new, lambda: factory.built)
    second.stopListening()
    turnUntil(new, lambda: second.disconnected)
    assert list(tmp_path.iterdir()) == []


def test_lock_names_the_process_that_it_was_left_to(reactors: Reactors, tmp_path: Path) -> None:
    old, _ = reactors
    first = old.listenUNIX(str(tmp_path / "socket"), RecordingServer(), wantPID=True)
    assert isinstance(first, UNIXPort)
    first.leaveTo(1)
    assert os.readlink(tmp_path / "socket.lock") == "1"


def test_unix_socket_whose_file_is_gone_cannot_be_taken(reactors: Reactors, tmp_path: Path) -> None:
    old, new = reactors
    path = tmp_path / "socket"
    first = old.listenUNIX(str(path), RecordingServer())
    assert isinstance(first, UNIXPort)
    leave(first)
    path.unlink()
    with pytest.raises(CannotListenError):
        new.listenUNIX(str(path), RecordingServer())


@pytest.mark.parametrize("wantPID", [False, True])
def test_unix_socket_stays_with_the_old_process_if_the_new_one_fails(
    reactors: Reactors, tmp_path: Path, wantPID: bool
) -> None:
    old, new = reactors
    path, accepting = tmp_path / "socket", RecordingServer()
    leave(old.listenUNIX(str(path), accepting, wantPID=wantPID))
    before = sorted(tmp_path.iterdir())
    second = new.listenUNIX(str(path), RecordingServer(), wantPID=wantPID)
    assert isinstance(second, UNIXPort)
    # It fails before it was ready.
    second.stopListening()
    turnUntil(new, lambda: second.disconnected)
    assert sorted(tmp_path.iterdir()) == before
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        turnUntil(old, lambda: accepting.built)


class Recording(DatagramProtocol):
    """Remembers what has come."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    def datagramReceived(self, datagram: bytes, addr: object) -> None:
        self.received.append(datagram)


def ended(old: SelectReactor, port: BasePort) -> None:
    """Let the new process be ready, and the old one end."""
    handedOver.closeRest()
    port.leaveTo(os.getpid())
    port.stopListening()
    turnUntil(old, lambda: port.disconnected)


@pytest.mark.parametrize("wantPID", [False, True])
def test_unix_datagrams_go_to_the_new_process(
    reactors: Reactors, tmp_path: Path, wantPID: bool
) -> None:
    old, new = reactors
    path, receiving = tmp_path / "socket", Recording()
    first = leave(old.listenUNIXDatagram(str(path), DatagramProtocol(), wantPID=wantPID))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.sendto(b"while both live", str(path))
        second = new.listenUNIXDatagram(str(path), receiving, wantPID=wantPID)
        ended(old, first)
        client.sendto(b"afterwards", str(path))
    turnUntil(new, lambda: len(receiving.received) == 2)
    assert receiving.received == [b"while both live", b"afterwards"]
    second.stopListening()
    turnUntil(new, lambda: not list(tmp_path.iterdir()))


class Connected(ConnectedDatagramProtocol):
    """Remembers what has come from its peer."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    def datagramReceived(self, datagram: bytes, addr: object = None) -> None:
        self.received.append(datagram)


def client(reactor: SelectReactor, protocol: ConnectedDatagramProtocol, tmp_path: Path) -> object:
    """Return a datagram client that has a name."""
    own = str(tmp_path / "own")
    return reactor.connectUNIXDatagram(str(tmp_path / "peer"), protocol, bindAddress=own)


def test_unix_datagram_client_keeps_its_name(reactors: Reactors, tmp_path: Path) -> None:
    old, new = reactors
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "peer"))
        # A port of the peer's name is another matter.
        handedOver.offer(f"UNIX datagram {str(tmp_path / 'peer')!r}", os.dup(peer.fileno()))
        first = leave(client(old, ConnectedDatagramProtocol(), tmp_path))
        receiving = Connected()
        client(new, receiving, tmp_path)
        ended(old, first)
        peer.sendto(b"answer", str(tmp_path / "own"))
        turnUntil(new, lambda: receiving.received)


def test_unix_datagram_client_whose_file_is_gone_cannot_be_taken(
    reactors: Reactors, tmp_path: Path
) -> None:
    old, new = reactors
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "peer"))
        leave(client(old, ConnectedDatagramProtocol(), tmp_path))
        (tmp_path / "own").unlink()
        with pytest.raises(CannotListenError):
            client(new, ConnectedDatagramProtocol(), tmp_path)


@pytest.mark.parametrize(("interface", "group"), [("", "228.0.0.5"), ("::", "ff02::1:5")])
def test_multicast_groups_are_those_of_the_new_process(
    reactors: Reactors, interface: str, group: str
) -> None:
    old, new = reactors
    first = old.listenMulticast(0, DatagramProtocol(), interface)
    assert isinstance(first, MulticastPort)
    joined: list[object] = []
    local = "lo" if interface else "127.0.0.1"
    first.joinGroup(group, local).addBoth(joined.append)
    turnUntil(old, lambda: joined)
    if joined != [None]:
        pytest.skip(f"this machine cannot join a group on its loopback interface: {joined}")
    leave(first)
    second = new.listenMulticast(0, DatagramProtocol(), interface)
    assert isinstance(second, MulticastPort)
    assert second.getHost() == first.getHost()
    second.joinGroup(group, local).addBoth(joined.append)
    # As a protocol does when it is stopped.
    first.leaveTo(1)
    first.leaveGroup(group, local).addBoth(joined.append)
    turnUntil(old, lambda: len(joined) == 3)
    assert joined == [None] * 3
    # It is still a member, and can leave the group once.
    for _ in range(2):
        second.leaveGroup(group, local).addBoth(joined.append)
    turnUntil(new, lambda: len(joined) == 5)
    assert joined[3] is None
    assert joined[4] is not None
