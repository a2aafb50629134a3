"""asyncio as a peer of ours, on its own loop in another thread: half-closing, resets, TLS, UDP."""

import asyncio
import os
import ssl
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest

from twisted.internet.error import ConnectionDone, ConnectionLost

from .peers import (
    PATIENCE,
    Files,
    HalfClosing,
    House,
    Mailbox,
    Noting,
    Only,
    Serving,
    digest,
    files,
    house,
    portOf,
)

__all__ = ["files", "house"]

T = TypeVar("T")

DATA = os.urandom(1024) * 8192


class Guest:
    """Coroutines in another thread, to which a test can wait."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.loop = asyncio.new_event_loop()
        self.closing: list[asyncio.Server | asyncio.DatagramTransport] = []
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start a coroutine."""
        limited = asyncio.wait_for(work, PATIENCE)
        return asyncio.run_coroutine_threadsafe(limited, self.loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Turn our reactor until a coroutine is done, and return its result."""
        future = self.start(work)
        self.house.until(future.done)
        return future.result()

    def close(self) -> None:
        """End the loop, after what is to be closed."""

        async def end() -> None:
            for each in self.closing:
                each.close()
            # The last turn is that in which asyncio lets go of sockets.
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def guest(house: House) -> Iterator[Guest]:
    """A loop of asyncio in another thread."""
    made = Guest(house)
    yield made
    made.close()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Send the data, half-close where that can be done, and return all that comes."""
    async with asyncio.TaskGroup() as tasks:
        answer = tasks.create_task(reader.readexactly(len(DATA)))
        writer.write(DATA)
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    rest = b"" if not writer.can_write_eof() else await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.result() + rest


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send everything back."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


# Streams


def test_asyncio_is_served_over_tcp(house: House, guest: Guest) -> None:
    factory = Serving(HalfClosing)
    port = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port

    async def talk() -> bytes:
        return await exchange(*await asyncio.open_connection("127.0.0.1", port))

    assert digest(guest.run(talk())) == digest(DATA)
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionDone)


def test_asyncio_is_served_over_a_unix_socket(house: House, guest: Guest) -> None:
    path = house.directory / "sock"
    house.serve(f"unix:{path}", Serving(HalfClosing))

    async def talk() -> bytes:
        return await exchange(*await asyncio.open_unix_connection(path))

    assert digest(guest.run(talk())) == digest(DATA)


def test_asyncio_serves_over_tcp(house: House, guest: Guest) -> None:
    server = guest.run(asyncio.start_server(echo, "127.0.0.1", 0))
    guest.closing.append(server)
    client = house.reach(f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}", HalfClosing())
    client.transport.write(DATA)
    client.transport.loseWriteConnection()
    house.until(lambda: client.reasons)
    assert digest(client.received) == digest(DATA)
    assert client.reasons[0].check(ConnectionDone)


def test_asyncio_serves_over_a_unix_socket(house: House, guest: Guest) -> None:
    path = house.directory / "sock"
    server = guest.run(asyncio.start_unix_server(echo, path))
    guest.closing.append(server)
    client = house.reach(f"unix:{path}", HalfClosing())
    client.transport.write(DATA)
    client.transport.loseWriteConnection()
    house.until(lambda: client.reasons)
    assert digest(client.received) == digest(DATA)


# Resets


def test_what_asyncio_aborts_is_lost(house: House, guest: Guest) -> None:
    factory = Serving()
    port = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello")
        await reader.readexactly(5)
        # What is not read makes the system say that the connection is reset.
        writer.write(DATA)
        writer.transport.abort()

    guest.run(talk())
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionLost, ConnectionDone)


def test_what_we_abort_is_reset_for_asyncio(house: House, guest: Guest) -> None:
    aborting = Noting()
    aborting.onData = lambda data: aborting.transport.abortConnection()
    port = house.reactor.listenTCP(0, Only(aborting), interface="127.0.0.1").getHost().port

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello")
        try:
            with pytest.raises(ConnectionResetError):
                await reader.read()
        finally:
            writer.close()

    guest.run(talk())


# TLS that is started in the middle


def test_asyncio_starts_tls_with_our_server(house: House, guest: Guest, files: Files) -> None:
    starting = Noting()

    def start(data: bytes) -> None:
        starting.transport.write(b"READY")
        starting.transport.startTLS(files.options())
        starting.onData = starting.transport.write

    starting.onData = start
    port = house.reactor.listenTCP(0, Only(starting), interface="127.0.0.1").getHost().port
    context = ssl.create_default_context(cafile=str(files.root))

    async def talk() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"STARTTLS")
        assert await reader.readexactly(5) == b"READY"
        await writer.start_tls(context, server_hostname="example.com")
        return await exchange(reader, writer)

    assert digest(guest.run(talk())) == digest(DATA)
    house.until(lambda: starting.reasons)
    assert starting.reasons[0].check(ConnectionDone)


def test_we_start_tls_with_a_server_of_asyncio(house: House, guest: Guest, files: Files) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.directory / "example.com.pem")

    async def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(8) == b"STARTTLS"
        writer.write(b"READY")
        await writer.start_tls(context)
        await echo(reader, writer)

    server = guest.run(asyncio.start_server(start, "127.0.0.1", 0))
    guest.closing.append(server)
    client = house.reach(f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}", Noting())
    client.transport.write(b"STARTTLS")
    house.until(lambda: client.received == b"READY")
    client.received = b""
    client.transport.startTLS(files.trusting())  # type: ignore[arg-type]
    client.transport.write(DATA)
    house.until(lambda: len(client.received) == len(DATA))
    assert digest(client.received) == digest(DATA)
    client.transport.loseConnection()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionDone)


# Datagrams


class Letters(asyncio.DatagramProtocol):
    """Receives datagrams on the side of asyncio."""

    def __init__(self, echoing: bool) -> None:
        self.echoing = echoing
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.echoing:
            self.transport.sendto(data, addr)
        if not self.first.done():
            self.first.set_result(data)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_datagrams_go_to_asyncio_and_back(house: House, guest: Guest, host: str) -> None:
    async def serve() -> tuple[int, asyncio.DatagramTransport]:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Letters(True), (host, 0)
        )
        return transport.get_extra_info("sockname")[1], transport

    number, transport = guest.run(serve())
    guest.closing.append(transport)
    mailbox = Mailbox()
    house.reactor.listenUDP(0, mailbox, host)
    mailbox.transport.write(b"hello", (host, number))
    house.until(lambda: mailbox.datagrams == [b"hello"])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_datagrams_come_from_asyncio(house: House, guest: Guest, host: str) -> None:
    number = portOf(house.reactor.listenUDP(0, Mailbox(echoing=True), host))

    async def ask() -> bytes:
        transport, letters = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Letters(False), remote_addr=(host, number)
        )
        transport.sendto(b"hello")
        try:
            return await letters.first
        finally:
            transport.close()

    assert guest.run(ask()) == b"hello"
