"""A client whose methods return Deferreds: the answers come in the order of the questions."""

from twisted.internet.defer import Deferred
from twisted.protocols.basic import LineReceiver


class RemoteCalculation(LineReceiver):
    def __init__(self):
        self.results = []

    def lineReceived(self, line):
        self.results.pop(0).callback(int(line))

    def add(self, a, b):
        return self._ask("add", a, b)

    def subtract(self, a, b):
        return self._ask("subtract", a, b)

    def multiply(self, a, b):
        return self._ask("multiply", a, b)

    def divide(self, a, b):
        return self._ask("divide", a, b)

    def _ask(self, operation, a, b):
        result = Deferred()
        self.results.append(result)
        self.sendLine(f"{operation} {a} {b}".encode("ascii"))
        return result
