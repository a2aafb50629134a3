"""What is fuzzed: a parser, valid inputs to begin with, and how to tell that something is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random


class Violation(Exception):
    """A parser did what it must not do; the text says what."""


@dataclass(frozen=True)
class Target:
    """A parser that is fed with inputs.

    Attributes:
        name: What it is called on the command line.
        make: Returns a valid input, or nearly one.
        run: Feeds a new parser with an input in pieces and returns what it made of it, which must
            be the same for all pieces. Errors that are documented are a part of that; any other
            exception is a failure, `Violation` among them.
        words: Pieces of inputs that mean something, to be put in anywhere.
        isStream: Whether an input may come in pieces; otherwise there is always one.
        mutated: How many of the valid inputs are changed.
        memory: How many bytes an input may take while it is dealt with.
        memoryPerByte: How many more for each byte that it has.
        blocks: How many blocks of memory may stay behind for all inputs, in caches; those of
            CPython itself have 4096 names.
    """

    name: str
    make: Callable[[Random], bytes]
    run: Callable[[list[bytes]], object]
    words: Sequence[bytes] = ()
    isStream: bool = True
    mutated: float = 0.75
    memory: int = 512 * 1024
    memoryPerByte: int = 256
    blocks: int = 6000


def joined(pieces: Sequence[bytes], most: int = 8) -> Callable[[Random], bytes]:
    """Return what makes inputs of pieces that follow each other.

    Args:
        pieces: The pieces.
        most: How many an input has at most.
    """

    def make(random: Random) -> bytes:
        return b"".join(random.choices(pieces, k=random.randint(1, most)))

    return make


def expect(held: int, limit: int, what: str) -> None:
    """Check that a parser keeps no more than it may.

    Args:
        held: How much it keeps.
        limit: How much it may keep.
        what: What that is.

    Raises:
        Violation: It keeps more.
    """
    if held > limit:
        raise Violation(f"{held} {what} are kept, {limit} are allowed")


def text(data: bytes) -> str:
    """Return an input as text, as a command line or a file in an unknown encoding gives it."""
    return data.decode("utf-8", "surrogateescape")
