"""Receivers of lines and of strings with their lengths, however the stream is cut."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "protocol_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "protocol_operations.py")

BOTH = (TW, INCUMBENT, INCUMBENT.again())

_CUTS = {
    "single": ("10 B that come one by one", "message"),
    "chunk-10": ("10 B in chunks of 64 KiB", "chunk"),
    "chunk-100": ("100 B in chunks of 64 KiB", "chunk"),
    "large-100": ("100 B in a chunk of 2 MiB", "chunk"),
    "pieces-100": ("100 B in pieces of 7 B", "run of 7 messages"),
}

_GOALS = {
    ("line", "single"): 1.0,
    ("line", "chunk-10"): 0.15,
    ("line", "chunk-100"): 0.25,
    ("line", "large-100"): 0.02,
    ("line", "pieces-100"): 0.5,
    **{("int32", cut): 0.65 for cut in _CUTS},
    **{("netstring", cut): 0.25 for cut in _CUTS},
    ("netstring", "single"): 0.5,
    ("netstring", "pieces-100"): 0.5,
}

WORKLOADS = tuple(
    Workload(
        f"{kind}-{cut}",
        f"{receiver}: {summary}",
        Operations(f"{kind}-{cut}", operation),
        BOTH,
        baselines=("incumbent",),
        goals=(Goal("tw", "incumbent", _GOALS[kind, cut]),),
    )
    for kind, receiver in (
        ("line", "LineReceiver"),
        ("int32", "Int32StringReceiver"),
        ("netstring", "NetstringReceiver"),
    )
    for cut, (summary, operation) in _CUTS.items()
)
