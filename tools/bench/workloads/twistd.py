"""What it costs to start the command that runs applications, and to end it again."""

from bench.measure import Command
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "twistd", ("--version",))
INCUMBENT = Side("incumbent", "incumbent", "twistd", ("--version",))

WORKLOADS = (
    Workload(
        "twistd-version",
        "twistd --version",
        Command(1, r"\b\d+\.\d+\.\d+\b", "run", fewest=5),
        (TW, INCUMBENT, INCUMBENT.again()),
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.6),),
    ),
)
