"""Draws the figures of a run: `plot.py FIGURES.json PLOT.svg`.

One panel a workload: the cost of an operation of each side over that of the first base line,
the median of the rounds with their whole range, and lines at the base line and at the goal.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot

OURS, OTHERS, GOAL = "#1f6f8b", "#b8b8b8", "#c0392b"


def main() -> None:
    """Draw one panel a workload."""
    source, target = (Path(argument) for argument in sys.argv[1:])
    workloads = json.loads(source.read_text(encoding="utf-8"))["workloads"]
    heights = [len(workload["sides"]) + 2 for workload in workloads]
    figure, axes = pyplot.subplots(
        len(workloads),
        1,
        figsize=(8, 0.27 * sum(heights) + 0.5),
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
        layout="constrained",
    )
    for panel, workload in zip(axes[:, 0], workloads, strict=True):
        baseline = workload["baselines"][0]
        names = [side["name"] for side in workload["sides"]]
        spreads = [side["costRatios"][baseline] for side in workload["sides"]]
        middles = [spread["median"] for spread in spreads]
        ranges = [
            [spread["median"] - spread["least"] for spread in spreads],
            [spread["most"] - spread["median"] for spread in spreads],
        ]
        colors = [OURS if name.startswith("tw") else OTHERS for name in names]
        bars = panel.barh(names, middles, xerr=ranges, color=colors, ecolor="#555555")
        panel.bar_label(bars, [f"{middle:.2f}" for middle in middles], padding=4, fontsize=8)
        panel.axvline(1, color="#555555", linewidth=0.8)
        for goal in workload["goals"]:
            if goal["baseline"] == baseline:
                panel.axvline(goal["most"], color=GOAL, linewidth=0.8, linestyle="--")
        panel.invert_yaxis()
        panel.margins(x=0.12)
        panel.set_title(
            f"{workload['summary']}: {workload['cost']} / {baseline}", fontsize=9, loc="left"
        )
        panel.tick_params(labelsize=8)
    figure.savefig(target)


if __name__ == "__main__":
    main()
