"""A client that waits for an answer for a minute."""

from calculus.client_1 import RemoteCalculation as FormerClient

PATIENCE = 60


class ClientTimeoutError(Exception):
    """The server has not answered in time."""


class RemoteCalculation(FormerClient):
    def __init__(self, callLater):
        super().__init__()
        self.callLater = callLater

    def _ask(self, operation, a, b):
        result = super()._ask(operation, a, b)
        call = self.callLater(PATIENCE, self._expired, result)

        def answered(value):
            if call.active():
                call.cancel()
            return value

        return result.addBoth(answered)

    def _expired(self, result):
        self.results.remove(result)
        result.errback(ClientTimeoutError())
