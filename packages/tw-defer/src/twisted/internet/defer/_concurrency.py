"""Waiting for one's turn: locks, semaphores and queues of Deferreds.

All of them serve in the order of asking. A Deferred that waits for its turn can be cancelled; it
then gives up its place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import QueueOverflow, QueueUnderflow
from twisted.internet.defer._results import maybeDeferred
from twisted.python.failure import Failure

_T = TypeVar("_T")
_P = ParamSpec("_P")


class _Turns:
    """A number of turns, and those who wait for one.

    Attributes:
        waiting: The Deferreds of those who wait, in the order of asking.
    """

    def __init__(self, free: int) -> None:
        self._free = free
        self.waiting: deque[Deferred[Self]] = deque()

    def acquire(self) -> Deferred[Self]:
        """Ask for a turn.

        Returns:
            A Deferred that fires with this object when it is one's turn; `release` ends the turn.
            Cancelling it before it fires gives up the place.
        """
        d: Deferred[Self] = Deferred(self._giveUp)
        if self._free:
            self._free -= 1
            d.callback(self)
        else:
            self.waiting.append(d)
        return d

    def _giveUp(self, d: Deferred[Any]) -> None:
        self.waiting.remove(d)

    def release(self: Self) -> None:
        """End one's turn; whoever has waited longest is next."""
        if self.waiting:
            self.waiting.popleft().callback(self)
        else:
            self._free += 1

    @overload
    def run(
        self,
        f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    @overload
    def run(
        self,
        f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    def run(
        self,
        f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]:
        """Call a function when it is one's turn, and end the turn when its result is there.

        Args:
            f: What to call; it may return a Deferred or a coroutine.
            args: Its positional arguments.
            kwargs: Its keyword arguments, of any name.

        Returns:
            A Deferred of its result.
        """

        def finished(result: _T | Failure) -> _T | Failure:
            self.release()
            return result

        def acquired(ignored: object) -> Deferred[_T]:
            return maybeDeferred(f, *args, **kwargs).addBoth(finished)

        return self.acquire().addCallback(acquired)

    async def __aenter__(self) -> Self:
        mine = False

        def acquired(turns: Self) -> Self:
            nonlocal mine
            mine = True
            return turns

        try:
            return await self.acquire().addCallback(acquired)
        except BaseException:
            # A Task of asyncio can be cancelled after its turn came and before it goes on.
            if mine:
                self.release()
            raise

    async def __aexit__(self, *ignored: object) -> None:
        self.release()


class DeferredLock(_Turns):
    """A lock: one turn at a time."""

    def __init__(self) -> None:
        super().__init__(1)

    @property
    def locked(self) -> bool:
        """Whether somebody has the lock."""
        return not self._free

    def release(self) -> None:
        """Give the lock back; whoever has waited longest gets it.

        Raises:
            AssertionError: Nobody has the lock.
        """
        if not self.locked:
            raise AssertionError("The lock cannot be released: nobody has acquired it")
        super().release()


class DeferredSemaphore(_Turns):
    """A semaphore: a number of turns at a time.

    Attributes:
        limit: The number of turns.
    """

    def __init__(self, tokens: int) -> None:
        """Make a semaphore.

        Args:
            tokens: The number of turns, 1 or more.

        Raises:
            ValueError: It is less than 1.
        """
        if tokens < 1:
            raise ValueError(f"A semaphore needs 1 token or more, not {tokens}")
        super().__init__(tokens)
        self.limit = tokens

    @property
    def tokens(self) -> int:
        """How many turns are free."""
        return self._free

    def release(self) -> None:
        """End a turn; whoever has waited longest is next.

        Raises:
            AssertionError: No turn was taken.
        """
        if self._free >= self.limit:
            raise AssertionError("The semaphore cannot be released: all its tokens are free")
        super().release()


class DeferredQueue(Generic[_T]):
    """A queue of objects between those who put and those who get.

    Attributes:
        size: How many objects are kept at most while nobody asks for one; None for any number.
        backlog: How many may wait for an object at most; None for any number.
        waiting: The Deferreds of those who wait, in the order of asking.
        pending: The objects that nobody has asked for, in the order of putting.
    """

    def __init__(self, size: int | None = None, backlog: int | None = None) -> None:
        """Make an empty queue.

        Args:
            size: How many objects are kept at most; None for any number.
            backlog: How many may wait at most; None for any number.
        """
        self.size = size
        self.backlog = backlog
        self.waiting: deque[Deferred[_T]] = deque()
        self.pending: deque[_T] = deque()

    def put(self, obj: _T) -> None:
        """Put an object into the queue, or hand it to whoever has waited longest.

        Raises:
            QueueOverflow: The queue has `size` objects.
        """
        if self.waiting:
            self.waiting.popleft().callback(obj)
            return
        if self.size is not None and len(self.pending) >= self.size:
            raise QueueOverflow(
                f"The queue has {self.size} objects, as many as it was made for: "
                "get some, or make it with a larger size"
            )
        self.pending.append(obj)

    def get(self) -> Deferred[_T]:
        """Ask for the next object.

        Returns:
            A Deferred of the object. Cancelling it before it fires gives up the place.

        Raises:
            QueueUnderflow: `backlog` others wait already.
        """
        d: Deferred[_T] = Deferred(self._giveUp)
        if self.pending:
            d.callback(self.pending.popleft())
            return d
        if self.backlog is not None and len(self.waiting) >= self.backlog:
            raise QueueUnderflow(
                f"{self.backlog} wait for objects already, as many as the queue was made for: "
                "put some, or make it with a larger backlog"
            )
        self.waiting.append(d)
        return d

    def _giveUp(self, d: Deferred[Any]) -> None:
        self.waiting.remove(d)

    def __aiter__(self) -> Self:
        """Return the queue: `async for` gets one object after the other, and never ends."""
        return self

    async def __anext__(self) -> _T:
        """Wait for the next object."""
        got: list[_T] = []

        def keep(obj: _T) -> _T:
            got.append(obj)
            return obj

        try:
            return await self.get().addCallback(keep)
        except BaseException:
            # A Task of asyncio can be cancelled after its object came and before it goes on.
            if got:
                self._putBack(got.pop())
            raise

    def _putBack(self, obj: _T) -> None:
        """Let the next one who asks have an object that was given to somebody else."""
        if self.waiting:
            self.waiting.popleft().callback(obj)
        else:
            self.pending.appendleft(obj)


__all__ = ["DeferredLock", "DeferredQueue", "DeferredSemaphore"]
