"""Calls that are made later, and a result that comes later."""

from twisted.internet import reactor
from twisted.internet.task import deferLater


def greet(name: str, punctuation: str = ".") -> None:
    print(f"hello {name}{punctuation}")


reactor.callLater(0.2, greet, "in a fifth of a second", punctuation="!")
reactor.callLater(0.1, greet, "in a tenth")


def answer() -> int:
    return 42


deferLater(reactor, 0.3, answer).addCallback(print).addBoth(lambda _: reactor.stop())

print("nothing happens before the reactor runs")
reactor.run()
