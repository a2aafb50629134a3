"""Log calls, and what it costs to import the modules that log."""

from bench.measure import Imports, Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "log_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "log_operations.py")

BOTH = (TW, INCUMBENT, INCUMBENT.again())

WORKLOADS = (
    Workload(
        "log-filtered",
        "Log call that one filter drops",
        Operations("filtered", "call"),
        BOTH,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.2),),
    ),
    Workload(
        "log-filtered-in-class",
        "The same, with the Logger of a class",
        Operations("filtered-in-class", "call"),
        BOTH,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.2),),
    ),
    Workload(
        "log-text",
        "Log call that becomes a line of text",
        Operations("text", "call"),
        BOTH,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.6),),
    ),
    Workload(
        "log-json",
        "Log call that becomes a record of JSON",
        Operations("json", "call"),
        BOTH,
        baselines=("incumbent",),
    ),
    Workload(
        "import-logger",
        "import twisted.logger",
        Imports("twisted.logger"),
        BOTH,
        baselines=("incumbent",),
    ),
    Workload(
        "import-defer",
        "import twisted.internet.defer",
        Imports("twisted.internet.defer"),
        BOTH,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", 0.5),),
    ),
)
