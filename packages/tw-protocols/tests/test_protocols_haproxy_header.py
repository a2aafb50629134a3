"""The header of the PROXY protocol without I/O: any way of cutting the stream gives the same."""

import os
import socket
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.protocols.haproxy import MAXIMUM_HEADER, HeaderParser, HeaderRefused, ProxyHeader

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
NOTHING = ProxyHeader(None, None)
TCP4 = ProxyHeader(IPv4Address("TCP", "192.0.2.1", 49152), IPv4Address("TCP", "198.51.100.2", 80))
TCP6 = ProxyHeader(IPv6Address("TCP", "2001:db8::1", 49152), IPv6Address("TCP", "2001:db8::2", 80))
LONGEST = (
    b"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
    b"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"
)


def feed(chunks: list[bytes], maxLength: int = MAXIMUM_HEADER) -> object:
    """Return what the chunks give: the header and what follows it, None, or that it is refused."""
    parser = HeaderParser(maxLength)
    for number, chunk in enumerate(chunks):
        try:
            header = parser.receive(chunk)
        except HeaderRefused:
            return "refused"
        if header is not None:
            return header, parser.rest + b"".join(chunks[number + 1 :])
    return None


def binary(body: bytes, family: int = 0x11, command: int = 0x21, size: int | None = None) -> bytes:
    """Return a header of version 2."""
    length = len(body) if size is None else size
    return SIGNATURE + struct.pack("!BBH", command, family, length) + body


def inet(more: bytes = b"") -> bytes:
    """Return the addresses of TCP4, and more."""
    return (
        socket.inet_aton("192.0.2.1")
        + socket.inet_aton("198.51.100.2")
        + struct.pack("!HH", 49152, 80)
        + more
    )


def inet6() -> bytes:
    """Return the addresses of TCP6."""
    return (
        socket.inet_pton(socket.AF_INET6, "2001:db8::1")
        + socket.inet_pton(socket.AF_INET6, "2001:db8::2")
        + struct.pack("!HH", 49152, 80)
    )


# Version 1


def test_line_tells_addresses_of_ipv4() -> None:
    line = b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 80\r\nrest"
    assert feed([line]) == (TCP4, b"rest")


def test_line_tells_addresses_of_ipv6_in_their_shortest_form() -> None:
    line = b"PROXY TCP6 2001:DB8:0::1 2001:db8:0:0:0:0:0:2 49152 80\r\n"
    assert feed([line]) == (TCP6, b"")


@pytest.mark.parametrize(
    "line", [b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN what ever\0\xff\r\n", LONGEST]
)
def test_line_may_know_no_addresses(line: bytes) -> None:
    assert feed([line + b"rest"]) == (NOTHING, b"rest")


@pytest.mark.parametrize(
    "line",
    [
        b"PROXY\r\n",
        b"PROXY \r\n",
        b"PROXY UNKNOWNS\r\n",
        b"PROXY UDP4 192.0.2.1 198.51.100.2 49152 80\r\n",
        b"PROXY tcp4 192.0.2.1 198.51.100.2 49152 80\r\n",
        b"proxy TCP4 192.0.2.1 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 80 \r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 80\n\r\n",
        b"PROXY TCP4  192.0.2.1 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4\t192.0.2.1 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 65536\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 080\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 +80\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 8_0\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.2 -1 80\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 ٤ 80\r\n".encode(),
        b"PROXY TCP4 192.0.2.256 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4 192.0.02.1 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4 192.0.2 198.51.100.2 49152 80\r\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 49152 80\r\n",
        b"PROXY TCP6 192.0.2.1 198.51.100.2 49152 80\r\n",
        b"PROXY TCP6 fe80::1%eth0 2001:db8::2 49152 80\r\n",
        b"PROXY TCP6 2001:db8:::1 2001:db8::2 49152 80\r\n",
    ],
)
def test_malformed_line_is_refused(line: bytes) -> None:
    assert feed([line]) == "refused"


def test_longest_line_fits_and_a_longer_one_does_not() -> None:
    assert len(LONGEST) == 107
    assert feed([LONGEST[:-2] + b" \r\n"]) == "refused"


def test_line_without_an_end_is_refused_when_it_can_have_none_any_more() -> None:
    assert feed([b"PROXY " + b"x" * 100]) is None
    assert feed([b"PROXY " + b"x" * 101]) == "refused"


# Version 2


def test_bytes_tell_addresses_of_ipv4() -> None:
    assert feed([binary(inet()) + b"rest"]) == (TCP4, b"rest")


def test_bytes_tell_addresses_of_ipv6() -> None:
    assert feed([binary(inet6(), 0x21)]) == (TCP6, b"")


def test_bytes_tell_addresses_of_datagrams() -> None:
    header = ProxyHeader(
        IPv4Address("UDP", "192.0.2.1", 49152), IPv4Address("UDP", "198.51.100.2", 80)
    )
    assert feed([binary(inet(), 0x12)]) == (header, b"")


def test_bytes_tell_paths_and_names_of_unix_sockets() -> None:
    body = b"/run/a.sock".ljust(108, b"\0") + b"\0name".ljust(108, b"\0")
    header = ProxyHeader(UNIXAddress(b"/run/a.sock"), UNIXAddress(b"\0name"))
    assert feed([binary(body, 0x31)]) == (header, b"")


def test_socket_without_a_path() -> None:
    header = ProxyHeader(UNIXAddress(None), UNIXAddress(b"x" * 108))
    assert feed([binary(bytes(108) + b"x" * 108, 0x31)]) == (header, b"")


@pytest.mark.parametrize("family", [0x00, 0x01, 0x10, 0x20])
def test_bytes_may_know_no_addresses(family: int) -> None:
    assert feed([binary(inet6(), family) + b"rest"]) == (NOTHING, b"rest")


@pytest.mark.parametrize("body", [b"", b"x", inet()])
def test_sender_that_speaks_for_itself_tells_no_addresses(body: bytes) -> None:
    assert feed([binary(body, command=0x20) + b"rest"]) == (NOTHING, b"rest")


def test_what_follows_the_addresses_is_skipped() -> None:
    assert feed([binary(inet(b"\x04\x00\x05hello")) + b"rest"]) == (TCP4, b"rest")


@pytest.mark.parametrize("command", [0x01, 0x11, 0x31, 0x22, 0x2F])
def test_other_versions_and_commands_are_refused(command: int) -> None:
    assert feed([binary(inet(), command=command)]) == "refused"


@pytest.mark.parametrize("family", [0x41, 0xF1, 0x13, 0x1F])
def test_unknown_families_and_kinds_are_refused(family: int) -> None:
    assert feed([binary(inet(), family)]) == "refused"


@pytest.mark.parametrize(
    ("family", "body"), [(0x11, inet()[:-1]), (0x21, inet6()[:-1]), (0x31, bytes(215)), (0x10, b"")]
)
def test_header_too_short_for_its_addresses_is_refused(family: int, body: bytes) -> None:
    assert feed([binary(body, family)]) == "refused"


def test_header_longer_than_allowed_is_refused_before_it_is_waited_for() -> None:
    assert feed([binary(b"", size=65535)]) == "refused"
    assert feed([binary(b"", size=MAXIMUM_HEADER - 15)]) == "refused"
    assert feed([binary(b"", size=MAXIMUM_HEADER - 16)]) is None


def test_limit_can_be_changed() -> None:
    assert feed([binary(inet())], maxLength=28) == (TCP4, b"")
    assert feed([binary(inet())], maxLength=27) == "refused"


# Both


@pytest.mark.parametrize("start", [b"G", b"PROXX", b"\r\n\r\n\0\r\nQUIX", b"\n"])
def test_what_cannot_become_a_header_is_refused_at_once(start: bytes) -> None:
    assert feed([start]) == "refused"


def test_nothing_is_no_header() -> None:
    assert feed([b""]) is None
    assert feed([]) is None


GOOD = [
    b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 80\r\n",
    b"PROXY UNKNOWN\r\n",
    LONGEST,
    binary(inet()),
    binary(inet6(), 0x21),
    binary(bytes(216), 0x31),
    binary(inet(b"\x04\x00\x05hello")),
]


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Streams that begin with a header, a damaged one, or none."""
    stream = bytearray(draw(st.sampled_from(GOOD)) + draw(st.binary(max_size=200)))
    for place, value in draw(
        st.lists(st.tuples(st.integers(0, len(stream) - 1), st.integers(0, 255)), max_size=3)
    ):
        stream[place] = value
    return draw(st.one_of(st.just(bytes(stream)), st.binary(max_size=300)))


@pytest.mark.property
@EXAMPLES
@given(streams(), st.lists(st.integers(0, 600), max_size=6))
def test_any_cut_gives_the_same(stream: bytes, places: list[int]) -> None:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    expected = feed([stream], 300)

    assert feed([stream[a:b] for a, b in pairwise(edges)], 300) == expected
    assert feed([bytes([byte]) for byte in stream], 300) == expected
    if len(stream) >= 300:
        # Nothing is waited for beyond the limit.
        assert expected is not None
