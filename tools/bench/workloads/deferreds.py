"""Operations on Deferreds, beside what asyncio has in their place."""

from bench.measure import Operations
from bench.sides import Side
from bench.workload import Goal, Workload

TW = Side("tw", "tw", "deferred_operations.py")
INCUMBENT = Side("incumbent", "incumbent", "deferred_operations.py")
ASYNCIO = Side("asyncio", "asyncio", "asyncio_operations.py")

DEFERREDS = (TW, INCUMBENT, INCUMBENT.again())
ALL = (*DEFERREDS, ASYNCIO)

WORKLOADS = (
    Workload(
        "deferred-callbacks",
        "Deferred: create, 3 callbacks, fire",
        Operations("callbacks"),
        ALL,
        goals=(Goal("tw", "incumbent", 0.8),),
    ),
    Workload(
        "deferred-chain",
        "A Deferred that waits for another",
        Operations("chain"),
        DEFERREDS,
        baselines=("incumbent",),
    ),
    Workload(
        "deferred-await-fired", "Coroutine: await a fired Deferred", Operations("await-fired"), ALL
    ),
    Workload(
        "deferred-await-unfired",
        "Coroutine: await an unfired Deferred",
        Operations("await-unfired"),
        ALL,
    ),
    Workload(
        "deferred-inline", "inlineCallbacks over 10 fired Deferreds", Operations("inline"), ALL
    ),
    Workload("deferred-gather", "gatherResults of 10 unfired Deferreds", Operations("gather"), ALL),
    Workload(
        "deferred-errback",
        "Deferred: raise, errback, callback",
        Operations("errback"),
        DEFERREDS,
        baselines=("incumbent",),
    ),
)
