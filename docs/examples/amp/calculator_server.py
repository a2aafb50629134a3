"""A server that calculates."""

from calculator import Divide, Quotient, Sum, Total

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP


class Calculator(AMP):
    """Answers one client."""

    @Sum.responder
    def sum(self, call: Sum) -> Total:
        return Total(total=sum(call.numbers))

    @Divide.responder
    async def divide(self, call: Divide) -> Quotient:
        # A responder that has to wait for something is a coroutine.
        return Quotient(quotient=call.numerator / call.denominator)


async def main(reactor, description="tcp:8750:interface=127.0.0.1"):
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(Calculator))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
