"""A result or an error, and a chain of callbacks that is ready for both."""

import sys

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


class Getter:
    """Gives even numbers, tripled; odd ones are an error here."""

    d: Deferred[int] | None = None

    def get(self, number: int) -> Deferred[str]:
        self.d = Deferred()
        reactor.callLater(0.2, self.got, number)
        return self.d.addCallback(self.toText)

    def got(self, number: int) -> None:
        # Let go of the Deferred before it fires: a callback may ask this object again.
        d, self.d = self.d, None
        assert d is not None
        if number % 2 == 0:
            d.callback(number * 3)
        else:
            d.errback(ValueError(f"{number} is odd, and cannot be had."))

    def toText(self, result: int) -> str:
        return f"Result: {result}"


def report(failure: Failure) -> None:
    sys.stderr.write(failure.getErrorMessage() + "\n")


for number in (3, 4):
    Getter().get(number).addCallback(print).addErrback(report)

reactor.callLater(0.4, reactor.stop)
reactor.run()
