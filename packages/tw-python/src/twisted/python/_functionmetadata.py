"""Functions that stand for other functions and look like them."""

from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

_COPIED = ("__name__", "__qualname__", "__doc__", "__module__")


def mergeFunctionMetadata(f: Callable[..., object], g: _F) -> _F:
    """Give a function the name, the documentation and the attributes of another.

    Args:
        f: The function to look like.
        g: The function to change. What it has and `f` lacks it keeps.

    Returns:
        `g`.
    """
    for name in _COPIED:
        try:
            setattr(g, name, getattr(f, name))
        except (AttributeError, TypeError):
            # Callables that are no functions lack some of these, or do not let them be set.
            continue
    getattr(g, "__dict__", {}).update(getattr(f, "__dict__", {}))
    return g


__all__ = ["mergeFunctionMetadata"]
