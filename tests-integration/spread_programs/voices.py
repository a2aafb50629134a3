"""What the programs print: a line for each thing that happens, with its pattern before it."""

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater


def say(pattern: str, *words: object) -> None:
    """Print a line."""
    print(f"{pattern}: {' '.join(map(str, words))}", flush=True)


def named(type_: Any) -> str:
    """Return the full name of a type, or of one that a peer reported."""
    if isinstance(type_, type):
        return f"{type_.__module__}.{type_.__qualname__}"
    return type_.decode() if isinstance(type_, bytes) else str(type_)


def refused(failure: Any) -> str:
    """Turn a failure into what is to be said of it."""
    return f"{named(failure.type)}: {failure.getErrorMessage()}"


async def until(ask: Callable[[], Any], wanted: object) -> object:
    """Wait until something is answered, for half a minute at most, and return it."""
    for _ in range(3000):
        if await ask() == wanted:
            return wanted
        await deferLater(reactor, 0.01, lambda: None)
    raise AssertionError(f"it never became {wanted!r}")
