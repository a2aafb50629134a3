"""A search through live objects: who holds on to this?

This is for the hunt after a leak, in an interactive session.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any

_Equal = Callable[[Any, Any], bool]


def isSame(a: object, b: object) -> bool:
    """Return whether two objects are one."""
    return a is b


def isLike(a: object, b: object) -> bool:
    """Return whether two objects are equal."""
    return bool(a == b)


def isOfType(start: object, goal: type) -> bool:
    """Return whether an object is of a class, subclasses left out."""
    return type(start) is goal


def _fits(eq: _Equal, candidate: object, goal: object) -> bool:
    """Return whether an object is one that is searched; one that cannot be compared is not."""
    try:
        return eq(candidate, goal)
    except Exception:
        return False


def _children(start: object) -> Iterator[tuple[str, object]]:
    """Yield the objects that an object holds, each with the text of how it is reached."""
    if isinstance(start, Mapping):
        for key, value in list(start.items()):
            yield "{" + f"{key!r}" + "}", key
            yield f"[{key!r}]", value
    elif isinstance(start, (list, tuple, deque)):
        for index, value in enumerate(list(start)):
            yield f"[{index}]", value
    elif isinstance(start, (set, frozenset)):
        for value in list(start):
            yield "{...}", value
    elif isinstance(start, MethodType):
        yield ".__self__", start.__self__
        yield ".__func__", start.__func__
        return
    elif isinstance(start, FunctionType):
        for index, cell in enumerate(start.__closure__ or ()):
            try:
                yield f".__closure__[{index}]", cell.cell_contents
            except ValueError:
                continue  # an empty cell
    for name, value in list(getattr(start, "__dict__", {}).items()):
        yield f".{name}", value


def objgrep(
    start: object,
    goal: object,
    eq: _Equal = isLike,
    path: str = "",
    maxDepth: int | None = None,
) -> list[str]:
    """Return how objects can be reached from another.

    Args:
        start: Where the search begins.
        goal: What is searched for.
        eq: Called with an object and `goal`; says whether the object is one that is searched.
        path: The text that stands for `start`.
        maxDepth: How many steps are taken, at most; any number, if left out.

    Returns:
        A text for each, such as `.factory.protocols[3].transport`.
    """
    found: list[str] = []
    seen = {id(found)}
    waiting: deque[tuple[object, str, int]] = deque([(start, path, 0)])
    while waiting:
        current, reached, depth = waiting.popleft()
        if _fits(eq, current, goal):
            found.append(reached)
        if id(current) in seen or isinstance(current, (str, bytes, int, float, type(None))):
            continue
        seen.add(id(current))
        if maxDepth is not None and depth >= maxDepth:
            continue
        waiting.extend((child, reached + step, depth + 1) for step, child in _children(current))
    return found


def findInstances(start: object, t: type) -> list[str]:
    """Return how the instances of a class can be reached from an object."""
    return objgrep(start, t, isOfType)


def modgrep(goal: object) -> list[str]:
    """Return how an object, or one that is equal, can be reached from the imported modules."""
    return objgrep(sys.modules, goal, isLike, "sys.modules")


__all__ = ["findInstances", "isLike", "isOfType", "isSame", "modgrep", "objgrep"]
