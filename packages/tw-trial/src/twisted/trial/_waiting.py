"""Running the reactor until a Deferred fires."""

from typing import Any, TypeVar

from twisted.internet.defer import Deferred, TimeoutError
from twisted.python.failure import Failure

_T = TypeVar("_T")


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
    expired = False

    def expire() -> None:
        nonlocal expired
        expired = True
        deferred.cancel()
        reactorInUse.crash()

    def fired(result: object) -> None:
        reactorInUse.crash()

    call = reactorInUse.callLater(seconds, expire)
    deferred.addBoth(fired)
    try:
        # Ctrl-C is to interrupt the tests, not to stop the reactor.
        reactorInUse.run(installSignalHandlers=False)
    finally:
        if call.active():
            call.cancel()
    if expired:
        return Failure(TimeoutError(f"{name} still running at {seconds} secs"))
    if results:
        return results[0]
    deferred.cancel()
    return Failure(ReactorStopped(f"{name} still waits, but the reactor was stopped"))


__all__ = ["ReactorStopped", "waitFor"]
