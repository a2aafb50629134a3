"""The pauses between events that come at several regular intervals."""

import heapq
from collections.abc import Iterable, Iterator

Pause = tuple[float, int | None]
"""How long to wait, and the number of the interval that ends then (None if there is none)."""


class IntervalDifferential:
    """Intervals, and the pauses that follow from them.

    Iterating over it gives, without end, how long to wait until one of the intervals has passed
    again, and which: `IntervalDifferential([7, 11])` gives `(7, 0)`, `(4, 1)`, `(3, 0)`, ...
    """

    def __init__(self, intervals: Iterable[float], default: float = 60) -> None:
        """Note intervals.

        Args:
            intervals: The intervals, in a unit of the caller's.
            default: How long to wait where there is no interval.
        """
        self.intervals: list[float] = list(intervals)
        self.default: float = default

    def __iter__(self) -> "_Pauses":
        return _Pauses(self.intervals, self.default)


class _Pauses(Iterator[Pause]):
    """The pauses; intervals can come and go on the way."""

    def __init__(self, intervals: Iterable[float], default: float) -> None:
        """Begin at time 0; see `IntervalDifferential`."""
        self.intervals: list[float] = []
        self.default = default
        self.last: float = 0
        # When each interval ends next, and its number.
        self._ends: list[tuple[float, int]] = []
        for interval in intervals:
            self.addInterval(interval)

    def __next__(self) -> Pause:
        if not self._ends:
            self.last += self.default
            return self.default, None
        end, number = self._ends[0]
        heapq.heapreplace(self._ends, (end + self.intervals[number], number))
        pause = end - self.last
        self.last = end
        return pause, number

    def addInterval(self, interval: float) -> None:
        """Add an interval that begins now; its number is the next one.

        Raises:
            ValueError: It is not greater than 0.
        """
        if not interval > 0:
            raise ValueError(f"an interval must be greater than 0, not {interval!r}")
        self.intervals.append(interval)
        heapq.heappush(self._ends, (self.last + interval, len(self.intervals) - 1))

    def removeInterval(self, interval: float) -> None:
        """Remove the first interval of a length; those after it move up by one number.

        Raises:
            ValueError: There is none.
        """
        if interval not in self.intervals:
            raise ValueError(f"there is no interval {interval!r}")
        removed = self.intervals.index(interval)
        del self.intervals[removed]
        self._ends = [
            (end, number - (number > removed)) for end, number in self._ends if number != removed
        ]
        heapq.heapify(self._ends)


__all__ = ["IntervalDifferential"]
