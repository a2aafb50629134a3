"""Times the first import of a module: `time_import.py MODULE STATEMENT SECONDS`.

Starts one interpreter after the other, and prints one line of JSON: the wall and CPU seconds of the
fastest import, which is the one that other programs disturbed least. The statement is executed
after the import, with the module in the variable `module`, and is timed with it.
"""

import json
import signal
import subprocess
import sys
import time

MOST_SECONDS = 600  # the program never outlives its runner for long, whatever becomes of that
FEWEST = 5

IMPORT = """
import sys, time
cpu, wall = -time.process_time(), -time.perf_counter()
__import__(sys.argv[1])
module = sys.modules[sys.argv[1]]
exec(sys.argv[2])
print(wall + time.perf_counter(), cpu + time.process_time())
"""


def timeImport(module: str, then: str) -> tuple[float, float]:
    """Return the wall and the CPU seconds of an import in a fresh interpreter."""
    command = [sys.executable, "-E", "-s", "-c", IMPORT, module, then]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wall, cpu = map(float, output.split())
    return wall, cpu


def main() -> None:
    """Time the import of the module that the command line names."""
    signal.alarm(MOST_SECONDS)
    module, then, seconds = sys.argv[1:]
    timeImport(module, then)  # compiles it
    times: list[tuple[float, float]] = []
    end = time.monotonic() + float(seconds)
    while len(times) < FEWEST or time.monotonic() < end:
        times.append(timeImport(module, then))
    wall, cpu = min(times)
    sample = {"operations": 1, "seconds": wall, "cpu": cpu, "waited": max(0.0, wall - cpu)}
    print(json.dumps(sample), flush=True)


if __name__ == "__main__":
    main()
