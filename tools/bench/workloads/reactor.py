"""What a reactor does beside sockets: threads, timers, processes, and its own import."""

from bench.measure import Imports, Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "reactor_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "reactor_operations.py")
SIDES = (TW, INCUMBENT, INCUMBENT.again())


def operation(name: str, summary: str, case: str, counted: str, most: float) -> Workload:
    """Return the workload of a case, with what we want to reach as a multiple of the incumbent's."""
    goal = Goal("tw", "incumbent", most)
    return Workload(name, summary, Operations(case, counted), SIDES, ("incumbent",), (goal,))


WORKLOADS = (
    operation("thread-call", "callFromThread, and wait for it", "round-trip", "call", 0.85),
    operation("thread-flood", "callFromThread without waiting", "flood", "call", 0.65),
    operation("thread-defer", "deferToThread, one after the other", "in-thread", "call", 0.9),
    operation("timer-cancel", "100,000 timers set and cancelled", "timers", "round", 0.75),
    operation("timer-hop", "callLater(0), one after the other", "hops", "hop", 0.65),
    operation("timer-hop-10k", "The same, 10,000 timers pending", "hops-among-many", "hop", 0.45),
    operation("process", "Start a process, read its output, end", "processes", "process", 1.0),
    Workload(
        "import-reactor",
        "import twisted.internet.reactor, callLater",
        Imports("twisted.internet.reactor", "module.callLater(0, int)"),
        SIDES,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.6),),
    ),
)
