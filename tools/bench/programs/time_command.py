"""Times a command: `time_command.py DIRECTORY OPERATIONS FEWEST SECONDS PROOF COMMAND [ARGUMENT ...]`.

Runs the command that lies beside this interpreter in a directory, again and again, and prints one
line of JSON: the wall and CPU seconds of the fastest run, those of all the processes that it
started included. PROOF is a regular expression that its output must match: a command that does
nothing is fast.
"""

import compileall
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

MOST_SECONDS = 600  # the program never outlives its runner for long, whatever becomes of that
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = slice(3, 5)  # of the columns of /proc/stat: idle, and waiting for a disk
GUEST = 8  # from here on the columns repeat what is in others


def cpuTime() -> float:
    """Return the CPU seconds of all children that have ended, and of theirs."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def coreTime(statistics: str, cores: Collection[int]) -> float:
    """Return the seconds for which these cores were at work, for whomever, by `/proc/stat`."""
    names = {f"cpu{core}" for core in cores}
    busy = 0
    for line in statistics.splitlines():
        name, *columns = line.split()
        if name in names:
            ticks = [int(column) for column in columns[:GUEST]]
            busy += sum(ticks) - sum(ticks[IDLE])
    return busy / TICKS


def ownCoresTime() -> float:
    """Return the same for the cores that this process may use."""
    return coreTime(Path("/proc/stat").read_text(encoding="ascii"), os.sched_getaffinity(0))


def timeRun(command: Sequence[str], directory: Path, proof: str) -> tuple[float, float, float]:
    """Return the wall seconds and the CPU seconds of a run, and those that others had of its cores."""
    cpu, cores, wall = -cpuTime(), -ownCoresTime(), -time.perf_counter()
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    wall += time.perf_counter()
    cores += ownCoresTime()
    cpu += cpuTime()
    if done.returncode != 0 or not re.search(proof, done.stdout):
        said = (done.stdout.strip().splitlines() or ["nothing"])[-1]
        sys.exit(f"status {done.returncode}, and no {proof!r} in its output, which ends: {said}")
    return wall, cpu, max(0.0, cores - cpu) / len(os.sched_getaffinity(0))


def main() -> None:
    """Time the command that the command line names."""
    signal.alarm(MOST_SECONDS)
    home, operations, fewest, seconds, proof, name, *arguments = sys.argv[1:]
    directory = Path(home)
    # Without -E: the worker processes of the incumbent's trial find tests by PYTHONPATH alone.
    command = [sys.executable, "-s", str(Path(sys.executable).with_name(name)), *arguments]
    compileall.compile_dir(directory, quiet=1)
    runs: list[tuple[float, float, float]] = []
    end = time.monotonic() + float(seconds)
    while len(runs) < int(fewest) or time.monotonic() < end:
        runs.append(timeRun(command, directory, proof))
    wall, cpu, waited = min(runs)
    sample = {"operations": int(operations), "seconds": wall, "cpu": cpu, "waited": waited}
    print(json.dumps(sample), flush=True)


if __name__ == "__main__":
    main()
