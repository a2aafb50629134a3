"""A server that computes: `add 7 6` in a line is answered by `13`."""

import sys

from calculus.base_3 import Calculation
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver

OPERATIONS = ("add", "subtract", "multiply", "divide")


class CalculationProtocol(LineReceiver):
    def __init__(self, calculation):
        self.calculation = calculation

    def lineReceived(self, line):
        operation, a, b = line.decode("ascii").split()
        if operation not in OPERATIONS:
            raise TypeError(f"there is no operation {operation!r}")
        result = getattr(self.calculation, operation)(a, b)
        self.sendLine(str(result).encode("ascii"))


class CalculationFactory(Factory):
    def buildProtocol(self, address):
        return CalculationProtocol(Calculation())


def serve(factory):
    from twisted.internet import reactor
    from twisted.python import log

    log.startLogging(sys.stdout)
    reactor.listenTCP(0, factory, interface="127.0.0.1")
    reactor.run()


if __name__ == "__main__":
    serve(CalculationFactory())
