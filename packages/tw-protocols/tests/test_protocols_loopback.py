"""Two protocols in one process: in memory by turns, over sockets, and moved by hand."""

import io
import tempfile
from pathlib import Path

import pytest

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IConsumer, IPullProducer, ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import NonStreamingProducer
from twisted.protocols.basic import LineReceiver
from twisted.protocols.loopback import (
    LoopbackRelay,
    PumpPolicy,
    PumpQueue,
    PumpTarget,
    collapsingPumpPolicy,
    identityPumpPolicy,
    loopbackAsync,
    loopbackTCP,
    loopbackUNIX,
)
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

from .proxy_helpers import Bench, Witness, bench

__all__ = ["bench"]


class Noting(Protocol):
    """Notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def connectionMade(self) -> None:
        self.events.append("made")

    def dataReceived(self, data: bytes) -> None:
        self.events.append(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.events.append(reason.type)


class Asking(LineReceiver):
    """Asks, and ends the connection when it is answered."""

    def connectionMade(self) -> None:
        self.lines: list[bytes] = []
        self.sendLine(b"question")

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line)
        self.transport.loseConnection()


class Answering(LineReceiver):
    """Answers each line."""

    reasons = 0

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(line.upper())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons += 1


class Memory:
    """A connection in memory whose turns the test makes."""

    def __init__(self, policy: PumpPolicy = identityPumpPolicy) -> None:
        self.clock = Clock()
        self.server, self.client = Noting(), Noting()
        self.results: list[object] = []
        self.done = loopbackAsync(self.server, self.client, policy, self.clock)
        self.done.addBoth(self.results.append)

    def turn(self, turns: int = 10) -> None:
        for _ in range(turns):
            self.clock.advance(0)


def test_both_are_connected_at_once() -> None:
    memory = Memory()
    assert (memory.server.events, memory.client.events) == (["made"], ["made"])
    verifyObject(ITransport, memory.client.transport)


def test_nothing_is_delivered_while_it_is_written() -> None:
    memory = Memory()
    memory.client.transport.write(b"hello")
    assert memory.server.events == ["made"]
    memory.turn(1)
    assert memory.server.events == ["made", b"hello"]


def test_what_was_written_while_they_were_connected_is_delivered() -> None:
    clock = Clock()
    asking, answering = Asking(), Answering()
    results: list[object] = []
    loopbackAsync(answering, asking, reactor=clock).addBoth(results.append)
    for _ in range(10):
        clock.advance(0)

    assert asking.lines == [b"QUESTION"]
    assert answering.reasons == 1
    assert results == [None]
    assert clock.getDelayedCalls() == []


def test_pieces_are_delivered_as_they_were_written() -> None:
    memory = Memory()
    memory.client.transport.writeSequence([b"one ", b"two"])
    memory.client.transport.write(b"three")
    memory.turn()
    assert memory.server.events[1:] == [b"one two", b"three"]


def test_pieces_may_be_collapsed() -> None:
    memory = Memory(collapsingPumpPolicy)
    for piece in (b"one ", b"two ", b"three"):
        memory.client.transport.write(piece)
    memory.turn()
    assert memory.server.events[1:] == [b"one two three"]


def test_policy_may_be_ones_own() -> None:
    def bytewise(queue: PumpQueue, target: PumpTarget) -> None:
        while queue:
            for byte in queue.get():
                target.dataReceived(bytes([byte]))

    memory = Memory(bytewise)
    memory.client.transport.write(b"abc")
    memory.turn()
    assert memory.server.events[1:] == [b"a", b"b", b"c"]


def test_policy_may_leave_something_for_later() -> None:
    memory = Memory(lambda queue, target: target.dataReceived(queue.get()))
    memory.client.transport.write(b"one")
    memory.client.transport.write(b"two")
    memory.turn(1)
    memory.client.transport.write(b"three")
    memory.turn()
    assert memory.server.events[1:] == [b"one", b"two", b"three"]
    assert memory.clock.getDelayedCalls() == []


def test_end_comes_after_all_that_was_written() -> None:
    memory = Memory()
    memory.client.transport.write(b"last words")
    memory.client.transport.loseConnection()
    memory.turn()

    assert memory.server.events[1:] == [b"last words", ConnectionDone]
    assert memory.client.events[1:] == [ConnectionDone]
    assert memory.results == [None]
    assert memory.clock.getDelayedCalls() == []


def test_abort_ends_it_without_what_was_written() -> None:
    memory = Memory()
    memory.client.transport.write(b"lost")
    memory.client.transport.abortConnection()  # type: ignore[attr-defined]
    memory.turn()

    assert memory.server.events[1:] == [ConnectionLost]
    assert memory.client.events[1:] == [ConnectionAborted]
    assert memory.results == [None]


def test_cancelling_ends_it() -> None:
    memory = Memory()
    memory.done.cancel()
    memory.turn()

    (failure,) = memory.results
    assert isinstance(failure, Failure)
    assert failure.check(CancelledError)
    assert memory.server.events[1:] == [ConnectionLost]
    assert memory.client.events[1:] == [ConnectionAborted]
    assert memory.clock.getDelayedCalls() == []


def test_paused_protocol_gets_nothing_until_it_resumes() -> None:
    class Careful(Noting):
        def dataReceived(self, data: bytes) -> None:
            super().dataReceived(data)
            self.transport.pauseProducing()  # type: ignore[attr-defined]

    clock = Clock()
    server, client = Careful(), Noting()
    loopbackAsync(server, client, reactor=clock)
    client.transport.write(b"one")
    client.transport.write(b"two")
    for _ in range(5):
        clock.advance(0)
    assert server.events == ["made", b"one"]
    server.transport.resumeProducing()  # type: ignore[attr-defined]
    for _ in range(5):
        clock.advance(0)
    assert server.events == ["made", b"one", b"two"]


def test_pull_producer_is_asked() -> None:
    memory = Memory()
    transport = memory.client.transport
    producer = NonStreamingProducer(transport)  # type: ignore[arg-type]
    transport.registerProducer(producer, False)  # type: ignore[attr-defined]
    verifyObject(IPullProducer, producer)
    memory.turn(20)
    memory.client.transport.loseConnection()
    memory.turn(20)

    assert b"".join(e for e in memory.server.events if isinstance(e, bytes)) == b"0123456789"
    assert memory.results == [None]


def test_failing_protocol_ends_it() -> None:
    class Failing(Noting):
        def dataReceived(self, data: bytes) -> None:
            raise ZeroDivisionError

    clock = Clock()
    server, client = Failing(), Noting()
    results: list[object] = []
    loopbackAsync(server, client, reactor=clock).addBoth(results.append)
    client.transport.write(b"one")
    for _ in range(5):
        clock.advance(0)

    assert server.events == ["made", ZeroDivisionError]
    assert results == [None]


def test_one_direction_may_end_first() -> None:
    clock = Clock()
    server, client = Witness(), Witness()
    results: list[object] = []
    loopbackAsync(server, client, reactor=clock).addBoth(results.append)
    client.transport.loseWriteConnection()
    for _ in range(5):
        clock.advance(0)
    assert (server.ended, client.ended, results) == (True, False, [])
    server.transport.loseWriteConnection()
    for _ in range(5):
        clock.advance(0)
    assert (client.ended, results) == (True, [None])


# Over sockets


def over(bench: Bench, done: Deferred[None]) -> object:
    results: list[object] = []
    done.addBoth(results.append)
    bench.until(lambda: results)
    return results[0]


def test_over_tcp(bench: Bench) -> None:
    asking, answering = Asking(), Answering()
    assert over(bench, loopbackTCP(answering, asking, 0, False, bench.reactor)) is None
    assert asking.lines == [b"QUESTION"]
    bench.until(lambda: answering.reasons == 1)


def test_over_a_unix_socket(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = Path(tempfile.mkdtemp())
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    asking, answering = Asking(), Answering()
    assert over(bench, loopbackUNIX(answering, asking, False, bench.reactor)) is None
    assert asking.lines == [b"QUESTION"]
    bench.until(lambda: answering.reasons == 1)
    assert list(directory.iterdir()) == []
    directory.rmdir()


# By hand


def test_relay_hands_over_when_it_is_told() -> None:
    target = Noting()
    relay = LoopbackRelay(target)
    verifyObject(ITransport, relay)
    verifyObject(IConsumer, relay)
    relay.write(b"one ")
    relay.writeSequence([b"two ", b"three"])
    assert (relay.buffer, target.events) == (b"one two three", [])
    relay.clearBuffer()
    assert (relay.buffer, target.events) == (b"", [b"one two three"])


def test_relay_tells_of_the_end_once_and_after_all_else() -> None:
    target = Noting()
    relay = LoopbackRelay(target)
    relay.write(b"last words")
    relay.loseConnection()
    assert (relay.disconnecting, relay.shouldLose) == (1, 1)
    relay.clearBuffer()
    relay.loseConnection()
    relay.clearBuffer()
    assert target.events == [b"last words", ConnectionDone]


def test_relay_asks_a_pull_producer() -> None:
    @implementer(IPullProducer)
    class Once:
        def resumeProducing(self) -> None:
            relay.write(b"asked")
            relay.unregisterProducer()

        def stopProducing(self) -> None:
            """Do nothing."""

    target = Noting()
    relay = LoopbackRelay(target)
    relay.registerProducer(Once(), False)
    with pytest.raises(RuntimeError, match="unregister it first"):
        relay.registerProducer(Once(), False)
    relay.loseConnection()
    relay.clearBuffer()
    assert target.events == [b"asked", ConnectionDone]


def test_relay_waits_for_a_producer() -> None:
    target = Noting()
    relay = LoopbackRelay(target)
    relay.registerProducer(Witness(), True)  # type: ignore[arg-type]
    relay.loseConnection()
    relay.clearBuffer()
    assert target.events == []
    relay.unregisterProducer()
    relay.clearBuffer()
    assert target.events == [ConnectionDone]


def test_relay_writes_down_what_it_hands_over() -> None:
    file = io.StringIO()
    relay = LoopbackRelay(Noting(), file)
    relay.write(b"one\r\n")
    relay.loseConnection()
    relay.clearBuffer()
    assert file.getvalue() == (
        "LoopbackRelay(Noting) hands over b'one\\r\\n'\nLoopbackRelay(Noting) ends\n"
    )
