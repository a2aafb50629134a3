"""Calls over asyncio with nothing but a frame: the floor under AMP and other ways to call.

A frame is the length and the number of the call, four bytes each, and the text of a call, which the
server sends back. Client and server are in the same process, over a TCP connection.
"""

import asyncio
import struct
from collections.abc import Callable
from functools import cache, partial

HEADER = struct.Struct("!II")
TEXT = b"some more text"
LOOP = asyncio.new_event_loop()


class Frames(asyncio.Protocol):
    """Takes frames out of the stream."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on the frames that are complete."""
        data = self.buffer + data
        start = 0
        while len(data) >= start + HEADER.size:
            size, number = HEADER.unpack_from(data, start)
            end = start + HEADER.size + size
            if len(data) < end:
                break
            self.frame(number, data[start + HEADER.size : end])
            start = end
        self.buffer = data[start:]

    def send(self, number: int, text: bytes) -> None:
        """Send a frame."""
        self.transport.write(HEADER.pack(len(text), number) + text)

    def frame(self, number: int, text: bytes) -> None:
        """Answer with the same; the client overrides it."""
        self.send(number, text)


class Caller(Frames):
    """Calls and finds the future of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.pending: dict[int, asyncio.Future[bytes]] = {}

    def call(self, text: bytes) -> "asyncio.Future[bytes]":
        """Send a call; the answer comes by the future."""
        self.number += 1
        future: asyncio.Future[bytes] = LOOP.create_future()
        self.pending[self.number] = future
        self.send(self.number, text)
        return future

    def frame(self, number: int, text: bytes) -> None:
        """Fire the future of a call."""
        self.pending.pop(number).set_result(text)


@cache
def connected() -> Caller:
    """Return a client that is connected to a server."""

    async def connect() -> Caller:
        server = await LOOP.create_server(Frames, "127.0.0.1", 0)
        _, client = await LOOP.create_connection(Caller, *server.sockets[0].getsockname())
        return client

    return LOOP.run_until_complete(connect())


async def calls(client: Caller, count: int) -> None:
    """Call and wait for each answer."""
    for _ in range(count):
        await client.call(TEXT)


async def manyCalls(client: Caller, count: int, inFlight: int) -> None:
    """Have several callers take turns."""
    shares = [count // inFlight + (number < count % inFlight) for number in range(inFlight)]
    await asyncio.gather(*(calls(client, share) for share in shares))


def roundTrips(inFlight: int, count: int) -> None:
    """Do round trips, some at the same time."""
    LOOP.run_until_complete(manyCalls(connected(), count, inFlight))


CASES: dict[str, Callable[[int], None]] = {
    "1": partial(roundTrips, 1),
    "100": partial(roundTrips, 100),
}
