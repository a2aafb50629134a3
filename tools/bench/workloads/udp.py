"""UDP echo over loopback."""

from bench.measure import Served
from bench.sides import Side
from bench.workload import Goal, Workload

INCUMBENT = Side("incumbent", "incumbent", "udp_twisted.py")

WORKLOADS = (
    Workload(
        "udp-echo-64",
        "UDP echo, 50 senders, 64 B",
        Served("datagrams", 50, 64, "datagram"),
        (Side("tw", "tw", "udp_twisted.py"), INCUMBENT, INCUMBENT.again()),
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 1.0),),
    ),
)
