"""Perspective Broker: round trips of calls over loopback, Jelly, and the codec of Banana."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "spread_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "spread_operations.py")


def workload(name: str, summary: str, case: str, operation: str, most: float) -> Workload:
    """Return a workload with a goal: at most a multiple of the incumbent's time."""
    return Workload(
        name,
        summary,
        Operations(case, operation),
        (TW, INCUMBENT, INCUMBENT.again()),
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", most),),
    )


WORKLOADS = (
    workload("pb-1", "Calls of Perspective Broker, 1 in flight", "1", "round trip", 0.75),
    workload("pb-100", "Calls of Perspective Broker, 100 in flight", "100", "round trip", 0.45),
    workload("jelly", "Make the expression of 100 records", "jelly", "structure", 0.4),
    workload("unjelly", "Make 100 records of their expression", "unjelly", "structure", 0.4),
    workload("banana-encode", "Encode the expression of 100 records", "encode", "encoding", 0.4),
    workload("banana-decode", "Decode the expression of 100 records", "decode", "decoding", 0.25),
)
