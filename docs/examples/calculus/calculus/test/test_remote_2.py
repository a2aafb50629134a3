"""Server and client over a real connection."""

from calculus.client_1 import RemoteCalculation
from calculus.remote_1 import CalculationFactory
from twisted.internet import reactor
from twisted.internet.protocol import ClientCreator
from twisted.trial.unittest import TestCase


class ConnectionTests(TestCase):
    async def setUp(self):
        port = reactor.listenTCP(0, CalculationFactory(), interface="127.0.0.1")
        self.addCleanup(port.stopListening)
        creator = ClientCreator(reactor, RemoteCalculation)
        self.client = await creator.connectTCP("127.0.0.1", port.getHost().port)
        self.addCleanup(self.client.transport.loseConnection)

    async def test_add(self):
        self.assertEqual(await self.client.add(7, 6), 13)

    async def test_subtract(self):
        self.assertEqual(await self.client.subtract(82, 78), 4)

    async def test_multiply(self):
        self.assertEqual(await self.client.multiply(2, 8), 16)

    async def test_divide(self):
        self.assertEqual(await self.client.divide(14, 3), 4)
