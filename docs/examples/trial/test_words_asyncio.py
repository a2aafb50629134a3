"""The words are counted for a client of asyncio, in tests of pytest-asyncio."""

import asyncio

import pytest
import pytest_asyncio
from words import counterFactory


@pytest_asyncio.fixture
async def port(reactor):
    port = reactor.listenTCP(0, counterFactory, interface="127.0.0.1")
    yield port.getHost().port
    await port.stopListening()


@pytest.mark.asyncio
@pytest.mark.twisted
async def test_client_of_asyncio(port):
    reading, writing = await asyncio.open_connection("127.0.0.1", port)
    writing.write(b"one two three\r\n")
    assert await reading.readline() == b"3\r\n"
    writing.close()
    await writing.wait_closed()
