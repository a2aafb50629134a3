"""The finger protocol: queries, and the server that refuses them."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols._fingerlines import Malformed, Query, parseQuery
from twisted.protocols.finger import Finger
from twisted.python.failure import Failure

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (b"", Query(False, b"", b"")),
        (b"  ", Query(False, b"", b"")),
        (b"/W", Query(True, b"", b"")),
        (b"/w  ada ", Query(True, b"ada", b"")),
        (b"ada", Query(False, b"ada", b"")),
        (b"/Wada", Query(False, b"/Wada", b"")),
        (b"Ada Lovelace", Query(False, b"Ada Lovelace", b"")),
        (b"ada@example.com", Query(False, b"ada", b"example.com")),
        (b"@example.com", Query(False, b"", b"example.com")),
        (b"/W ada@one@two", Query(True, b"ada@one", b"two")),
        (b"\xff", Query(False, b"\xff", b"")),
    ],
)
def test_queries_are_read(line: bytes, query: Query) -> None:
    assert parseQuery(line) == query


@pytest.mark.parametrize("line", [b"ada@", b"@", b"a@b c", b"a\0", b"\x1b[2J", b"a\r"])
def test_other_lines_are_refused(line: bytes) -> None:
    with pytest.raises(Malformed):
        parseQuery(line)


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.sampled_from([b"/W", b"/w", b" ", b"@", b"ada", b"\t", b"\xc3", b"\x07"])))
def test_any_line_is_a_query_or_refused(pieces: list[bytes]) -> None:
    line = b"".join(pieces)
    try:
        query = parseQuery(line)
    except Malformed:
        return
    assert b"@" not in query.host
    assert query.host in line
    assert len(query.user) <= len(line)


class Office(Finger):
    """Says what it was asked."""

    transport: StringTransport

    def __init__(self) -> None:
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[assignment]  # as tests do
        self.asked: list[object] = []
        self.makeConnection(StringTransport())

    def getUser(self, slash_w: bool, user: bytes) -> None:
        self.asked.append(("user", slash_w, user))
        super().getUser(slash_w, user)

    def getDomain(self, slash_w: bool) -> None:
        self.asked.append(("domain", slash_w))
        super().getDomain(slash_w)

    def forwardQuery(self, slash_w: bool, user: bytes, host: bytes) -> None:
        self.asked.append(("forward", slash_w, user, host))
        super().forwardQuery(slash_w, user, host)


@pytest.mark.parametrize(
    ("line", "asked", "answer"),
    [
        (b"ada", ("user", False, b"ada"), b"No such user.\r\n"),
        (b"/W ada", ("user", True, b"ada"), b"No such user.\r\n"),
        (b"", ("domain", False), b"This server does not list users.\r\n"),
        (b"/W", ("domain", True), b"This server does not list users.\r\n"),
        (
            b"/W ada@one@two",
            ("forward", True, b"ada@one", b"two"),
            b"This server does not forward queries.\r\n",
        ),
    ],
)
def test_a_query_is_handed_to_its_method_and_refused(
    line: bytes, asked: object, answer: bytes
) -> None:
    office = Office()
    office.dataReceived(line + b"\r\nanother\r\n")
    assert office.asked == [asked]
    assert office.transport.value() == answer
    assert office.transport.disconnecting


def test_a_line_that_is_no_query_is_refused() -> None:
    office = Office()
    office.dataReceived(b"\x1b[2J\r\n")
    assert (office.asked, office.transport.disconnecting) == ([], True)
    assert office.transport.value() == b"a query has no control characters\r\n"


def test_a_query_that_is_too_long_closes_the_connection() -> None:
    office = Office()
    office.dataReceived(b"x" * 513)
    assert (office.asked, office.transport.disconnecting) == ([], True)


def test_a_client_that_asks_nothing_loses_its_connection() -> None:
    office = Office()
    office.clock.advance(59)
    assert not office.transport.disconnecting
    office.clock.advance(1)
    assert [office.transport.disconnecting] == [True]


def test_nobody_is_waited_for_when_the_connection_is_lost() -> None:
    office = Office()
    office.connectionLost(Failure(ConnectionDone()))
    assert office.clock.getDelayedCalls() == []
