"""Perspective Broker: round trips of calls over loopback, Jelly, and the codec of Banana."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "spread_operations.py")
COMPILED = Side("tw-spread-compiled", "tw-spread-compiled", "spread_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "spread_operations.py")


def workload(
    name: str, summary: str, case: str, operation: str, most: float, compiled: float | None = None
) -> Workload:
    """Return a workload with goals: at most a multiple of the incumbent's time.

    Where the compiled form has a goal, it is measured as well.
    """
    ours, goals = [TW], [Goal("tw", "incumbent", most)]
    if compiled is not None:
        ours.append(COMPILED)
        goals.append(Goal("tw-spread-compiled", "incumbent", compiled))
    return Workload(
        name,
        summary,
        Operations(case, operation),
        (*ours, INCUMBENT, INCUMBENT.again()),
        baselines=("incumbent",),
        goals=tuple(goals),
    )


WORKLOADS = (
    workload("pb-1", "Calls of Perspective Broker, 1 in flight", "1", "round trip", 0.75),
    workload("pb-100", "Calls of Perspective Broker, 100 in flight", "100", "round trip", 0.45),
    workload("jelly", "Make the expression of 100 records", "jelly", "structure", 0.4),
    workload("unjelly", "Make 100 records of their expression", "unjelly", "structure", 0.4),
    workload(
        "banana-encode", "Encode the expression of 100 records", "encode", "encoding", 0.4, 0.4
    ),
    workload(
        "banana-decode", "Decode the expression of 100 records", "decode", "decoding", 0.25, 0.15
    ),
)
