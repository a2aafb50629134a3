"""What a program waits for, written to a file when a signal comes."""

import os
import signal
import sys

from twisted.internet.defer import Deferred
from twisted.internet.defer.waiting import writeWaitingOnSignal
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react


async def dummyStep() -> None:
    """Wait for something that does not come."""
    await Deferred()


async def main(reactor: IReactorTime, path: str) -> None:
    writeWaitingOnSignal(path)
    stuck = Deferred.fromCoroutine(dummyStep())
    # Somebody outside would say: kill -USR2 1234
    reactor.callLater(0.1, os.kill, os.getpid(), signal.SIGUSR2)
    await deferLater(reactor, 0.3)
    with open(path) as file:
        print(file.read(), end="")
    stuck.addErrback(lambda failure: None).cancel()


react(main, sys.argv[1:])
