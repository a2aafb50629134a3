"""What a test can assert about a Deferred without running a reactor."""

from collections.abc import Coroutine, Generator
from typing import Any, TypeAlias, TypeVar

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.python.failure import Failure
from twisted.trial._assertions import Assertions

_T = TypeVar("_T")

Awaited: TypeAlias = (
    Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | Generator[Deferred[Any], Any, _T]
)
"""What has a result later: a Deferred, or a coroutine, which is started."""


class DeferredAssertions(Assertions):
    """Assertions about the results that Deferreds have now."""

    def successResultOf(self, deferred: Awaited[_T]) -> _T:
        """Return the result that a Deferred has, or fail if it has none or a failure.

        Args:
            deferred: The Deferred, or a coroutine, which is run as far as it goes. A failure of it
                is handled by this.

        Returns:
            The result; that of the Deferred itself is None from now on.
        """
        waiting = _asDeferred(deferred)
        results = _resultsOf(waiting)
        if not results:
            self.fail(f"Success result expected on {waiting!r}, found no result instead")
        (result,) = results
        if isinstance(result, Failure):
            self.fail(
                f"Success result expected on {waiting!r}, found failure result instead:\n"
                f"{result.getTraceback()}"
            )
        return result

    def failureResultOf(
        self, deferred: Awaited[Any], *expectedExceptionTypes: type[BaseException]
    ) -> Failure:
        """Return the failure that a Deferred has, or fail if it has none or another result.

        Args:
            deferred: The Deferred, or a coroutine, which is run as far as it goes.
            expectedExceptionTypes: The classes of exceptions that are fine; any, if none is given.

        Returns:
            The failure; the result of the Deferred itself is None from now on.
        """
        waiting = _asDeferred(deferred)
        results = _resultsOf(waiting)
        names = " or ".join(
            f"{each.__module__}.{each.__qualname__}" for each in expectedExceptionTypes
        )
        expected = f"Failure of type ({names}) expected" if names else "Failure result expected"
        if not results:
            self.fail(f"{expected} on {waiting!r}, found no result instead")
        (result,) = results
        if not isinstance(result, Failure):
            self.fail(f"{expected} on {waiting!r}, found success result ({result!r}) instead")
        if expectedExceptionTypes and not result.check(*expectedExceptionTypes):
            self.fail(
                f"{expected} on {waiting!r}, found type {result.type.__module__}."
                f"{result.type.__qualname__} instead:\n{result.getTraceback()}"
            )
        return result

    def assertNoResult(self, deferred: Deferred[Any]) -> None:
        """Fail if a Deferred has a result, be it a failure.

        Args:
            deferred: The Deferred. The result that it gets later is left as it is; a failure that
                makes this assertion fail is handled by it.
        """
        results: list[object] = []
        asserted = False

        def look(result: object) -> object:
            if asserted:
                return result
            results.append(result)
            return None

        deferred.addBoth(look)
        asserted = True
        if results:
            self.fail(f"No result expected on {deferred!r}, found {results[0]!r} instead")


def _asDeferred(candidate: Awaited[_T]) -> Deferred[_T]:
    return candidate if isinstance(candidate, Deferred) else ensureDeferred(candidate)


def _resultsOf(deferred: Deferred[_T]) -> list[_T | Failure]:
    """Take the result of a Deferred, if it has one; a list of one or none."""
    results: list[_T | Failure] = []
    taken = False

    def take(result: _T | Failure) -> _T | Failure | None:
        if taken:
            return result
        results.append(result)
        return None

    deferred.addBoth(take)
    taken = True
    return results


__all__ = ["Awaited", "DeferredAssertions"]
