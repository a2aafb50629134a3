"""Runs of tests, by trial and by pytest: what a test costs, and what a second worker saves."""

from bench.measure import TIME, Command
from bench.sides import Side
from bench.suites import busyTrial, trivialPytest, trivialTrial
from bench.workload import Goal, Workload

TESTS = 2000
RAN = r"\bRan {count} tests\b|\b{count} passed\b"

TW = Side("tw", "tw", "trial", ("test_trivial",))
INCUMBENT = Side("incumbent", "incumbent", "trial", ("test_trivial",))
PYTEST = Side("pytest", "pytest", "pytest", ("test_trivial.py",))


def workers(side: Side, count: int) -> Side:
    """Return the side that runs the long tests in so many processes."""
    arguments = (f"-j{count}", "test_busy")
    return Side(f"{side.name}-j{count}", side.environment, side.program, arguments)


WORKLOADS = (
    Workload(
        "trial-trivial",
        "2,000 tests that do nothing",
        Command(TESTS, RAN, "test", {"trial": trivialTrial, "pytest": trivialPytest}, fewest=2),
        (TW, INCUMBENT, INCUMBENT.again(), PYTEST),
        baselines=("incumbent", "pytest"),
        goals=(Goal("tw", "incumbent", 0.6), Goal("tw", "pytest", 0.5)),
    ),
    Workload(
        "trial-jobs",
        "2,000 tests of 5 ms, in 1 or 2 processes",
        Command(TESTS, RAN, "test", {"trial": busyTrial}, cost=TIME, parallel=True),
        (workers(TW, 1), workers(TW, 2), workers(INCUMBENT, 1), workers(INCUMBENT, 2)),
        baselines=("tw-j1", "incumbent-j1"),
        # 1.7 times as fast.
        goals=(Goal("tw-j2", "tw-j1", 0.588),),
    ),
)
