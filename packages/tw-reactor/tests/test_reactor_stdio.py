"""Standard input and output: on pipes, files, terminals and sockets."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    IProtocol,
    IPushProducer,
    ITransport,
)
from twisted.internet.stdio import PipeAddress, StandardIO
from twisted.internet.testing import TransportCheck, TransportHarness, transportChecks
from twisted.python.components import classImplements, verifyObject

from .reactor_helpers import REACTORS, Recorder, discard, reactor, turn, turnUntil

__all__ = ["reactor"]


class HalfCloseable(Recorder):
    """Goes on when one direction is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []

    def readConnectionLost(self) -> None:
        self.events.append("read")

    def writeConnectionLost(self) -> None:
        self.events.append("write")


classImplements(HalfCloseable, IHalfCloseableProtocol)


class Pipes:
    """A protocol on two pipes, and the other ends of them."""

    def __init__(self, reactor: PollingReactor, protocol: Recorder | None = None) -> None:
        self.protocol = Recorder() if protocol is None else protocol
        stdin, self.source = os.pipe()
        self.sink, stdout = os.pipe()
        os.set_blocking(self.sink, False)
        self.transport = StandardIO(self.protocol, stdin, stdout, reactor)

    def close(self) -> None:
        for fd in (self.source, self.sink):
            try:
                os.close(fd)
            except OSError:
                pass


class StandardIOHarness(TransportHarness):
    """Joins two transports by two pipes."""

    resetIsVisible = False

    def __init__(self, reactor: PollingReactor) -> None:
        self.reactor = reactor

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        serverIn, clientOut = os.pipe()
        clientIn, serverOut = os.pipe()
        StandardIO(server, serverIn, serverOut, self.reactor)
        StandardIO(client, clientIn, clientOut, self.reactor)

    def turn(self) -> None:
        self.reactor.iterate(0.002)

    def close(self) -> None:
        discard(self.reactor)


@pytest.mark.parametrize("kind", REACTORS)
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_standard_input_and_output_keep_the_contract(
    check: TransportCheck, kind: Callable[[], PollingReactor]
) -> None:
    check(StandardIOHarness(kind()))


def test_it_is_what_its_interfaces_say(reactor: PollingReactor) -> None:
    pipes = Pipes(reactor)
    for interface in (ITransport, IConsumer, IPushProducer):
        assert verifyObject(interface, pipes.transport)
    assert pipes.transport.getHost() == pipes.transport.getPeer() == PipeAddress()
    pipes.close()


def test_input_arrives_and_output_leaves(reactor: PollingReactor) -> None:
    pipes = Pipes(reactor)
    os.write(pipes.source, b"question")
    turnUntil(reactor, lambda: pipes.protocol.received == b"question")
    pipes.transport.write(b"ans")
    pipes.transport.writeSequence([b"w", b"er"])
    turn(reactor)
    assert os.read(pipes.sink, 100) == b"answer"
    pipes.close()


def test_the_end_of_the_input_ends_the_connection(reactor: PollingReactor) -> None:
    pipes = Pipes(reactor)
    pipes.transport.write(b"last words")
    os.close(pipes.source)
    turnUntil(reactor, lambda: pipes.protocol.lost)
    assert pipes.protocol.lostWith is ConnectionDone
    assert os.read(pipes.sink, 100) == b"last words"
    assert os.read(pipes.sink, 100) == b""
    pipes.close()


def test_half_closeable_protocols_go_on_writing(reactor: PollingReactor) -> None:
    protocol = HalfCloseable()
    pipes = Pipes(reactor, protocol)
    os.close(pipes.source)
    turnUntil(reactor, lambda: protocol.events == ["read"])
    pipes.transport.write(b"still here")
    turn(reactor)
    assert os.read(pipes.sink, 100) == b"still here"
    pipes.transport.loseWriteConnection()
    turnUntil(reactor, lambda: protocol.lost)
    assert protocol.events == ["read", "write"]
    pipes.close()


def test_half_closeable_protocols_go_on_reading(reactor: PollingReactor) -> None:
    protocol = HalfCloseable()
    pipes = Pipes(reactor, protocol)
    pipes.transport.loseWriteConnection()
    turnUntil(reactor, lambda: protocol.events == ["write"])
    assert os.read(pipes.sink, 100) == b""
    os.write(pipes.source, b"go on")
    turnUntil(reactor, lambda: protocol.received == b"go on")
    os.close(pipes.source)
    turnUntil(reactor, lambda: protocol.lost)
    pipes.close()


def test_a_reader_that_goes_away_is_noticed_without_writing(reactor: PollingReactor) -> None:
    pipes = Pipes(reactor)
    os.close(pipes.sink)
    turnUntil(reactor, lambda: pipes.protocol.lost)
    assert pipes.protocol.lostWith is ConnectionLost
    pipes.close()


def test_files_are_read_and_written(reactor: PollingReactor, tmp_path: Path) -> None:
    source = tmp_path / "in"
    target = tmp_path / "out"
    source.write_bytes(b"x" * 200_000)
    stdin = os.open(source, os.O_RDONLY)
    stdout = os.open(target, os.O_WRONLY | os.O_CREAT)
    protocol = Recorder()
    transport = StandardIO(protocol, stdin, stdout, reactor)
    protocol.onData = transport.write
    turnUntil(reactor, lambda: protocol.lost)
    assert protocol.lostWith is ConnectionDone
    assert target.read_bytes() == source.read_bytes()


def test_reading_a_file_can_be_paused(reactor: PollingReactor, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_bytes(b"x" * 200_000)
    protocol = Recorder()
    transport = StandardIO(
        protocol, os.open(source, os.O_RDONLY), os.open(os.devnull, os.O_WRONLY), reactor
    )
    transport.pauseProducing()
    turn(reactor)
    assert protocol.received == b""
    transport.resumeProducing()
    turnUntil(reactor, lambda: protocol.lost)
    assert len(protocol.received) == 200_000


def test_one_descriptor_may_be_both(reactor: PollingReactor) -> None:
    ours, theirs = socket.socketpair()
    protocol = Recorder()
    number = theirs.detach()
    transport = StandardIO(protocol, number, number, reactor)
    ours.sendall(b"question")
    turnUntil(reactor, lambda: protocol.received)
    transport.write(b"answer")
    turn(reactor)
    assert ours.recv(100) == b"answer"
    transport.loseConnection()
    turnUntil(reactor, lambda: protocol.lost)
    assert ours.recv(100) == b""
    ours.close()


def test_a_terminal_carries_both_directions(reactor: PollingReactor) -> None:
    ours, theirs = os.openpty()
    protocol = Recorder()
    transport = StandardIO(protocol, theirs, theirs, reactor)
    os.write(ours, b"line\n")
    turnUntil(reactor, lambda: protocol.received == b"line\n")
    transport.loseConnection()
    turnUntil(reactor, lambda: protocol.lost)
    os.close(ours)


@pytest.mark.parametrize("blocking", [True, False])
def test_whether_descriptors_block_is_put_back(reactor: PollingReactor, blocking: bool) -> None:
    ours, theirs = os.openpty()
    os.set_blocking(theirs, blocking)
    kept = os.dup(theirs)
    protocol = Recorder()
    transport = StandardIO(protocol, theirs, os.dup(theirs), reactor)
    assert not os.get_blocking(kept)
    transport.loseConnection()
    turnUntil(reactor, lambda: protocol.lost)
    assert os.get_blocking(kept) is blocking
    os.close(kept)
    os.close(ours)


def test_text_is_refused(reactor: PollingReactor) -> None:
    pipes = Pipes(reactor)
    with pytest.raises(TypeError):
        pipes.transport.write("text")  # type: ignore[arg-type]  # that is the point
    pipes.close()


def test_nothing_stays_open(reactor: PollingReactor) -> None:
    before = set(os.listdir("/proc/self/fd"))
    pipes = Pipes(reactor)
    pipes.transport.loseConnection()
    turnUntil(reactor, lambda: pipes.protocol.lost)
    pipes.close()
    assert set(os.listdir("/proc/self/fd")) == before


ECHO = """
from twisted.internet import protocol, reactor, stdio
class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data.upper())
    def connectionLost(self, reason):
        print("not seen by anybody")
        reactor.stop()
stdio.StandardIO(Echo())
reactor.run()
"""


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_a_program_is_a_filter(kind: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"hello\n")
    command = [sys.executable, "-W", "error", "-c", ECHO]
    if kind == "pipe":
        done = subprocess.run(
            command, input=b"hello\n", capture_output=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"HELLO\n", b"")
        return
    with open(tmp_path / "in", "rb") as stdin, open(tmp_path / "out", "wb") as stdout:
        assert subprocess.run(command, stdin=stdin, stdout=stdout, timeout=60).returncode == 0
    assert (tmp_path / "out").read_bytes() == b"HELLO\n"
