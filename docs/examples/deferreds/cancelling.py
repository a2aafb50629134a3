"""An operation that can be cancelled, by hand and by a timeout."""

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.python.failure import Failure


def sleep(seconds: float) -> Deferred[None]:
    """Wait; cancelling the Deferred stops the timer."""

    def stop(ignored: Deferred[None]) -> None:
        timer.cancel()
        print("timer stopped")

    d: Deferred[None] = Deferred(stop)
    timer = reactor.callLater(seconds, d.callback, None)
    return d


def report(failure: Failure) -> None:
    if failure.check(CancelledError):
        print("cancelled")
    else:
        failure.trap(TimeoutError)
        print("took too long")


byHand = sleep(60).addErrback(report)
byHand.cancel()

byTimeout = sleep(60).addTimeout(0.1, reactor).addErrback(report)
byTimeout.addBoth(lambda _: reactor.stop())
reactor.run()
