"""The orders in which tests can be run."""

import inspect
import random
from collections.abc import Callable
from typing import Any

from twisted.trial._kinds import AnyObject
from twisted.trial.runner._naming import name


def _fileOrder(thing: AnyObject) -> tuple[str, int, str]:
    """Return a key by which things are in the order of their definition."""
    defined: AnyObject = getattr(thing, "function", thing)
    try:
        _, line = inspect.getsourcelines(inspect.unwrap(defined) if callable(defined) else defined)
    except (OSError, TypeError):
        # A module, or made without a source.
        line = 0
    return getattr(defined, "__module__", None) or name(thing), line, name(thing)


ORDERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "alphabetical": ("by name: modules, classes and methods", name),
    "toptobottom": ("as modules define them", _fileOrder),
}
"""For each order: what it is, and the key by which a loader sorts."""


def shuffled(seed: int) -> Callable[[Any], float]:
    """Return a key by which things are in an order that a number decides on.

    The order is the same for the same tests and the same number, in every process.

    Args:
        seed: The number.
    """

    def key(thing: AnyObject) -> float:
        return random.Random(f"{seed} {name(thing)}").random()

    return key


__all__ = ["ORDERS", "shuffled"]
