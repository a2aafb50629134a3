"""What parent and workers say to each other."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from twisted.protocols.amp import Boolean, Command, String, Unicode

FROM_PARENT = 3
"""The descriptor that the worker reads from."""

TO_PARENT = 4
"""The descriptor that the worker writes to."""

LONGEST_PART = 60_000
"""How many bytes of an event are in one box; AMP takes no more than 65,535."""

LONGEST_EVENT = 16 * 1024 * 1024
"""How many bytes the parent takes for one event."""


class RunTests(Command):
    """Run tests, given as a list of JSON: names, each with its number among those of one name.

    The answer comes when all of them have run, or when the worker was told to stop.
    """

    arguments = [(b"tests", Unicode())]


class StopTests(Command):
    """Run no more tests after the one that runs."""

    requiresAnswer = False


class Tell(Command):
    """A part of an event that the reporter is to be told, in JSON."""

    arguments = [(b"part", String()), (b"last", Boolean())]
    requiresAnswer = False


def partsOf(event: object) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts of an event, each with whether it is the last one.

    Args:
        event: What JSON can say.
    """
    data = json.dumps(event).encode("ascii")
    for start in range(0, len(data), LONGEST_PART):
        end = start + LONGEST_PART
        yield data[start:end], end >= len(data)


class EventParts:
    """Puts events together again."""

    def __init__(self, gotEvent: Callable[[Any], None]) -> None:
        """Begin with no parts.

        Args:
            gotEvent: Is called with each event.
        """
        self._gotEvent = gotEvent
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes, last: bool) -> None:
        """Add a part.

        Args:
            part: The part.
            last: Whether the event is complete with it.

        Raises:
            ValueError: The event is too long, or is no JSON.
        """
        self._parts.append(part)
        self._size += len(part)
        if self._size > LONGEST_EVENT:
            raise ValueError(f"an event of a worker is longer than {LONGEST_EVENT} bytes")
        if last:
            data = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
            self._gotEvent(json.loads(data))


__all__ = [
    "FROM_PARENT",
    "LONGEST_EVENT",
    "LONGEST_PART",
    "EventParts",
    "RunTests",
    "StopTests",
    "TO_PARENT",
    "Tell",
    "partsOf",
]
