"""What every reactor is made of, whatever it waits with: life, time, threads, names.

A reactor is a composition of rooms: `Lifecycle`, `TimerQueue`, `ThreadCalls`, `SignalHandlers`, a
thread pool and `Resolving`. This class puts them together and leaves out the waiting. A subclass
adds that by `doIteration(delay)`, which sleeps until something happens and deals with it, and
`wakeUp`, which ends the sleep from another thread.

One turn of the loop: calls of other threads, calls that are due, the shutdown if it was asked for;
then waiting, no longer than until the next call is due.
"""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, cast

from twisted.internet._lifecycle import Lifecycle, Trigger
from twisted.internet._pluggableresolver import PluggableResolverMixin
from twisted.internet._resolver import SIMPLE_TIMEOUT
from twisted.internet._signals import SignalHandlers
from twisted.internet._threadcalls import ThreadCalls
from twisted.internet._timers import DelayedCall, TimerQueue
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IReactorCore,
    IReactorThreads,
    IReactorTime,
)
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.python.threadable import registerAsIOThread
from twisted.python.threadpool import ThreadPool

_P = ParamSpec("_P")

_log = Logger(namespace="twisted.internet.base")

LONGEST_SLEEP = 24 * 60 * 60.0
"""The longest time to wait at once, in seconds: pollers count milliseconds in 32 bits."""

MAXIMUM_THREADS = 10
"""How many threads the reactor's pool may have, unless `suggestThreadPoolSize` says otherwise."""


@implementer(
    IReactorCore,
    IReactorTime,
    IReactorThreads,
)
class CoreReactor(PluggableResolverMixin):
    """A reactor but for the waiting.

    Attributes:
        threadpool: The pool of threads; None until it is needed, and after a shutdown.
        usingThreads: Kept for existing code; always true.
    """

    usingThreads = True

    def __init__(self) -> None:
        """Make a reactor that was not started yet."""
        self._lifecycle = Lifecycle(self._logError, self._closeDown)
        self._timers = self._makeTimers()
        self._threadCalls = ThreadCalls(self.wakeUp, self._threadCallFailed)
        self._signals: SignalHandlers | None = None
        self._poolSize = MAXIMUM_THREADS
        self.threadpool: ThreadPool | None = None
        # The number of the signal that stopped the reactor, for those who pass it on by exiting.
        self._exitSignal: int | None = None

    def _makeTimers(self) -> TimerQueue:
        # The clock itself, read for each call, unless a subclass has one of its own.
        own = type(self).seconds is not CoreReactor.seconds
        return TimerQueue(self.seconds if own else time.monotonic, self._callFailed)

    # Waiting: for subclasses

    def doIteration(self, delay: float | None) -> None:
        """Wait until something happens, and deal with it; for subclasses.

        Args:
            delay: The longest time to wait, in seconds; None for no limit.
        """
        raise TypeError(f"{type(self).__name__} has to define doIteration")

    def wakeUp(self) -> None:
        """End `doIteration`'s waiting, in any thread and in a signal handler; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define wakeUp")

    def wakeupDescriptor(self) -> int:
        """Return the descriptor for `signal.set_wakeup_fd`; -1 if something else wakes it up."""
        return -1

    def disconnectAll(self) -> None:
        """Close what is open, since the reactor shuts down; for subclasses."""

    # Life

    @property
    def running(self) -> bool:
        """Whether the reactor was started and does not shut down."""
        return self._lifecycle.running

    @property
    def _eventTriggers(self) -> object:
        return self._lifecycle.events

    def run(self, installSignalHandlers: bool = True) -> None:
        """Run the loop until `stop` or `crash` is called.

        Args:
            installSignalHandlers: Whether SIGINT, SIGTERM and (on Windows) SIGBREAK stop the
                reactor. Without effect in other threads than the main one.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        try:
            self.startRunning(installSignalHandlers)
            self.mainLoop()
            self._logEnd()
        finally:
            self._uninstallSignalHandlers()

    def _logEnd(self) -> None:
        """Log that the loop has ended, as it should."""
        _log.info("Main loop terminated.")

    def startRunning(self, installSignalHandlers: bool = True) -> None:
        """Start without entering the loop, for those who have a loop of their own.

        Args:
            installSignalHandlers: As in `run`.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        if not self._lifecycle.alive:
            self._exitSignal = None
            registerAsIOThread()
            if installSignalHandlers:
                self._installSignalHandlers()
            if self.threadpool is not None:
                self.threadpool.start()
        self._lifecycle.start()

    def mainLoop(self) -> None:
        """Turn until the reactor was stopped."""
        lifecycle = self._lifecycle
        # Looked up once; a turn without a message costs little more than these three calls.
        runUntilCurrent, timeout, doIteration = self.runUntilCurrent, self.timeout, self.doIteration
        try:
            while lifecycle.alive:
                runUntilCurrent()
                if lifecycle.alive:
                    doIteration(timeout())
        except BaseException:
            # KeyboardInterrupt, SystemExit: the loop ends with it, and can be run again.
            self.crash()
            raise

    def iterate(self, delay: float = 0.0) -> None:
        """Turn once.

        Args:
            delay: How long to wait for something to happen, in seconds; the wait ends earlier if a
                call is due.
        """
        self.runUntilCurrent()
        timeout = self.timeout()
        self.doIteration(delay if timeout is None else min(delay, timeout))

    def runUntilCurrent(self) -> None:
        """Make the calls that are due, those from other threads first."""
        if self._threadCalls.calls or self._threadCalls.waking:
            self._threadCalls.run()
        if self._timers.line or self._timers.entries:
            self._timers.runDue()
        if self._lifecycle.stopAsked:
            self._lifecycle.shutDownIfAsked()

    def timeout(self) -> float | None:
        """Return how many seconds may be waited until there is something to do."""
        if self._timers.line or self._threadCalls.calls or self._lifecycle.stopAsked:
            return 0.0
        timeout = self._timers.timeout()
        return timeout if timeout is None or timeout < LONGEST_SLEEP else LONGEST_SLEEP

    def stop(self) -> None:
        """Fire the shutdown event and let `run` return.

        Raises:
            ReactorNotRunning: It is not running, or is stopping already.
        """
        self._lifecycle.stop()

    def crash(self) -> None:
        """Let `run` return as soon as it can, without the shutdown event."""
        self._lifecycle.crash()

    def callWhenRunning(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> object | None:
        """Have something called when the reactor runs: at its start, or at once if it does."""
        if self._lifecycle.running:
            callable(*args, **kwargs)
            return None
        return self.addSystemEventTrigger("after", "startup", callable, *args, **kwargs)

    def addSystemEventTrigger(
        self,
        phase: str,
        eventType: str,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> object:
        """Have something called when an event is fired."""
        event = self._lifecycle.event(eventType)
        return eventType, event.addTrigger(phase, callable, *args, **kwargs)

    def removeSystemEventTrigger(self, triggerID: object) -> None:
        """Take back a trigger that was not called yet."""
        match triggerID:
            case (str(eventType), (str(phase), (_, _, _) as trigger)):
                self._lifecycle.event(eventType).removeTrigger((phase, cast(Trigger, trigger)))
            case _:
                raise TypeError(f"{triggerID!r} was not returned by addSystemEventTrigger")

    def fireSystemEvent(self, eventType: str) -> None:
        """Run the triggers of an event: all `before`, then `during`, then `after`."""
        self._lifecycle.event(eventType).fireEvent()

    def _closeDown(self) -> Deferred[None] | None:
        """Do the reactor's own part in shutting down."""
        self.disconnectAll()
        pool, self.threadpool = self.threadpool, None
        if pool is None:
            return None
        threads = pool.stopWithoutWaiting()
        if not threads:
            return None
        if not self._lifecycle.alive:
            # Nobody turns the loop, so there is nothing to keep responsive.
            for thread in threads:
                thread.join()
            return None
        # The threads may need this one to come to an end (`blockingCallFromThread`), so the loop
        # goes on turning until they have.
        done: Deferred[None] = Deferred()

        def waitForThreads() -> None:
            for thread in threads:
                thread.join()
            self.callFromThread(done.callback, None)

        threading.Thread(target=waitForThreads, name="reactor-shutdown").start()
        return done

    # Signals

    def _installSignalHandlers(self) -> None:
        self._signals = SignalHandlers(self._signalReceived, self.wakeupDescriptor())
        self._signals.install()

    def _uninstallSignalHandlers(self) -> None:
        signals, self._signals = self._signals, None
        if signals is not None:
            signals.uninstall()

    def _signalReceived(self, number: int) -> None:
        """Stop because of a signal; called in a signal handler."""
        self.callFromThread(self._stopOnSignal, number)

    def _stopOnSignal(self, number: int) -> None:
        name = signal.Signals(number).name
        _log.info("Received {signal}, shutting down.", signal=name)
        if self._lifecycle.canStop:
            self._exitSignal = number
            self.stop()

    # Time

    @staticmethod
    def seconds() -> float:
        """Return the time of a clock that only goes forward, in seconds."""
        return time.monotonic()

    def callLater(
        self,
        delay: float,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> DelayedCall:
        """Have something called later.

        Args:
            delay: In how many seconds, 0 or more.
            callable: What to call, with the context variables of now.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Raises:
            AssertionError: The delay is negative or no number, or the callable is none.
        """
        if not delay >= 0:
            raise AssertionError(f"a call can't be made {delay!r} seconds from now: give 0 or more")
        if not _isCallable(callable):
            raise AssertionError(f"{callable!r} is not callable")
        return self._timers.schedule(delay, callable, args, kwargs)

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """Return the calls that are still to come."""
        return self._timers.pending()

    # Threads

    def callFromThread(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on the reactor's thread, soon; for any thread."""
        if not _isCallable(callable):
            raise AssertionError(f"{callable!r} is not callable")
        self._threadCalls.add(callable, args, kwargs)

    def callInThread(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on a thread of the reactor's pool."""
        self.getThreadPool().callInThread(callable, *args, **kwargs)

    def getThreadPool(self) -> ThreadPool:
        """Return the reactor's pool, which starts and stops with the reactor."""
        if self.threadpool is None:
            self.threadpool = ThreadPool(0, self._poolSize, "twisted.internet.reactor")
            if self._lifecycle.alive:
                self.threadpool.start()
        return self.threadpool

    def suggestThreadPoolSize(self, size: int) -> None:
        """Change how many threads the pool may have."""
        self.getThreadPool().adjustPoolsize(maxthreads=size)
        self._poolSize = size

    # Names

    def resolve(self, name: str, timeout: Sequence[int] = SIMPLE_TIMEOUT) -> Deferred[str]:
        """Look up the IPv4 address of a host."""
        return self._resolving.resolve(name, timeout)

    # Errors

    def _logError(self, message: str, failure: Failure) -> None:
        _log.failure(message, failure)

    def _callFailed(self, call: DelayedCall) -> None:
        _log.failure("A delayed call failed")

    def _threadCallFailed(self) -> None:
        _log.failure("A call from another thread failed")


_isCallable = callable
