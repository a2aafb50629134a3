"""The messages of SOCKS without I/O: any way of cutting a stream gives the same events."""

import os
import struct
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.protocols.socks import (
    SOCKSConnectionRefusedError,
    SOCKSError,
    SOCKSLoginError,
    SOCKSNoRouteError,
    SOCKSTimedOutError,
)
from twisted.protocols.socks._messages4 import Client4, Request4, Request4Parser, reply4
from twisted.protocols.socks._messages5 import (
    Client5,
    GaveUp,
    LoginTried,
    Request5,
    Send,
    Server5,
    reply5,
)
from twisted.protocols.socks._names import addressOf, targetOf
from twisted.protocols.socks._refusals import SOCKSMalformed

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

HOST = IPv4Address("TCP", "192.0.2.1", 80)
HOST6 = IPv6Address("TCP", "2001:db8::1", 80)
NAMED = HostnameAddress(b"example.com", 80)


def feed4(chunks: list[bytes]) -> object:
    """Return what the chunks give: the request and what follows, None, or that it is refused."""
    parser = Request4Parser(20)
    for number, chunk in enumerate(chunks):
        try:
            request = parser.receive(chunk)
        except SOCKSMalformed:
            return "refused"
        if request is not None:
            return request, parser.rest + b"".join(chunks[number + 1 :])
    return None


def feed5(chunks: list[bytes], withLogin: bool = False) -> list[object]:
    """Return the events that the chunks give, and what follows a request; "right" lets in."""
    server = Server5(withLogin)
    events: list[object] = []
    for number, chunk in enumerate(chunks):
        server.receive(chunk)
        while (event := server.next()) is not None:
            events.append(event)
            if isinstance(event, LoginTried):
                event = server.decide(event.password == b"right")
                events.append(event)
            if isinstance(event, GaveUp):
                return events
            if isinstance(event, Request5):
                return [*events, server.rest + b"".join(chunks[number + 1 :])]
    return events


def feedClient(client: Client4 | Client5, chunks: list[bytes]) -> object:
    """Return what a client sends and what follows the reply, or the kind of its error."""
    sent = b""
    for number, chunk in enumerate(chunks):
        try:
            sent += client.receive(chunk)
        except (SOCKSError, SOCKSMalformed) as error:
            # What would have been sent before it is lost if both came in one go.
            return type(error)
        if client.isDone:
            return sent, client.rest + b"".join(chunks[number + 1 :])
    return sent, None


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at the given places."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


# Requests of version 4


def request4(command: int = 1, host: bytes = b"\xc0\0\2\1", more: bytes = b"me\0") -> bytes:
    return struct.pack("!BBH4s", 4, command, 80, host) + more


@pytest.mark.parametrize("command", [1, 2])
def test_request_4_has_an_address(command: int) -> None:
    request = Request4(command, "192.0.2.1", 80, b"me")
    assert feed4([request4(command) + b"rest"]) == (request, b"rest")


def test_request_4_may_name_no_user() -> None:
    assert feed4([request4(more=b"\0")]) == (Request4(1, "192.0.2.1", 80, b""), b"")


def test_request_4a_has_a_name() -> None:
    stream = request4(host=b"\0\0\0\1", more=b"me\0example.com\0rest")
    assert feed4([stream]) == (Request4(1, "example.com", 80, b"me"), b"rest")


def test_request_for_no_address_at_all_has_no_name() -> None:
    assert feed4([request4(host=bytes(4))]) == (Request4(1, "0.0.0.0", 80, b"me"), b"")


@pytest.mark.parametrize(
    "stream",
    [
        b"\5",
        b"\4\3",
        b"\4\0",
        request4(more=b"x" * 21),
        request4(host=b"\0\0\0\1", more=b"me\0\0"),
        request4(host=b"\0\0\0\1", more=b"me\0exa mple\0"),
        request4(host=b"\0\0\0\1", more=b"me\0ex\xc3\xa4mple\0"),
        request4(host=b"\0\0\0\1", more=b"me\0" + b"x" * 256),
    ],
)
def test_malformed_request_4_is_refused(stream: bytes) -> None:
    assert feed4([stream]) == "refused"


def test_longest_names_of_request_4_fit() -> None:
    stream = request4(host=b"\0\0\0\1", more=b"x" * 20 + b"\0" + b"y" * 255 + b"\0")
    assert feed4([stream]) == (Request4(1, "y" * 255, 80, b"x" * 20), b"")


def test_reply_4_has_a_place_for_ipv4_alone() -> None:
    assert reply4(90, 0, 80, "192.0.2.1") == b"\0\x5a\0\x50\xc0\0\2\1"
    assert reply4(91, 0, 80, "2001:db8::1") == b"\0\x5b\0\x50\0\0\0\0"


# The client of version 4


def test_client_4_asks_for_an_address() -> None:
    assert Client4(HOST, b"me").begin() == request4()


def test_client_4a_asks_for_a_name() -> None:
    assert Client4(NAMED).begin() == request4(host=b"\0\0\0\1", more=b"\0example.com\0")


def test_client_4_is_done_when_the_reply_says_so() -> None:
    assert feedClient(Client4(HOST), [reply4(90) + b"rest"]) == (b"", b"rest")


@pytest.mark.parametrize("code", [91, 92, 93, 0, 255])
def test_client_4_fails_when_the_reply_says_so(code: int) -> None:
    assert feedClient(Client4(HOST), [bytes([0, code])]) is SOCKSError


@pytest.mark.parametrize("stream", [b"\4", b"\5\0", b"HTTP/1.1"])
def test_client_4_takes_no_other_reply(stream: bytes) -> None:
    assert feedClient(Client4(HOST), [stream]) is SOCKSMalformed


@pytest.mark.parametrize("user", [b"x" * 256, b"a\0b"])
def test_client_4_has_no_impossible_user(user: bytes) -> None:
    with pytest.raises(ValueError, match="no NUL"):
        Client4(HOST, user)


# The server of version 5

CONNECT = b"\5\1\0"
V4 = b"\1\xc0\0\2\1\0\x50"
V6 = b"\4" + bytes.fromhex("20010db8000000000000000000000001") + b"\0\x50"
NAME = b"\3\x0bexample.com\0\x50"


@pytest.mark.parametrize(
    ("address", "host"), [(V4, "192.0.2.1"), (V6, "2001:db8::1"), (NAME, "example.com")]
)
def test_server_5_is_asked_for_addresses_and_names(address: bytes, host: str) -> None:
    events = feed5([b"\5\1\0", CONNECT + address + b"rest"])
    assert events == [Send(b"\5\0"), Request5(host, 80), b"rest"]


def test_server_5_takes_all_that_comes_in_one_go() -> None:
    stream = b"\5\2\0\2" + b"\1\2me\5right" + CONNECT + V4 + b"rest"
    assert feed5([stream], True) == [
        Send(b"\5\2"),
        LoginTried(b"me", b"right"),
        Send(b"\1\0"),
        Request5("192.0.2.1", 80),
        b"rest",
    ]


def test_server_5_lets_nobody_in_with_a_wrong_password() -> None:
    *_, tried, last = feed5([b"\5\1\2\1\2me\5wrong" + CONNECT + V4], True)
    assert tried == LoginTried(b"me", b"wrong")
    assert isinstance(last, GaveUp)
    assert last.data == b"\1\1"


@pytest.mark.parametrize(
    ("greeting", "withLogin"), [(b"\5\1\0", True), (b"\5\1\2", False), (b"\5\0", False)]
)
def test_server_5_wants_its_way_to_log_in(greeting: bytes, withLogin: bool) -> None:
    (event,) = feed5([greeting], withLogin)
    assert isinstance(event, GaveUp)
    assert event.data == b"\5\xff"


@pytest.mark.parametrize(
    ("stream", "reply"),
    [
        (b"\4", b""),
        (b"GET / HTTP/1.1", b""),
        (b"\5\1\0\4", b""),
        (b"\5\1\0\5\2", reply5(7)),
        (b"\5\1\0\5\3\0" + V4, reply5(7)),
        (b"\5\1\0\5\1\1", reply5(1)),
        (b"\5\1\0\5\1\0\2", reply5(8)),
        (b"\5\1\0\5\1\0\3\0\0\x50", reply5(1)),
        (b"\5\1\0\5\1\0\3\3a b\0\x50", reply5(1)),
        (b"\5\1\0\5\1\0\3\3a\0b\0\x50", reply5(1)),
    ],
)
def test_server_5_gives_up_what_is_malformed(stream: bytes, reply: bytes) -> None:
    last = feed5([stream])[-1]
    assert isinstance(last, GaveUp)
    assert last.data == reply


def test_server_5_wants_the_version_of_the_password() -> None:
    assert isinstance(feed5([b"\5\1\2\5"], True)[-1], GaveUp)


def test_server_5_says_nothing_more_after_it_gave_up() -> None:
    server = Server5(False)
    server.receive(b"\4")
    assert isinstance(server.next(), GaveUp)
    server.receive(b"\5\1\0")
    assert server.next() is None


def test_reply_5_tells_an_address_of_each_kind() -> None:
    assert reply5(0, HOST) == b"\5\0\0" + V4
    assert reply5(0, HOST6) == b"\5\0\0" + V6
    assert reply5(0) == b"\5\0\0\1" + bytes(6)


# The client of version 5

CREDENTIALS = b"me", b"secret"
LOGIN = b"\1\2me\6secret"


@pytest.mark.parametrize(("target", "address"), [(HOST, V4), (HOST6, V6), (NAMED, NAME)])
def test_client_5_asks_without_logging_in(
    target: IPv4Address | IPv6Address | HostnameAddress, address: bytes
) -> None:
    client = Client5(target)
    assert client.begin() == b"\5\1\0"
    assert feedClient(client, [b"\5\0" + reply5(0, HOST) + b"rest"]) == (
        CONNECT + address,
        b"rest",
    )


def test_client_5_shows_its_password_only_when_it_is_asked_for_it() -> None:
    client = Client5(HOST, CREDENTIALS)
    assert client.begin() == b"\5\2\0\2"
    assert feedClient(client, [b"\5\0" + reply5(0)]) == (CONNECT + V4, b"")
    asked = Client5(HOST, CREDENTIALS)
    assert feedClient(asked, [b"\5\2\1\0" + reply5(0)]) == (LOGIN + CONNECT + V4, b"")


def test_client_5_understands_replies_with_a_name() -> None:
    assert feedClient(Client5(HOST), [b"\5\0\5\0\0" + NAME]) == (CONNECT + V4, b"")


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (b"\5\xff", SOCKSLoginError),
        (b"\5\2", SOCKSMalformed),
        (b"\5\1", SOCKSMalformed),
        (b"\4", SOCKSMalformed),
        (b"\5\0\4", SOCKSMalformed),
        (b"\5\0\5\0\0\2", SOCKSMalformed),
        (b"\5\0\5\1", SOCKSError),
        (b"\5\0\5\2", SOCKSError),
        (b"\5\0\5\3", SOCKSNoRouteError),
        (b"\5\0\5\4", SOCKSNoRouteError),
        (b"\5\0\5\5", SOCKSConnectionRefusedError),
        (b"\5\0\5\6", SOCKSTimedOutError),
        (b"\5\0\5\x63", SOCKSError),
    ],
)
def test_client_5_fails_as_the_proxy_says(stream: bytes, kind: type[Exception]) -> None:
    assert feedClient(Client5(HOST), [stream]) is kind


@pytest.mark.parametrize("stream", [b"\5\2\1\1", b"\5\xff"])
def test_client_5_fails_when_it_is_not_let_in(stream: bytes) -> None:
    assert feedClient(Client5(HOST, CREDENTIALS), [stream]) is SOCKSLoginError


def test_client_5_takes_only_the_version_of_the_password() -> None:
    assert feedClient(Client5(HOST, CREDENTIALS), [b"\5\2\5"]) is SOCKSMalformed


@pytest.mark.parametrize("credentials", [(b"", b"x"), (b"x", b""), (b"x" * 256, b"x")])
def test_client_5_has_no_impossible_credentials(credentials: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="1 to 255 bytes"):
        Client5(HOST, credentials)


# Targets


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("192.0.2.1", HOST),
        ("2001:DB8::1", HOST6),
        ("::ffff:192.0.2.1", HOST),
        (b"example.com", NAMED),
        ("bücher.example", HostnameAddress(b"xn--bcher-kva.example", 80)),
    ],
)
def test_target_is_an_address_or_a_name(host: str | bytes, target: object) -> None:
    assert targetOf(host, 80) == target


@pytest.mark.parametrize("host", ["", "a b", "a\0b", "x" * 256, "fe80::1%eth0", "..ü"])
def test_target_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is no name or address"):
        targetOf(host, 80)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_target_has_a_port(port: int) -> None:
    with pytest.raises(ValueError, match="a port is a number from 1 to 65535"):
        targetOf("example.com", port)


def test_address_is_not_sought_in_a_name() -> None:
    assert addressOf("example.com", 80) is None
    assert addressOf("127.1", 80) is None


# All


@st.composite
def damaged(draw: st.DrawFn, streams: list[bytes]) -> bytes:
    """One of the streams, perhaps damaged, or anything."""
    stream = bytearray(draw(st.sampled_from(streams)) + draw(st.binary(max_size=50)))
    for place, value in draw(
        st.lists(st.tuples(st.integers(0, len(stream) - 1), st.integers(0, 255)), max_size=3)
    ):
        stream[place] = value
    return draw(st.one_of(st.just(bytes(stream)), st.binary(max_size=300)))


PLACES = st.lists(st.integers(0, 400), max_size=6)


def agree(stream: bytes, places: list[int], feed: Callable[[list[bytes]], object]) -> None:
    """See that any cut of a stream gives the same."""
    expected = feed([stream])
    assert feed(cut(stream, places)) == expected
    assert feed([bytes([byte]) for byte in stream]) == expected


@pytest.mark.property
@EXAMPLES
@given(
    damaged([request4(), request4(2), request4(host=b"\0\0\0\1", more=b"me\0example.com\0")]),
    PLACES,
)
def test_any_cut_of_requests_4_gives_the_same(stream: bytes, places: list[int]) -> None:
    agree(stream, places, feed4)


@pytest.mark.property
@EXAMPLES
@given(
    damaged(
        [
            b"\5\2\0\2" + CONNECT + V4,
            b"\5\1\0" + CONNECT + V6,
            b"\5\1\2\1\2me\5right" + CONNECT + NAME,
            b"\5\1\2\1\2me\5wrong",
        ]
    ),
    PLACES,
    st.booleans(),
)
def test_any_cut_of_requests_5_gives_the_same(
    stream: bytes, places: list[int], withLogin: bool
) -> None:
    agree(stream, places, lambda chunks: feed5(chunks, withLogin))


@pytest.mark.property
@EXAMPLES
@given(damaged([reply4(90), reply4(91)]), PLACES)
def test_any_cut_of_replies_4_gives_the_same(stream: bytes, places: list[int]) -> None:
    agree(stream, places, lambda chunks: feedClient(Client4(HOST), chunks))


@pytest.mark.property
@EXAMPLES
@given(
    damaged([b"\5\0" + reply5(0, HOST), b"\5\2\1\0" + reply5(0, HOST6), b"\5\0\5\0\0" + NAME]),
    PLACES,
)
def test_any_cut_of_replies_5_gives_the_same(stream: bytes, places: list[int]) -> None:
    agree(stream, places, lambda chunks: feedClient(Client5(HOST, CREDENTIALS), chunks))
