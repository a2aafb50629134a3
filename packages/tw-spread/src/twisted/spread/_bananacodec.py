"""The codec of Banana, without I/O: expressions to bytes of a stream, and bytes to expressions.

An element is a number in base 128, its least significant digit first, and a byte with its high bit
set that says what the number means: the value of an integer, how many bytes of a string follow, how
many elements a list has. A float has no number, but eight bytes behind it. Where peers have agreed
on a vocabulary, a number stands for a whole string.

Two functions do all the work. `encodeExpression` makes the bytes of one expression, or fails before
anything can be sent. `decodeExpressions` goes over a chunk once and keeps the lists that are not
complete in an `Unfinished`, so that no element is looked at twice, however the stream is cut. What a
peer announces is compared with the limits before it is there, and nothing is allocated for it.

This module depends on nothing, so that it can be compiled.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

LIST_BYTE: Final = 0x80
INT_BYTE: Final = 0x81
STRING_BYTE: Final = 0x82
NEG_BYTE: Final = 0x83
FLOAT_BYTE: Final = 0x84
LONGINT_BYTE: Final = 0x85
LONGNEG_BYTE: Final = 0x86
VOCAB_BYTE: Final = 0x87

_INT_LIMIT: Final = 2147483648

_LISTS: Final = tuple(bytes((n, LIST_BYTE)) for n in range(128))
_INTS: Final = tuple(bytes((n, INT_BYTE)) for n in range(128))
_STRINGS: Final = tuple(bytes((n, STRING_BYTE)) for n in range(128))

_packDouble: Final = struct.Struct(">d").pack
_unpackDouble: Final = struct.Struct(">d").unpack_from


class BananaError(Exception):
    """What Banana cannot send, or a peer must not have sent."""


class Limits:
    """How much one expression may hold.

    Attributes:
        size: How many bytes a string, and how many elements a list may have.
        prefix: How many digits in base 128 a number may have.
        depth: How deep lists may lie in each other.
        elements: How many elements all the lists of an expression may have together.
        message: How many bytes an expression may take.
    """

    __slots__ = ("depth", "elements", "message", "prefix", "size")

    def __init__(self, size: int, prefix: int, depth: int, elements: int, message: int) -> None:
        """Set the limits."""
        self.size: int = size
        self.prefix: int = prefix
        self.depth: int = depth
        self.elements: int = elements
        self.message: int = message


class Unfinished:
    """The lists of an expression that are not complete, from the outermost to the innermost.

    Attributes:
        lists: All of them but the innermost.
        missing: How many elements each of these still misses, not counting the next list.
        items: The innermost; None between two expressions.
        left: How many elements it misses.
        elements: How many elements were announced so far.
        size: How many bytes came so far.
    """

    __slots__ = ("elements", "items", "left", "lists", "missing", "size")

    def __init__(self) -> None:
        """Begin between two expressions."""
        self.lists: list[list[object]] = []
        self.missing: list[int] = []
        self.items: list[object] | None = None
        self.left: int = 0
        self.elements: int = 0
        self.size: int = 0


def encodeNumber(number: int) -> bytes:
    """Return a number in base 128, its least significant digit first.

    Args:
        number: 0 or more.
    """
    if number < 128:
        return bytes((number,))
    digits = bytearray()
    while number:
        digits.append(number & 127)
        number >>= 7
    return bytes(digits)


def decodeNumber(digits: bytes) -> int:
    """Return the number that digits in base 128 stand for.

    Args:
        digits: The least significant one first.
    """
    number = 0
    shift = 0
    for digit in digits:
        number |= digit << shift
        shift += 7
    return number


def _encodeInteger(number: int, limit: int) -> bytes:
    if number.bit_length() > 7 * limit:
        raise BananaError(
            f"an integer of {number.bit_length()} bits is too large to send: the limit is "
            f"{7 * limit}, and setPrefixLimit changes it"
        )
    if number >= 0:
        if number < _INT_LIMIT:
            return encodeNumber(number) + b"\x81"
        return encodeNumber(number) + b"\x85"
    if number >= -_INT_LIMIT:
        return encodeNumber(-number) + b"\x83"
    return encodeNumber(-number) + b"\x86"


def _encodeOther(item: object, limits: Limits) -> bytes:
    """Encode what is of no common type."""
    if isinstance(item, float):
        return b"\x84" + _packDouble(item)
    if isinstance(item, int):
        return _encodeInteger(int(item), limits.prefix)
    if isinstance(item, bytes):
        size = len(item)
        if size > limits.size:
            raise BananaError(
                f"a string of {size} bytes is too long to send: SIZE_LIMIT is {limits.size}"
            )
        return encodeNumber(size) + b"\x82" + item
    kind = type(item)
    raise BananaError(f"Banana cannot send {kind.__module__}.{kind.__qualname__} objects: {item!r}")


def _encodeList(
    elements: list[Any] | tuple[Any, ...],
    append: Callable[[bytes], object],
    vocabulary: dict[bytes, bytes],
    limits: Limits,
    depth: int,
    before: int,
) -> int:
    """Encode a list with all that it holds, and return how many elements there are so far."""
    count = len(elements)
    if count > limits.size:
        raise BananaError(
            f"a list of {count} elements is too long to send: SIZE_LIMIT is {limits.size}"
        )
    if depth >= limits.depth:
        raise BananaError(f"lists lie too deep in each other to send: the limit is {limits.depth}")
    before += count
    if before > limits.elements:
        raise BananaError(
            f"an expression of more than {limits.elements} elements is too large to send"
        )
    append(_LISTS[count] if count < 128 else encodeNumber(count) + b"\x80")
    for item in elements:
        # To compare types is much faster than isinstance; subclasses are left for the end.
        kind = type(item)
        if kind is bytes:
            if item in vocabulary:
                append(vocabulary[item])
                continue
            size = len(item)
            if size < 128:
                append(_STRINGS[size])
            elif size > limits.size:
                raise BananaError(
                    f"a string of {size} bytes is too long to send: SIZE_LIMIT is {limits.size}"
                )
            else:
                append(encodeNumber(size) + b"\x82")
            append(item)
        elif kind is list or kind is tuple:
            before = _encodeList(item, append, vocabulary, limits, depth + 1, before)
        elif kind is int:
            if 0 <= item < 128:
                append(_INTS[item])
            else:
                append(_encodeInteger(item, limits.prefix))
        elif kind is float:
            append(b"\x84" + _packDouble(item))
        elif isinstance(item, (list, tuple)):
            before = _encodeList(item, append, vocabulary, limits, depth + 1, before)
        else:
            append(_encodeOther(item, limits))
    return before


def encodeExpression(expression: object, vocabulary: dict[bytes, bytes], limits: Limits) -> bytes:
    """Return an expression as it goes over the wire.

    Args:
        expression: Bytes, a number, or a list or tuple of expressions.
        vocabulary: What stands for a string where the peers have agreed on that.
        limits: What the peer would refuse is not sent.

    Raises:
        BananaError: It holds something else, or more than the limits allow.
    """
    pieces: list[bytes] = []
    if isinstance(expression, (list, tuple)):
        _encodeList(expression, pieces.append, vocabulary, limits, 0, 0)
    elif isinstance(expression, bytes) and expression in vocabulary:
        pieces.append(vocabulary[expression])
    else:
        pieces.append(_encodeOther(expression, limits))
    encoded = b"".join(pieces)
    if len(encoded) > limits.message:
        raise BananaError(
            f"an expression of {len(encoded)} bytes is too large to send: the limit is "
            f"{limits.message}"
        )
    return encoded


def decodeExpressions(
    data: bytes,
    unfinished: Unfinished,
    expressions: list[object],
    most: int,
    words: list[bytes],
    limits: Limits,
) -> tuple[int, int]:
    """Take expressions from a chunk.

    The verdict depends on the stream alone, not on how it is cut.

    Args:
        data: The chunk; it begins where the one before was not consumed any more.
        unfinished: What the chunk goes on with.
        expressions: Gets the expressions that are complete, also those before an illegal one.
        most: How many of them to take; 0 for all.
        words: The string that each number of the vocabulary stands for; an empty one for none.
        limits: What an expression may hold.

    Returns:
        How many bytes of the chunk are consumed, and how many more than these are needed to go on.

    Raises:
        BananaError: The stream is not Banana, or exceeds a limit.
    """
    end = len(data)
    at = 0
    # Where the expression begins: before the chunk, if it is a part of one.
    origin = -unfinished.size
    needed = 1
    items = unfinished.items
    left = unfinished.left
    lists = unfinished.lists
    missing = unfinished.missing
    elements = unfinished.elements
    sizeLimit = limits.size
    prefixLimit = limits.prefix
    messageLimit = limits.message
    while at < end:
        start = at
        number = data[at]
        at += 1
        if number < 128:
            if at == end:
                at = start
                needed = 2
                break
            kind = data[at]
            at += 1
            if kind < 128:
                shift = 7
                while kind < 128:
                    if at - start > prefixLimit:
                        raise BananaError(f"a number of more than {prefixLimit} digits came")
                    number |= kind << shift
                    shift += 7
                    if at == end:
                        kind = 0
                        break
                    kind = data[at]
                    at += 1
                if kind < 128:
                    needed = end - start + 1
                    at = start
                    break
        else:
            kind = number
            number = 0
        item: object
        if kind == STRING_BYTE:
            if number > sizeLimit:
                raise BananaError(
                    f"a string of {number} bytes was announced: SIZE_LIMIT is {sizeLimit}"
                )
            begin = at
            at += number
            if at - origin > messageLimit:
                raise BananaError(f"an expression of more than {messageLimit} bytes came")
            if at > end:
                needed = at - start
                at = start
                break
            item = data[begin:at]
        elif kind == LIST_BYTE:
            if number > sizeLimit:
                raise BananaError(
                    f"a list of {number} elements was announced: SIZE_LIMIT is {sizeLimit}"
                )
            elements += number
            if elements > limits.elements:
                raise BananaError(f"an expression of more than {limits.elements} elements came")
            if number:
                if items is not None:
                    if len(lists) + 1 >= limits.depth:
                        raise BananaError(f"lists lie in each other more than {limits.depth} deep")
                    lists.append(items)
                    missing.append(left - 1)
                items = []
                left = number
                continue
            item = []
        elif kind == VOCAB_BYTE:
            if number >= len(words) or not words[number]:
                raise BananaError(f"a word with the unknown number {number} came")
            item = words[number]
        elif kind in (INT_BYTE, LONGINT_BYTE):
            item = number
        elif kind in (NEG_BYTE, LONGNEG_BYTE):
            item = -number
        elif kind == FLOAT_BYTE:
            if at + 8 > end:
                needed = at + 8 - start
                at = start
                break
            item = _unpackDouble(data, at)[0]
            at += 8
        else:
            raise BananaError(f"an element of the unknown type {kind:#x} came")
        while items is not None:
            items.append(item)
            left -= 1
            if left:
                break
            item = items
            if lists:
                items = lists.pop()
                left = missing.pop() + 1
            else:
                items = None
        else:
            expressions.append(item)
            origin = at
            elements = 0
            if most and len(expressions) >= most:
                break
    unfinished.items = items
    unfinished.left = left
    unfinished.elements = elements
    unfinished.size = at - origin
    return at, needed


__all__ = [
    "FLOAT_BYTE",
    "INT_BYTE",
    "LIST_BYTE",
    "LONGINT_BYTE",
    "LONGNEG_BYTE",
    "NEG_BYTE",
    "STRING_BYTE",
    "VOCAB_BYTE",
    "BananaError",
    "Limits",
    "Unfinished",
    "decodeExpressions",
    "decodeNumber",
    "encodeExpression",
    "encodeNumber",
]
