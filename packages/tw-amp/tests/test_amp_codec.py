"""The codec without I/O: any way of cutting the stream gives the same boxes."""

import io
import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols.amp import AmpBox, Box, BoxTooLarge, QuitBox, TooLong, parse, parseString
from twisted.protocols.amp._boxes import BoxBuffer

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


def feed(chunks: list[bytes], maxKeys: int = 5, maxSize: int = 100) -> list[object]:
    """Return the boxes that the chunks give, and the class of the error that ended them."""
    buffer = BoxBuffer(maxKeys, maxSize)
    events: list[object] = []
    for chunk in chunks:
        buffer.receive(chunk)
        try:
            events.extend(iter(buffer.take, None))
        except (TooLong, BoxTooLarge) as error:
            return [*events, type(error)]
    return events


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at the given places."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


def test_box_goes_over_the_wire_in_the_order_of_its_keys() -> None:
    assert AmpBox(zz=b"1", a=b"").serialize() == b"\0\1a\0\0\0\2zz\0\1" + b"1\0\0"


def test_long_value_has_two_bytes_of_length() -> None:
    assert AmpBox(a=b"x" * 258).serialize() == b"\0\1a\1\2" + b"x" * 258 + b"\0\0"


def test_keys_may_be_text_or_bytes() -> None:
    assert AmpBox({"a": b"1", b"b": b"2"}) == {b"a": b"1", b"b": b"2"}
    assert AmpBox([(b"a", b"1")], b=b"2") == {b"a": b"1", b"b": b"2"}


def test_box_is_a_dict_and_copies_to_a_box() -> None:
    box = Box(a=b"1")
    copy = box.copy()
    copy[b"b"] = b"2"
    assert type(copy) is AmpBox
    assert box == {b"a": b"1"}
    assert repr(box) == "AmpBox({b'a': b'1'})"


def test_greatest_key_and_value_fit() -> None:
    box = AmpBox({b"k" * 255: b"v" * 65535})
    assert parseString(box.serialize()) == [box]


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (AmpBox({b"k" * 256: b""}), "local key too long: 256"),
        (AmpBox(k=b"v" * 65536), "local value b'k' too long: 65536"),
    ],
)
def test_what_is_too_long_is_not_sent(box: AmpBox, text: str) -> None:
    with pytest.raises(TooLong) as caught:
        box.serialize()
    assert str(caught.value) == text


def test_empty_key_is_not_sent() -> None:
    with pytest.raises(TooLong):
        AmpBox({b"": b"1"}).serialize()


@pytest.mark.parametrize("box", [AmpBox({b"k": "v"}), AmpBox({b"k": 3}), AmpBox({3: b"v"})])
def test_what_is_no_bytes_is_not_sent(box: AmpBox) -> None:
    with pytest.raises(TypeError, match="must be bytes"):
        box.serialize()


def test_mixed_keys_are_refused_in_so_many_words() -> None:
    with pytest.raises(TypeError, match="must be bytes"):
        AmpBox({b"k": b"", 3: b"v"}).serialize()


def test_boxes_of_a_file() -> None:
    boxes = [AmpBox(a=b"1"), AmpBox(b=b"2", c=b"3")]
    stream = b"".join(box.serialize() for box in boxes)
    assert parse(io.BytesIO(stream)) == boxes
    assert all(type(box) is AmpBox for box in parseString(stream))


def test_quit_box_is_a_box() -> None:
    assert QuitBox(a=b"1") == {b"a": b"1"}


def test_box_that_is_not_complete_is_held() -> None:
    assert parseString(b"\0\1a\0\1b") == []


def test_box_with_the_most_keys_and_bytes_fits() -> None:
    box = AmpBox({b"%d" % n: b"" for n in range(5)})
    assert feed([box.serialize()]) == [box]
    box = AmpBox(k=b"v" * 95)
    assert feed([box.serialize()]) == [box]


def test_box_with_a_key_more_is_refused() -> None:
    assert feed([AmpBox({b"%d" % n: b"" for n in range(6)}).serialize()]) == [BoxTooLarge]


def test_box_with_a_byte_more_is_refused_before_it_is_there() -> None:
    assert feed([AmpBox(k=b"v" * 96).serialize()]) == [BoxTooLarge]
    assert feed([b"\0\1k\0\x60"]) == [BoxTooLarge]


def test_box_with_a_key_too_long_for_it_is_refused_before_that_is_there() -> None:
    assert feed([b"\0\1k\0\x30" + b"v" * 48 + b"\0\x2c"]) == [BoxTooLarge]
    assert feed([b"\0\1k\0\x30" + b"v" * 48 + b"\0\x2b"]) == []


def test_repeated_keys_count_as_bytes() -> None:
    assert feed([b"\0\1k\0\x10" + b"v" * 16] * 6) == [BoxTooLarge]


def test_what_is_no_amp_is_refused_at_once() -> None:
    assert feed([b"GET / HTTP/1.1\r\n"]) == [TooLong]


def test_boxes_before_a_fault_are_taken() -> None:
    assert feed([b"\0\1a\0\1b\0\0\1\0"]) == [{b"a": b"b"}, TooLong]


def test_rest_is_what_follows_the_box_that_was_taken() -> None:
    buffer = BoxBuffer()
    one = AmpBox(a=b"1").serialize()
    buffer.receive(one * 2)
    assert buffer.take() == {b"a": b"1"}
    buffer.receive(b"raw")
    assert buffer.takeRest() == one + b"raw"
    assert buffer.take() is None


def test_rest_may_be_cut_in_the_middle_of_a_pair() -> None:
    buffer = BoxBuffer()
    buffer.receive(AmpBox(a=b"1").serialize() + b"\0\1a\0\1b\0\5abc")
    buffer.receive(b"de")
    assert buffer.take() == {b"a": b"1"}
    assert buffer.takeRest() == b"\0\1a\0\1b\0\5abcde"


def test_chunks_are_not_looked_at_until_a_pair_is_complete() -> None:
    buffer = BoxBuffer()
    buffer.receive(b"\0\1a\xff\xff")
    assert buffer.take() is None
    for _ in range(100):
        buffer.receive(b"x")
        assert buffer.take() is None
    assert len(buffer._held) == 101


def test_chunk_is_let_go_when_all_its_boxes_are_taken() -> None:
    buffer = BoxBuffer()
    buffer.receive(AmpBox(a=b"x" * 10_000).serialize())
    assert list(iter(buffer.take, None)) == [{b"a": b"x" * 10_000}]
    assert buffer._data == b""
    assert buffer._boxes == []


boxes = st.lists(
    st.dictionaries(st.binary(min_size=1, max_size=9), st.binary(max_size=30), max_size=6),
    max_size=5,
)
places = st.lists(st.integers(min_value=0), max_size=12)
mutations = st.lists(st.tuples(st.integers(min_value=0), st.integers(0, 255)), max_size=4)


def mutated(stream: bytes, changes: list[tuple[int, int]]) -> bytes:
    """Change some bytes."""
    changed = bytearray(stream)
    for place, value in changes:
        if changed:
            changed[place % len(changed)] = value
    return bytes(changed)


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.dictionaries(st.binary(min_size=1, max_size=255), st.binary())), places)
def test_boxes_come_back(boxes: list[dict[bytes, bytes]], places: list[int]) -> None:
    stream = b"".join(AmpBox(box).serialize() for box in boxes)
    assert feed(cut(stream, places), maxKeys=1000, maxSize=10**6) == boxes


@pytest.mark.property
@EXAMPLES
@given(boxes, mutations, places)
def test_any_cut_gives_the_same_boxes_and_verdict(
    boxes: list[dict[bytes, bytes]], changes: list[tuple[int, int]], places: list[int]
) -> None:
    stream = mutated(b"".join(AmpBox(box).serialize() for box in boxes), changes)
    whole = feed([stream])
    assert feed(cut(stream, places)) == whole
    assert feed([stream[at : at + 1] for at in range(len(stream))]) == whole


@pytest.mark.property
@EXAMPLES
@given(st.binary(max_size=300), places)
def test_any_bytes_give_the_same_events(stream: bytes, places: list[int]) -> None:
    assert feed(cut(stream, places)) == feed([stream])


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.binary(max_size=9))), places)
def test_pieces_of_long_values_are_joined_for_any_cut(
    pairs: list[tuple[bytes, bytes]], places: list[int]
) -> None:
    stream = b"".join(AmpBox({key: value}).serialize()[:-2] for key, value in pairs) + b"\0\0"
    joined: dict[bytes, bytes] = {}
    for key, value in pairs:
        joined[key] = joined.get(key, b"") + value
    buffer = BoxBuffer()
    buffer.takeLongValues()
    found = []
    for chunk in cut(stream * 2, places):
        buffer.receive(chunk)
        found += list(iter(buffer.take, None))
    assert found == [joined, joined]


@pytest.mark.parametrize("at", range(20))
def test_long_values_are_taken_from_the_next_box_on_for_any_cut(at: int) -> None:
    stream = AmpBox(a=b"1").serialize() + b"\0\1x\0\1y\0\1x\0\1z\0\0"
    assert len(stream) == 22
    buffer = BoxBuffer()
    found: list[AmpBox] = []
    for chunk in (stream[:at], stream[at:]):
        buffer.receive(chunk)
        while (box := buffer.take()) is not None:
            found.append(box)
            buffer.takeLongValues()
    assert found == [{b"a": b"1"}, {b"x": b"yz"}]


def test_box_that_has_begun_before_long_values_are_taken_is_complete() -> None:
    buffer = BoxBuffer()
    buffer.receive(b"\0\1x\0\1y\0")
    assert buffer.take() is None
    buffer.receive(b"\1z\0\1y")
    assert buffer.take() is None
    buffer.takeLongValues()
    buffer.receive(b"\0\1x\0\1z\0\0")
    assert buffer.take() == {b"x": b"yz", b"z": b"y"}


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_more_is_held_than_a_box(chunks: list[bytes]) -> None:
    buffer = BoxBuffer(5, 100)
    for chunk in chunks:
        buffer.receive(chunk)
        try:
            while buffer.take() is not None:
                pass
        except (TooLong, BoxTooLarge):
            return
        assert buffer._size + buffer._heldSize <= 104


@pytest.mark.property
@EXAMPLES
@given(boxes, st.integers(0, 5), st.binary(max_size=50), places)
def test_rest_is_the_same_for_any_cut(
    boxes: list[dict[bytes, bytes]], taken: int, tail: bytes, places: list[int]
) -> None:
    streams = [AmpBox(box).serialize() for box in boxes]
    taken = min(taken, len(boxes))
    buffer = BoxBuffer(1000, 10**6)
    left = taken
    for chunk in cut(b"".join(streams) + b"\xff" + tail, places):
        buffer.receive(chunk)
        while left and buffer.take() is not None:
            left -= 1
    assert not left
    assert buffer.takeRest() == b"".join(streams[taken:]) + b"\xff" + tail
