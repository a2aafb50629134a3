"""The words are counted: in memory, with a clock that is turned, and over real sockets."""

from words import PATIENCE, WordClient, WordCounter, counterFactory

from twisted.internet.defer import TimeoutError
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase, TestCase


class WordCounterTests(SynchronousTestCase):
    """The server alone, without a reactor."""

    def test_counts(self):
        counter = WordCounter()
        transport = StringTransport()
        counter.makeConnection(transport)
        counter.dataReceived(b"to be or not to be\r\n")
        self.assertEqual(transport.value(), b"6\r\n")


class WordClientTests(SynchronousTestCase):
    """The client alone, with a clock that the test turns."""

    def setUp(self):
        self.clock = Clock()
        self.client = WordClient(self.clock)
        self.client.makeConnection(StringTransport())

    def test_answer(self):
        answer = self.client.count("two words")
        self.assertNoResult(answer)
        self.client.dataReceived(b"2\r\n")
        self.assertEqual(self.successResultOf(answer), 2)

    def test_no_answer(self):
        answer = self.client.count("two words")
        self.clock.advance(PATIENCE)
        self.failureResultOf(answer, TimeoutError)


class ConnectionTests(TestCase):
    """Both, over a real connection."""

    async def test_counts(self):
        from twisted.internet import reactor

        port = reactor.listenTCP(0, counterFactory, interface="127.0.0.1")
        self.addCleanup(port.stopListening)
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        client = await connectProtocol(endpoint, WordClient(reactor))
        self.addCleanup(client.transport.loseConnection)
        self.assertEqual(await client.count("one two three"), 3)
