"""The parser of memcached's replies: any way of cutting the stream gives the same replies."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols._memcachereplies import (
    Reply,
    ReplyBuffer,
    ReplyRefused,
    ValueLine,
    parseLine,
    parseNumber,
    parseValueLine,
)

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

REFUSED = "refused"


def feed(chunks: list[bytes], maxLine: int = 40, maxValue: int = 50) -> list[object]:
    """Return the replies that the chunks give, and REFUSED in the end if there was none."""
    buffer = ReplyBuffer()
    replies: list[object] = []
    for chunk in chunks:
        buffer.receive(chunk)
        while True:
            try:
                reply = buffer.takeReply(maxLine, maxValue)
            except ReplyRefused:
                return [*replies, REFUSED]
            if reply is None:
                break
            replies.append(reply)
        assert len(buffer) <= max(maxLine, maxValue) + 2
    return replies


def test_words_are_replies() -> None:
    assert feed([b"STORED\r\nEND\r\n"]) == [Reply(b"STORED"), Reply(b"END")]


def test_numbers_are_replies() -> None:
    assert feed([b"18446744073709551615\r\n"]) == [Reply(b"", b"18446744073709551615")]


def test_a_text_may_follow() -> None:
    assert feed([b"STAT pid 7\r\nVERSION 1.6.18\r\nSERVER_ERROR out of memory\r\n"]) == [
        Reply(b"STAT", b"pid 7"),
        Reply(b"VERSION", b"1.6.18"),
        Reply(b"SERVER_ERROR", b"out of memory"),
    ]


def test_an_error_with_a_text_is_one_of_the_server() -> None:
    text = b"Too many open connections"
    assert feed([b"ERROR %b\r\nERROR\r\n" % text]) == [
        Reply(b"SERVER_ERROR", text),
        Reply(b"ERROR"),
    ]


def test_a_value_may_have_any_bytes() -> None:
    assert feed([b"VALUE key 5 6\r\n\r\nEND\r\r\nEND\r\n"]) == [
        Reply(b"VALUE", b"key 5 6", b"\r\nEND\r"),
        Reply(b"END"),
    ]


def test_an_empty_value() -> None:
    assert feed([b"VALUE key 5 0\r\n\r\n"]) == [Reply(b"VALUE", b"key 5 0", b"")]


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"stored", b"STORED now", b"HELLO", b"-1", b"+1", b" 1", b"1 ", b"\xb2"),
        *(b"18446744073709551616", b"0" * 30, b"END ", b"VALUE", b"VALUE k", b"VALUE k 1"),
        *(b"VALUE k 1 -1", b"VALUE k 1 +1", b"VALUE k 1 1_0", b"VALUE k 4294967296 1"),
        *(b"VALUE k 1 51", b"VALUE k 1 1 x", b"VALUE k 1 1 2 3", b"VALUE  1 1", b"VALUE k  1"),
    ],
)
def test_other_lines_are_refused(line: bytes) -> None:
    assert feed([line + b"\r\n"]) == [REFUSED]


def test_a_value_that_is_too_long_is_refused_before_it_comes() -> None:
    assert feed([b"VALUE k 0 51\r\n"]) == [REFUSED]
    assert feed([b"VALUE k 0 50\r\n"]) == []


def test_a_value_that_does_not_end_where_it_should_is_refused() -> None:
    assert feed([b"VALUE k 0 3\r\nabcd"]) == [REFUSED]
    assert feed([b"VALUE k 0 3\r\nabc\r\r"]) == [REFUSED]


def test_a_line_that_is_too_long_is_refused_as_soon_as_it_is_known() -> None:
    assert feed([b"STAT " + b"x" * 35 + b"\r\n"]) == [Reply(b"STAT", b"x" * 35)]
    assert feed([b"STAT " + b"x" * 35, b"\r"]) == []
    assert feed([b"STAT " + b"x" * 35, b"x"]) == [REFUSED]


def test_value_lines_are_read() -> None:
    assert parseValueLine(b"k 1 2", 2) == ValueLine(b"k", 1, 2, b"")
    assert parseValueLine(b"k 1 2 30", 2) == ValueLine(b"k", 1, 2, b"30")


def test_numbers_have_a_greatest() -> None:
    assert parseNumber(b"010", 255) == 10
    with pytest.raises(ReplyRefused, match="from 0 to 255"):
        parseNumber(b"256", 255)


words = st.sampled_from(
    [
        *(b"\r\n", b"\r", b"\n", b" ", b"x", b"7", b"VALUE k 1 3\r\n", b"abc\r\n", b"STORED\r\n"),
        *(b"VALUE k 1 0\r\n\r\n", b"VALUE k 0 50\r\n" + b"y" * 50 + b"\r\n", b"END\r\n", b"17\r\n"),
        *(b"VALUE k 1 2 33\r\n\r\n\r\n", b"CLIENT_ERROR bad\r\n", b"STAT a b\r\n", b"VALUE k 1 "),
    ]
)
streams = st.lists(words, max_size=25).map(b"".join)
mutations = st.lists(st.tuples(st.integers(0, 500), st.binary(max_size=3)), max_size=3)


def mutate(stream: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    """Replace a byte here and there."""
    for at, new in changes:
        at %= len(stream) + 1
        stream = stream[:at] + new + stream[at + 1 :]
    return stream


@pytest.mark.property
@EXAMPLES
@given(streams, mutations, st.lists(st.integers(min_value=0), max_size=12))
def test_any_cut_gives_the_same_replies(
    stream: bytes, changes: list[tuple[int, bytes]], places: list[int]
) -> None:
    stream = mutate(stream, changes)
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    whole = feed([stream])
    assert feed([stream[a:b] for a, b in pairwise(edges)]) == whole
    assert feed([stream[at : at + 1] for at in range(len(stream))]) == whole


@pytest.mark.property
@EXAMPLES
@given(st.binary(max_size=60))
def test_any_line_is_a_reply_or_refused(line: bytes) -> None:
    try:
        reply = parseLine(line)
    except ReplyRefused:
        return
    assert line.endswith(reply.text)
    assert len(line) <= len(reply.name) + 1 + len(reply.text)
