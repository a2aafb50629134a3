"""The client of memcached over a transport in memory."""

from collections.abc import Callable
from typing import Any

import pytest

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.memcache import (
    DEFAULT_PORT,
    BadReply,
    ClientError,
    MemCacheProtocol,
    NoSuchCommand,
    ServerError,
)
from twisted.python.failure import Failure


class Client(MemCacheProtocol):
    """A client that is connected, on a clock of its own."""

    transport: StringTransport

    def __init__(self, timeOut: float | None = 60) -> None:
        super().__init__(timeOut)
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[assignment]  # as tests do
        self.makeConnection(StringTransport())

    def sent(self) -> bytes:
        """Return what was sent since the last time."""
        value = self.transport.value()
        self.transport.clear()
        return value


def results(deferred: Deferred[Any]) -> list[object]:
    """Return a list that gets the result, or the exception."""
    found: list[object] = []
    deferred.addCallbacks(found.append, lambda failure: found.append(failure.value))
    return found


Call = Callable[[MemCacheProtocol], Deferred[Any]]

CASES: list[tuple[Call, bytes, bytes, object]] = [
    (lambda c: c.set(b"k", b"abc"), b"set k 0 0 3\r\nabc\r\n", b"STORED", True),
    (lambda c: c.set(b"k", b"", 7, 99), b"set k 7 99 0\r\n\r\n", b"NOT_STORED", False),
    (lambda c: c.set(b"k", b"", expireTime=-1), b"set k 0 -1 0\r\n\r\n", b"STORED", True),
    (lambda c: c.add(b"k", b"abc"), b"add k 0 0 3\r\nabc\r\n", b"NOT_STORED", False),
    (lambda c: c.replace(b"k", b"abc", 1, 2), b"replace k 1 2 3\r\nabc\r\n", b"STORED", True),
    (lambda c: c.append(b"k", b"abc"), b"append k 0 0 3\r\nabc\r\n", b"STORED", True),
    (lambda c: c.prepend(b"k", b"abc"), b"prepend k 0 0 3\r\nabc\r\n", b"NOT_STORED", False),
    (lambda c: c.checkAndSet(b"k", b"v", b"12"), b"cas k 0 0 1 12\r\nv\r\n", b"STORED", True),
    (lambda c: c.checkAndSet(b"k", b"v", b"12"), b"cas k 0 0 1 12\r\nv\r\n", b"EXISTS", False),
    (lambda c: c.checkAndSet(b"k", b"v", b"12"), b"cas k 0 0 1 12\r\nv\r\n", b"NOT_FOUND", False),
    (lambda c: c.get(b"k"), b"get k\r\n", b"VALUE k 5 3\r\nabc\r\nEND", (5, b"abc")),
    (lambda c: c.get(b"k"), b"get k\r\n", b"VALUE k 5 0\r\n\r\nEND", (5, b"")),
    (lambda c: c.get(b"k"), b"get k\r\n", b"END", (0, None)),
    (lambda c: c.get(b"k", True), b"gets k\r\n", b"VALUE k 5 1 9\r\na\r\nEND", (5, b"9", b"a")),
    (lambda c: c.get(b"k", True), b"gets k\r\n", b"END", (0, b"", None)),
    (
        lambda c: c.getMultiple([b"a", b"b", b"c"]),
        b"get a b c\r\n",
        b"VALUE a 0 1\r\nx\r\nVALUE c 1 2\r\nyz\r\nEND",
        {b"a": (0, b"x"), b"b": (0, None), b"c": (1, b"yz")},
    ),
    (
        lambda c: c.getMultiple(iter([b"a", b"b"]), withIdentifier=True),
        b"gets a b\r\n",
        b"VALUE b 0 1 7\r\nx\r\nEND",
        {b"a": (0, b"", None), b"b": (0, b"7", b"x")},
    ),
    (
        lambda c: c.getMultiple([b"a", b"a"]),
        b"get a a\r\n",
        b"VALUE a 0 1\r\nx\r\nVALUE a 0 1\r\nx\r\nEND",
        {b"a": (0, b"x")},
    ),
    (lambda c: c.increment(b"k"), b"incr k 1\r\n", b"6", 6),
    (lambda c: c.increment(b"k", 8), b"incr k 8\r\n", b"NOT_FOUND", False),
    (lambda c: c.decrement(b"k", 2), b"decr k 2\r\n", b"0", 0),
    (lambda c: c.delete(b"k"), b"delete k\r\n", b"DELETED", True),
    (lambda c: c.delete(b"k"), b"delete k\r\n", b"NOT_FOUND", False),
    (lambda c: c.flushAll(), b"flush_all\r\n", b"OK", True),
    (lambda c: c.version(), b"version\r\n", b"VERSION 1.6.18", b"1.6.18"),
    (
        lambda c: c.stats(),
        b"stats\r\n",
        b"STAT pid 7\r\nSTAT version 1 2\r\nEND",
        {b"pid": b"7", b"version": b"1 2"},
    ),
    (lambda c: c.stats(b"items"), b"stats items\r\n", b"END", {}),
    (lambda c: c.stats(b"detail on"), b"stats detail on\r\n", b"OK", {}),
    (lambda c: c.stats(b"reset"), b"stats reset\r\n", b"RESET", {}),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_command_is_sent_and_its_answer_understood(number: int) -> None:
    call, sent, answer, result = CASES[number]
    client = Client()
    found = results(call(client))
    assert client.sent() == sent
    for at in range(len(answer)):
        client.dataReceived(answer[at : at + 1])
    assert found == []
    client.dataReceived(b"\r\n")
    assert found == [result]
    assert type(found[0]) is type(result)


def test_commands_are_answered_in_order() -> None:
    client = Client()
    one, two, three = (results(client.get(key)) for key in (b"a", b"b", b"c"))
    client.dataReceived(b"VALUE a 0 1\r\n1\r\nEND\r\nEND\r\nVALUE c 0 1\r\n3\r\nEND\r\n")
    assert one + two + three == [(0, b"1"), (0, None), (0, b"3")]


def test_a_callback_may_send_the_next_command() -> None:
    client = Client()
    found: list[object] = []
    client.get(b"a").addCallback(lambda _: client.get(b"b")).addCallback(found.append)
    client.dataReceived(b"END\r\n")
    client.dataReceived(b"VALUE b 0 1\r\nx\r\nEND\r\n")
    assert found == [(0, b"x")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"ERROR", NoSuchCommand("memcached does not know this command")),
        (b"CLIENT_ERROR bad \xff", ClientError("bad \\xff")),
        (b"SERVER_ERROR out of memory", ServerError("out of memory")),
    ],
)
def test_errors_of_the_server_fail_the_command_and_no_other(
    answer: bytes, error: Exception
) -> None:
    client = Client()
    failed, other = results(client.get(b"k")), results(client.get(b"k"))
    client.dataReceived(answer + b"\r\nEND\r\n")
    assert repr(failed[0]) == repr(error)
    assert other == [(0, None)]
    assert not client.transport.disconnected


WRONG: list[Call] = [
    lambda c: c.get("k"),  # type: ignore[call-overload]
    lambda c: c.get(b""),
    lambda c: c.get(b"a b"),
    lambda c: c.get(b"a\r\nflush_all"),
    lambda c: c.get(b"a\0"),
    lambda c: c.get(b"a\x7f"),
    lambda c: c.get(b"x" * 251),
    lambda c: c.getMultiple([b"a", b"b c"]),
    lambda c: c.set(b"a b", b""),
    lambda c: c.set(b"a", "text"),  # type: ignore[arg-type]
    lambda c: c.set(b"a", b"", flags=2**32),
    lambda c: c.set(b"a", b"", flags="0\r\n"),  # type: ignore[arg-type]
    lambda c: c.set(b"a", b"", expireTime=-2),
    lambda c: c.checkAndSet(b"a", b"", b"1 noreply"),
    lambda c: c.checkAndSet(b"a", b"", b"x"),
    lambda c: c.checkAndSet(b"a", b"", 3),  # type: ignore[arg-type]
    lambda c: c.increment(b"a", -1),
    lambda c: c.decrement(b"a", 2**64),
    lambda c: c.increment(b" ", 1),
    lambda c: c.delete(b"a\r\n"),
    lambda c: c.stats(b"items\r\n"),
    lambda c: c.stats("items"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_the_server_would_not_understand_is_not_sent(number: int) -> None:
    client = Client()
    (error,) = results(WRONG[number](client))
    assert isinstance(error, ClientError)
    assert client.sent() == b""
    found = results(client.get(b"x" * 250))
    client.dataReceived(b"END\r\n")
    assert found == [(0, None)]


def test_no_keys_need_no_server() -> None:
    client = Client()
    assert results(client.getMultiple([])) == [{}]
    assert client.sent() == b""


@pytest.mark.parametrize(
    "answer",
    [
        *(b"HELLO\r\n", b"STORED\r\n", b"17\r\n", b"VERSION 1\r\n", b"STAT a b\r\n", b"OK\r\n"),
        *(b"VALUE x 0 1\r\na\r\n", b"VALUE k 0 1 7\r\na\r\n", b"VALUE k 0 101\r\n", b"x" * 2049),
        b"VALUE k 0 1\r\na\r\n" * 2,
    ],
)
def test_what_is_no_answer_ends_the_connection(answer: bytes) -> None:
    client = Client()
    client.MAX_VALUE_LENGTH = 100
    found, other = results(client.get(b"k")), results(client.get(b"l"))
    client.dataReceived(answer)
    assert [type(found[0]), type(other[0])] == [BadReply, BadReply]
    assert client.transport.disconnected
    client.dataReceived(b"END\r\n")
    (error,) = results(client.get(b"k"))
    assert isinstance(error, RuntimeError)


def test_a_reply_that_nobody_waits_for_ends_the_connection() -> None:
    client = Client()
    client.dataReceived(b"END\r\n")
    assert client.transport.disconnected


def test_nothing_is_kept_of_what_comes_after_the_connection_was_given_up() -> None:
    client = Client()
    client.dataReceived(b"HELLO\r\n")
    client.dataReceived(b"x" * 1000)
    assert len(client._replies) == 0


def test_a_value_without_identifier_is_no_answer_where_one_was_asked_for() -> None:
    client = Client()
    found = results(client.get(b"k", True))
    client.dataReceived(b"VALUE k 0 1\r\na\r\n")
    assert isinstance(found[0], BadReply)


def test_statistics_have_a_limit() -> None:
    client = Client()
    client.MAX_STATISTICS = 3
    found = results(client.stats())
    client.dataReceived(b"STAT a 1\r\nSTAT b 1\r\nSTAT c 1\r\n")
    assert found == []
    client.dataReceived(b"STAT d 1\r\n")
    assert isinstance(found[0], BadReply)


def test_a_server_that_says_nothing_fails_all_that_waits() -> None:
    client = Client(10)
    first, second = results(client.get(b"a")), results(client.get(b"b"))
    client.clock.advance(9)
    client.dataReceived(b"END\r\n")
    client.clock.advance(9)
    assert (first, second) == ([(0, None)], [])
    client.clock.advance(1)
    assert isinstance(second[0], TimeoutError)
    assert client.transport.disconnected


def test_time_counts_only_while_something_waits() -> None:
    client = Client(10)
    client.clock.advance(1000)
    found = results(client.get(b"a"))
    client.clock.advance(9)
    client.dataReceived(b"END\r\n")
    assert client.clock.getDelayedCalls() == []
    client.clock.advance(1000)
    assert found == [(0, None)]
    assert not client.transport.disconnected


def test_time_begins_anew_with_each_piece_of_a_value() -> None:
    client = Client(10)
    found = results(client.get(b"a"))
    client.dataReceived(b"VALUE a 0 3\r\n")
    for piece in (b"a", b"b", b"c", b"\r\nEND\r\n"):
        client.clock.advance(9)
        client.dataReceived(piece)
    assert found == [(0, b"abc")]


def test_without_a_time_a_server_is_waited_for() -> None:
    client = Client(None)
    client.get(b"a")
    assert client.clock.getDelayedCalls() == []


def test_the_loss_of_the_connection_fails_all_that_waits() -> None:
    client = Client()
    found, other = results(client.get(b"a")), results(client.set(b"b", b"c"))
    client.connectionLost(Failure(ConnectionLost()))
    assert [type(found[0]), type(other[0])] == [ConnectionLost, ConnectionLost]
    assert client.clock.getDelayedCalls() == []
    (error,) = results(client.version())
    assert isinstance(error, RuntimeError)
    client.connectionLost(Failure(ConnectionDone()))


def test_who_does_not_want_an_answer_any_more_does_not_get_it() -> None:
    client = Client()
    given = client.get(b"a")
    found, other = results(given), results(client.get(b"b"))
    given.cancel()
    assert isinstance(found[0], CancelledError)
    client.dataReceived(b"VALUE a 0 1\r\nx\r\nEND\r\nVALUE b 0 1\r\ny\r\nEND\r\n")
    assert other == [(0, b"y")]


def test_a_client_that_is_paused_waits() -> None:
    client = Client()
    found = results(client.get(b"a"))
    client.pauseProducing()
    client.dataReceived(b"END\r\n")
    assert (found, client.transport.producerState) == ([], "paused")
    client.resumeProducing()
    assert (found, client.transport.producerState) == ([(0, None)], "producing")


def test_lines_and_bytes_may_be_handed_to_it() -> None:
    client = Client()
    found = results(client.get(b"a"))
    client.lineReceived(b"VALUE a 0 3")
    client.rawDataReceived(b"abc\r\n")
    client.lineReceived(b"END")
    assert found == [(0, b"abc")]


def test_a_subclass_may_look_at_replies() -> None:
    class Watching(Client):
        def cmd_STORED(self) -> None:
            stored.append(True)
            super().cmd_STORED()

    stored: list[bool] = []
    client = Watching()
    found = results(client.set(b"a", b"b"))
    client.dataReceived(b"STORED\r\n")
    assert (stored, found) == ([True], [True])


def test_the_port() -> None:
    assert DEFAULT_PORT == 11211
