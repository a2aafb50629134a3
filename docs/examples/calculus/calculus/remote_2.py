"""A server that answers `error` to what it cannot compute, and logs why."""

from calculus.base_3 import Calculation
from calculus.remote_1 import CalculationProtocol as FormerProtocol
from calculus.remote_1 import serve
from twisted.internet.protocol import Factory
from twisted.python import log


class CalculationProtocol(FormerProtocol):
    def lineReceived(self, line):
        try:
            super().lineReceived(line)
        except (TypeError, ValueError, ArithmeticError):
            log.err()
            self.sendLine(b"error")


class CalculationFactory(Factory):
    def buildProtocol(self, address):
        return CalculationProtocol(Calculation())


if __name__ == "__main__":
    serve(CalculationFactory())
