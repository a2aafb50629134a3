"""A call that is made again and again, until it stops the loop or fails."""

import sys

from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

failInTheEnd = "--fail" in sys.argv
count = 0


def everyTenth() -> None:
    global count
    if count < 3:
        count += 1
        print("a new tenth of a second has passed")
    elif failInTheEnd:
        raise RuntimeError("failure during the loop")
    else:
        loop.stop()


def done(loop: LoopingCall) -> None:
    print("loop done")
    reactor.stop()


def failed(failure: Failure) -> None:
    print(failure.getErrorMessage())
    reactor.stop()


loop = LoopingCall(everyTenth)
loop.start(0.1).addCallbacks(done, failed)
reactor.run()
