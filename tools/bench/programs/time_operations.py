"""Times one case of a file of operations: `time_operations.py FILE CASE SECONDS`.

Prints one line of JSON: the operations of the fastest batch, its wall time and its CPU time in
seconds. The fastest of several batches is the one that other programs disturbed least.
"""

import gc
import importlib.util
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

MOST_SECONDS = 600  # the program never outlives its runner for long, whatever becomes of that
BATCHES = 5


def loadCases(file: Path) -> dict[str, Callable[[int], None]]:
    """Import a file of operations by its path and return its table."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases: dict[str, Callable[[int], None]] = module.CASES
    return cases


def timeBatch(case: Callable[[int], None], count: int) -> tuple[float, float]:
    """Return the wall and the CPU seconds of `count` operations.

    The garbage collector stays on: cycles that an operation leaves behind are part of its price.
    """
    gc.collect()
    cpu, wall = -time.process_time(), -time.perf_counter()
    case(count)
    return wall + time.perf_counter(), cpu + time.process_time()


def timeCase(case: Callable[[int], None], seconds: float) -> tuple[int, float, float]:
    """Return the operations, wall and CPU seconds of the fastest of the batches that fill `seconds`."""
    count = 1
    while (took := timeBatch(case, count)[0]) < seconds / BATCHES / 2:
        count *= 2
    count = max(1, round(count * seconds / BATCHES / took))
    wall, cpu = min(timeBatch(case, count) for _ in range(BATCHES))
    return count, wall, cpu


def main() -> None:
    """Time the case that the command line names."""
    signal.alarm(MOST_SECONDS)
    file, case, seconds = sys.argv[1:]
    operations, wall, cpu = timeCase(loadCases(Path(file))[case], float(seconds))
    # An operation never sleeps: when it did not have the core, somebody else had.
    sample = {"operations": operations, "seconds": wall, "cpu": cpu, "waited": max(0.0, wall - cpu)}
    print(json.dumps(sample), flush=True)


if __name__ == "__main__":
    main()
