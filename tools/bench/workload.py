"""What a workload is, and how the files below `workloads/` are found.

Such a file is one table, `WORKLOADS`; its name is that of the whole family on the command line.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bench import workloads
from bench.errors import BenchError
from bench.measure import Measurement
from bench.sides import Side


@dataclass(frozen=True)
class Goal:
    """What we want to reach: the cost of an operation of a side at most a multiple of another's.

    Attributes:
        side: The name of our side.
        baseline: The name of the other.
        most: The multiple.
    """

    side: str
    baseline: str
    most: float


@dataclass(frozen=True)
class Workload:
    """One comparison.

    Attributes:
        name: On the command line.
        summary: For readers of the table.
        measurement: What is done with each side.
        sides: Who is compared.
        baselines: The names of the sides that the others are divided by.
        goals: What we want to reach.
    """

    name: str
    summary: str
    measurement: Measurement
    sides: tuple[Side, ...]
    baselines: tuple[str, ...] = ("incumbent", "asyncio")
    goals: tuple[Goal, ...] = ()

    def only(self, names: Sequence[str]) -> "Workload":
        """Return the workload with the named sides alone, and what can still be said of them."""
        sides = tuple(side for side in self.sides if side.name in names)
        left = [side.name for side in sides]
        return replace(
            self,
            sides=sides,
            baselines=tuple(name for name in self.baselines if name in left) or tuple(left[:1]),
            goals=tuple(goal for goal in self.goals if {goal.side, goal.baseline} <= set(left)),
        )


def families() -> dict[str, tuple[Workload, ...]]:
    """Return the table of each file below `workloads/`."""
    names = sorted(module.name for module in pkgutil.iter_modules(workloads.__path__))
    return {
        name: importlib.import_module(f"{workloads.__name__}.{name}").WORKLOADS for name in names
    }


def choose(wanted: Sequence[str], sides: Sequence[str]) -> list[Workload]:
    """Return the workloads to run.

    Args:
        wanted: Names of workloads or of families; all if there are none.
        sides: Names of sides; all if there are none.

    Raises:
        BenchError: A name is unknown, or nothing is left.
    """
    table = families()
    every = [workload for family in table.values() for workload in family]
    named = {**{workload.name: (workload,) for workload in every}, **table}
    chosen = (
        every if not wanted else [item for name in wanted for item in named[known(name, named)]]
    )
    available = {side.name for workload in every for side in workload.sides}
    for name in sides:
        known(name, available)
    left = [workload.only(sides) if sides else workload for workload in chosen]
    if not (left := [workload for workload in left if workload.sides]):
        raise BenchError("none of these sides is in these workloads; --list shows them")
    return left


def known(name: str, names: Iterable[str]) -> str:
    """Return the name if it is one of those.

    Raises:
        BenchError: It is not.
    """
    if name not in names:
        raise BenchError(f"there is no {name!r}; there are {', '.join(sorted(names))}")
    return name
