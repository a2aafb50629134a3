"""What is remembered from run to run: how long tests took, and which failed.

It is kept in the working directory of the tests, and carried over when that is made anew.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FILE = "_trial_history.json"
"""The name of the file."""

MOST_TESTS = 100_000
"""How many tests are remembered."""

LONGEST_FILE = 64 * 1024 * 1024
"""How many bytes of the file are read; a longer one is taken for broken."""


@dataclass
class History:
    """What is known of earlier runs.

    Attributes:
        seconds: How long the tests took when they ran last, by their names.
        failed: The names of those that failed then.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def ran(self, durations: Iterable[tuple[str, float]], failed: Iterable[str]) -> None:
        """Take in what a run has shown; what is known of other tests stays.

        Args:
            durations: The names of the tests that ran, and their seconds.
            failed: The names of those among them that failed.
        """
        for name, seconds in durations:
            # The newest are at the end.
            self.seconds.pop(name, None)
            self.seconds[name] = seconds
            self.failed.discard(name)
        self.failed.update(failed)
        while len(self.seconds) > MOST_TESTS:
            name = next(iter(self.seconds))
            del self.seconds[name]
            self.failed.discard(name)


def readHistory(directory: str) -> History:
    """Return what is known of earlier runs; nothing, if there is no file or a broken one.

    Args:
        directory: The working directory of the tests.
    """
    try:
        with open(os.path.join(directory, FILE), encoding="utf-8") as file:
            text = file.read(LONGEST_FILE + 1)
        known = json.loads(text) if len(text) <= LONGEST_FILE else {}
    except (OSError, ValueError, RecursionError):
        return History()
    match known:
        case {"seconds": dict(seconds), "failed": list(failed)}:
            return History(_numbers(seconds), {name for name in failed if isinstance(name, str)})
    return History()


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and 0 <= value < 1e9
    }


def writeHistory(directory: str, history: History) -> None:
    """Keep what is known of the runs so far; a full disk only costs the memory of it.

    Args:
        directory: The working directory of the tests.
        history: What is known.
    """
    known = {"seconds": history.seconds, "failed": sorted(history.failed)}
    path = os.path.join(directory, FILE)
    try:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(known, file)
        os.replace(f"{path}.new", path)
    except OSError:
        return


__all__ = ["FILE", "History", "readHistory", "writeHistory"]
