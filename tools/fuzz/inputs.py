"""Inputs: valid ones, changed ones and random ones, the same for the same seed and index."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from fuzz.target import Target

LONGEST = 32 * 1024
"""How many bytes an input has at most."""

_RANDOM = 0.05
"""How many inputs are nothing but random bytes."""

_MOST_CHANGES = 6
_DIGITS = re.compile(rb"[0-9]+")

# Where numbers turn: of signs, of bytes and words, of what Python converts at all (4300 digits).
_NUMBERS = [
    *(b"0", b"00", b"1", b"-1", b"+1", b"9", b"127", b"128", b"255", b"256", b"999", b"1000"),
    *(b"32767", b"65535", b"65536", b"99999", b"2147483647", b"2147483648", b"4294967295"),
    *(b"4294967296", b"9223372036854775807", b"18446744073709551616", b"1e9", b"0x10", b"1_0"),
    *(b"9" * 40, b"9" * 400, b"1" * 5000, b" 1", "\u0661".encode(), b"nan", b"inf"),
]
_PATTERNS = [
    *(b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0", b"\xff\xff", b"\x7f\xff", b"\x80\0"),
    *(b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xff" * 8),
    *(b"\r\n", b"\r", b"\n", b" ", b"\t", b":", b";", b",", b"=", b'"', b"\\", b"%", b"<", b">"),
    *(b"{", b"}", b"[", b"]", b"(", b")", "\xe9".encode(), b"\xe9", "\u2028".encode()),
]

Change = Callable[[bytearray, Random, Target], object]


def _place(data: bytearray, random: Random) -> int:
    """Return a place in an input, its end included."""
    return int(random.random() * (len(data) + 1))


def _piece(data: bytearray, random: Random, most: int) -> tuple[int, int]:
    """Return where a piece of an input begins and ends."""
    start = _place(data, random)
    # Short ones mostly.
    size = int(most ** random.random())
    return start, min(len(data), start + size)


def _flip(data: bytearray, random: Random, target: Target) -> None:
    if data:
        data[int(random.random() * len(data))] ^= 1 << int(random.random() * 8)


def _replace(data: bytearray, random: Random, target: Target) -> None:
    if data:
        data[int(random.random() * len(data))] = int(random.random() * 256)


def _insert(data: bytearray, random: Random, target: Target) -> None:
    at = _place(data, random)
    data[at:at] = random.randbytes(int(16 ** random.random()))


def _insertPattern(data: bytearray, random: Random, target: Target) -> None:
    at = _place(data, random)
    data[at:at] = random.choice(_PATTERNS)


def _overwrite(data: bytearray, random: Random, target: Target) -> None:
    at = _place(data, random)
    pattern = random.choice(_PATTERNS)
    data[at : at + len(pattern)] = pattern


def _insertWord(data: bytearray, random: Random, target: Target) -> None:
    if target.words:
        at = _place(data, random)
        data[at:at] = random.choice(target.words)


def _overwriteByWord(data: bytearray, random: Random, target: Target) -> None:
    if target.words:
        start, end = _piece(data, random, 12)
        data[start:end] = random.choice(target.words)


def _delete(data: bytearray, random: Random, target: Target) -> None:
    start, end = _piece(data, random, 64)
    del data[start:end]


def _duplicate(data: bytearray, random: Random, target: Target) -> None:
    start, end = _piece(data, random, 64)
    times = 1 if random.random() < 0.8 else int(300 ** random.random())
    data[start:start] = data[start:end] * times


def _repeatByte(data: bytearray, random: Random, target: Target) -> None:
    at = _place(data, random)
    data[at:at] = bytes([int(random.random() * 256)]) * int(3000 ** random.random())


def _splice(data: bytearray, random: Random, target: Target) -> None:
    other = target.make(random)
    data[_place(data, random) :] = other[int(random.random() * (len(other) + 1)) :]


def _truncate(data: bytearray, random: Random, target: Target) -> None:
    del data[_place(data, random) :]


def _number(data: bytearray, random: Random, target: Target) -> None:
    found = [*_DIGITS.finditer(data)]
    if found:
        start, end = random.choice(found).span()
        del found
        data[start:end] = random.choice(_NUMBERS)


_CHANGES: Sequence[Change] = (
    *(_flip, _replace, _insert, _insertPattern, _insertPattern, _overwrite, _overwrite),
    *(_insertWord, _insertWord, _overwriteByWord, _overwriteByWord, _delete, _delete),
    *(_duplicate, _duplicate, _repeatByte, _splice, _truncate, _number, _number),
)


def randomFor(seed: int, target: Target, index: int) -> Random:
    """Return the source of all that is random about one input.

    Args:
        seed: The seed of the run.
        target: The target.
        index: The number of the input.
    """
    return Random(f"{seed} {target.name} {index}")


def inputOf(target: Target, random: Random) -> bytes:
    """Return an input.

    Args:
        target: The target.
        random: What `randomFor` returned.
    """
    if random.random() < _RANDOM:
        return random.randbytes(int(300 ** random.random()))
    made = target.make(random)
    if random.random() >= target.mutated:
        return made[:LONGEST]
    data = bytearray(made)
    for _ in range(int(1 + _MOST_CHANGES * random.random() ** 2)):
        random.choice(_CHANGES)(data, random, target)
        del data[LONGEST:]
    return bytes(data)


def cut(data: bytes, random: Random) -> list[bytes]:
    """Return an input in pieces, of which none is empty.

    Args:
        data: The input.
        random: What decides where it is cut.
    """
    size = len(data)
    if size < 2:
        return [data] if data else []
    if size <= 200 and random.random() < 0.1:
        return [data[at : at + 1] for at in range(size)]
    count = 1 + int(8 * random.random() ** 2)
    edges = sorted({0, size, *(int(random.random() * size) for _ in range(count))})
    return [data[a:b] for a, b in pairwise(edges)]
