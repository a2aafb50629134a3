"""What a run prints: a row for each target, and each failure with the way to see it again."""

from collections.abc import Sequence

from fuzz.campaign import Result
from fuzz.trial import Failure

MOST_HEX = 4000
"""How many digits of an input are printed; its number makes all of it again."""

HEADING = (
    f"{'target':24}{'inputs':>10}{'bytes':>13}{'inputs/s':>10}{'failures':>10}"
    f"{'KiB/input':>11}{'MiB':>6}{'slowest ms':>12}{'at':>9}"
)
"""What stands above the rows: the memory that one input took at most, of those that were measured;
that of the whole process; and the time of the slowest input, with its number."""


def row(result: Result) -> str:
    """Return the row of a target."""
    rate = result.inputs / result.seconds if result.seconds else 0
    return (
        f"{result.target:24}{result.inputs:10}{result.size:13}{rate:10.0f}"
        f"{len(result.failures):10}{result.inputMemory / 1024:11.0f}"
        f"{result.processMemory / 2**20:6.0f}{result.slowest * 1000:12.1f}{result.slowestIndex:9}"
    )


def summary(results: Sequence[Result]) -> str:
    """Return the last line: all targets together."""
    slowest = max(results, key=lambda result: result.slowest, default=Result(""))
    whole = Result(
        f"{len(results)} targets",
        sum(result.inputs for result in results),
        sum(result.size for result in results),
        sum(result.seconds for result in results),
        max((result.inputMemory for result in results), default=0),
        slowest.slowest,
        slowest.slowestIndex,
        max((result.processMemory for result in results), default=0),
        failures=[failure for result in results for failure in result.failures],
    )
    return row(whole)


def failureLines(failure: Failure) -> list[str]:
    """Return what there is to say about a failure."""
    where = f"tools/dev.py fuzz {failure.target} --seed {failure.seed}"
    if failure.index is None:
        return [f"FAILED {failure.target} --seed {failure.seed}", failure.why]
    digits = failure.data.hex()
    shown = digits if len(digits) <= MOST_HEX else f"{digits[:MOST_HEX]}..."
    return [
        f"FAILED {failure.target} --seed {failure.seed} --only {failure.index}",
        failure.why.rstrip(),
        f"the input, {len(failure.data)} bytes: {shown}",
        f"again: python3 {where} --only {failure.index}",
    ]
