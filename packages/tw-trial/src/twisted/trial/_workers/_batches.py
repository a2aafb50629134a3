"""Sorting tests into batches, so that all workers have as much to do.

The tests of a class stay together if that is no loss: what is made once for a class is made once
then. The longest batches are given out first, since a long one at the end would keep all waiting.
"""

from collections.abc import Iterable, Mapping

USUAL_SECONDS = 0.01
"""How long a test takes of which nothing is known, if nothing is known of any."""

BATCHES_PER_WORKER = 8
"""In so many batches a worker's share is given out, at least."""

LEAST_SECONDS = 0.1
"""A batch that takes no longer than this is not divided."""

MOST_TESTS = 500
"""How many tests are in a batch, at most."""

LONGEST_NAMES = 30_000
"""How many characters the names of the tests of a batch have, at most, but for a single test."""


def batchesOf(
    names: Iterable[str], seconds: Mapping[str, float], jobs: int, keepOrder: bool = False
) -> list[list[int]]:
    """Return the batches: lists of places in the list of the names.

    Args:
        names: The names of the tests in their order.
        seconds: How long tests took when they ran last.
        jobs: How many workers there are.
        keepOrder: Whether the order is somebody's choice; then the batches are in it.
    """
    named = list(names)
    known = [seconds[name] for name in named if name in seconds]
    usual = sum(known) / len(known) if known else USUAL_SECONDS
    expected = [seconds.get(name, usual) for name in named]
    longest = max(LEAST_SECONDS, sum(expected) / (jobs * BATCHES_PER_WORKER))
    batches: list[list[int]] = []
    lengths: list[float] = []
    characters = 0
    before = None
    for place, name in enumerate(named):
        cls = name.rpartition(".")[0]
        isFull = (
            not batches
            or lengths[-1] + expected[place] > longest
            or len(batches[-1]) >= MOST_TESTS
            or characters + len(name) > LONGEST_NAMES
        )
        # Two short classes in one batch are no loss; the next class of a full batch is.
        if isFull or (cls != before and lengths[-1] > longest / 2):
            batches.append([])
            lengths.append(0.0)
            characters = 0
        batches[-1].append(place)
        lengths[-1] += expected[place]
        characters += len(name)
        before = cls
    if keepOrder:
        return batches
    order = sorted(range(len(batches)), key=lambda number: -lengths[number])
    return [batches[number] for number in order]


__all__ = ["LONGEST_NAMES", "MOST_TESTS", "batchesOf"]
