"""The server without a network."""

from calculus.remote_1 import CalculationFactory
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import TestCase


class RemoteTests(TestCase):
    def setUp(self):
        self.protocol = CalculationFactory().buildProtocol(("127.0.0.1", 0))
        self.transport = StringTransport()
        self.protocol.makeConnection(self.transport)

    def check(self, operation, a, b, expected):
        self.protocol.dataReceived(f"{operation} {a} {b}\r\n".encode())
        self.assertEqual(int(self.transport.value()), expected)

    def test_add(self):
        self.check("add", 7, 6, 13)

    def test_subtract(self):
        self.check("subtract", 82, 78, 4)

    def test_multiply(self):
        self.check("multiply", 2, 8, 16)

    def test_divide(self):
        self.check("divide", 14, 3, 4)
