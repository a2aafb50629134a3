"""Operations on Deferreds, beside what asyncio has in their place."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "deferred_operations.py")
COMPILED = Side("tw-compiled", "tw-compiled", "deferred_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "deferred_operations.py")
ASYNCIO = Side("asyncio", "asyncio", "asyncio_operations.py")

DEFERREDS = (TW, COMPILED, INCUMBENT, INCUMBENT.again())
ALL = (*DEFERREDS, ASYNCIO)


def goals(pure: float) -> tuple[Goal, ...]:
    """Return what we want to reach, as a multiple of the incumbent's time."""
    return (Goal("tw", "incumbent", pure), Goal("tw-compiled", "incumbent", 0.25))


WORKLOADS = (
    Workload(
        "deferred-callbacks",
        "Deferred: create, 3 callbacks, fire",
        Operations("callbacks"),
        ALL,
        goals=goals(0.8),
    ),
    Workload(
        "deferred-chain",
        "A Deferred that waits for another",
        Operations("chain"),
        DEFERREDS,
        baselines=("incumbent",),
        goals=goals(0.8),
    ),
    Workload(
        "deferred-await-fired",
        "Coroutine: await a fired Deferred",
        Operations("await-fired"),
        ALL,
        goals=goals(1.0),
    ),
    Workload(
        "deferred-await-unfired",
        "Coroutine: await an unfired Deferred",
        Operations("await-unfired"),
        ALL,
        goals=goals(0.85),
    ),
    Workload(
        "deferred-inline",
        "inlineCallbacks over 10 fired Deferreds",
        Operations("inline"),
        ALL,
        goals=goals(0.4),
    ),
    Workload(
        "deferred-gather",
        "gatherResults of 10 unfired Deferreds",
        Operations("gather"),
        ALL,
        goals=goals(0.6),
    ),
    Workload(
        "deferred-errback",
        "Deferred: raise, errback, callback",
        Operations("errback"),
        DEFERREDS,
        baselines=("incumbent",),
    ),
)
