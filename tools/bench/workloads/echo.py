"""TCP echo over loopback, TCP_NODELAY everywhere."""

from bench.measure import Echo
from bench.sides import Side
from bench.workload import Goal, Workload

INCUMBENT = Side("incumbent", "incumbent", "echo_twisted.py", ("epoll",))

SIDES = (
    Side("tw-epoll", "tw", "echo_twisted.py", ("epoll",)),
    Side("tw-select", "tw", "echo_twisted.py", ("select",)),
    Side("tw-asyncio", "tw", "echo_twisted.py", ("asyncio",)),
    Side("tw-uvloop", "tw", "echo_twisted.py", ("uvloop",)),
    INCUMBENT,
    INCUMBENT.again(),
    Side("asyncio", "asyncio", "echo_asyncio.py", ("asyncio",)),
    Side("uvloop", "uvloop", "echo_asyncio.py", ("uvloop",)),
)
GOALS = (Goal("tw-epoll", "incumbent", 0.45), Goal("tw-epoll", "asyncio", 1.1))
LOOP_GOALS = (
    Goal("tw-asyncio", "asyncio", 1.1),
    Goal("tw-uvloop", "incumbent", 0.38),
    Goal("tw-uvloop", "uvloop", 1.1),
)

WORKLOADS = (
    Workload("echo-64-1", "TCP echo, 1 connection, 64 B", Echo(1, 64), SIDES),
    Workload(
        "echo-64-100",
        "TCP echo, 100 connections, 64 B",
        Echo(100, 64),
        SIDES,
        goals=GOALS + LOOP_GOALS,
    ),
    Workload(
        "echo-64-1000", "TCP echo, 1,000 connections, 64 B", Echo(1000, 64), SIDES, goals=GOALS
    ),
    Workload("echo-16k-1", "TCP echo, 1 connection, 16 KiB", Echo(1, 16384), SIDES),
    Workload(
        "echo-16k-100", "TCP echo, 100 connections, 16 KiB", Echo(100, 16384), SIDES, goals=GOALS
    ),
)
