"""The line parser without I/O: any way of cutting the stream gives the same lines."""

import os
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols._lines import LineBuffer, LineTooLong

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

TOO_LONG = "too long"


def feed(chunks: list[bytes], delimiter: bytes = b"\r\n", maxLength: int = 20) -> list[object]:
    """Return the lines that the chunks give, and TOO_LONG in the end if one was refused."""
    events = _feedOneByOne(chunks, delimiter, maxLength)
    # The two ways to get lines agree.
    assert _feedAllAtOnce(chunks, delimiter, maxLength) == events
    return events


def _feedOneByOne(chunks: list[bytes], delimiter: bytes, maxLength: int) -> list[object]:
    buffer = LineBuffer()
    events: list[object] = []
    for chunk in chunks:
        buffer.receive(chunk)
        while True:
            try:
                line = buffer.takeLine(delimiter, maxLength)
            except LineTooLong:
                return [*events, TOO_LONG]
            if line is None:
                break
            events.append(line)
    return events


def _feedAllAtOnce(chunks: list[bytes], delimiter: bytes, maxLength: int) -> list[object]:
    buffer = LineBuffer()
    events: list[object] = []
    for chunk in chunks:
        events += buffer.takeLines(chunk, delimiter, maxLength)
        if not buffer.isPartial:
            with pytest.raises(LineTooLong):
                buffer.takeLine(delimiter, maxLength)
            return [*events, TOO_LONG]
    return events


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at the given places."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


def test_line_comes_without_its_delimiter() -> None:
    assert feed([b"one\r\n"]) == [b"one"]


def test_several_lines_of_one_chunk() -> None:
    assert feed([b"one\r\ntwo\r\n\r\nfour\r\n"]) == [b"one", b"two", b"", b"four"]


def test_delimiter_cut_in_two() -> None:
    assert feed([b"one\r", b"\ntwo\r\n"]) == [b"one", b"two"]


def test_unfinished_line_is_held() -> None:
    assert feed([b"one\r\ntw"]) == [b"one"]


def test_bare_line_feed_does_not_end_a_line() -> None:
    assert feed([b"one\ntwo\r\n"]) == [b"one\ntwo"]


def test_line_of_the_greatest_length_fits() -> None:
    assert feed([b"x" * 20 + b"\r\n"]) == [b"x" * 20]


def test_line_one_byte_longer_is_refused() -> None:
    assert feed([b"x" * 21 + b"\r\n"]) == [TOO_LONG]


def test_line_without_end_is_refused_at_the_first_byte_too_many() -> None:
    assert feed([b"x" * 20]) == []
    assert feed([b"x" * 20, b"x"]) == [TOO_LONG]


def test_line_of_the_greatest_length_waits_for_the_rest_of_its_delimiter() -> None:
    assert feed([b"x" * 20, b"\r", b"\n"]) == [b"x" * 20]


def test_bytes_that_only_begin_like_the_delimiter_count_as_line() -> None:
    assert feed([b"x" * 20, b"\r", b"x"]) == [TOO_LONG]


def test_lines_before_a_line_too_long_are_taken() -> None:
    assert feed([b"one\r\n" + b"x" * 21]) == [b"one", TOO_LONG]


def test_line_too_long_stays_with_all_that_follows() -> None:
    buffer = LineBuffer()
    buffer.receive(b"one\r\nxxxxxx\r\ntwo\r\n")
    assert buffer.takeLine(b"\r\n", 5) == b"one"
    with pytest.raises(LineTooLong):
        buffer.takeLine(b"\r\n", 5)
    assert buffer.takeRest() == b"xxxxxx\r\ntwo\r\n"
    assert len(buffer) == 0


def test_length_limit_of_zero_allows_empty_lines() -> None:
    assert feed([b"\r\n\r\nx"], maxLength=0) == [b"", b"", TOO_LONG]


def test_empty_delimiter_is_refused() -> None:
    buffer = LineBuffer()
    buffer.receive(b"one")
    with pytest.raises(ValueError, match="at least one byte"):
        buffer.takeLine(b"", 20)


def test_delimiter_may_change_between_lines() -> None:
    buffer = LineBuffer()
    buffer.receive(b"one\r\ntwo\nthree|")
    assert buffer.takeLine(b"\r\n", 20) == b"one"
    assert buffer.takeLine(b"\n", 20) == b"two"
    assert buffer.takeLine(b"|", 20) == b"three"


def test_new_delimiter_is_sought_in_bytes_that_were_searched_for_the_old() -> None:
    buffer = LineBuffer()
    buffer.receive(b"one\ntwo")
    assert buffer.takeLine(b"\r\n", 20) is None
    assert buffer.takeLine(b"\n", 20) == b"one"


def test_greater_limit_is_honored_between_lines() -> None:
    buffer = LineBuffer()
    buffer.receive(b"x" * 10 + b"\r\n")
    with pytest.raises(LineTooLong):
        buffer.takeLine(b"\r\n", 5)
    assert buffer.takeLine(b"\r\n", 10) == b"x" * 10


def test_rest_is_what_follows_the_lines_taken() -> None:
    buffer = LineBuffer()
    buffer.receive(b"one\r\nraw \r\n bytes")
    assert buffer.takeLine(b"\r\n", 20) == b"one"
    assert len(buffer) == 12
    assert buffer.takeRest() == b"raw \r\n bytes"
    assert buffer.takeRest() == b""


def test_bytes_put_back_come_before_those_that_are_held() -> None:
    buffer = LineBuffer()
    buffer.receive(b"two\r\n")
    buffer.putBack(b"one\r\n")
    assert buffer.takeLine(b"\r\n", 20) == b"one"
    assert buffer.takeLine(b"\r\n", 20) == b"two"


def test_callers_bytearray_may_change_afterwards() -> None:
    buffer = LineBuffer()
    chunk = bytearray(b"one\r\n")
    buffer.receive(chunk)  # type: ignore[arg-type]  # what callers pass all the same
    chunk[:3] = b"two"
    assert buffer.takeLine(b"\r\n", 20) == b"one"


def test_lines_are_bytes_however_they_came() -> None:
    for chunks in ([b"ab\r\n"], [b"a", b"b", b"\r", b"\n"], [b"ab", b"\r\ncd\r\nef"]):
        assert {type(line) for line in feed(chunks)} == {bytes}


streams = st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b"a", b"bc", b"x" * 10, b"x" * 19]), max_size=30
).map(b"".join)


@pytest.mark.property
@EXAMPLES
@given(streams, st.lists(st.integers(min_value=0), max_size=12))
def test_any_cut_gives_the_same_events(stream: bytes, places: list[int]) -> None:
    assert feed(cut(stream, places)) == feed([stream])


@pytest.mark.property
@EXAMPLES
@given(streams)
def test_single_bytes_give_the_same_events(stream: bytes) -> None:
    assert feed([stream[at : at + 1] for at in range(len(stream))]) == feed([stream])


@pytest.mark.property
@EXAMPLES
@given(
    st.binary(min_size=1, max_size=4),
    st.lists(st.binary(max_size=8), max_size=8),
    st.lists(st.integers(min_value=0), max_size=8),
)
def test_lines_that_were_joined_are_parted_again(
    delimiter: bytes, texts: list[bytes], places: list[int]
) -> None:
    stream = b"".join(text + delimiter for text in texts)
    expected = stream.split(delimiter)[:-1]
    assert feed(cut(stream, places), delimiter=delimiter, maxLength=1000) == expected


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(0, 30))
def test_no_more_is_held_than_one_line_and_its_delimiter(
    chunks: list[bytes], maxLength: int
) -> None:
    buffer = LineBuffer()
    for chunk in chunks:
        buffer.receive(chunk)
        try:
            while buffer.takeLine(b"--", maxLength) is not None:
                pass
        except LineTooLong:
            return
        assert len(buffer) <= maxLength + 1


def test_taken_bytes_are_let_go() -> None:
    buffer = LineBuffer()
    buffer.receive(b"x" * 10_000 + b"\r\ny")
    assert buffer.takeLine(b"\r\n", 20_000) is not None
    assert buffer.takeLine(b"\r\n", 20_000) is None
    assert len(buffer) == 1
    assert sys.getsizeof(buffer.held) < 1000


class _CountingBytes(bytes):
    """Counts how many bytes `find` was asked to look through."""

    looked = 0

    def find(self, sub, start=0, end=sys.maxsize):  # type: ignore[no-untyped-def]
        """Find as bytes do."""
        type(self).looked += min(end, len(self)) - start
        return super().find(sub, start, end)


class _NeverSearched(bytearray):
    """Bytes that nobody is to search."""

    def find(self, *arguments: object) -> int:
        raise AssertionError("searched again")

    split = __contains__ = find  # type: ignore[assignment]


def test_bytes_of_an_unfinished_line_are_searched_once() -> None:
    buffer = LineBuffer()
    assert buffer.takeLines(b"x", b"\r\n", 10**6) == []
    for chunk, lines in ((b"x", []), (b"xy\r\n", [b"x" * 1001 + b"y"]), (b"\n", [])):
        buffer.held = _NeverSearched(b"x" * 1000)
        assert buffer.takeLines(chunk, b"\r\n", 10**6) == lines


def test_line_that_dribbles_in_grows_in_place() -> None:
    buffer = LineBuffer()
    for _ in range(10):
        assert buffer.takeLines(b"xx", b"\r\n", 10**6) == []
    held = buffer.held
    assert isinstance(held, bytearray)
    for _ in range(100):
        assert buffer.takeLines(b"x", b"\r\n", 10**6) == []
    assert buffer.held is held
    assert buffer.takeLines(b"\r", b"\r\n", 10**6) == []
    assert buffer.takeLines(b"\n", b"\r\n", 10**6) == [b"x" * 120]


def test_line_too_long_is_found_without_searching_the_rest() -> None:
    buffer = LineBuffer()
    _CountingBytes.looked = 0
    buffer.receive(b"x")
    buffer.held = _CountingBytes(b"x" * 10**6)
    with pytest.raises(LineTooLong):
        buffer.takeLine(b"\r\n", 100)
    assert _CountingBytes.looked <= 102
