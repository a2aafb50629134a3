"""A client that closes a connection on which an answer is late: a later one would be mistaken."""

from calculus.client_2 import RemoteCalculation as FormerClient


class RemoteCalculation(FormerClient):
    def _expired(self, result):
        super()._expired(result)
        self.transport.loseConnection()
