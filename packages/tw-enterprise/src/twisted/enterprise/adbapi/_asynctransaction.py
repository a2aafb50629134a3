"""A transaction that a coroutine works with, step by step.

A thread of the pool serves it: it takes steps out of a queue, does each, and reports the result to
the thread of the reactor, until it is told to commit or to roll back. To the pool all that is one
call, so it is committed, rolled back, interrupted and closed as any other.
"""

import enum
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from twisted.enterprise.adbapi._connection import Connection
from twisted.enterprise.adbapi._statements import operate, query
from twisted.enterprise.adbapi._transaction import Transaction
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.enterprise.adbapi._pool import ConnectionPool

_P = ParamSpec("_P")
_R = TypeVar("_R")


class _RollBack(Exception):
    """The block has raised, so what it did is to be undone."""


class _Ending(enum.Enum):
    """What ends the steps."""

    COMMIT = "commit"
    ROLL_BACK = "roll back"


class _Step:
    """One step: what to do, and who waits for it."""

    def __init__(self, do: Callable[[Transaction], object], deferred: Deferred[Any]) -> None:
        self.do = do
        self.deferred = deferred


def _begin(transaction: Transaction) -> None:
    """Do nothing, as the first step: it is done when there is a connection."""


class AsyncTransaction:
    """One transaction, for the block of an `async with`; made by `ConnectionPool.transaction`.

    It is committed at the end of the block, and rolled back when the block raises. It has the same
    methods as the pool. After a step that was cancelled nothing more can be done in it.
    """

    def __init__(self, pool: "ConnectionPool") -> None:
        """Make a transaction that was not begun.

        Args:
            pool: Whose thread and connection it takes.
        """
        self._pool = pool
        self._steps: SimpleQueue[_Step | _Ending] = SimpleQueue()
        # Those whose results are not there yet; in the thread of the reactor alone.
        self._pending: set[_Step] = set()
        self._committed: Deferred[None] | None = None
        # Set when nothing that is in the queue is to be done any more; read by the thread.
        self._givenUp = False
        self._over: BaseException | None = RuntimeError(
            "the transaction was not begun: use it in `async with pool.transaction()`"
        )

    def runQuery(self, *args: object, **kw: object) -> Deferred[list[Any]]:
        """Execute a statement, and fetch all rows.

        Args:
            args: The arguments of the cursor's `execute`: the statement, its parameters, ...
            kw: Its keyword arguments.

        Returns:
            A Deferred with the rows, each of the type that the driver makes.
        """
        return self.runInteraction(query, args, kw)

    def runOperation(self, *args: object, **kw: object) -> Deferred[None]:
        """Execute a statement that has no rows as its result.

        Args:
            args: The arguments of the cursor's `execute`: the statement, its parameters, ...
            kw: Its keyword arguments.

        Returns:
            A Deferred with None.
        """
        return self.runInteraction(operate, args, kw)

    def runInteraction(
        self,
        interaction: Callable[Concatenate[Transaction, _P], _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> Deferred[_R]:
        """Call a function in the thread of this transaction.

        Args:
            interaction: Called with a `Transaction` and the other arguments; it may block.
            args: Its other arguments.
            kw: Its keyword arguments.

        Returns:
            A Deferred with what the function returned. It fails with what it raised, and then the
            transaction goes on as far as the database lets it; with the reason if the transaction
            is over. Cancelling it ends the transaction.
        """
        return self._do(lambda transaction: interaction(transaction, *args, **kw))

    async def __aenter__(self) -> Self:
        if self._committed is not None:
            raise RuntimeError("a transaction can be begun once: ask the pool for another one")
        self._over = None
        self._committed = self._pool._submit(self._serve, self._wake)
        self._committed.addErrback(self._failed)
        try:
            # So that the block begins when there is a connection, or not at all.
            await self.runInteraction(_begin)
        except BaseException:
            self._committed.cancel()
            _drop(self._committed)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        committed = self._committed
        assert committed is not None
        if self._over is None:
            self._over = RuntimeError("the transaction is over: the block was left")
            self._steps.put(_Ending.COMMIT if error is None else _Ending.ROLL_BACK)
        if error is not None:
            # What the block has raised is what counts.
            _drop(committed)
        if not isinstance(error, GeneratorExit):
            await committed
        # A coroutine that is thrown away may not wait any more.

    def _do(self, do: Callable[[Transaction], _R]) -> Deferred[_R]:
        if self._over is not None:
            return fail(self._over)
        deferred: Deferred[_R] = Deferred(self._cancelled)
        step = _Step(do, deferred)
        self._pending.add(step)
        self._steps.put(step)
        return deferred

    def _cancelled(self, deferred: Deferred[Any]) -> None:
        if self._over is None and self._committed is not None:
            self._over = CancelledError(
                "a step of the transaction was cancelled, and so it is over"
            )
            self._committed.cancel()

    def _wake(self) -> None:
        """Let the thread see that the transaction was given up."""
        self._givenUp = True
        self._steps.put(_Ending.ROLL_BACK)

    def _failed(self, failure: Failure) -> Failure:
        """Fail what waits for a thread that is not there any more."""
        if self._over is None:
            self._over = failure.value
        while self._pending:
            step = self._pending.pop()
            if not step.deferred.called:
                step.deferred.errback(failure.value)
        return failure

    def _serve(self, connection: Connection) -> None:
        """Do the steps; in a thread of the pool."""
        transaction = self._pool.transactionFactory(self._pool, connection)
        finished = self._pool.reactor.callFromThread
        while isinstance(step := self._steps.get(), _Step) and not self._givenUp:
            try:
                result: object = step.do(transaction)
            except BaseException:
                result = Failure()
            finished(self._stepFinished, step, result)
        if step is not _Ending.COMMIT:
            raise _RollBack
        transaction.close()

    def _stepFinished(self, step: _Step, result: object) -> None:
        # It may have failed already: together with the transaction, or because it was cancelled.
        if step not in self._pending:
            return
        self._pending.remove(step)
        if step.deferred.called:
            return
        if isinstance(result, Failure):
            step.deferred.errback(result)
        else:
            step.deferred.callback(result)


def _drop(deferred: Deferred[None]) -> None:
    """Let nobody hear of a failure that is told by other means."""
    deferred.addErrback(lambda failure: None)


__all__ = ["AsyncTransaction"]
