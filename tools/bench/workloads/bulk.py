"""Much data over TCP on loopback, 4 connections: all of it received, or sent by a push producer."""

from bench.measure import Served
from bench.sides import Side
from bench.workload import Goal, Workload


def sides(what: str) -> tuple[Side, ...]:
    """Return the servers of one kind."""
    incumbent = Side("incumbent", "incumbent", "bulk_twisted.py", (what,))
    return Side("tw", "tw", "bulk_twisted.py", (what,)), incumbent, incumbent.again()


WORKLOADS = (
    Workload(
        "bulk-receive",
        "TCP bulk receiving, 4 connections",
        Served("receive", 4, 262144, "MiB"),
        sides("receive"),
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.9),),
    ),
    Workload(
        "bulk-send",
        "TCP bulk sending, 4 connections",
        Served("send", 4, 1, "MiB"),
        sides("send"),
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.65),),
    ),
)
