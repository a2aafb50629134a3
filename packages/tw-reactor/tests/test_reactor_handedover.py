"""Ports take the sockets that the process before this one has left."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet._sockets._handedover import handedOver
from twisted.internet.base import BasePort
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.selectreactor import SelectReactor
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
