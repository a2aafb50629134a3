"""The same, without a Deferred that is returned: what has happened is looked at."""

from calculus.client_2 import ClientTimeoutError
from calculus.client_3 import RemoteCalculation
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.trial.unittest import TestCase


class ClientTests(TestCase):
    def setUp(self):
        self.clock = Clock()
        self.client = RemoteCalculation(self.clock.callLater)
        self.transport = StringTransportWithDisconnection()
        self.client.makeConnection(self.transport)
        self.transport.protocol = self.client

    def check(self, operation, expected, sent, received):
        result = operation(7, 6)
        self.assertEqual(self.transport.value(), sent)
        self.transport.clear()
        self.client.dataReceived(received)
        self.assertEqual(self.successResultOf(result), expected)

    def test_add(self):
        self.check(self.client.add, 13, b"add 7 6\r\n", b"13\r\n")

    def test_subtract(self):
        self.check(self.client.subtract, 1, b"subtract 7 6\r\n", b"1\r\n")

    def test_multiply(self):
        self.check(self.client.multiply, 42, b"multiply 7 6\r\n", b"42\r\n")

    def test_divide(self):
        self.check(self.client.divide, 1, b"divide 7 6\r\n", b"1\r\n")

    def test_timeout(self):
        result = self.client.add(9, 4)
        self.assertNoResult(result)
        self.clock.advance(60)
        self.failureResultOf(result, ClientTimeoutError)

    def test_timeoutClosesTheConnection(self):
        lost = []
        self.client.connectionLost = lost.append
        result = self.client.add(9, 4)
        self.clock.advance(60)
        self.assertEqual(len(lost), 1)
        self.failureResultOf(result, ClientTimeoutError)
