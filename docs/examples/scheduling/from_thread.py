"""A thread that hands calls to the reactor, and one that waits for their results."""

import threading

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import blockingCallFromThread

received: list[str] = []


def notThreadSafe(message: str) -> None:
    received.append(message)


def thread() -> None:
    # No waiting: the call is made on the reactor's thread, soon.
    reactor.callFromThread(notThreadSafe, "first")
    reactor.callFromThread(notThreadSafe, "second")
    # This waits, for a Deferred too, and returns the result or raises the error.
    print(blockingCallFromThread(reactor, deferLater, reactor, 0.1, lambda: "waited"))
    try:
        blockingCallFromThread(reactor, int, "no number")
    except ValueError:
        print("the error came back")
    reactor.callFromThread(reactor.stop)


reactor.callWhenRunning(threading.Thread(target=thread).start)
reactor.run()
print(received)
