"""Times one case of a file of operations: `time_operations.py FILE CASE SECONDS`.

Prints one line of JSON: the operations of the fastest batch, its wall time and its CPU time in
seconds, that of child processes included. The fastest of several batches is the one that other
programs disturbed least.

The file may have a function `beside` of a function: it calls that in a thread while something runs
in the main thread that the cases need, such as a reactor.
"""

import gc
import importlib.util
import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

MOST_SECONDS = 600  # the program never outlives its runner for long, whatever becomes of that
BATCHES = 5


def load(file: Path) -> ModuleType:
    """Import a file of operations by its path."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cpuTime() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timeBatch(case: Callable[[int], None], count: int) -> tuple[float, float]:
    """Return the wall and the CPU seconds of `count` operations.

    The garbage collector stays on: cycles that an operation leaves behind are part of its price.
    """
    gc.collect()
    cpu, wall = -cpuTime(), -time.perf_counter()
    case(count)
    return wall + time.perf_counter(), cpu + cpuTime()


def timeCase(case: Callable[[int], None], seconds: float) -> tuple[int, float, float]:
    """Return the operations, wall and CPU seconds of the fastest of the batches that fill `seconds`."""
    case(1)  # what is needed the first time only is not the price of an operation
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
    module = load(Path(file))

    def work() -> None:
        operations, wall, cpu = timeCase(module.CASES[case], float(seconds))
        # Only when others had the core it was not at work: an operation never sleeps for long.
        waited = max(0.0, wall - cpu)
        sample = {"operations": operations, "seconds": wall, "cpu": cpu, "waited": waited}
        print(json.dumps(sample), flush=True)

    beside = getattr(module, "beside", None)
    if beside is None:
        work()
    else:
        beside(work)


if __name__ == "__main__":
    main()
