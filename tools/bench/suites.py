"""The suites of tests that the runners of tests are timed with, made as files of a directory.

Each gives the same names to the same tests, spread over classes as people write them; only the
base class, and for pytest the lack of one, differs.
"""

from collections.abc import Iterator, Mapping

TESTS_IN_A_CLASS = 50
BUSY_SECONDS = 0.005

TRIAL = "from twisted.trial.unittest import TestCase\n"
# CPU time, not the time of day: what takes turns on one core is not done sooner.
BUSY = """import time


def compute():
    end = time.process_time() + {seconds}
    while time.process_time() < end:
        sum(range(1000))
"""


def trivialTrial(count: int) -> Mapping[str, str]:
    """Return a suite for trial of so many tests that compare a number with itself."""
    text = "\n".join(_classes(count, "(TestCase)", "self.assertEqual({n}, {n})"))
    return {"test_trivial.py": f"{TRIAL}\n{text}"}


def trivialPytest(count: int) -> Mapping[str, str]:
    """Return the same for pytest as it likes it best: no base class, and a bare `assert`."""
    return {"test_trivial.py": "\n".join(_classes(count, "", "assert {n} == {n}"))}


def busyTrial(count: int) -> Mapping[str, str]:
    """Return a suite for trial of so many tests that compute for 5 ms."""
    text = "\n".join(_classes(count, "(TestCase)", "compute()"))
    return {"test_busy.py": f"{TRIAL}{BUSY.format(seconds=BUSY_SECONDS)}\n\n{text}"}


def _classes(count: int, bases: str, body: str) -> Iterator[str]:
    for first in range(0, count, TESTS_IN_A_CLASS):
        yield f"\nclass Test{first}{bases}:"
        for number in range(first, min(count, first + TESTS_IN_A_CLASS)):
            yield f"    def test_{number}(self):\n        {body.format(n=number)}\n"
