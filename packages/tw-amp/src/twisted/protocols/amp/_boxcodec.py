"""The codec of boxes, without I/O: bytes of a stream to boxes, and boxes to bytes.

On the wire a box is its pairs one after the other and an empty key after them. A key and a value
begin with their length in two bytes, the greater one first. A key has 1 to 255 bytes, so the first
byte of its length is 0, and whoever talks something else than AMP is mostly found out by it.

Two functions do all the work. `decodeBoxes` goes over a chunk once and keeps the pairs of a box
that is not complete, so that no byte is looked at twice, however the stream is cut; it also says
how many bytes have to come before it can go on.

This module depends on nothing, so that it can be compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

MAX_KEY_LENGTH = 255
"""How many bytes a key may have."""

MAX_VALUE_LENGTH = 65535
"""How many bytes a value may have."""

FINE = 0
KEY_TOO_LONG = 1
BOX_TOO_LARGE = 2

_LENGTHS = tuple(length.to_bytes(2, "big") for length in range(256))


class KeyLengthError(ValueError):
    """A key is empty, or longer than `MAX_KEY_LENGTH`; the argument is the key."""


class ValueLengthError(ValueError):
    """A value is longer than `MAX_VALUE_LENGTH`; the argument is its key."""


def encodeBox(box: Mapping[bytes, bytes], longValues: bool = False) -> bytes:
    """Return a box as it goes over the wire, its pairs in the order of their keys.

    Args:
        box: The pairs.
        longValues: Whether a value that is too long is sent in pieces, each under the same key;
            only peers that have agreed on it understand that.

    Raises:
        KeyLengthError: A key is empty or too long.
        ValueLengthError: A value is too long.
        TypeError: A key or a value is not bytes.
    """
    pieces: list[bytes] = []
    for key in sorted(box):
        value = box[key]
        size = len(key)
        if not 0 < size < 256:
            raise KeyLengthError(key)
        length = len(value)
        if length < 256:
            pieces += (_LENGTHS[size], key, _LENGTHS[length], value)
        elif length > MAX_VALUE_LENGTH:
            if not longValues:
                raise ValueLengthError(key)
            for at in range(0, length, MAX_VALUE_LENGTH):
                piece = value[at : at + MAX_VALUE_LENGTH]
                pieces += (_LENGTHS[size], key, len(piece).to_bytes(2, "big"), piece)
        else:
            pieces += (_LENGTHS[size], key, length.to_bytes(2, "big"), value)
    pieces.append(b"\0\0")
    return b"".join(pieces)


def decodeBoxes(
    data: bytes,
    box: dict[bytes, bytes],
    before: int,
    newBox: Callable[[], dict[bytes, bytes]],
    boxes: list[dict[bytes, bytes]],
    ends: list[int],
    maxKeys: int,
    maxSize: int,
    longs: dict[bytes, bytearray] | None = None,
) -> tuple[dict[bytes, bytes], int, int, int, int]:
    """Take as many boxes from a chunk as there are.

    The verdict depends on the stream alone, not on how it is cut.

    Args:
        data: The chunk; it begins where the one before was not consumed any more.
        box: Holds the pairs of the box that the chunk goes on with; new ones are added.
        before: How many bytes these pairs took.
        newBox: Makes an empty box.
        boxes: Gets the boxes that are complete.
        ends: Gets the place behind each of them.
        maxKeys: How many keys a box may have.
        maxSize: How many bytes its pairs may take on the wire.
        longs: Holds the values of the box that came in several pieces, where the peers have agreed
            on that; None where they have not: then the last of several pairs with one key counts.

    Returns:
        The box that is not complete, how many bytes its pairs took, how many bytes of the chunk
        are consumed, how many more than these are needed to go on, and `FINE`, `KEY_TOO_LONG` or
        `BOX_TOO_LARGE`. Where it is not fine, what is consumed ends before the bad pair.
    """
    at = 0
    start = -before
    end = len(data)
    verdict = FINE
    while True:
        valueAt = at + 2
        if valueAt > end:
            needed = 2
            break
        if data[at]:
            verdict = KEY_TOO_LONG
            needed = 2
            break
        size = data[at + 1]
        if not size:
            if len(box) > maxKeys or at - start > maxSize:
                verdict = BOX_TOO_LARGE
                needed = 2
                break
            if longs:
                for key, value in longs.items():
                    box[key] = bytes(value)
                longs.clear()
            boxes.append(box)
            at = valueAt
            ends.append(at)
            start = at
            box = newBox()
            continue
        keyAt = valueAt
        valueAt += size + 2
        if valueAt > end:
            needed = valueAt - at
            if valueAt - start > maxSize:
                verdict = BOX_TOO_LARGE
            break
        keyEnd = valueAt - 2
        following = valueAt + (data[keyEnd] << 8 | data[keyEnd + 1])
        if following > end:
            needed = following - at
            if following - start > maxSize:
                verdict = BOX_TOO_LARGE
            break
        key = data[keyAt:keyEnd]
        if longs is not None and key in box:
            # A bytearray grows in place: joining bytes would copy them with each piece.
            if key not in longs:
                longs[key] = bytearray(box[key])
            longs[key] += data[valueAt:following]
        else:
            box[key] = data[valueAt:following]
        at = following
    if len(box) > maxKeys or at - start > maxSize:
        verdict = BOX_TOO_LARGE
    return box, at - start, at, needed, verdict


__all__ = [
    "BOX_TOO_LARGE",
    "FINE",
    "KEY_TOO_LONG",
    "MAX_KEY_LENGTH",
    "MAX_VALUE_LENGTH",
    "KeyLengthError",
    "ValueLengthError",
    "decodeBoxes",
    "encodeBox",
]
