"""The codec of Banana: the bytes of the specification, and any way of cutting the stream."""

import math
import os
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.spread import banana
from twisted.spread._bananacodec import Limits, Unfinished, decodeExpressions, encodeExpression
from twisted.spread.banana import BananaError, b1282int, decode, encode, int2b128

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)
SMALL = Limits(size=20, prefix=10, depth=4, elements=30, message=100)
WORDS = [b"", b"None", b"class"]
VOCABULARY = {b"None": b"\x01\x87", b"class": b"\x02\x87"}

EXPRESSIONS = st.recursive(
    st.one_of(
        st.integers(-(2**448) + 1, 2**448 - 1),
        st.floats(allow_nan=False),
        st.binary(max_size=300),
        st.sampled_from([b"None", b"class"]),
    ),
    lambda inner: st.lists(inner, max_size=5),
)
FREE = Limits(1000, 64, 100, 10_000, 1_000_000)


def feed(chunks: list[bytes], limits: Limits = SMALL) -> list[object]:
    """Return the expressions that the chunks give, and an error at the end if there is one."""
    unfinished = Unfinished()
    expressions: list[object] = []
    rest = b""
    for chunk in chunks:
        rest += chunk
        try:
            consumed, needed = decodeExpressions(rest, unfinished, expressions, 0, WORDS, limits)
        except BananaError as error:
            return [*expressions, str(error)]
        rest = rest[consumed:]
        assert needed > len(rest)
    return expressions


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at the given places."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize(
    ("expression", "encoded"),
    [
        (1, "01 81"),
        (0, "00 81"),
        (-1, "01 83"),
        (1.5, "84 3f f8 00 00 00 00 00 00"),
        (b"hello", "05 82 68 65 6c 6c 6f"),
        (b"", "00 82"),
        ([], "00 80"),
        ([1, 23], "02 80 01 81 17 81"),
        (123456789123456789, "15 3e 41 66 3a 69 26 5b 01 85"),
        ([1, [b"hello"]], "02 80 01 81 01 80 05 82 68 65 6c 6c 6f"),
        (4674, "42 24 81"),
        (2147483647, "7f 7f 7f 7f 07 81"),
        (2147483648, "00 00 00 00 08 85"),
        (-2147483648, "00 00 00 00 08 83"),
        (-2147483649, "01 00 00 00 08 86"),
        ([[], [[]]], "02 80 00 80 01 80 00 80"),
    ],
)
def test_bytes_of_the_specification(expression: object, encoded: str) -> None:
    assert encode(expression) == bytes.fromhex(encoded)
    assert decode(bytes.fromhex(encoded)) == expression


def test_tuples_and_truth_become_lists_and_integers() -> None:
    assert decode(encode((1, (True, False)))) == [1, [1, 0]]


def test_special_floats_pass() -> None:
    assert decode(encode(math.inf)) == math.inf
    assert math.isnan(decode(encode(math.nan)))  # type: ignore[arg-type]  # a float here


@pytest.mark.parametrize("value", ["text", None, {}, {1}, object, 1j])
def test_what_banana_does_not_know_is_not_sent(value: object) -> None:
    with pytest.raises(BananaError, match="Banana cannot send builtins"):
        encode([1, value])


@pytest.mark.parametrize("value", [2**448, -(2**448), [2**448]])
def test_integers_are_strictly_inside_the_limit(value: object) -> None:
    with pytest.raises(BananaError, match="449 bits is too large"):
        encode(value)


@pytest.mark.parametrize("value", [2**448 - 1, 1 - 2**448])
def test_largest_integers(value: int) -> None:
    assert decode(encode(value)) == value


def test_longer_prefix_is_refused() -> None:
    with pytest.raises(BananaError, match="more than 64 digits"):
        decode(b"\x01" * 65 + b"\x85")
    with pytest.raises(BananaError, match="more than 64 digits"):
        decode(b"\x01" * 66)


def test_prefix_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(banana, "_prefixLimit", 64)
    banana.setPrefixLimit(100)
    assert decode(encode(2**699)) == 2**699
    with pytest.raises(BananaError):
        encode(2**700)


def test_size_limit_holds_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    assert banana.SIZE_LIMIT == 640 * 1024
    monkeypatch.setattr(banana, "SIZE_LIMIT", 200)
    assert decode(encode(b"x" * 200)) == b"x" * 200
    assert decode(encode([1] * 200)) == [1] * 200
    for value in (b"x" * 201, [1] * 201, [b"x" * 201]):
        with pytest.raises(BananaError, match="SIZE_LIMIT is 200"):
            encode(value)
    for announced in (b"\x49\x01\x82", b"\x49\x01\x80"):
        with pytest.raises(BananaError, match=r"201 .* announced: SIZE_LIMIT is 200"):
            decode(announced)


def test_depth_is_limited_both_ways() -> None:
    assert feed([b"\x01\x80" * 4 + b"\x01\x81"]) == [[[[[1]]]]]
    assert "4 deep" in str(feed([b"\x01\x80" * 5]))
    encodeExpression([[[[1]]]], {}, SMALL)
    with pytest.raises(BananaError, match="too deep"):
        encodeExpression([[[[[1]]]]], {}, SMALL)


def test_elements_of_all_lists_are_limited_together() -> None:
    lists = [[1] * 14, [2] * 14]
    assert feed([encode(lists)]) == [lists]
    assert "more than 30 elements" in str(feed([encode([*lists, []])]))
    with pytest.raises(BananaError, match="more than 30 elements"):
        encodeExpression([*lists, []], {}, SMALL)
    assert feed([encode(lists)] * 3) == [lists] * 3


def test_bytes_of_an_expression_are_limited() -> None:
    fits = [b"x" * 20] * 4
    assert feed([encode(fits)]) == [fits]
    large = [b"x" * 20] * 5
    for size in (1, 7, 1000):
        stream = encode(large)
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert "more than 100 bytes" in str(feed(chunks))
    with pytest.raises(BananaError, match="112 bytes is too large"):
        encodeExpression(large, {}, SMALL)


def test_nothing_is_allocated_for_what_is_announced() -> None:
    huge = Limits(2**60, 64, 2**60, 2**60, 2**60)
    unfinished = Unfinished()
    tracemalloc.start()
    try:
        decodeExpressions(
            b"\x7f\x7f\x7f\x7f\x7f\x80\x7f\x7f\x7f\x7f\x7f\x82", unfinished, [], 0, [], huge
        )
        assert tracemalloc.get_traced_memory()[1] < 10_000
    finally:
        tracemalloc.stop()


def test_words_are_one_byte_with_a_vocabulary_only() -> None:
    assert (
        encodeExpression([b"None", b"other"], VOCABULARY, FREE) == b"\x02\x80\x01\x87\x05\x82other"
    )
    assert encodeExpression(b"None", VOCABULARY, FREE) == b"\x01\x87"
    assert feed([b"\x02\x80\x01\x87\x02\x87"]) == [[b"None", b"class"]]
    assert "unknown number 3" in str(feed([b"\x03\x87"]))
    assert "unknown number 0" in str(feed([b"\x00\x87"]))
    with pytest.raises(BananaError, match="unknown number 1"):
        decode(b"\x01\x87")


def test_unknown_type_is_refused() -> None:
    with pytest.raises(BananaError, match="unknown type 0x88"):
        decode(b"\x01\x88")


def test_what_is_complete_before_an_illegal_element_is_delivered() -> None:
    assert feed([b"\x01\x81\x02\x81\xff"]) == [1, 2, "an element of the unknown type 0xff came"]


def test_large_elements_with_small_values_are_taken() -> None:
    assert decode(b"\x05\x85") == 5
    assert decode(b"\x05\x86") == -5
    assert decode(b"\x00\x00\x00\x00\x00\x01\x81") == 2**35


def test_decode_takes_the_first_of_several() -> None:
    assert decode(b"\x01\x81\x02\x81") == 1


@pytest.mark.parametrize("stream", [b"", b"\x05", b"\x05\x82abc", b"\x02\x80\x01\x81", b"\x84abc"])
def test_decode_says_that_an_expression_is_not_complete(stream: bytes) -> None:
    with pytest.raises(BananaError, match=f"not complete after {len(stream)} bytes"):
        decode(stream)


def test_numbers_in_base_128() -> None:
    pieces: list[bytes] = []
    for number in (0, 1, 127, 128, 4674, 2**70):
        int2b128(number, pieces.append)
    assert pieces == [b"\0", b"\1", b"\x7f", b"\0\1", b"\x42\x24", b"\0" * 10 + b"\1"]
    assert [b1282int(piece) for piece in pieces] == [0, 1, 127, 128, 4674, 2**70]
    with pytest.raises(ValueError, match="negative"):
        int2b128(-1, pieces.append)


@pytest.mark.property
@EXAMPLES
@given(st.lists(EXPRESSIONS, max_size=4), st.lists(st.integers(0, 10_000), max_size=8))
def test_any_cut_gives_the_same_expressions(expressions: list[object], places: list[int]) -> None:
    stream = b"".join(encodeExpression(item, VOCABULARY, FREE) for item in expressions)
    assert feed(cut(stream, places), FREE) == expressions


@pytest.mark.property
@EXAMPLES
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.binary(max_size=2).map(lambda digits: digits + b"\x80"),
            EXPRESSIONS.map(lambda item: encodeExpression(item, {}, FREE)),
        ),
        max_size=10,
    ),
    st.lists(st.integers(0, 10_000), max_size=8),
)
def test_any_bytes_have_one_verdict(pieces: list[bytes], places: list[int]) -> None:
    stream = b"".join(pieces)
    assert repr(feed(cut(stream, places))) == repr(feed([stream]))
