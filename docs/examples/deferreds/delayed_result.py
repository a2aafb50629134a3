"""A function whose result comes later, and a callback that takes it."""

from twisted.internet import reactor
from twisted.internet.defer import Deferred


def triple(number: int) -> Deferred[int]:
    """Give three times a number, after a while."""
    print("triple called")
    d: Deferred[int] = Deferred()
    reactor.callLater(0.2, d.callback, number * 3)
    return d


def show(result: int) -> None:
    print("Result received:", result)


d = triple(3)
d.addCallback(show)
reactor.callLater(0.4, reactor.stop)
print("Starting the reactor")
reactor.run()
