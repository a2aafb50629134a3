"""The time of a simulation: what happens when, and the one source of chance.

Everything that a simulation decides, it decides by `random` of its timeline, and everything that
happens, happens in the order of the timeline. So a seed says all.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from random import Random

TRACE_LIMIT = 10_000
"""How many lines of a trace are kept, the last ones."""


class Timeline:
    """Events in the order of their times, and of their making where the times are equal.

    Attributes:
        seed: What the simulation replays from.
        random: The source of all chance.
        now: The time, in seconds since the simulation began.
    """

    def __init__(self, seed: int, trace: bool) -> None:
        """Make a timeline on which nothing is to happen yet.

        Args:
            seed: What chance begins from.
            trace: Whether a trace is kept.
        """
        self.seed = seed
        self.random: Random = Random(seed)
        self.now: float = 0.0
        self._heap: list[tuple[float, int, Callable[..., object], tuple[object, ...]]] = []
        self._serial = 0
        self._trace: deque[str] | None = deque(maxlen=TRACE_LIMIT) if trace else None

    def chance(self, probability: float) -> bool:
        """Return whether something happens that has a probability."""
        return probability > 0 and self.random.random() < probability

    def at(self, time: float, call: Callable[..., object], *arguments: object) -> None:
        """Have something called at a time.

        Args:
            time: When, in seconds since the simulation began.
            call: What to call.
            arguments: Its arguments.
        """
        self._serial += 1
        heapq.heappush(self._heap, (time, self._serial, call, arguments))

    def nextTime(self) -> float | None:
        """Return when the next event is due; None if there is none."""
        return self._heap[0][0] if self._heap else None

    def runNext(self) -> None:
        """Let the next event happen."""
        time, _, call, arguments = heapq.heappop(self._heap)
        self.now = max(self.now, time)
        call(*arguments)

    def note(self, who: object, what: str, *details: object) -> None:
        """Write a line into the trace, if there is one."""
        if self._trace is not None:
            text = " ".join([what, *map(str, details)])
            self._trace.append(f"{self.now:.6f} {who}: {text}")

    def trace(self) -> Iterable[str]:
        """Return the lines of the trace, the oldest first."""
        return list(self._trace or ())
