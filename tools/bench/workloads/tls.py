"""TLS 1.3 over loopback, with a key on the curve P-256, TCP_NODELAY everywhere."""

from bench.measure import Served
from bench.sides import Side
from bench.workload import Goal, Workload


def sides(what: str) -> tuple[Side, ...]:
    """Return the servers of one kind."""
    incumbent = Side("incumbent", "incumbent-tls", "tls_twisted.py", (what,))
    return (
        Side("tw", "tw", "tls_twisted.py", (what,)),
        incumbent,
        incumbent.again(),
        Side("asyncio", "asyncio", "tls_asyncio.py", (what,)),
    )


def goal(most: float) -> tuple[Goal, ...]:
    """Return what we want to reach, as a multiple of the incumbent's time."""
    return (Goal("tw", "incumbent", most),)


WORKLOADS = (
    Workload(
        "tls-echo-1k",
        "TLS echo, 50 connections, 1 KiB",
        Served("tls-echo", 50, 1024),
        sides("echo"),
        goals=goal(0.75),
    ),
    Workload(
        "tls-send",
        "TLS bulk sending, 4 connections",
        Served("tls-send", 4, 1, "MiB"),
        sides("send"),
        goals=goal(0.7),
    ),
    Workload(
        "tls-handshake",
        "TLS handshake, a byte each way, close",
        Served("tls-visit", 1, 1, "connection"),
        sides("handshake"),
        goals=goal(1.0),
    ),
)
