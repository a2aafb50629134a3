"""The figures for readers: tables in Markdown, JSON, a plot."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.errors import BenchError
from bench.figures import MARGIN, GoalFigures, Spread, WorkloadFigures
from bench.sides import ENVIRONMENTS, PROGRAMS, Environments


def conditions(rounds: int, seconds: float) -> dict[str, str]:
    """Return what the figures depend on, besides the programs."""
    incumbent, uvloop = (ENVIRONMENTS[name] or ("",) for name in ("incumbent", "uvloop"))
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "incumbent": incumbent[0],
        "uvloop": uvloop[0],
        "rounds": str(rounds),
        "seconds a measurement": f"{seconds:g}",
    }


def processor() -> str:
    """Return the name of the processor as far as the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return " ".join(names[0].split()) if names else platform.machine()


def table(workload: WorkloadFigures) -> str:
    """Return the figures of a workload as a Markdown table with its remarks."""
    bases = workload.baselines
    cost = workload.cost
    head = [
        workload.summary,
        f"{cost.unit}/{workload.operation}",
        *(f"/ {base}" for base in bases),
    ]
    rows = [
        [
            side.name,
            showNumber(side.cost.median * cost.scale),
            *(showRatio(side.costRatios[base]) for base in bases),
        ]
        for side in workload.sides
    ]
    if cost.timed:
        head += [f"{workload.operation}s/s", *(f"/ {base}" for base in bases), "busy"]
        for row, side in zip(rows, workload.sides, strict=True):
            row.append(f"{side.rate.median:,.0f}")
            row += [showRatio(side.rateRatios[base]) for base in bases]
            row.append(f"{side.busy.median:.0%}")
    return "\n".join([align(head, rows), *remarks(workload)])


def showNumber(number: float) -> str:
    """Return a number with three digits or more, never with an exponent."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def remarks(workload: WorkloadFigures) -> list[str]:
    """Return a line for each goal, and what is known of the noise."""
    lines = [
        f"Goal: {goal.side} at most {goal.most:g} of {goal.baseline}'s {workload.cost.name}: "
        f"{goal.reached:.2f}, {showVerdict(goal)}"
        for goal in workload.goals
    ]
    if workload.noise is not None:
        lines.append(f"The incumbent against itself: {showRatio(workload.noise)}")
    state = "was quiet" if workload.quiet else "was not quiet: repeat before you believe it"
    lines.append(
        f"Others had the core for {workload.disturbed:.0%} of the time; the machine {state}"
    )
    return ["", *(f"- {line}" for line in lines)]


def showVerdict(goal: GoalFigures) -> str:
    """Return whether a goal was met."""
    if goal.met:
        return "met"
    return f"met but for {MARGIN:g}" if goal.nearlyMet else "missed"


def showRatio(ratio: Spread) -> str:
    """Return the median with its range."""
    return f"{ratio.median:.2f} ({ratio.least:.2f}–{ratio.most:.2f})"


def align(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table that is also readable as it is; all columns but the first go right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [
        [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        for row in (head, rule, *rows)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def record(workload: WorkloadFigures) -> dict[str, object]:
    """Return the figures of a workload as JSON has them."""
    return {**asdict(workload), "cost": f"{workload.cost.name} in {workload.cost.unit}"}


def write(
    directory: Path,
    where: dict[str, str],
    workloads: Sequence[WorkloadFigures],
    environments: Environments,
) -> list[Path]:
    """Write the figures as JSON, Markdown and a plot; return the files.

    Raises:
        BenchError: The plot cannot be drawn; the other files are there.
    """
    directory.mkdir(parents=True, exist_ok=True)
    figures, tables, plot = (directory / f"figures.{kind}" for kind in ("json", "md", "svg"))
    everything = {"conditions": where, "workloads": [record(workload) for workload in workloads]}
    figures.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    text = "\n\n".join(
        ["; ".join(f"{what}: {value}" for what, value in where.items()), *map(table, workloads)]
    )
    tables.write_text(text + "\n", encoding="utf-8")
    command = [environments.python("plot"), PROGRAMS / "plot.py", figures, plot]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(
            f"cannot draw the plot: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"
        )
    return [figures, tables, plot]
