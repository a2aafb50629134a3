"""The server that Postfix asks instead of a table: requests, replies, connections."""

import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import globalLogPublisher
from twisted.protocols._tcptable import (
    BadRequest,
    Request,
    formatReply,
    parsePut,
    parseRequest,
)
from twisted.protocols.postfix import (
    PostfixTCPMapDeferringDictServerFactory,
    PostfixTCPMapDictServerFactory,
    PostfixTCPMapServer,
    quote,
    unquote,
)
from twisted.python.failure import Failure

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


# Requests and replies


def test_blanks_control_characters_and_percent_signs_are_quoted() -> None:
    assert quote(b"a b\n%\xff@") == b"a%20b%0A%25%FF%40"
    assert unquote(b"a%20b%0a%25%FF@+") == b"a b\n%\xff@+"


@pytest.mark.parametrize("text", [b"%", b"a%2", b"%zz", b"%+1", b"%%20", b"% 20"])
def test_what_is_wrongly_quoted_is_refused(text: bytes) -> None:
    with pytest.raises(BadRequest, match="two hexadecimal digits"):
        unquote(text)


def test_requests_are_read() -> None:
    assert parseRequest(b"get ada") == Request("get", b"ada")
    assert parseRequest(b"put  ada lovelace \r") == Request("put", b"ada lovelace")
    assert parsePut(b"a%20b  c") == (b"a b", b"c")


@pytest.mark.parametrize("line", [b"", b"get", b"get ", b"GET a", b" get a", b"__x__ a", b"g" * 21])
def test_other_lines_are_refused(line: bytes) -> None:
    with pytest.raises(BadRequest):
        parseRequest(line)


@pytest.mark.parametrize("words", [b"a", b"a b c", b"a %"])
def test_put_takes_a_key_and_a_value(words: bytes) -> None:
    with pytest.raises(BadRequest):
        parsePut(words)


def test_a_reply_that_would_be_too_long_says_so() -> None:
    assert len(formatReply(200, b"x" * 4091)) == 4095
    assert formatReply(200, b"x" * 4092) == b"400 the%20reply%20is%20too%20long"


@pytest.mark.property
@EXAMPLES
@given(st.binary(max_size=200))
def test_what_was_quoted_is_the_same_when_it_is_unquoted(data: bytes) -> None:
    quoted = quote(data)
    assert unquote(quoted) == data
    assert b" " not in quoted
    assert quoted.isascii()
    assert formatReply(200, data).count(b"\n") == 0


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.sampled_from([b"get", b"put", b" ", b"%20", b"%", b"\r", b"\xff", b"a"])))
def test_any_line_is_a_request_or_refused(pieces: list[bytes]) -> None:
    line = b"".join(pieces)
    try:
        request = parseRequest(line)
        words = unquote(request.words)
    except BadRequest:
        return
    assert len(words) <= len(line)
    assert line.startswith(request.name.encode())


# Connections


class Server(PostfixTCPMapServer):
    """A connection on a clock of its own."""

    transport: StringTransport

    def __init__(self) -> None:
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[assignment]  # as tests do


def connected(factory: Factory[Protocol]) -> Server:
    """Return a connection to a server with the factory."""
    factory.protocol = Server
    server = factory.buildProtocol(None)
    assert isinstance(server, Server)
    server.makeConnection(StringTransport())
    return server


def test_a_key_is_looked_up_in_the_dictionary() -> None:
    factory = PostfixTCPMapDictServerFactory({b"a b": b"c\nd", b"empty": b""})
    factory[b"more"] = b"e"
    server = connected(factory)
    server.dataReceived(b"get a%20b\nget more\nget mis")
    server.dataReceived(b"sing\nget empty\n")
    assert server.transport.value() == b"200 c%0Ad\n200 e\n500 not%20found\n200 \n"


def test_a_dictionary_may_answer_later() -> None:
    server = connected(PostfixTCPMapDeferringDictServerFactory({b"a": b"b"}))
    server.dataReceived(b"get a\nget b\n")
    assert server.transport.value() == b"200 b\n500 not%20found\n"
    assert PostfixTCPMapDeferringDictServerFactory().data == {}


class Asking(PostfixTCPMapDeferringDictServerFactory):
    """Answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[bytes, Deferred[bytes | None]]] = []

    def get(self, key: bytes) -> Deferred[bytes | None]:
        deferred: Deferred[bytes | None] = Deferred()
        self.asked.append((key, deferred))
        return deferred


def test_requests_wait_until_those_before_them_are_answered() -> None:
    factory = Asking()
    server = connected(factory)
    server.dataReceived(b"get a\nget b\n")
    assert [key for key, _ in factory.asked] == [b"a"]
    assert server.transport.producerState == "paused"
    # Who waits for us is not idle.
    server.clock.advance(10_000)
    assert not server.transport.disconnecting
    factory.asked[0][1].callback(b"1")
    assert [key for key, _ in factory.asked] == [b"a", b"b"]
    factory.asked[1][1].callback(None)
    assert server.transport.value() == b"200 1\n500 not%20found\n"
    assert server.transport.producerState == "producing"
    server.clock.advance(600)
    assert server.transport.disconnecting


def test_a_deferred_that_waits_for_another_is_waited_for() -> None:
    class Chained(PostfixTCPMapDeferringDictServerFactory):
        def get(self, key: bytes) -> Deferred[bytes | None]:
            asked.append(key)
            return succeed(None).addCallback(lambda _: inner)

    asked: list[bytes] = []
    inner: Deferred[bytes | None] = Deferred()
    server = connected(Chained())
    server.dataReceived(b"get a\nget b\n")
    assert (asked, server.transport.producerState) == ([b"a"], "paused")
    inner.callback(b"1")
    assert asked == [b"a", b"b"]
    assert server.transport.value().startswith(b"200 1\n")


def test_a_value_that_is_text_is_to_be_tried_again_and_is_logged() -> None:
    events: list[object] = []
    observe: Callable[..., None] = events.append
    globalLogPublisher.addObserver(observe)
    try:
        server = connected(PostfixTCPMapDictServerFactory({b"a": "text"}))  # type: ignore[dict-item]
        server.dataReceived(b"get a\nget b\n")
    finally:
        globalLogPublisher.removeObserver(observe)
    assert server.transport.value() == b"400 the%20lookup%20failed\n500 not%20found\n"
    assert len(events) == 1


def test_an_answer_that_comes_when_the_connection_is_lost_is_dropped() -> None:
    factory = Asking()
    server = connected(factory)
    server.dataReceived(b"get a\n")
    server.connectionLost(Failure(ConnectionDone()))
    factory.asked[0][1].callback(b"1")
    assert server.transport.value() == b""
    assert server.clock.getDelayedCalls() == []


def test_a_lookup_that_fails_is_to_be_tried_again_and_is_logged() -> None:
    class Broken(PostfixTCPMapDeferringDictServerFactory):
        def get(self, key: bytes) -> Deferred[bytes | None]:
            raise RuntimeError("a secret")

    events: list[object] = []
    observe: Callable[..., None] = events.append
    globalLogPublisher.addObserver(observe)
    try:
        server = connected(Broken())
        server.dataReceived(b"get a\n")
    finally:
        globalLogPublisher.removeObserver(observe)
    assert server.transport.value() == b"400 the%20lookup%20failed\n"
    assert len(events) == 1


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"put a b", b"500 put%20is%20not%20supported\n"),
        (b"put a", b"400 put%20has%20to%20be%20followed%20by%20a%20key%20and%20a%20value\n"),
        (b"get a b", b"400 get%20has%20to%20be%20followed%20by%20one%20key\n"),
        (b"delete a", b"400 unknown%20request\n"),
    ],
)
def test_other_requests_are_answered(line: bytes, reply: bytes) -> None:
    server = connected(PostfixTCPMapDictServerFactory())
    server.dataReceived(line + b"\nget a\n")
    assert server.transport.value() == reply + b"500 not%20found\n"


def test_a_request_that_is_too_long_ends_the_connection() -> None:
    server = connected(PostfixTCPMapDictServerFactory())
    server.dataReceived(b"get " + b"x" * 4091)
    assert server.transport.value() == b""
    server.dataReceived(b"x")
    assert server.transport.value() == b"400 the%20request%20is%20too%20long\n"
    assert server.transport.disconnecting


def test_a_client_that_says_nothing_loses_its_connection() -> None:
    server = connected(PostfixTCPMapDictServerFactory())
    server.clock.advance(599)
    server.dataReceived(b"get a\n")
    server.clock.advance(599)
    assert server.transport.value()
    server.clock.advance(1)
    assert server.transport.disconnecting


def test_a_subclass_may_store_values() -> None:
    class Storing(Server):
        def do_put(self, keyAndValue: bytes) -> None:
            stored.append(parsePut(keyAndValue))
            self.sendCode(200, b"stored")

    stored: list[tuple[bytes, bytes]] = []
    server = Storing()
    server.factory = PostfixTCPMapDictServerFactory()
    server.makeConnection(StringTransport())
    server.dataReceived(b"put a%20b c\n")
    assert (stored, server.transport.value()) == ([(b"a b", b"c")], b"200 stored\n")
