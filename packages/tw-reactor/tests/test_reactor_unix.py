"""UNIX stream sockets on each kind of reactor: paths, locks, descriptors, credentials."""

import array
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets import _unixconnection
from twisted.internet._sockets._unixconnection import DESCRIPTORS_AT_ONCE
from twisted.internet.address import UNIXAddress
from twisted.internet.error import (
    BadFileError,
    CannotListenError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
    ConnectionRefusedError,
    TimeoutError,
    UserError,
)
from twisted.internet.interfaces import (
    IConnector,
    IFileDescriptorReceiver,
    IListeningPort,
    IReactorUNIX,
    ISystemHandle,
    IUNIXTransport,
)
from twisted.internet.protocol import Protocol
from twisted.internet.unix import Client, Connector, Port, Server
from twisted.python.components import implementer, verifyObject
from twisted.python.lockfile import FilesystemLock

from .reactor_helpers import (
    Recorder,
    RecordingClient,
    RecordingServer,
    reactor,
    turn,
    turnUntil,
)

__all__ = ["reactor"]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A path for a socket."""
    return str(tmp_path / "s")


@implementer(IFileDescriptorReceiver)
class Receiver(Recorder):
    """A protocol that takes descriptors, and notes what came after which byte."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptors: list[int] = []
        self.contents: list[bytes] = []
        self.onDescriptor: Callable[[int], object] = lambda descriptor: None

    def fileDescriptorReceived(self, descriptor: int) -> None:
        self.descriptors.append(descriptor)
        self.contents.append(os.pread(descriptor, 100, 0))
        assert not os.get_inheritable(descriptor)
        os.close(descriptor)
        self.onDescriptor(descriptor)


class UNIXPair:
    """A connected pair of protocols over a UNIX socket."""

    def __init__(
        self,
        reactor: PollingReactor,
        path: str,
        make: Callable[[], Protocol | None] = Receiver,
    ) -> None:
        self.reactor = reactor
        self.serverFactory = RecordingServer(make)
        self.clientFactory = RecordingClient()
        self.port = reactor.listenUNIX(path, self.serverFactory)
        self.connector = reactor.connectUNIX(path, self.clientFactory)
        turnUntil(reactor, lambda: self.serverFactory.built and self.clientFactory.built)
        self.server = self.serverFactory.built[0]
        self.client = self.clientFactory.built[0]
        turnUntil(reactor, lambda: self.server.made and self.client.made)
        # To type checkers a recorder's transport is one of TCP.
        transport: object = self.client.transport
        assert isinstance(transport, Client)
        self.clientTransport: Client = transport
        accepted: object = self.server.transport
        assert isinstance(accepted, Server)
        self.serverTransport: Server = accepted

    @property
    def receiver(self) -> Receiver:
        """The server's protocol, which takes descriptors."""
        assert isinstance(self.server, Receiver)
        return self.server

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        turnUntil(self.reactor, condition)


@pytest.fixture
def pair(reactor: PollingReactor, path: str) -> UNIXPair:
    """A connected pair, whose server takes descriptors."""
    return UNIXPair(reactor, path)


def memory(content: bytes) -> int:
    """Return a descriptor of a file in memory."""
    descriptor = os.memfd_create("tw")
    os.write(descriptor, content)
    return descriptor


def leaveDead(path: str) -> None:
    """Leave a socket file behind that nobody listens on, as a server that was killed does."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
        dead.listen()


def deadProcess() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def refusal(reactor: PollingReactor, path: str | bytes, **options: bool) -> str:
    """Return what the error says when a path can't be listened on."""
    with pytest.raises(CannotListenError) as caught:
        reactor.listenUNIX(path, RecordingServer(), **options)
    return str(caught.value)


def connectingError(
    reactor: PollingReactor, path: str, timeout: float = 30, checkPID: bool = False
) -> BaseException:
    """Return the error with which connecting fails."""
    factory = RecordingClient()
    reactor.connectUNIX(path, factory, timeout, checkPID)
    assert not factory.reasons, "it is never reported from inside connectUNIX"
    turnUntil(reactor, lambda: factory.reasons)
    assert factory.events == ["start", "connecting", "failed", "stop"]
    return factory.reasons[0].value


class TestInterfaces:
    """What the classes provide."""

    def test_the_reactor_provides_unix(self, reactor: PollingReactor) -> None:
        assert verifyObject(IReactorUNIX, reactor)

    def test_the_port_provides_its_interfaces(self, pair: UNIXPair) -> None:
        assert isinstance(pair.port, Port)
        assert verifyObject(IListeningPort, pair.port)
        assert verifyObject(ISystemHandle, pair.port)

    def test_connections_provide_their_interface(self, pair: UNIXPair) -> None:
        assert verifyObject(IUNIXTransport, pair.serverTransport)
        assert verifyObject(IUNIXTransport, pair.clientTransport)

    def test_the_connector_provides_its_interface(self, pair: UNIXPair) -> None:
        assert isinstance(pair.connector, Connector)
        assert verifyObject(IConnector, pair.connector)


class TestListening:
    """Ports: the file, its mode, its end."""

    def test_bytes_go_both_ways(self, pair: UNIXPair) -> None:
        pair.client.transport.write(b"hello")
        pair.until(lambda: pair.server.received == b"hello")
        pair.server.transport.write(b"world")
        pair.until(lambda: pair.client.received == b"world")

    def test_the_address_is_the_path(self, pair: UNIXPair, path: str) -> None:
        assert pair.port.getHost() == UNIXAddress(path)
        assert pair.clientTransport.getPeer() == UNIXAddress(path)
        assert pair.clientTransport.getHost() == UNIXAddress(None)
        assert pair.serverFactory.addresses == [UNIXAddress(None)]
        assert pair.clientFactory.addresses == [UNIXAddress(path)]

    def test_a_path_may_be_bytes(self, reactor: PollingReactor, path: str) -> None:
        port = reactor.listenUNIX(path.encode(), RecordingServer())
        assert port.getHost() == UNIXAddress(path)

    def test_a_path_need_not_be_utf_8(self, reactor: PollingReactor, path: str) -> None:
        name = path.encode() + b"\xff"
        port = reactor.listenUNIX(name, RecordingServer())
        assert port.getHost() == UNIXAddress(name)

    @pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
    def test_the_mode_is_that_of_the_file(
        self, reactor: PollingReactor, path: str, mode: int
    ) -> None:
        reactor.listenUNIX(path, RecordingServer(), mode=mode)
        assert stat.S_IMODE(os.stat(path).st_mode) == mode

    def test_stopping_removes_the_file(self, pair: UNIXPair, path: str) -> None:
        done: list[None] = []
        stopped = pair.port.stopListening()
        assert stopped is not None
        stopped.addCallback(done.append)
        pair.until(lambda: done)
        assert not os.path.lexists(path)

    def test_stopping_leaves_the_file_of_a_successor(
        self, reactor: PollingReactor, path: str
    ) -> None:
        port = reactor.listenUNIX(path, RecordingServer())
        os.unlink(path)
        reactor.listenUNIX(path, RecordingServer())
        port.stopListening()
        turn(reactor)
        assert os.path.lexists(path)

    def test_a_stopped_port_starts_again(self, pair: UNIXPair, path: str) -> None:
        pair.port.stopListening()
        pair.until(lambda: not os.path.lexists(path))
        pair.port.startListening()
        assert os.path.lexists(path)

    def test_the_reactor_removes_the_file_when_it_ends(
        self, reactor: PollingReactor, path: str
    ) -> None:
        reactor.listenUNIX(path, RecordingServer(), wantPID=True)
        reactor.fireSystemEvent("shutdown")
        assert os.listdir(os.path.dirname(path)) == []

    def test_connections_outlive_the_port(self, pair: UNIXPair, path: str) -> None:
        pair.port.stopListening()
        pair.until(lambda: not os.path.lexists(path))
        pair.client.transport.write(b"still there")
        pair.until(lambda: pair.server.received == b"still there")

    def test_a_factory_can_refuse(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer(lambda: None))
        factory = RecordingClient()
        reactor.connectUNIX(path, factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.events[-2:] == ["lost", "stop"]

    def test_an_abstract_name_makes_no_file(self, reactor: PollingReactor, path: str) -> None:
        pair = UNIXPair(reactor, f"\0{path}")
        assert pair.port.getHost() == UNIXAddress(f"\0{path}")
        assert not os.path.lexists(path)
        pair.client.transport.write(b"hello")
        pair.until(lambda: pair.server.received == b"hello")

    def test_the_file_of_an_adopted_socket_stays(self, reactor: PollingReactor, path: str) -> None:
        factory = RecordingServer()
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()
            port = reactor.adoptStreamPort(listening.fileno(), socket.AF_UNIX, factory)
        assert port.getHost() == UNIXAddress(path)
        reactor.connectUNIX(path, RecordingClient())
        turnUntil(reactor, lambda: factory.built)
        port.stopListening()
        turn(reactor)
        assert os.path.lexists(path)

    def test_a_connection_can_be_adopted(self, reactor: PollingReactor) -> None:
        ours, theirs = socket.socketpair()
        factory = RecordingServer()
        with ours, theirs:
            reactor.adoptStreamConnection(ours.fileno(), socket.AF_UNIX, factory)
            theirs.send(b"hello")
            turnUntil(reactor, lambda: factory.built[0].received == b"hello")


class TestTakenPaths:
    """Paths that cannot be had, and what the errors say."""

    def test_a_taken_path_is_refused(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer())
        assert "remove the file if there is none" in refusal(reactor, path)

    def test_a_file_that_is_no_socket_is_left_alone(
        self, reactor: PollingReactor, path: str
    ) -> None:
        Path(path).write_text("precious")
        refusal(reactor, path, wantPID=True)
        assert Path(path).read_text() == "precious"
        assert not os.path.lexists(f"{path}.lock")

    def test_a_path_that_is_too_long_says_how_long(
        self, reactor: PollingReactor, path: str
    ) -> None:
        long = path + "x" * (108 - len(path))
        assert "may have 107 bytes, this one has 108" in refusal(reactor, long)
        assert "may have 107 bytes, this one has 108" in str(connectingError(reactor, long))

    def test_the_longest_path_works(self, reactor: PollingReactor, path: str) -> None:
        UNIXPair(reactor, path + "x" * (107 - len(path)))

    @pytest.mark.parametrize("name", ["", "a\0b"])
    def test_what_is_no_path_is_refused(self, reactor: PollingReactor, name: str) -> None:
        assert "UNIX socket" in refusal(reactor, name)

    def test_a_missing_directory_is_named_as_the_reason(
        self, reactor: PollingReactor, path: str
    ) -> None:
        assert "make it first" in refusal(reactor, f"{path}/x/y")

    def test_a_live_server_keeps_its_path(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer(), wantPID=True)
        assert "alive" in refusal(reactor, path, wantPID=True)

    def test_a_live_server_without_a_lock_keeps_its_path(
        self, reactor: PollingReactor, path: str
    ) -> None:
        pair = UNIXPair(reactor, path)
        refusal(reactor, path, wantPID=True)
        assert not os.path.lexists(f"{path}.lock")
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.received)

    def test_a_dead_socket_is_replaced(self, reactor: PollingReactor, path: str) -> None:
        leaveDead(path)
        os.symlink(str(deadProcess()), f"{path}.lock")
        reactor.listenUNIX(path, RecordingServer(), wantPID=True)
        factory = RecordingClient()
        reactor.connectUNIX(path, factory)
        turnUntil(reactor, lambda: factory.built)

    def test_a_dead_socket_without_a_lock_is_replaced_too(
        self, reactor: PollingReactor, path: str
    ) -> None:
        leaveDead(path)
        reactor.listenUNIX(path, RecordingServer(), wantPID=True)

    def test_a_dead_socket_stays_where_no_lock_is_wanted(
        self, reactor: PollingReactor, path: str
    ) -> None:
        leaveDead(path)
        assert "wantPID" in refusal(reactor, path)

    def test_the_lock_names_this_process_and_goes_with_the_port(
        self, reactor: PollingReactor, path: str
    ) -> None:
        port = reactor.listenUNIX(path, RecordingServer(), wantPID=True)
        assert os.readlink(f"{path}.lock") == str(os.getpid())
        port.stopListening()
        turnUntil(reactor, lambda: not os.path.lexists(f"{path}.lock"))

    def test_what_is_no_lock_is_left_alone(self, reactor: PollingReactor, path: str) -> None:
        Path(f"{path}.lock").write_text("precious")
        assert "no lock" in refusal(reactor, path, wantPID=True)
        assert Path(f"{path}.lock").read_text() == "precious"

    def test_an_abstract_name_needs_no_lock(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(f"\0{path}", RecordingServer(), wantPID=True)
        assert os.listdir(os.path.dirname(path)) == []


class TestConnecting:
    """Attempts, and how they fail."""

    def test_a_missing_socket_is_a_bad_file(self, reactor: PollingReactor, path: str) -> None:
        assert type(connectingError(reactor, path)) is BadFileError

    def test_a_dead_socket_refuses(self, reactor: PollingReactor, path: str) -> None:
        leaveDead(path)
        assert type(connectingError(reactor, path)) is ConnectionRefusedError

    def test_a_file_that_is_no_socket_refuses(self, reactor: PollingReactor, path: str) -> None:
        Path(path).write_text("")
        assert isinstance(connectingError(reactor, path), ConnectError)

    def test_a_lock_of_a_live_server_lets_connect(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer(), wantPID=True)
        factory = RecordingClient()
        reactor.connectUNIX(path, factory, checkPID=True)
        turnUntil(reactor, lambda: factory.built)

    def test_without_a_lock_there_is_no_server(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer())
        error = connectingError(reactor, path, checkPID=True)
        assert type(error) is BadFileError
        assert f"{path}.lock" in str(error)

    def test_a_lock_of_a_dead_process_is_none(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer())
        os.symlink(str(deadProcess()), f"{path}.lock")
        assert type(connectingError(reactor, path, checkPID=True)) is BadFileError

    def test_what_is_no_lock_is_none(self, reactor: PollingReactor, path: str) -> None:
        reactor.listenUNIX(path, RecordingServer())
        Path(f"{path}.lock").write_text("no lock")
        assert type(connectingError(reactor, path, checkPID=True)) is BadFileError

    def test_a_full_queue_is_waited_for(self, reactor: PollingReactor, path: str) -> None:
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
            server.bind(path)
            server.listen(0)
            first.connect(path)
            factory = RecordingClient()
            reactor.connectUNIX(path, factory)
            turn(reactor)
            assert not factory.built
            server.accept()[0].close()
            turnUntil(reactor, lambda: factory.built)

    def test_a_full_queue_is_waited_for_until_the_time_is_up(
        self, reactor: PollingReactor, path: str
    ) -> None:
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
            server.bind(path)
            server.listen(0)
            first.connect(path)
            assert type(connectingError(reactor, path, timeout=0.1)) is TimeoutError
            assert not [call for call in reactor.getDelayedCalls() if call.active()]

    def test_an_attempt_can_be_given_up(self, reactor: PollingReactor, path: str) -> None:
        factory = RecordingClient()
        reactor.listenUNIX(path, RecordingServer())
        connector = reactor.connectUNIX(path, factory)
        connector.stopConnecting()
        assert type(factory.reasons[0].value) is UserError
        assert factory.events == ["start", "connecting", "failed", "stop"]

    def test_a_connector_connects_again(self, pair: UNIXPair) -> None:
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.client.lost)
        pair.connector.connect()
        pair.until(lambda: len(pair.clientFactory.built) == 2)

    def test_the_destination_is_the_path(self, pair: UNIXPair, path: str) -> None:
        assert pair.connector.getDestination() == UNIXAddress(path)


class TestDescriptors:
    """Descriptors that travel with the bytes."""

    def test_a_descriptor_arrives_before_its_bytes(self, pair: UNIXPair) -> None:
        order: list[object] = []
        pair.receiver.onDescriptor = lambda descriptor: order.append("descriptor")
        pair.receiver.onData = order.append
        descriptor = memory(b"content")
        pair.clientTransport.sendFileDescriptor(descriptor)
        os.close(descriptor)
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.received)
        assert pair.receiver.contents == [b"content"]
        assert order == ["descriptor", b"x"]

    def test_descriptors_never_come_later_than_their_bytes(self, pair: UNIXPair) -> None:
        # What the receiver had when each descriptor came: never more than was written before it.
        before: list[int] = []
        pair.receiver.onDescriptor = lambda descriptor: before.append(len(pair.server.received))
        places = []
        for number in range(40):
            descriptor = memory(b"%d" % number)
            pair.clientTransport.sendFileDescriptor(descriptor)
            os.close(descriptor)
            places.append(number * 10_000)
            pair.client.transport.write(b"x" * 10_000)
        pair.until(lambda: len(pair.server.received) == 400_000)
        assert pair.receiver.contents == [b"%d" % number for number in range(40)]
        assert all(came <= place for came, place in zip(before, places, strict=True))

    def test_descriptors_wait_while_the_peer_does_not_read(self, pair: UNIXPair) -> None:
        pair.serverTransport.pauseProducing()
        pair.client.transport.write(b"x" * 2_000_000)
        turn(pair.reactor)
        descriptor = memory(b"late")
        pair.clientTransport.sendFileDescriptor(descriptor)
        os.close(descriptor)
        pair.client.transport.write(b"y" * 2_000_000)
        turn(pair.reactor)
        pair.serverTransport.resumeProducing()
        pair.until(lambda: len(pair.server.received) == 4_000_000)
        assert pair.receiver.contents == [b"late"]

    def test_bytes_without_descriptors_go_on_as_before(self, pair: UNIXPair) -> None:
        descriptor = memory(b"")
        pair.clientTransport.sendFileDescriptor(descriptor)
        os.close(descriptor)
        pair.client.transport.write(b"a")
        pair.until(lambda: pair.server.received == b"a")
        pair.client.transport.write(b"b")
        pair.until(lambda: pair.server.received == b"ab")
        assert len(pair.receiver.descriptors) == 1

    def test_as_many_as_the_system_takes_go_with_one_byte(self, pair: UNIXPair) -> None:
        descriptor = memory(b"")
        for _ in range(DESCRIPTORS_AT_ONCE):
            pair.clientTransport.sendFileDescriptor(descriptor)
        with pytest.raises(ValueError, match="write one between"):
            pair.clientTransport.sendFileDescriptor(descriptor)
        pair.client.transport.write(b"x")
        pair.clientTransport.sendFileDescriptor(descriptor)
        pair.client.transport.write(b"y")
        os.close(descriptor)
        pair.until(lambda: pair.server.received == b"xy")
        assert len(pair.receiver.descriptors) == DESCRIPTORS_AT_ONCE + 1

    def test_a_closed_descriptor_is_refused_at_once(self, pair: UNIXPair) -> None:
        descriptor = memory(b"")
        os.close(descriptor)
        with pytest.raises(OSError, match="Bad file descriptor"):
            pair.clientTransport.sendFileDescriptor(descriptor)

    def test_descriptors_that_were_not_sent_are_closed(self, pair: UNIXPair) -> None:
        reading, writing = os.pipe()
        pair.clientTransport.sendFileDescriptor(writing)
        os.close(writing)
        pair.clientTransport.loseConnection()
        pair.until(lambda: pair.client.lost)
        assert os.read(reading, 1) == b"", "nobody has the writing end any more"
        os.close(reading)

    def test_descriptors_for_a_protocol_that_takes_none_are_closed(
        self, reactor: PollingReactor, path: str
    ) -> None:
        pair = UNIXPair(reactor, path, Recorder)
        reading, writing = os.pipe()
        pair.clientTransport.sendFileDescriptor(writing)
        os.close(writing)
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.received == b"x")
        assert os.read(reading, 1) == b"", "nobody has the writing end any more"
        os.close(reading)

    def test_a_protocol_that_raises_loses_its_connection(self, pair: UNIXPair) -> None:
        def explode(descriptor: int) -> None:
            raise ZeroDivisionError

        pair.receiver.onDescriptor = explode
        reading, writing = os.pipe()
        first = memory(b"")
        pair.clientTransport.sendFileDescriptor(first)
        pair.clientTransport.sendFileDescriptor(writing)
        os.close(first)
        os.close(writing)
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.lost)
        assert pair.server.lostWith is ConnectionLost
        assert pair.server.received == b""
        assert os.read(reading, 1) == b"", "nobody has the writing end any more"
        os.close(reading)

    def test_nothing_is_received_after_aborting(self, pair: UNIXPair) -> None:
        pair.receiver.onDescriptor = lambda descriptor: pair.server.transport.abortConnection()
        descriptor = memory(b"")
        pair.clientTransport.sendFileDescriptor(descriptor)
        pair.clientTransport.sendFileDescriptor(descriptor)
        os.close(descriptor)
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.lost)
        assert pair.server.received == b""
        assert len(pair.receiver.descriptors) == 1

    def test_descriptors_that_do_not_fit_end_the_connection(
        self, pair: UNIXPair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_unixconnection, "_SPACE", socket.CMSG_SPACE(array.array("i").itemsize))
        descriptor = memory(b"")
        for _ in range(4):
            pair.clientTransport.sendFileDescriptor(descriptor)
        os.close(descriptor)
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.lost)
        assert pair.server.lostWith is ConnectionLost
        assert pair.receiver.descriptors == []

    def test_calls_after_the_end_are_harmless(self, pair: UNIXPair) -> None:
        transport = pair.clientTransport
        transport.loseConnection()
        pair.until(lambda: pair.client.lost)
        transport.sendFileDescriptor(0)


class TestPeers:
    """Who is at the other end."""

    def test_credentials_are_those_of_the_process(self, pair: UNIXPair) -> None:
        expected = (os.getpid(), os.getuid(), os.getgid())
        assert pair.clientTransport.getPeerCredentials() == expected
        assert pair.serverTransport.getPeerCredentials() == expected

    def test_a_peer_that_closes_is_an_orderly_end(self, pair: UNIXPair) -> None:
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.server.lost)
        assert pair.server.lostWith is ConnectionDone

    def test_options_of_tcp_are_harmless(self, pair: UNIXPair) -> None:
        pair.clientTransport.setTcpNoDelay(False)
        assert pair.clientTransport.getTcpNoDelay()
        pair.clientTransport.setTcpKeepAlive(True)
        assert pair.clientTransport.getTcpKeepAlive()

    def test_the_log_prefix_names_the_path(self, pair: UNIXPair, path: str) -> None:
        assert pair.serverTransport.logPrefix() == f"Receiver,0,{path!r}"
        assert pair.clientTransport.logPrefix() == "Recorder,client"


def test_the_lock_of_another_process_refuses(reactor: PollingReactor, path: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        os.symlink(str(process.pid), f"{path}.lock")
        assert "alive" in refusal(reactor, path, wantPID=True)
        assert not FilesystemLock(f"{path}.lock").lock()
        process.communicate(b"\n")
