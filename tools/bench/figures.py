"""From samples to figures: medians over the rounds, and ratios to the base lines.

A ratio is taken round by round, between measurements that followed each other on the same machine
in the same mood, and only then its median; a slow spell of the machine then strikes both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.measure import Cost, Sample
from bench.sides import CONTROL
from bench.workload import Workload

# A side against itself within these bounds, and no side kept from its core for longer than this
# part of the time: the machine was quiet.
QUIET = (0.97, 1.03)
MOST_DISTURBED = 0.05

MARGIN = 0.05
"""By how much a ratio may lie above its goal and still count as met: so much it varies."""


@dataclass(frozen=True)
class Spread:
    """The middle and the whole range of a figure over the rounds."""

    median: float
    least: float
    most: float


@dataclass(frozen=True)
class SideFigures:
    """What is known of a side after all rounds.

    Attributes:
        name: Of the side.
        cost: Of an operation: CPU seconds, or what else is compared.
        rate: Operations a second.
        busy: The part of the time in which the side had the CPU.
        costRatios: `cost` divided by that of each base line.
        rateRatios: `rate` divided by that of each base line.
        samples: The raw figures.
    """

    name: str
    cost: Spread
    rate: Spread
    busy: Spread
    costRatios: Mapping[str, Spread]
    rateRatios: Mapping[str, Spread]
    samples: Sequence[Sample]


@dataclass(frozen=True)
class GoalFigures:
    """A goal and what was reached: ratios of the cost of an operation."""

    side: str
    baseline: str
    most: float
    reached: float

    @property
    def met(self) -> bool:
        """Whether what was reached is within the goal."""
        return self.reached <= self.most

    @property
    def nearlyMet(self) -> bool:
        """Whether it is above the goal by no more than the margin."""
        return self.most < self.reached <= self.most + MARGIN


@dataclass(frozen=True)
class WorkloadFigures:
    """What is known of a workload after all rounds."""

    name: str
    summary: str
    operation: str
    cost: Cost
    baselines: Sequence[str]
    sides: Sequence[SideFigures]
    goals: Sequence[GoalFigures]

    @property
    def noise(self) -> Spread | None:
        """The cost of an operation of a side against itself, None where no side ran twice."""
        for side in self.sides:
            original = side.name.removesuffix(CONTROL)
            if original != side.name and original in side.costRatios:
                return side.costRatios[original]
        return None

    @property
    def disturbed(self) -> float:
        """The part of the time for which other programs kept the sides from their core."""
        return median(sample.disturbed for side in self.sides for sample in side.samples)

    @property
    def quiet(self) -> bool:
        """Whether the machine was quiet, as far as is known."""
        if self.disturbed > MOST_DISTURBED:
            return False
        return self.noise is None or QUIET[0] <= self.noise.median <= QUIET[1]


def spread(values: Sequence[float]) -> Spread:
    """Return the median and the range of at least one value."""
    return Spread(median(values), min(values), max(values))


def ratio(
    ours: Sequence[Sample], theirs: Sequence[Sample], figure: Callable[[Sample], float]
) -> Spread:
    """Return the median and the range of a figure divided round by round."""
    return spread([figure(a) / figure(b) for a, b in zip(ours, theirs, strict=True)])


def rate(sample: Sample) -> float:
    """Return the operations a second."""
    return sample.rate


def summarize(workload: Workload, samples: Mapping[str, Sequence[Sample]]) -> WorkloadFigures:
    """Return the figures of a workload.

    Args:
        workload: What was run.
        samples: One sample a round, by the name of the side.
    """
    cost = workload.measurement.cost
    sides = [
        SideFigures(
            name=side.name,
            cost=spread([cost.of(sample) for sample in samples[side.name]]),
            rate=spread([sample.rate for sample in samples[side.name]]),
            busy=spread([sample.busy for sample in samples[side.name]]),
            costRatios={
                name: ratio(samples[side.name], samples[name], cost.of)
                for name in workload.baselines
            },
            rateRatios={
                name: ratio(samples[side.name], samples[name], rate) for name in workload.baselines
            },
            samples=samples[side.name],
        )
        for side in workload.sides
    ]
    goals = [
        GoalFigures(
            goal.side,
            goal.baseline,
            goal.most,
            ratio(samples[goal.side], samples[goal.baseline], cost.of).median,
        )
        for goal in workload.goals
    ]
    return WorkloadFigures(
        workload.name,
        workload.summary,
        workload.measurement.operation,
        cost,
        workload.baselines,
        sides,
        goals,
    )
