"""The warnings of a test: collected while it runs, and dealt with when it is over.

While a test runs no warning is shown and none raises, whatever the filters of Python say. The test
takes those that it expects with `flushWarnings`. What is left is given to the filters that hold
outside of the test: they may ignore a warning, let it be shown, or make it an error of the test.
"""

import os
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypedDict

from twisted.python.failure import Failure

Suppression: TypeAlias = "tuple[tuple[Any, ...], dict[str, Any]]"
"""The arguments for `warnings.filterwarnings`, by position and by name."""

NEVER_AWAITED = re.compile(r"coroutine '.*' was never awaited")
"""What Python says of a coroutine that was made and then forgotten."""


class WarningDict(TypedDict):
    """A warning, as `flushWarnings` returns it."""

    message: str
    category: type[Warning]
    filename: str
    lineno: int


class CollectedWarnings:
    """A context manager: collects the warnings of its body."""

    def __init__(self) -> None:
        """Collect nothing yet."""
        self._catching = warnings.catch_warnings(record=True)
        self._seen: list[warnings.WarningMessage] = []

    def __enter__(self) -> "CollectedWarnings":
        seen = self._catching.__enter__()
        assert seen is not None, "it records"
        self._seen = seen
        warnings.simplefilter("always")
        return self

    def __exit__(
        self,
        exceptionType: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._catching.__exit__(exceptionType, value, traceback)

    def flush(
        self, offendingFunctions: Iterable[Callable[..., object]] | None = None
    ) -> list[WarningDict]:
        """Return what was collected and forget it.

        Args:
            offendingFunctions: Only those warnings that name a line of one of these functions.
        """
        if offendingFunctions is None:
            taken = self._take(lambda warning: True)
        else:
            places = [_placeOf(function) for function in offendingFunctions]
            taken = self._take(lambda warning: any(_isIn(warning, place) for place in places))
        return [
            {
                "message": str(each.message),
                "category": each.category,
                "filename": each.filename,
                "lineno": each.lineno,
            }
            for each in taken
        ]

    def takeNeverAwaited(self) -> list[Failure]:
        """Return a failure for each coroutine that was never awaited, and forget the warning."""
        return [_failureOf(each) for each in self._take(_isNeverAwaited)] if self._seen else []

    def _take(
        self, wanted: Callable[[warnings.WarningMessage], bool]
    ) -> list[warnings.WarningMessage]:
        """Return those that are wanted, and forget them."""
        taken: list[warnings.WarningMessage] = []
        left: list[warnings.WarningMessage] = []
        for each in self._seen:
            (taken if wanted(each) else left).append(each)
        self._seen[:] = left
        return taken

    def judge(self) -> "tuple[list[warnings.WarningMessage], list[Failure]]":
        """Ask the filters that hold now about what is left; called after the body.

        Returns:
            What is to be shown, and what is an error.
        """
        if not self._seen:
            return [], []
        failures: list[Failure] = []
        with warnings.catch_warnings(record=True) as shown:
            for each in self._seen:
                try:
                    warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
                except Warning:
                    failures.append(Failure())
        self._seen.clear()
        return shown, failures


def show(shown: Iterable[warnings.WarningMessage]) -> None:
    """Show warnings as Python does, or as whoever runs the tests has asked it to."""
    for each in shown:
        warnings.showwarning(each.message, each.category, each.filename, each.lineno)


def suppressing(suppressions: Sequence[Suppression]) -> None:
    """Ignore warnings for the rest of a block that catches warnings."""
    for args, kwargs in suppressions:
        warnings.filterwarnings(*args, **kwargs)


def _isNeverAwaited(warning: warnings.WarningMessage) -> bool:
    text = str(warning.message)
    return issubclass(warning.category, RuntimeWarning) and bool(NEVER_AWAITED.match(text))


def _failureOf(warning: warnings.WarningMessage) -> Failure:
    error = (
        warning.message if isinstance(warning.message, Warning) else RuntimeWarning(warning.message)
    )
    error.add_note(f"made in {warning.filename}, line {warning.lineno}, or before")
    return Failure(error)


def _placeOf(function: Callable[..., object]) -> tuple[str, int, int]:
    """Return the file of a function, its first and its last line."""
    plain = getattr(function, "__func__", function)
    code = getattr(plain, "__code__", None)
    if not isinstance(code, types.CodeType):
        raise ValueError(f"{function!r} is no function of Python, so no warning names a line of it")
    module = sys.modules.get(getattr(plain, "__module__", ""))
    # The file that the code remembers may be gone: compiled elsewhere, and moved.
    file = getattr(module, "__file__", None) or code.co_filename
    if os.path.basename(file) != os.path.basename(code.co_filename):
        file = code.co_filename
    lines = [line for _, _, line in code.co_lines() if line is not None]
    return _normalized(file), min(lines), max(lines)


def _isIn(warning: warnings.WarningMessage, place: tuple[str, int, int]) -> bool:
    file, first, last = place
    return first <= warning.lineno <= last and _normalized(warning.filename) == file


def _normalized(file: str) -> str:
    return os.path.normcase(os.path.abspath(file))


__all__ = ["CollectedWarnings", "Suppression", "WarningDict", "show", "suppressing"]
