"""The errors of Deferreds."""

import builtins
from collections.abc import Sequence

from twisted.python.failure import Failure

# The name under which logs, pickles and remote peers know them.
_MODULE = "twisted.internet.defer"


class AlreadyCalledError(Exception):
    """A Deferred was fired that has its result already."""

    __module__ = _MODULE


class AlreadyTryingToLockError(Exception):
    """A `DeferredFilesystemLock` was to be waited for that is being waited for."""

    __module__ = _MODULE


class CancelledError(Exception):
    """The result of a Deferred that was cancelled before it had another."""

    __module__ = _MODULE


class NotACoroutineError(TypeError):
    """Something was to be run as a coroutine that is none."""

    __module__ = _MODULE


class QueueOverflow(Exception):
    """Something was put into a `DeferredQueue` that is full."""

    __module__ = _MODULE


class QueueUnderflow(Exception):
    """Something was asked of a `DeferredQueue` for which too many wait."""

    __module__ = _MODULE


class TimeoutError(Exception):
    """The result of a Deferred that took longer than its `addTimeout` allows.

    Its arguments are the timeout in seconds and what timed out.
    """

    __module__ = _MODULE


class DeadlineError(TimeoutError, builtins.TimeoutError):
    """What was done under `timeout` or `timeoutAt` took longer than it was given.

    It is a `twisted.internet.defer.TimeoutError` and Python's own `TimeoutError` as well.
    """

    __module__ = _MODULE


class FirstError(Exception):
    """The first failure of several Deferreds that were waited for together.

    Attributes:
        subFailure: The failure itself.
        index: Which of the Deferreds failed, counted from 0 in the order they were given.
    """

    __module__ = _MODULE

    def __init__(self, failure: Failure, index: int) -> None:
        super().__init__(failure, index)
        self.subFailure = failure
        self.index = index

    def __repr__(self) -> str:
        return f"FirstError[#{self.index}, {self.subFailure.value!r}]"

    def __str__(self) -> str:
        return f"FirstError[#{self.index}, {self.subFailure}]"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FirstError):
            return NotImplemented
        return self.index == other.index and self.subFailure == other.subFailure

    def __hash__(self) -> int:
        return hash((self.index, self.subFailure))


class FailureGroup(Exception):
    """Every one of several Deferreds failed, of which one success was wanted.

    Attributes:
        failures: Their failures, in the order in which the Deferreds were given.
    """

    __module__ = _MODULE

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(failures)
        self.failures = failures


__all__ = [
    "AlreadyCalledError",
    "AlreadyTryingToLockError",
    "CancelledError",
    "DeadlineError",
    "FailureGroup",
    "FirstError",
    "NotACoroutineError",
    "QueueOverflow",
    "QueueUnderflow",
    "TimeoutError",
]
