"""Tests that are not run, and tests that are expected to fail."""

import unittest
from collections.abc import Iterable
from typing import TypeAlias

from twisted.python.failure import Failure


class FailTest(AssertionError):
    """An assertion of a test does not hold."""


class SkipTest(unittest.SkipTest):
    """The test makes no sense here; raised by the test itself, with the reason as its argument."""


class Todo:
    """Why a test is expected to fail.

    Attributes:
        reason: Why.
        errors: The classes of the exceptions that are expected; None for any.
    """

    __slots__ = ("errors", "reason")

    def __init__(self, reason: str, errors: Iterable[type[BaseException]] | None = None) -> None:
        """Say why a test is expected to fail.

        Args:
            reason: Why.
            errors: The classes of the exceptions that are expected; any, if left out.
        """
        self.reason: str = reason
        self.errors: tuple[type[BaseException], ...] | None = (
            None if errors is None else tuple(errors)
        )

    def __repr__(self) -> str:
        return f"<Todo reason={self.reason!r} errors={self.errors!r}>"

    def expected(self, failure: Failure) -> bool:
        """Return whether a failure is one of those that are expected.

        Args:
            failure: What the test raised.
        """
        return self.errors is None or failure.check(*self.errors) is not None


TodoValue: TypeAlias = "str | tuple[type[BaseException] | Iterable[type[BaseException]], str]"
"""What the attribute `todo` of a test may be."""


def makeTodo(value: TodoValue) -> Todo:
    """Return what the attribute `todo` of a test stands for.

    Args:
        value: A reason, or a tuple of the expected exceptions (a class, or several) and a reason.

    Raises:
        ValueError: It is neither.
    """
    match value:
        case str(reason):
            return Todo(reason)
        case (type() as error, str(reason)):
            return Todo(reason, [error])
        case (errors, str(reason)):
            return Todo(reason, errors)
    raise ValueError(
        f"todo is to be a reason, or a tuple of exceptions and a reason, not {value!r}"
    )


__all__ = ["FailTest", "SkipTest", "Todo", "TodoValue", "makeTodo"]
