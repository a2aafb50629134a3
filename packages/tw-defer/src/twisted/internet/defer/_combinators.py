"""Waiting for several Deferreds at once: for all results, or for the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar, overload

from twisted.internet.defer._chain import PLAIN
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError, FailureGroup, FirstError
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.defer")

_T = TypeVar("_T")

# Bound here since mypyc gets at a Final faster than at a name that was imported.
_PLAIN: Final = PLAIN


def cancelAll(deferreds: Iterable[Deferred[Any]]) -> None:
    """Cancel Deferreds, each even if the `cancel` of another (of a subclass) raises."""
    for deferred in list(deferreds):
        try:
            deferred.cancel()
        except Exception:
            _log.failure("A Deferred could not be cancelled")


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
        if type(result) not in _PLAIN and isinstance(result, Failure):
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
        cancelAll(self._members)


class _GatheringOfAll(_Gathering):
    """The results of several Deferreds, which are all cancelled when one of them fails."""

    __slots__ = ("_first",)

    def __init__(self, deferreds: Iterable[Deferred[Any]], consumeErrors: bool) -> None:
        self._first: FirstError | None = None
        super().__init__(deferreds, consumeErrors)

    def _memberFired(self, result: object, index: int) -> object:
        self._unfired -= 1
        passedOn = result
        if not isinstance(result, Failure):
            self._results[index] = result
        else:
            consumed = self._consumeErrors
            if self._first is None:
                self._first = FirstError(result, index)
                cancelAll(self._members)
            elif result.check(CancelledError):
                consumed = True
            if consumed:
                passedOn = None
        if not self._unfired and not self.called:
            self._members = []
            first = self._first
            self._first = None
            if first is None:
                self.callback(self._results)
            else:
                self.errback(Failure(first))
        return passedOn


@overload
def gatherResults(
    deferredList: Iterable[Deferred[_T]],
    consumeErrors: bool = False,
    *,
    cancelOthers: bool = False,
) -> Deferred[list[_T]]: ...


# Deferreds of different kinds.
@overload
def gatherResults(
    deferredList: Iterable[Deferred[Any]],
    consumeErrors: bool = False,
    *,
    cancelOthers: bool = False,
) -> Deferred[list[Any]]: ...


def gatherResults(
    deferredList: Iterable[Deferred[Any]],
    consumeErrors: bool = False,
    *,
    cancelOthers: bool = False,
) -> Deferred[list[Any]]:
    """Wait for all the results, or for the first failure.

    Args:
        deferredList: The Deferreds.
        consumeErrors: Whether failures end here, as in `DeferredList`.
        cancelOthers: Whether the first failure cancels the others. The result then fails when all
            have fired, and each `CancelledError` among their failures ends here.

    Returns:
        A Deferred of the results in the order of the Deferreds; it fails with `FirstError` as
        soon as one of them fails. Cancelling it cancels them all.
    """
    if cancelOthers:
        return _GatheringOfAll(deferredList, consumeErrors)
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
    outcome: Deferred[tuple[int, Any]] = Deferred(lambda _: cancelAll(ds))

    def succeeded(result: object, index: int) -> None:
        if outcome.called:
            return
        # First, since the others fail when they are cancelled.
        outcome.pause()
        outcome.callback((index, result))
        cancelAll(d for other, d in enumerate(ds) if other != index)
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


__all__ = ["cancelAll", "gatherResults", "race"]
