"""Messages of SIP: any way of cutting a stream gives the same ones."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols.sip import Message, MessagesParser, Request, Response, parseURL
from twisted.protocols.sip._messagebuffer import Limits, MessageBuffer, MessageRefused
from twisted.protocols.sip._messages import encodeBody

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

REFUSED = "refused"
INVITE = (
    b"INVITE sip:ada@example.com SIP/2.0\r\nv: SIP/2.0/UDP h\r\nSubject: a\r\n b\r\nl: 3\r\n\r\nabc"
)


# Messages by themselves


def test_a_request_is_written() -> None:
    request = Request("INVITE", "sip:ada@example.com;transport=udp")
    request.addHeader("v", "x")
    request.addHeader("content-length", "3")
    request.bodyDataReceived("ab")
    request.bodyDataReceived("c")
    request.creationFinished()
    assert (request.method, request.uri.username, request.length) == ("INVITE", "ada", 3)
    assert request.headers == {"via": ["x"], "content-length": ["3"]}
    assert request.finished
    assert request.toString() == (
        "INVITE sip:ada@example.com SIP/2.0\r\nVia: x\r\nContent-Length: 3\r\n\r\nabc"
    )
    assert repr(request) == "<SIP Request INVITE sip:ada@example.com>"


def test_a_response_is_written() -> None:
    assert Response(200).toString() == "SIP/2.0 200 OK\r\n\r\n"
    assert Response(404, "Gone fishing").toString() == "SIP/2.0 404 Gone fishing\r\n\r\n"
    assert Response(299).phrase == "Unknown"
    assert repr(Response(200)) == "<SIP Response 200>"


def test_a_url_may_be_given_as_such() -> None:
    url = parseURL("sip:ada@example.com;transport=udp")
    assert Request("INVITE", url).uri is url


def test_the_length_of_a_body_is_counted_in_bytes() -> None:
    message = Response(200)
    message.addHeader("Content-Length", "2")
    message.bodyDataReceived("é")
    message.creationFinished()
    message.bodyDataReceived("x")
    with pytest.raises(ValueError, match="3 bytes"):
        message.creationFinished()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("a b", "x"), ("", "x"), ("a:", "x"), ("a", "x\r\nVia: y"), ("a", "x\n"), ("a", "\0")),
        *(("l", "-1"), ("l", "+1"), ("l", "x"), ("content-length", "1e3"), ("l", "9" * 30)),
    ],
)
def test_what_cannot_stand_in_a_message_is_not_added(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Response(200).addHeader(name, value)


def test_a_message_has_one_length() -> None:
    message = Response(200)
    message.addHeader("l", "3")
    message.addHeader("content-length", "3")
    with pytest.raises(ValueError, match="two lengths"):
        message.addHeader("l", "4")


def test_a_method_is_a_token() -> None:
    with pytest.raises(ValueError, match="no method"):
        Request("IN VITE", "sip:a@b")
    with pytest.raises(NotImplementedError, match="neither"):
        Message().toString()


# The parser without I/O

SMALL = Limits(line=100, headers=5, head=250, body=20)


def feed(chunks: list[bytes], ended: bool = False, limits: Limits = SMALL) -> list[object]:
    """Return the messages that the chunks give, and REFUSED in the end if there was none."""
    buffer = MessageBuffer(limits)
    found: list[object] = []
    try:
        for number, chunk in enumerate(chunks):
            buffer.receive(chunk)
            isLast = ended and number == len(chunks) - 1
            while (message := buffer.takeMessage(isLast)) is not None:
                found.append(message.toString())
            assert len(buffer) < limits.head + 4
    except MessageRefused:
        found.append(REFUSED)
    return found


def test_a_request_is_read() -> None:
    assert feed([INVITE]) == [
        "INVITE sip:ada@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nSubject: a b\r\n"
        "Content-Length: 3\r\n\r\nabc"
    ]


def test_messages_may_follow_each_other_with_line_ends_between_them() -> None:
    second = b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert len(feed([b"\r\n\r\n" + INVITE + b"\r\n" + second + second])) == 3


def test_each_station_has_a_header_of_its_own() -> None:
    (text,) = feed([b"SIP/2.0 200 OK\r\nVia: a, b\r\nv: c\r\nl: 0\r\n\r\n"])
    assert text == "SIP/2.0 200 OK\r\nVia: a\r\nVia: b\r\nVia: c\r\nContent-Length: 0\r\n\r\n"


def test_a_body_without_a_length_goes_to_the_end() -> None:
    message = b"SIP/2.0 200 OK\r\n\r\nabc"
    assert feed([message]) == []
    assert feed([message], ended=True) == ["SIP/2.0 200 OK\r\n\r\nabc"]


def test_a_body_of_any_bytes_stays_itself() -> None:
    buffer = MessageBuffer(Limits())
    body = bytes(range(256))
    buffer.receive(b"SIP/2.0 200 OK\r\nl: 256\r\n\r\n" + body)
    message = buffer.takeMessage()
    assert message is not None
    assert encodeBody(message.toString()).endswith(body)


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"junk\r\n\r\n",
            b"SIP/2.0 20 OK\r\n\r\n",
            b"SIP/2.0 700 OK\r\n\r\n",
            b"SIP/2.0 200\r\n\r\n",
        ),
        *(
            b"SIP/3.0 200 OK\r\n\r\n",
            b"INVITE sip:a@b SIP/1.0\r\n\r\n",
            b"INVITE tel:1 SIP/2.0\r\n\r\n",
        ),
        *(b"IN/VITE sip:a@b SIP/2.0\r\n\r\n", b"SIP/2.0 099 OK\r\n\r\n", b"SIP/2.0 +20 OK\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\nnoheader\r\n\r\n", b"SIP/2.0 200 OK\r\n: x\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\n a: b\r\n\r\n", b"SIP/2.0 200 OK\r\na: \xff\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\na: b\nc: d\r\n\r\n", b"SIP/2.0 200 OK\r\na: \0\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\nl: 1\r\nl: 2\r\n\r\n", b"SIP/2.0 200 OK\r\nl: -1\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\nl: 21\r\n\r\n", b"SIP/2.0 200 OK\r\na: " + b"x" * 98 + b"\r\n\r\n"),
        *(b"SIP/2.0 200 OK\r\n" + b"a: b\r\n" * 6 + b"\r\n", b"x" * 254, b"INVITE " + b"x" * 247),
        *(b"SIP/2.0 200 " + b"x" * 89 + b"\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n" + b"x" * 21),
        b"SIP/2.0 200 OK\r\na: b\r\n" + b" x\r\n" * 50 + b"\r\n",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    assert feed([data]) == [REFUSED]


@pytest.mark.parametrize("data", [b"SIP/2.0 200 OK\r\n", b"SIP/2.0 200 OK\r\nl: 3\r\n\r\nab"])
def test_a_message_that_ends_early_is_refused(data: bytes) -> None:
    assert feed([data]) == []
    assert feed([data], ended=True) == [REFUSED]


parts = st.sampled_from(
    [
        *(
            INVITE,
            b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n",
            b"\r\n",
            b"\r",
            b"\n",
            b"l: 2\r\n",
            b"\r\n\r\n",
        ),
        *(b"SIP/2.0 180 Ringing\r\n", b"ACK sip:a@b SIP/2.0\r\n", b"t: <sip:a@b>\r\n", b" x\r\n"),
        *(b"ab", b":", b"\xc3\xa9", b"\xff", b"via: a,b\r\n", b"y" * 60),
    ]
)
streams = st.lists(parts, max_size=12).map(b"".join)
mutations = st.lists(st.tuples(st.integers(0, 1000), st.binary(max_size=3)), max_size=3)


@pytest.mark.property
@EXAMPLES
@given(streams, mutations, st.lists(st.integers(min_value=0), max_size=12), st.booleans())
def test_any_cut_gives_the_same_messages(
    stream: bytes, changes: list[tuple[int, bytes]], places: list[int], ended: bool
) -> None:
    for at, new in changes:
        at %= len(stream) + 1
        stream = stream[:at] + new + stream[at + 1 :]
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    whole = feed([stream], ended)
    assert feed([stream[a:b] for a, b in pairwise(edges)], ended) == whole
    single = [stream[at : at + 1] for at in range(len(stream))]
    assert feed(single or [b""], ended) == whole


# The parser as a protocol


class Parsed:
    """A parser and what it has found."""

    def __init__(self) -> None:
        self.messages: list[Request | Response] = []
        self.parser = MessagesParser(self.messages.append)

    def texts(self) -> list[str]:
        return [message.toString().split("\r\n")[0] for message in self.messages]


def test_messages_are_handed_on() -> None:
    parsed = Parsed()
    states = []
    for piece in (INVITE[:10], INVITE[10:60], INVITE[60:-1], INVITE[-1:]):
        parsed.parser.dataReceived(piece)
        states.append(parsed.parser.state)
    assert states == ["firstline", "headers", "body", "firstline"]
    assert parsed.texts() == ["INVITE sip:ada@example.com SIP/2.0"]
    assert parsed.messages[0].body == "abc"


def test_datagrams_end_messages() -> None:
    parsed = Parsed()
    parsed.parser.dataReceived(b"SIP/2.0 200 OK\r\n\r\nabc")
    assert parsed.parser.state == "body"
    assert parsed.parser.message is not None
    parsed.parser.dataDone()
    assert (parsed.parser.state, parsed.messages[0].body) == ("firstline", "abc")


def test_what_is_no_message_is_dropped_up_to_the_end() -> None:
    parsed = Parsed()
    parsed.parser.dataReceived(b"junk\r\n\r\n" + INVITE)
    parsed.parser.dataReceived(INVITE)
    assert (parsed.parser.state, parsed.messages) == ("invalid", [])
    parsed.parser.dataDone()
    parsed.parser.dataReceived(INVITE)
    assert parsed.texts() == ["INVITE sip:ada@example.com SIP/2.0"]


def test_a_parser_may_take_one_kind_of_messages() -> None:
    parsed = Parsed()
    parsed.parser.acceptRequests = 0
    parsed.parser.dataReceived(b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n" + INVITE)
    assert (parsed.texts(), parsed.parser.state) == (["SIP/2.0 200 OK"], "invalid")
    parsed.parser.acceptRequests, parsed.parser.acceptResponses = 1, 0
    parsed.parser.reset(INVITE)
    assert len(parsed.messages) == 2


def test_lines_and_bytes_may_be_handed_to_a_parser() -> None:
    parsed = Parsed()
    parsed.parser.handleFirstLine("SIP/2.0 200 OK")
    parsed.parser.lineReceived(b"l: 3")
    parsed.parser.lineReceived(b"")
    parsed.parser.rawDataReceived(b"abc")
    parsed.parser.lineReceived(b"SIP/2.0 201 OK")
    parsed.parser.lineReceived(b"")
    parsed.parser.messageDone(INVITE)
    assert [line.split(" ")[1] for line in parsed.texts()] == ["200", "201", "sip:ada@example.com"]
    parsed.parser.handleFirstLine("junk")
    assert parsed.parser.state == "invalid"
    parsed.parser.reset()
    parsed.parser.lineLengthExceeded(b"")
    assert parsed.parser.state == "invalid"


def test_limits_can_be_changed() -> None:
    class Tight(MessagesParser):
        MAX_LENGTH = 40
        MAX_HEADERS = 2
        MAX_HEAD_SIZE = 90
        MAX_BODY_SIZE = 3

    first = b"SIP/2.0 200 OK\r\n"
    for data, state in [
        (first + b"a: b\r\n" * 2 + b"\r\nabc", "body"),
        (first + b"a: b\r\n" * 3 + b"\r\n", "invalid"),
        (first + b"a: " + b"x" * 38 + b"\r\n\r\n", "invalid"),
        (first + b"l: 4\r\n\r\n", "invalid"),
        (first + b"\r\nabcd", "invalid"),
        (first + b"a" * 90, "invalid"),
    ]:
        parser = Tight(lambda message: None)
        parser.dataReceived(data)
        assert parser.state == state, data


def test_a_parser_that_is_paused_waits() -> None:
    parsed = Parsed()
    parsed.parser.makeConnection(StringTransport())
    parsed.parser.pauseProducing()
    parsed.parser.dataReceived(INVITE)
    assert parsed.messages == []
    parsed.parser.resumeProducing()
    assert len(parsed.messages) == 1


def test_a_message_may_bring_bytes_itself() -> None:
    found: list[Request | Response] = []

    def received(message: Request | Response) -> None:
        found.append(message)
        if len(found) == 1:
            parser.dataReceived(INVITE)

    parser = MessagesParser(received)
    parser.dataReceived(INVITE)
    assert len(found) == 2
