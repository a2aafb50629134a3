"""AMP: round trips of calls over loopback, and the codec of boxes."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "amp_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "amp_operations.py")
# A frame and nothing in it: what is left is what AMP costs.
FRAMES = Side("asyncio", "asyncio", "frames_asyncio.py")


def workload(
    name: str, summary: str, case: str, operation: str, most: float, *others: Side
) -> Workload:
    """Return a workload with a goal: at most a multiple of the incumbent's time."""
    return Workload(
        name,
        summary,
        Operations(case, operation),
        (TW, INCUMBENT, INCUMBENT.again(), *others),
        baselines=("incumbent", *(other.name for other in others)),
        goals=(Goal("tw", "incumbent", most),),
    )


WORKLOADS = (
    workload("amp-1", "AMP calls, 1 in flight", "1", "round trip", 0.75, FRAMES),
    workload("amp-100", "AMP calls, 100 in flight", "100", "round trip", 0.5, FRAMES),
    workload("amp-encode", "Encode an AMP box of 5 pairs", "encode", "encoding", 0.6),
    workload(
        "amp-decode", "Decode AMP boxes of 5 pairs, 100 at a time", "decode", "decoding", 0.25
    ),
)
