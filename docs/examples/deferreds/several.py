"""Waiting for several results at once."""

from twisted.internet.defer import Deferred, DeferredList, gatherResults, race
from twisted.python.failure import Failure


def showAll(results: list[tuple[bool, str | Failure]]) -> None:
    for _, result in results:
        if isinstance(result, Failure):
            print("failure:", result.getErrorMessage())
        else:
            print("success:", result)


first: Deferred[str] = Deferred()
second: Deferred[str] = Deferred()
third: Deferred[str] = Deferred()
DeferredList([first, second, third], consumeErrors=True).addCallback(showAll)
third.callback("three")
second.errback(ValueError("bang!"))
first.callback("one")  # now all have fired

left: Deferred[int] = Deferred()
right: Deferred[int] = Deferred()
gatherResults([left, right], consumeErrors=True).addCallback(print)
right.callback(2)
left.callback(1)

slow: Deferred[str] = Deferred(lambda d: print("the slow one is cancelled"))
fast: Deferred[str] = Deferred()
race([slow, fast]).addCallback(print)
fast.callback("the fast one")
