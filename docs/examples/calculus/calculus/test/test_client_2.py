"""An answer that is late, without waiting for it."""

from calculus.client_2 import ClientTimeoutError, RemoteCalculation
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import TestCase


class ClientTests(TestCase):
    def setUp(self):
        self.clock = Clock()
        self.client = RemoteCalculation(self.clock.callLater)
        self.transport = StringTransport()
        self.client.makeConnection(self.transport)

    def check(self, operation, expected, sent, received):
        result = operation(7, 6)
        self.assertEqual(self.transport.value(), sent)
        self.transport.clear()
        self.client.dataReceived(received)
        return result.addCallback(self.assertEqual, expected)

    def test_add(self):
        return self.check(self.client.add, 13, b"add 7 6\r\n", b"13\r\n")

    def test_subtract(self):
        return self.check(self.client.subtract, 1, b"subtract 7 6\r\n", b"1\r\n")

    def test_multiply(self):
        return self.check(self.client.multiply, 42, b"multiply 7 6\r\n", b"42\r\n")

    def test_divide(self):
        return self.check(self.client.divide, 1, b"divide 7 6\r\n", b"1\r\n")

    def test_timeout(self):
        result = self.client.add(9, 4)
        self.clock.advance(60)
        return self.assertFailure(result, ClientTimeoutError)
