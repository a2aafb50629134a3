"""Waiting for several Deferreds, whether they succeed or fail.

This room is not compiled, since mypyc cannot make a class whose `__init__` has overloads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, TypeVar, overload

from twisted.internet.defer._combinators import cancelAll
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import FirstError
from twisted.python.failure import Failure

_T = TypeVar("_T")
_R = TypeVar("_R")

SUCCESS = True
"""The first of a pair in the result of a `DeferredList`: the second is a result."""

FAILURE = False
"""The first of a pair in the result of a `DeferredList`: the second is a Failure."""

_Pair: TypeAlias = "tuple[bool, _T | Failure]"


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
        cancelAll(self._members)


__all__ = ["FAILURE", "SUCCESS", "DeferredList"]
