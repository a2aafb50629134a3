"""Compares our speed with that of others: `python3 tools/dev.py bench [WORKLOAD ...]`.

Measures all sides of a workload in turn, round by round (A B C A B C), and prints medians and
ratios. Servers and what loads them run on different cores, and talk over loopback only.
"""

import argparse
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.errors import BenchError
from bench.figures import WorkloadFigures, summarize
from bench.measure import Rig, Sample
from bench.processes import cores, endChildren
from bench.sides import ROOT, Environments
from bench.workload import Workload, choose, families

BUILD = ROOT / "build" / "bench"
INTERRUPTED = 130  # what shells report after Ctrl-C


def positive(text: str) -> float:
    """Read a positive number of seconds from the command line."""
    value = float(text)
    if not 0 < value <= 600:
        raise ValueError
    return value


def whole(text: str) -> int:
    """Read a number of rounds from the command line."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1000:
        raise ValueError
    return int(text)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tools/dev.py bench", description=__doc__)
    parser.add_argument(
        "workload", nargs="*", help="a workload or a family of them; all if left out"
    )
    parser.add_argument(
        "--rounds", type=whole, default=5, help="how often each side is measured (5)"
    )
    parser.add_argument("--seconds", type=positive, default=1.0, help="how long each time (1)")
    parser.add_argument(
        "--sides", default="", help="names with commas between them; all if left out"
    )
    parser.add_argument(
        "--output", type=Path, default=BUILD, help="directory of the results (build/bench)"
    )
    parser.add_argument(
        "--list", action="store_true", help="print the workloads with their sides, and stop"
    )
    return parser.parse_args(arguments)


def measure(workload: Workload, rig: Rig, rounds: int) -> WorkloadFigures:
    """Measure the sides of a workload in turn, in each round."""
    samples: dict[str, list[Sample]] = {side.name: [] for side in workload.sides}
    print(f"{workload.name}: ", end="", file=sys.stderr, flush=True)
    try:
        for _ in range(rounds):
            for side in workload.sides:
                samples[side.name].append(workload.measurement.take(rig, side))
                print(end=".", file=sys.stderr, flush=True)
    finally:
        print(file=sys.stderr)
    return summarize(workload, samples)


def compare(settings: argparse.Namespace) -> None:
    """Run what the command line asks for."""
    workloads = choose(settings.workload, [name for name in settings.sides.split(",") if name])
    serverCore, loadCore = cores()
    environments = Environments(BUILD / "environments")
    rig = Rig(BUILD, environments, serverCore, loadCore, settings.seconds)
    for workload in workloads:
        workload.measurement.prepare(rig)
        for side in workload.sides:
            environments.python(side.environment)
    if serverCore == loadCore:
        print("one core alone: servers share it with their load, compare CPU only", file=sys.stderr)
    where = report.conditions(settings.rounds, settings.seconds)
    figures = []
    for workload in workloads:
        figures.append(measure(workload, rig, settings.rounds))
        print(report.table(figures[-1]), end="\n\n", flush=True)
    for file in report.write(settings.output, where, figures, environments):
        print(f"wrote {file}")


def raiseLimit() -> None:
    """Let the programs that are started have as many descriptors open as they may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def showFamilies() -> None:
    """Print the workloads with their sides."""
    for family, workloads in families().items():
        print(family)
        for workload in workloads:
            sides = " ".join(side.name for side in workload.sides)
            print(f"  {workload.name:24}{workload.summary} ({sides})")


def main(arguments: Sequence[str]) -> int:
    """Run and return the exit status."""
    settings = options(arguments)
    raiseLimit()
    # End what was started on SIGTERM as well: the exception leaves all blocks that kill.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        if settings.list:
            showFamilies()
        else:
            compare(settings)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        endChildren()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
