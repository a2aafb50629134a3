"""Waiting for several Deferreds at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, overload

from twisted.internet.defer._chain import PLAIN
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import FailureGroup, FirstError
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.defer")

_T = TypeVar("_T")
_R = TypeVar("_R")

SUCCESS = True
"""The first of a pair in the result of a `DeferredList`: the second is a result."""

FAILURE = False
"""The first of a pair in the result of a `DeferredList`: the second is a Failure."""

_Pair: TypeAlias = "tuple[bool, _T | Failure]"


def _cancelAll(deferreds: Iterable[Deferred[Any]]) -> None:
    """Cancel Deferreds, each even if the `cancel` of another (of a subclass) raises."""
    for deferred in list(deferreds):
        try:
            deferred.cancel()
        except Exception:
            _log.failure("A Deferred could not be cancelled")


class DeferredList(Deferred[_R]):
    """A Deferred of the results of several, as pairs of (success, result or failure).

    It fires when all have fired, with the pairs in the order in which the Deferreds were given; it
    does not fail. Each one's result is the one that it has at the place in its chain where the list
    was made: callbacks that it had before count, those that it gets later don't.

    Attributes:
        fireOnOneCallback: Whether the first success fires it.
        fireOnOneErrback: Whether the first failure makes it fail.
        consumeErrors: Whether failures of the Deferreds end here.
        resultList: The pairs so far; None for a Deferred that has not fired.
        finishedCount: How many of the Deferreds have fired.
    """

    fireOnOneCallback: bool = False
    fireOnOneErrback: bool = False
    consumeErrors: bool = False

    @overload
    def __init__(
        self: DeferredList[list[_Pair[_T]]],
        deferredList: Iterable[Deferred[_T]],
        fireOnOneCallback: Literal[False] = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None: ...

    @overload
    def __init__(
        self: DeferredList[tuple[_T, int]],
        deferredList: Iterable[Deferred[_T]],
        fireOnOneCallback: Literal[True],
        fireOnOneErrback: Literal[True],
        consumeErrors: bool = False,
    ) -> None: ...

    @overload
    def __init__(
        self: DeferredList[tuple[_T, int] | list[_Pair[_T]]],
        deferredList: Iterable[Deferred[_T]],
        fireOnOneCallback: bool = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None: ...

    # Deferreds of different kinds.
    @overload
    def __init__(
        self: DeferredList[list[_Pair[Any]]],
        deferredList: Iterable[Deferred[Any]],
        fireOnOneCallback: Literal[False] = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None: ...

    @overload
    def __init__(
        self: DeferredList[Any],
        deferredList: Iterable[Deferred[Any]],
        fireOnOneCallback: bool = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None: ...

    def __init__(
        self,
        deferredList: Iterable[Deferred[Any]],
        fireOnOneCallback: bool = False,
        fireOnOneErrback: bool = False,
        consumeErrors: bool = False,
    ) -> None:
        """Wait for Deferreds.

        Args:
            deferredList: The Deferreds. Without any, the list fires at once.
            fireOnOneCallback: Fire with (result, index) as soon as one succeeds; with the pairs if
                none does.
            fireOnOneErrback: Fail with `FirstError` as soon as one fails.
            consumeErrors: Whether failures end here: the Deferreds go on with None and are not
                logged as unhandled.
        """
        members = list(deferredList)
        super().__init__()
        self.fireOnOneCallback = fireOnOneCallback
        self.fireOnOneErrback = fireOnOneErrback
        self.consumeErrors = consumeErrors
        self.resultList: list[Any] = [None] * len(members)
        self.finishedCount: int = 0
        # Let go of when all have fired: they lead back here.
        self._members = members
        if not members:
            self._fire(self.resultList)
        for index, member in enumerate(members):
            member.addBoth(self._memberFired, index)

    def _fire(self, result: Any) -> None:  # noqa: ANN401 - what the overloads say
        self.callback(result)

    def _memberFired(self, result: object, index: int) -> object:
        failure = result if isinstance(result, Failure) else None
        succeeded = failure is None
        self.resultList[index] = (succeeded, result)
        self.finishedCount += 1
        if not self.called:
            if succeeded and self.fireOnOneCallback:
                self._fire((result, index))
            elif failure is not None and self.fireOnOneErrback:
                self.errback(Failure(FirstError(failure, index)))
            elif self.finishedCount == len(self.resultList):
                self._fire(self.resultList)
        if self.finishedCount == len(self.resultList):
            self._members = []
        return None if not succeeded and self.consumeErrors else result

    def cancel(self) -> None:
        """Cancel all the Deferreds, unless the list has its result."""
        if self.called:
            super().cancel()
            return
        _cancelAll(self._members)


class _Gathering(Deferred[list[Any]]):
    """The results of several Deferreds, or their first failure."""

    __slots__ = ("_consumeErrors", "_members", "_results", "_unfired")

    def __init__(self, deferreds: Iterable[Deferred[Any]], consumeErrors: bool) -> None:
        members = list(deferreds)
        super().__init__()
        self._consumeErrors = consumeErrors
        self._results: list[Any] = [None] * len(members)
        self._unfired = len(members)
        # Let go of when all have fired: they lead back here.
        self._members = members
        if not members:
            self.callback(self._results)
        fired = self._memberFired
        for index, member in enumerate(members):
            member.addBoth(fired, index)

    def _name(self) -> str:
        return "Deferred"

    def _memberFired(self, result: object, index: int) -> object:
        self._unfired -= 1
        if not self._unfired:
            self._members = []
        if type(result) not in PLAIN and isinstance(result, Failure):
            if not self.called:
                self.errback(Failure(FirstError(result, index)))
            return None if self._consumeErrors else result
        self._results[index] = result
        if not self._unfired and not self.called:
            self.callback(self._results)
        return result

    def cancel(self) -> None:
        """Cancel all the Deferreds, unless the result is there."""
        if self.called:
            super().cancel()
            return
        _cancelAll(self._members)


@overload
def gatherResults(
    deferredList: Iterable[Deferred[_T]], consumeErrors: bool = False
) -> Deferred[list[_T]]: ...


# Deferreds of different kinds.
@overload
def gatherResults(
    deferredList: Iterable[Deferred[Any]], consumeErrors: bool = False
) -> Deferred[list[Any]]: ...


def gatherResults(
    deferredList: Iterable[Deferred[Any]], consumeErrors: bool = False
) -> Deferred[list[Any]]:
    """Wait for all the results, or for the first failure.

    Args:
        deferredList: The Deferreds.
        consumeErrors: Whether failures end here, as in `DeferredList`.

    Returns:
        A Deferred of the results in the order of the Deferreds; it fails with `FirstError` as
        soon as one of them fails. Cancelling it cancels them all.
    """

    return _Gathering(deferredList, consumeErrors)


@overload
def race(ds: Sequence[Deferred[_T]]) -> Deferred[tuple[int, _T]]: ...


# Deferreds of different kinds.
@overload
def race(ds: Sequence[Deferred[Any]]) -> Deferred[tuple[int, Any]]: ...


def race(ds: Sequence[Deferred[Any]]) -> Deferred[tuple[int, Any]]:
    """Wait for the first success and cancel the others.

    Args:
        ds: The Deferreds.

    Returns:
        A Deferred of (index, result) of the first that succeeds; it fails with `FailureGroup`
        when all fail. Cancelling it cancels them all.
    """
    failures: dict[int, Failure] = {}
    outcome: Deferred[tuple[int, Any]] = Deferred(lambda _: _cancelAll(ds))

    def succeeded(result: object, index: int) -> None:
        if outcome.called:
            return
        # First, since the others fail when they are cancelled.
        outcome.pause()
        outcome.callback((index, result))
        _cancelAll(d for other, d in enumerate(ds) if other != index)
        outcome.unpause()

    def failed(failure: Failure, index: int) -> None:
        failures[index] = failure
        if len(failures) == len(ds) and not outcome.called:
            outcome.errback(FailureGroup([failures[i] for i in range(len(ds))]))

    if not ds:
        outcome.errback(FailureGroup([]))
    for index, d in enumerate(ds):
        d.addCallbacks(succeeded, failed, callbackArgs=(index,), errbackArgs=(index,))
    return outcome


__all__ = ["FAILURE", "SUCCESS", "DeferredList", "gatherResults", "race"]
