"""Waiting for several Deferreds at once."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import FailureGroup, FirstError
from twisted.python.failure import Failure

_T = TypeVar("_T")

SUCCESS = True
FAILURE = False


class DeferredList(Deferred[Any]):
    """A Deferred of the results of several, as pairs of (success, result or failure).

    It fires when all have fired, in the order in which they were given; it does not fail. Each
    one's result is the one it has at the place in its chain where the list was made.
    """

    fireOnOneCallback = False
    fireOnOneErrback = False
    consumeErrors = False

    def __init__(
        self,
        deferredList: Iterable[Deferred[Any]],
        fireOnOneCallback: bool = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None:
        """Wait for Deferreds.

        Args:
            deferredList: The Deferreds.
            fireOnOneCallback: Fire with (result, index) as soon as one succeeds.
            fireOnOneErrback: Fail with `FirstError` as soon as one fails.
            consumeErrors: Whether failures end here: the Deferreds go on with None and are not
                logged as unhandled.
        """
        members = list(deferredList)
        super().__init__()
        self.fireOnOneCallback = fireOnOneCallback
        self.fireOnOneErrback = fireOnOneErrback
        self.consumeErrors = consumeErrors
        self._members = members
        self.resultList: list[Any] = [None] * len(members)
        self.finishedCount = 0
        if not members:
            self.callback(self.resultList)
        for index, member in enumerate(members):
            member.addCallbacks(
                self._memberFired,
                self._memberFired,
                callbackArgs=(index, SUCCESS),
                errbackArgs=(index, FAILURE),
            )

    def _memberFired(self, result: Any, index: int, succeeded: bool) -> Any:
        self.resultList[index] = (succeeded, result)
        self.finishedCount += 1
        if not self.called:
            if succeeded and self.fireOnOneCallback:
                self.callback((result, index))
            elif not succeeded and self.fireOnOneErrback:
                self.errback(Failure(FirstError(result, index)))
            elif self.finishedCount == len(self.resultList):
                self.callback(self.resultList)
        if self.finishedCount == len(self.resultList):
            self._members = []
        return None if not succeeded and self.consumeErrors else result

    def cancel(self) -> None:
        """Cancel all the Deferreds, unless the list has its result."""
        if self.called:
            super().cancel()
            return
        for member in list(self._members):
            member.cancel()


def gatherResults(
    deferredList: Iterable[Deferred[_T]], consumeErrors: bool = False
) -> Deferred[list[_T]]:
    """Wait for all the results, or for the first failure.

    Args:
        deferredList: The Deferreds.
        consumeErrors: Whether failures end here, as in `DeferredList`.

    Returns:
        A Deferred of the results in the order of the Deferreds; it fails with `FirstError` as
        soon as one of them fails. Cancelling it cancels them all.
    """

    def results(pairs: list[tuple[bool, _T]]) -> list[_T]:
        return [result for _, result in pairs]

    return DeferredList(
        deferredList, fireOnOneErrback=True, consumeErrors=consumeErrors
    ).addCallback(results)


def race(ds: Sequence[Deferred[_T]]) -> Deferred[tuple[int, _T]]:
    """Wait for the first success and cancel the others.

    Args:
        ds: The Deferreds.

    Returns:
        A Deferred of (index, result) of the first that succeeds; it fails with `FailureGroup`
        when all fail. Cancelling it cancels them all.
    """
    won = False
    failures: dict[int, Failure] = {}

    def cancelAll(ignored: Deferred[Any]) -> None:
        for d in ds:
            d.cancel()

    outcome: Deferred[tuple[int, _T]] = Deferred(canceller=cancelAll)

    def succeeded(result: _T, index: int) -> None:
        nonlocal won
        if outcome.called:
            return
        won = True
        for other, d in enumerate(ds):
            if other != index:
                d.cancel()
        outcome.callback((index, result))

    def failed(failure: Failure, index: int) -> None:
        if won:
            return
        failures[index] = failure
        if len(failures) == len(ds) and not outcome.called:
            outcome.errback(FailureGroup([failures[i] for i in range(len(ds))]))

    if not ds:
        outcome.errback(FailureGroup([]))
    for index, d in enumerate(ds):
        d.addCallbacks(succeeded, failed, callbackArgs=(index,), errbackArgs=(index,))
    return outcome


__all__ = ["FAILURE", "SUCCESS", "DeferredList", "gatherResults", "race"]
