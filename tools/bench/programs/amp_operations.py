"""AMP, written to Twisted's documented API: as it is on ours and the incumbent.

Each case does its operation `count` times. For round trips a client and a server are in the same
process, over a TCP connection; so a round trip is the work of both.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from twisted.internet.epollreactor import EPollReactor
from twisted.internet.protocol import ClientFactory, Factory
from twisted.protocols.amp import AMP, Box, Command, Integer, Unicode, parseString

BOX = Box(
    {b"_command": b"Sum", b"_ask": b"1a", b"a": b"13", b"b": b"81", b"text": b"some more text"}
)
STREAM = BOX.serialize() * 100


class Sum(Command):
    """Adds two numbers, and says something."""

    arguments = [(b"a", Integer()), (b"b", Integer()), (b"text", Unicode())]
    response = [(b"total", Integer())]


class Adder(AMP):
    """Answers it."""

    @Sum.responder
    def add(self, a: int, b: int, text: str) -> dict[str, Any]:
        """Answer at once."""
        return {"total": a + b}


@cache
def connected() -> tuple[EPollReactor, AMP]:
    """Return a reactor, and a client that is connected to a server."""
    reactor = EPollReactor()
    factory = Factory.forProtocol(Adder)
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    made: list[AMP] = []

    class Client(AMP):
        def connectionMade(self) -> None:
            made.append(self)

    reactor.connectTCP("127.0.0.1", port.getHost().port, ClientFactory.forProtocol(Client))
    while not made:
        reactor.iterate(1)
    return reactor, made[0]


def roundTrips(count: int, inFlight: int) -> None:
    """Call and wait for the answers, some at the same time."""
    reactor, client = connected()
    begun = done = 0

    def call() -> None:
        nonlocal begun
        begun += 1
        client.callRemote(Sum, a=13, b=81, text="some more text").addCallback(answered)

    def answered(answer: dict[str, Any]) -> None:
        nonlocal done
        done += 1
        if begun < count:
            call()

    for _ in range(min(inFlight, count)):
        call()
    while done < count:
        reactor.iterate(1)


def one(count: int) -> None:
    """Have one call in flight."""
    roundTrips(count, 1)


def hundred(count: int) -> None:
    """Have a hundred calls in flight."""
    roundTrips(count, 100)


def encode(count: int) -> None:
    """Encode a box of five pairs."""
    for _ in range(count):
        BOX.serialize()


def decode(count: int) -> None:
    """Decode boxes of five pairs, a hundred at a time."""
    for _ in range(-(-count // 100)):
        parseString(STREAM)


CASES: dict[str, Callable[[int], None]] = {
    "1": one,
    "100": hundred,
    "encode": encode,
    "decode": decode,
}
