"""The parsers of strings with their lengths in front: any way of cutting gives the same strings."""

import os
import struct
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols._heldstrings import HeldStrings, StringRefused
from twisted.protocols._netstrings import NetstringBuffer, NetstringMalformed
from twisted.protocols._prefixedstrings import PrefixedBuffer, StringTooLong

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

REFUSED = "refused"
LIMIT = 20

Make = Callable[[], HeldStrings]

PREFIXED: dict[str, Make] = {
    format: lambda format=format: PrefixedBuffer(format)  # type: ignore[misc]  # bound now
    for format in ("!B", "!H", "!I", "<Q")
}
KINDS: dict[str, Make] = {**PREFIXED, "netstring": NetstringBuffer}
kinds = st.sampled_from(sorted(KINDS))


def encode(kind: str, string: bytes) -> bytes:
    """Return what stands for a string in a stream; written apart from the parsers."""
    if kind == "netstring":
        return str(len(string)).encode() + b":" + string + b","
    return struct.pack(kind, len(string)) + string


def takeAll(buffer: HeldStrings, maxLength: int) -> list[object]:
    """Return the strings that are whole, and REFUSED in the end if something was."""
    events: list[object] = []
    while True:
        try:
            string = buffer.takeString(maxLength)
        except StringRefused:
            return [*events, REFUSED]
        if string is None:
            return events
        events.append(string)


def feed(kind: str, chunks: list[bytes], maxLength: int = LIMIT) -> list[object]:
    """Return the strings that the chunks give, and REFUSED in the end if something was."""
    single, several = KINDS[kind](), KINDS[kind]()
    events: list[object] = []
    together: list[object] = []
    for chunk in chunks:
        single.receive(chunk)
        events += takeAll(single, maxLength)
        together += several.takeStrings(chunk, maxLength)
        if not several.isPartial:
            with pytest.raises(StringRefused):
                several.takeString(maxLength)
            together.append(REFUSED)
        # The two ways to get strings agree after each chunk, and in what they hold.
        assert together == events
        assert single.peek() == several.peek()
        if events[-1:] == [REFUSED]:
            break
        assert len(single) <= maxLength + 8
    return events


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at the given places."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of length."""
    name: str = request.param
    return name


def test_strings_of_one_chunk(kind: str) -> None:
    strings = [b"one", b"", b"three"]
    assert feed(kind, [b"".join(encode(kind, string) for string in strings)]) == strings


def test_string_in_single_bytes(kind: str) -> None:
    stream = encode(kind, b"one") + encode(kind, b"two")
    assert feed(kind, [bytes([byte]) for byte in stream]) == [b"one", b"two"]


def test_unfinished_string_is_held(kind: str) -> None:
    assert feed(kind, [encode(kind, b"one") + encode(kind, b"two")[:-1]]) == [b"one"]


def test_longest_string_is_taken_and_one_byte_more_is_refused(kind: str) -> None:
    fits, too = encode(kind, b"x" * LIMIT), encode(kind, b"x" * (LIMIT + 1))
    assert feed(kind, [fits, too, fits]) == [b"x" * LIMIT, REFUSED]


def test_string_too_long_is_refused_by_its_length_alone(kind: str) -> None:
    beginning = encode(kind, b"x" * (LIMIT + 1))[: -(LIMIT + 1)]
    assert feed(kind, [beginning]) == [REFUSED]


def test_string_refused_stays_with_all_that_follows(kind: str) -> None:
    stream = encode(kind, b"one") + encode(kind, b"x" * 21) + encode(kind, b"two")
    buffer = KINDS[kind]()
    assert buffer.takeStrings(stream, LIMIT) == [b"one"]
    assert not buffer.isPartial
    assert buffer.takeRest() == stream.removeprefix(encode(kind, b"one"))


def test_limit_may_change_between_strings(kind: str) -> None:
    buffer = KINDS[kind]()
    buffer.receive(encode(kind, b"x" * 15) * 2)
    assert buffer.takeString(15) == b"x" * 15
    with pytest.raises(StringRefused):
        buffer.takeString(9)
    assert buffer.takeString(150) == b"x" * 15


def test_lower_limit_holds_for_a_string_that_has_begun(kind: str) -> None:
    buffer = KINDS[kind]()
    stream = encode(kind, b"x" * 15)
    assert buffer.takeStrings(stream[:-1], 20) == []
    assert buffer.takeStrings(stream[-1:], 9) == []
    with pytest.raises(StringRefused):
        buffer.takeString(9)


def test_strings_given_back_come_before_what_is_held(kind: str) -> None:
    buffer = KINDS[kind]()
    stream = b"".join(encode(kind, string) for string in (b"one", b"two", b"three"))
    strings = buffer.takeStrings(stream[:-2], LIMIT)
    buffer.giveBack(strings[1:])
    buffer.receive(stream[-2:])
    assert takeAll(buffer, LIMIT) == [b"two", b"three"]


def test_nothing_given_back_changes_nothing(kind: str) -> None:
    buffer = KINDS[kind]()
    assert buffer.takeStrings(encode(kind, b"one")[:-1], LIMIT) == []
    buffer.giveBack([])
    assert buffer.isPartial


def test_strings_are_bytes_however_they_came(kind: str) -> None:
    stream = encode(kind, b"x" * 10) * 2
    for chunks in ([stream], [stream[at : at + 1] for at in range(len(stream))]):
        assert {type(string) for string in feed(kind, chunks)} == {bytes}


def test_string_that_dribbles_in_grows_in_place(kind: str) -> None:
    length = 200
    stream = encode(kind, b"x" * length)
    buffer = KINDS[kind]()
    assert buffer.takeStrings(stream[:20], 1000) == []
    assert buffer.takeStrings(stream[20:21], 1000) == []
    held = buffer.held
    assert isinstance(held, bytearray)
    for at in range(21, len(stream) - 1):
        assert buffer.takeStrings(stream[at : at + 1], 1000) == []
    assert buffer.held is held
    assert buffer.takeStrings(stream[-1:], 1000) == [b"x" * length]


def test_taken_bytes_are_let_go(kind: str) -> None:
    buffer = KINDS[kind]()
    buffer.receive(encode(kind, b"x" * 200) * 100 + encode(kind, b"one")[:-1])
    assert len(takeAll(buffer, 1000)) == 100
    assert sys.getsizeof(buffer.held) < 1000


def test_length_that_is_refused_is_told() -> None:
    buffer = PrefixedBuffer("!I")
    buffer.receive(b"\xff\xff\xff\xff")
    with pytest.raises(StringTooLong) as caught:
        buffer.takeString(LIMIT)
    assert caught.value.length == 2**32 - 1


@pytest.mark.parametrize("length", [-1, -4, -5, -(2**31)])
def test_negative_length_is_refused(length: int) -> None:
    stream = struct.pack("!i", length) + b"x" * 10
    buffer = PrefixedBuffer("!i")
    assert buffer.takeStrings(stream, LIMIT) == []
    assert not buffer.isPartial
    with pytest.raises(StringTooLong) as caught:
        buffer.takeString(LIMIT)
    assert caught.value.length == length


@pytest.mark.parametrize(
    "stream",
    [
        b"x",
        b":",
        b",",
        b"-1:,",
        b"+1:x,",
        b" 1:x,",
        b"1 :x,",
        b"1_0:xxxxxxxxxx,",
        b"00",
        b"01:x,",
        b"\xb2:xx,",
        b"3x",
        b"123",
        b"21:",
        b"1:x;",
        b"1:xx,",
        b"0:x",
        b"1,",
        b"0\n",
    ],
)
def test_what_is_no_netstring_is_refused(stream: bytes) -> None:
    assert feed("netstring", [b"3:one," + stream]) == [b"one", REFUSED]
    assert feed("netstring", [stream[at : at + 1] for at in range(len(stream))]) == [REFUSED]


@pytest.mark.parametrize("stream", [b"", b"0", b"9", b"20", b"0:", b"5:hello"])
def test_what_may_become_a_netstring_is_waited_for(stream: bytes) -> None:
    assert feed("netstring", [stream]) == []


@pytest.mark.parametrize("length", [0, 1, 9, 10, 999, 1000, 1001, 123_456])
def test_netstring_of_any_length(length: int) -> None:
    string = b"x" * length
    assert feed("netstring", [encode("netstring", string) * 2], 123_456) == [string] * 2


def test_netstring_malformed_says_why() -> None:
    for stream, reason in (
        (b"x", "begins with its length"),
        (b"1x:", "is not the length"),
        (b"99:", "20 are allowed"),
        (b"1:xx", "ends with a comma"),
    ):
        buffer = NetstringBuffer()
        buffer.receive(stream)
        with pytest.raises(NetstringMalformed, match=reason):
            buffer.takeString(LIMIT)


strings = st.lists(st.binary(max_size=LIMIT + 2), max_size=12)
places = st.lists(st.integers(min_value=0), max_size=12)


@pytest.mark.property
@EXAMPLES
@given(kinds, strings, places)
def test_any_cut_gives_the_same_strings(kind: str, texts: list[bytes], where: list[int]) -> None:
    stream = b"".join(encode(kind, text) for text in texts)
    expected: list[object] = []
    for text in texts:
        if len(text) > LIMIT:
            expected.append(REFUSED)
            break
        expected.append(text)
    assert feed(kind, cut(stream, where)) == expected
    assert feed(kind, [stream[at : at + 1] for at in range(len(stream))]) == expected


@pytest.mark.property
@EXAMPLES
@given(kinds, strings, st.lists(st.tuples(st.integers(0), st.integers(0, 255))), places)
def test_any_cut_of_a_damaged_stream_gives_the_same_strings(
    kind: str, texts: list[bytes], damage: list[tuple[int, int]], where: list[int]
) -> None:
    stream = bytearray(b"".join(encode(kind, text) for text in texts))
    for place, byte in damage:
        if stream:
            stream[place % len(stream)] = byte
    assert feed(kind, cut(bytes(stream), where)) == feed(kind, [bytes(stream)])


@pytest.mark.property
@EXAMPLES
@given(
    kinds,
    st.one_of(st.binary(max_size=100), st.text("0123456789:,x", max_size=40).map(str.encode)),
    places,
)
def test_any_cut_of_any_bytes_gives_the_same_strings(
    kind: str, stream: bytes, where: list[int]
) -> None:
    assert feed(kind, cut(stream, where)) == feed(kind, [stream])
