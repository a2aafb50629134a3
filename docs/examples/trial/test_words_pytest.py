"""The words are counted, as pytest likes its tests."""

import pytest
from words import WordClient, counterFactory

from twisted.internet.defer import TimeoutError
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.testing import StringTransport

pytestmark = pytest.mark.twisted


async def test_no_answer(jumpingClock):
    client = WordClient(jumpingClock)
    client.makeConnection(StringTransport())
    with pytest.raises(TimeoutError):
        await client.count("two words")


async def test_in_a_simulated_network(simulatedNetwork):
    server = simulatedNetwork.host("server")
    here = simulatedNetwork.host("here")
    server.listenTCP(7000, counterFactory)
    client = await connectProtocol(TCP4ClientEndpoint(here, "server", 7000), WordClient(here))
    assert await client.count("to be or not to be") == 6


@pytest.fixture
async def client(reactor):
    port = reactor.listenTCP(0, counterFactory, interface="127.0.0.1")
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
    client = await connectProtocol(endpoint, WordClient(reactor))
    yield client
    client.transport.loseConnection()
    await port.stopListening()


async def test_over_real_sockets(client):
    assert await client.count("one two three") == 3
