"""Work that blocks, done in a thread; the result comes back to the reactor's thread."""

import threading
import time

from twisted.internet import reactor
from twisted.internet.threads import deferToThread


def longCalculation(upTo: int) -> int:
    time.sleep(0.2)  # or anything else that would keep the reactor waiting
    assert threading.current_thread() is not threading.main_thread()
    return sum(range(upTo))


def report(total: int) -> None:
    assert threading.current_thread() is threading.main_thread()
    print("the total is", total)
    reactor.stop()


deferToThread(longCalculation, 1000).addCallback(report)
reactor.callLater(0, print, "the reactor goes on meanwhile")
reactor.run()
