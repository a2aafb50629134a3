"""What tests and those who run them need besides the test cases."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from twisted.python.failure import Failure
from twisted.trial._collectedwarnings import Suppression
from twisted.trial._janitor import DirtyReactorAggregateError
from twisted.trial._kinds import AnyObject
from twisted.trial.itrial import Error

DEFAULT_TIMEOUT_DURATION: float = 120.0
"""How many seconds a test may take that has no attribute `timeout`."""

_RAISE: Any = object()


def acquireAttribute(
    objects: Iterable[object], attr: str, default: AnyObject = _RAISE
) -> AnyObject:
    """Return an attribute of the first of some objects that has it.

    Args:
        objects: The objects.
        attr: The attribute's name.
        default: What to return if none has it.

    Raises:
        AttributeError: None has it, and there is no default.
    """
    for each in objects:
        value = getattr(each, attr, _RAISE)
        if value is not _RAISE:
            return value
    if default is _RAISE:
        raise AttributeError(f"attribute {attr!r} not found in {list(objects)!r}")
    return default


def excInfoOrFailureToExcInfo(err: Error) -> "tuple[Any, Any, Any]":
    """Return an error in the form of `sys.exc_info`.

    Args:
        err: A failure, or what is in that form already.
    """
    if isinstance(err, Failure):
        traceback: TracebackType | None = err.getTracebackObject()
        return err.type, err.value, traceback
    return err


def suppress(action: str = "ignore", **kwarg: object) -> Suppression:
    """Return an element for the attribute `suppress` of a test, its class or its module.

        class ThingTests(TestCase):
            suppress = [util.suppress(message="thing is deprecated")]

    Args:
        action: What to do with the warnings, as in `warnings.filterwarnings`.
        kwarg: Which warnings: `message`, `category`, `module` and `lineno`, as there.
    """
    return (action,), dict(kwarg)


__all__ = [
    "DEFAULT_TIMEOUT_DURATION",
    "DirtyReactorAggregateError",
    "acquireAttribute",
    "excInfoOrFailureToExcInfo",
    "suppress",
]
