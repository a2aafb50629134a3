"""Running the reactor until a Deferred fires."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, TimeoutError
from twisted.python.failure import Failure
from twisted.trial._kinds import AnyReactor

_T = TypeVar("_T")


LONGEST_TURN = 1.0
"""How many seconds a turn of a reactor takes, at most, that was started before."""


class ReactorStopped(Exception):
    """The reactor was stopped while a test waited for a Deferred.

    Tests run in one process with one reactor, which is not theirs to run or to stop.
    """


def waitFor(deferred: Deferred[_T], seconds: float, name: str) -> _T | Failure:
    """Return the result of a Deferred; the default reactor runs until it is there.

    Args:
        deferred: The Deferred. It has no result afterwards.
        seconds: How long to wait. Then it is cancelled.
        name: What waits, for the error.

    Returns:
        The result; a failure with TimeoutError or ReactorStopped if there is none.
    """
    results: list[_T | Failure] = []
    deferred.addBoth(results.append)
    if results:
        return results[0]
    from twisted.internet import reactor

    reactorInUse: Any = reactor
    # A reactor in a loop of asyncio that others run at times: only the loop is run for this.
    isStarted = reactorInUse.running and getattr(reactorInUse, "loop", None) is not None
    expired = False

    def over(result: object) -> None:
        if not isStarted:
            reactorInUse.crash()

    def expire() -> None:
        nonlocal expired
        expired = True
        deferred.cancel()
        over(None)

    call = reactorInUse.callLater(seconds, expire)
    deferred.addBoth(over)
    try:
        # Ctrl-C is to interrupt the tests, not to stop the reactor.
        with _awakenedBySignals(reactorInUse):
            if not isStarted:
                reactorInUse.run(installSignalHandlers=False)
            while isStarted and reactorInUse.running and not (results or expired):
                reactorInUse.iterate(LONGEST_TURN)
    finally:
        if call.active():
            call.cancel()
    if expired:
        return Failure(TimeoutError(f"{name} still running at {seconds} secs"))
    if results:
        return results[0]
    deferred.cancel()
    return Failure(ReactorStopped(f"{name} still waits, but the reactor was stopped"))


@contextmanager
def _awakenedBySignals(reactor: AnyReactor) -> Iterator[None]:
    """Return a context manager in whose body a signal ends the reactor's wait for events.

    Python would see one that comes just before the wait begins only when the wait is over.
    """
    descriptorOf = getattr(reactor, "wakeupDescriptor", None)
    if descriptorOf is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    descriptor = descriptorOf()
    if descriptor == -1:
        yield
        return
    found = signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(found)


__all__ = ["ReactorStopped", "waitFor"]
