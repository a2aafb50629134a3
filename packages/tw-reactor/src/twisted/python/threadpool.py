"""A pool of threads that take calls from one queue.

Threads are started when there is more work than idle threads, up to a maximum; when the pool is
told to have fewer, those that are idle end first. Work that is queued before the pool was started
waits for that. `stop` lets everything that is queued be done, then ends the threads and waits for
them.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import ParamSpec, TypeVar

from twisted.logger import Logger
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_R = TypeVar("_R")

_log = Logger()

WorkerStop: object = object()
"""What a worker takes out of a queue to learn that it is to end; kept for code that names it."""

OnResult = Callable[[bool, object], object]
_Work = tuple[Context, OnResult | None, Callable[[], object]]


class ThreadPool:
    """Threads that take calls from one queue.

    Attributes:
        min: The number of threads that are kept when there is nothing to do.
        max: The largest number of threads.
        name: What the names of the threads begin with.
        started: Whether the pool was started (and not stopped since).
        joined: Whether the pool was stopped.
        threads: The threads of the pool.
    """

    min: int = 5
    max: int = 20
    name: str | None = None
    started: bool = False
    joined: bool = False
    threadFactory: type[threading.Thread] = threading.Thread
    """What makes the threads."""

    def __init__(self, minthreads: int = 5, maxthreads: int = 20, name: str | None = None) -> None:
        """Make a pool that has no threads yet.

        Args:
            minthreads: The number of threads that are kept when there is nothing to do.
            maxthreads: The largest number of threads.
            name: What the names of the threads begin with.

        Raises:
            ValueError: A number is negative, or the minimum is above the maximum.
        """
        _checkSizes(minthreads, maxthreads)
        self.min = minthreads
        self.max = maxthreads
        self.name = name
        self.threads: list[threading.Thread] = []
        # Guards everything below; waited on by idle threads.
        self._changed = threading.Condition(threading.Lock())
        self._queue: deque[_Work] = deque()
        self._idle = 0
        self._toEnd = 0
        self._busy: list[threading.Thread] = []
        self._serial = 0

    @property
    def workers(self) -> int:
        """How many threads there are."""
        return len(self.threads)

    @property
    def working(self) -> list[threading.Thread]:
        """The threads that are at work now."""
        with self._changed:
            return list(self._busy)

    @property
    def waiters(self) -> list[threading.Thread]:
        """The threads that have nothing to do now."""
        with self._changed:
            return [thread for thread in self.threads if thread not in self._busy]

    @property
    def q(self) -> "PendingWork":
        """What waits for a thread: it has `qsize()`."""
        return PendingWork(self)

    def start(self) -> None:
        """Start the threads that are always kept, and as many as the queued calls want."""
        with self._changed:
            self.joined = False
            self.started = True
            self._toEnd = 0
        self.adjustPoolsize()

    def stop(self) -> None:
        """Let the queued calls be done, end the threads, and wait until they have ended.

        Called by a thread of the pool itself it does not wait for that one.
        """
        for thread in self.stopWithoutWaiting():
            thread.join()

    def stopWithoutWaiting(self) -> list[threading.Thread]:
        """Let the queued calls be done and end the threads then.

        Returns:
            The threads that are still to end, without the current one.
        """
        dropped: list[_Work] = []
        with self._changed:
            if not self.started:
                # Nobody is going to do what was queued; whoever waits for it is told.
                dropped += self._queue
                self._queue.clear()
            self.joined = True
            self.started = False
            self._toEnd = len(self.threads)
            self._changed.notify_all()
            left = [thread for thread in self.threads if thread is not threading.current_thread()]
        for context, onResult, _ in dropped:
            context.run(_report, onResult, False, self._stopped())
        return left

    def adjustPoolsize(self, minthreads: int | None = None, maxthreads: int | None = None) -> None:
        """Change the number of threads.

        Args:
            minthreads: The number of threads that are kept when there is nothing to do; unchanged
                if None.
            maxthreads: The largest number of threads; unchanged if None.

        Raises:
            ValueError: A number is negative, or the minimum is above the maximum.
        """
        minimum = self.min if minthreads is None else minthreads
        maximum = self.max if maxthreads is None else maxthreads
        _checkSizes(minimum, maximum)
        with self._changed:
            self.min = minimum
            self.max = maximum
            if not self.started:
                return
            surplus = len(self.threads) - self._toEnd - maximum
            if surplus > 0:
                self._toEnd += surplus
                self._changed.notify_all()
            while len(self.threads) - self._toEnd < minimum:
                self._startWorker()
            failure = self._startWanted()
            dropped = [] if failure is None else list(self._queue)
            if dropped:
                self._queue.clear()
        for context, onResult, _ in dropped:
            context.run(_report, onResult, False, failure)

    def startAWorker(self) -> None:
        """Start one more thread, unless there are as many as may be."""
        with self._changed:
            if len(self.threads) - self._toEnd < self.max:
                self._startWorker()

    def stopAWorker(self) -> None:
        """End one thread, when it has nothing to do."""
        with self._changed:
            if len(self.threads) > self._toEnd:
                self._toEnd += 1
                self._changed.notify()

    def callInThread(self, func: Callable[_P, object], /, *args: _P.args, **kw: _P.kwargs) -> None:
        """Call a function in a thread; its result is dropped, an exception is logged.

        Args:
            func: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
        """
        self.callInThreadWithCallback(None, func, *args, **kw)

    def callInThreadWithCallback(
        self,
        onResult: Callable[[bool, _R], object] | Callable[[bool, object], object] | None,
        func: Callable[_P, _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> None:
        """Call a function in a thread, with the context variables of the caller.

        Args:
            onResult: Called in the same thread with True and the result, or with False and a
                Failure. If it is None, results are dropped and exceptions logged. When the pool was
                stopped it is called at once, with False and a Failure, in this thread.
            func: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
        """
        report: OnResult | None = onResult  # type: ignore[assignment]  # gets _R only with True
        failure: Failure | None = None
        with self._changed:
            if self.joined:
                failure = self._stopped()
            else:
                self._queue.append((copy_context(), report, lambda: func(*args, **kw)))
                if self.started:
                    self._changed.notify()
                    failure = self._startWanted()
                    if failure is not None:
                        self._queue.pop()
        if failure is not None:
            _report(report, False, failure)

    def dumpStats(self) -> None:
        """Log how many calls wait and which threads are at work."""
        _log.info("queue: {queued}", queued=len(self._queue))
        _log.info("waiters: {waiters}", waiters=self.waiters)
        _log.info("workers: {working}", working=self.working)
        _log.info("total: {threads}", threads=self.threads)

    def _stopped(self) -> Failure:
        name = f" {self.name!r}" if self.name else ""
        return Failure(RuntimeError(f"the thread pool{name} was stopped before it did the call"))

    def _startWanted(self) -> Failure | None:
        """Start threads for what is queued, as far as idle ones can't take it; holds the lock.

        Returns:
            What the system says when it has no room for a thread and the pool has none either;
            otherwise those that are there do what is queued.
        """
        wanted = min(len(self._queue) - self._idle, self.max - len(self.threads) + self._toEnd)
        try:
            for _ in range(wanted):
                self._startWorker()
        except RuntimeError:
            if len(self.threads) <= self._toEnd:
                return Failure()
        return None

    def _startWorker(self) -> None:
        """Start a thread, which counts as idle from now on; the lock is held."""
        self._serial += 1
        name = f"PoolThread-{self.name or id(self)}-{self._serial}"
        thread = self.threadFactory(target=self._work, name=name)
        self.threads.append(thread)
        self._idle += 1
        try:
            thread.start()
        except RuntimeError:
            self.threads.remove(thread)
            self._idle -= 1
            raise

    def _work(self) -> None:
        """Take calls out of the queue until this thread is to end."""
        me = threading.current_thread()
        while (work := self._next(me)) is not None:
            context, onResult, call = work
            try:
                result = context.run(call)
            except BaseException:
                context.run(_report, onResult, False, Failure())
            else:
                context.run(_report, onResult, True, result)
                del result
            # What the call referred to is not kept while this thread waits for the next one.
            del work, context, onResult, call
            with self._changed:
                self._busy.remove(me)
                self._idle += 1

    def _next(self, me: threading.Thread) -> _Work | None:
        """Wait for the next call; None when this thread is to end."""
        with self._changed:
            while True:
                # Those that are too many end at once; on `stop` everything is done first.
                if self._toEnd and not (self.joined and self._queue):
                    self._toEnd -= 1
                    self._idle -= 1
                    self.threads.remove(me)
                    return None
                if self._queue:
                    self._idle -= 1
                    self._busy.append(me)
                    return self._queue.popleft()
                self._changed.wait()


class PendingWork:
    """The queue of a pool, to look at."""

    def __init__(self, pool: ThreadPool) -> None:
        self._pool = pool

    def qsize(self) -> int:
        """Return how many calls wait for a thread."""
        return len(self._pool._queue)

    def empty(self) -> bool:
        """Return whether no call waits for a thread."""
        return not self._pool._queue


def _checkSizes(minthreads: int, maxthreads: int) -> None:
    if minthreads < 0:
        raise ValueError(f"a pool can't have a minimum of {minthreads} threads: give 0 or more")
    if minthreads > maxthreads:
        raise ValueError(
            f"the minimum number of threads, {minthreads}, is above the maximum, {maxthreads}"
        )


def _report(onResult: OnResult | None, success: bool, result: object) -> None:
    """Hand over a result, or log a failure that nobody wants; an error in it is logged."""
    if onResult is not None:
        try:
            onResult(success, result)
        except Exception:
            _log.failure("A call that takes results of the thread pool failed")
    elif isinstance(result, Failure) and not success:
        _log.failure("A call in a thread of the pool failed", result)


__all__ = ["ThreadPool", "WorkerStop"]
