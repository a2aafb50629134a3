"""Short and idle connections to a TCP echo server: what each costs, in time and in memory."""

from bench.measure import MEMORY, Served
from bench.sides import Side
from bench.workload import Goal, Workload

INCUMBENT = Side("incumbent", "incumbent", "echo_twisted.py", ("epoll",))
SIDES = (Side("tw", "tw", "echo_twisted.py", ("epoll",)), INCUMBENT, INCUMBENT.again())

WORKLOADS = (
    Workload(
        "accept-visit",
        "TCP accept, a byte each way, close",
        Served("visit", 50, 1, "connection"),
        SIDES,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.8),),
    ),
    Workload(
        "memory-idle",
        "Memory of an idle TCP connection",
        Served("idle", 5000, 1, "connection", MEMORY),
        SIDES,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 1.0),),
    ),
)
