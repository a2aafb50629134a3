"""Reporters in front of other reporters."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.python.components import implementer, proxyForInterface
from twisted.python.failure import Failure
from twisted.trial._janitor import DirtyReactorAggregateError
from twisted.trial._kinds import AnyObject, AnyReporter, AnyTest
from twisted.trial.itrial import Error, IReporter, IReporterWithDurations

if TYPE_CHECKING:

    class _Proxy:
        """What `proxyForInterface` makes, as type checkers see it."""

        def __init__(self, original: AnyReporter) -> None: ...
        def __getattr__(self, name: str) -> AnyObject: ...
else:
    _Proxy = proxyForInterface(IReporterWithDurations, "_originalReporter")


@implementer(IReporterWithDurations)
class TestResultDecorator(_Proxy):
    """Passes everything on to another reporter; subclasses change some of it."""

    # pytest takes names that begin so for tests.
    __test__ = False

    _originalReporter: Any

    def __getattr__(self, name: str) -> AnyObject:
        if name == "_originalReporter":
            raise AttributeError(name)
        return getattr(self._originalReporter, name)


class UncleanWarningsReporterWrapper(TestResultDecorator):
    """Makes warnings of the errors about what tests leave in the reactor."""

    def addError(self, test: AnyTest, error: Error) -> None:
        """Pass an error on, or show it as a warning if it is about the reactor."""
        if isinstance(error, Failure) and error.check(DirtyReactorAggregateError):
            text = f"{test.id()}: {error.getErrorMessage()}\n"
            shown: Callable[[str], object] | None
            shown = getattr(self._originalReporter, "warningShown", None)
            if shown is not None:
                shown(text)
            return
        self._originalReporter.addError(test, error)


@implementer(IReporter)
class ReporterTee:
    """Tells several reporters; the first one's answers count."""

    def __init__(self, *reporters: AnyReporter) -> None:
        """Tell reporters.

        Args:
            reporters: The reporters.
        """
        self._reporters = reporters

    def __getattr__(self, name: str) -> AnyObject:
        if name == "_reporters":
            raise AttributeError(name)
        value = getattr(self._reporters[0], name)
        if not callable(value):
            return value

        def tell(*args: AnyObject, **kwargs: AnyObject) -> AnyObject:
            result = value(*args, **kwargs)
            for other in self._reporters[1:]:
                method = getattr(other, name, None)
                if method is not None:
                    method(*args, **kwargs)
            return result

        return tell


__all__ = ["ReporterTee", "TestResultDecorator", "UncleanWarningsReporterWrapper"]
