"""One input: what a parser makes of it whole and in pieces, and how much memory that takes."""

import gc
import traceback
import tracemalloc
from dataclasses import dataclass

from fuzz.inputs import cut, inputOf, randomFor
from fuzz.noise import Noise
from fuzz.target import Target, Violation

_SHOWN = 1000
_BEFORE = 100


@dataclass(frozen=True)
class Failure:
    """What is wrong with a target.

    Attributes:
        target: The name of the target.
        seed: The seed of the run.
        index: The number of the input; None if it is not one alone.
        data: The input.
        why: What went wrong.
    """

    target: str
    seed: int
    index: int | None
    data: bytes
    why: str


@dataclass(frozen=True)
class Trial:
    """An input that was tried.

    Attributes:
        size: How many bytes it has.
        memory: How many bytes it took at once; 0 if that was not measured.
        failure: What went wrong; None if nothing did.
    """

    size: int
    memory: int
    failure: Failure | None


def attempt(target: Target, seed: int, index: int, noise: Noise, measured: bool) -> Trial:
    """Try one input.

    Args:
        target: The target.
        seed: The seed of the run.
        index: The number of the input.
        noise: What was logged.
        measured: Whether to measure how much memory it takes.
    """
    random = randomFor(seed, target, index)
    data = inputOf(target, random)
    memory = 0
    # References that wait to be collected would be let go of, and peers be told, at any time.
    gc.disable()
    try:
        noise.check("Found with the garbage of an input shortly before this one.\n")
        whole = target.run([data] if data or not target.isStream else [])
        noise.check()
        if target.isStream:
            pieces = cut(data, random)
            _compare(whole, target.run(pieces), pieces)
            noise.check()
        if measured:
            memory = _measure(target, data, whole)
            gc.collect()
            noise.check()
    except Exception as error:
        why = str(error) if isinstance(error, Violation) else traceback.format_exc()
        return Trial(len(data), memory, Failure(target.name, seed, index, data, why))
    finally:
        gc.enable()
    return Trial(len(data), memory, None)


def _compare(whole: object, parts: object, pieces: list[bytes]) -> None:
    """Check that an input means the same in pieces."""
    if whole != parts:
        one, other = _fromDifference(repr(whole), repr(parts))
        lengths = repr([len(piece) for piece in pieces])[:_SHOWN]
        raise Violation(
            f"whole it gives {one}\ncut into pieces of {lengths} bytes it gives {other}"
        )


def _fromDifference(one: str, other: str) -> tuple[str, str]:
    """Return two texts from a little before the place on where they differ."""
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), 0)
    start = max(0, same - _BEFORE)
    dots = "..." if start else ""
    return dots + one[start : start + _SHOWN], dots + other[start : start + _SHOWN]


def _measure(target: Target, data: bytes, whole: object) -> int:
    """Return how many bytes an input takes that was tried before, so that nothing is new."""
    tracemalloc.start()
    try:
        again = target.run([data] if data or not target.isStream else [])
        memory = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if again != whole:
        raise Violation(f"once it gives {repr(whole)[:_SHOWN]}, then {repr(again)[:_SHOWN]}")
    allowed = target.memory + target.memoryPerByte * len(data)
    if memory > allowed:
        raise Violation(f"{memory} bytes of memory for {len(data)} bytes: {allowed} are allowed")
    return memory
