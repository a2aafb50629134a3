"""Perspective Broker, Jelly and Banana, to Twisted's documented API: on ours and the incumbent.

Each case does its operation `count` times. For round trips a client and a server are in the same
process, over a TCP connection; so a round trip is the work of both.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from twisted.internet.epollreactor import EPollReactor
from twisted.spread import banana, pb
from twisted.spread.jelly import SecurityOptions, jelly, unjelly

# What a program may well send: records with numbers, text and lists, and one object several times.
SHARED = {"unit": "mm", "scale": 0.001}
RECORDS = [
    {
        "id": number,
        "name": f"sensor {number}",
        "values": [number * 0.5, number * 1.5, number * 2.5],
        "place": (number, -number),
        "tags": ["one", "two", None, True],
        "format": SHARED,
    }
    for number in range(100)
]
TASTER = SecurityOptions()
TASTER.allowBasicTypes()
EXPRESSION = jelly(RECORDS, TASTER)


class Connected(banana.Banana):
    """Takes expressions, in the profile of Perspective Broker."""

    received = 0

    def expressionReceived(self, lst: object) -> None:
        """Count it."""
        self.received += 1


class Gathering:
    """A transport that keeps what is written."""

    disconnecting = False

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = b""

    def write(self, data: bytes) -> None:
        """Keep the last piece."""
        self.data = data


def ready() -> tuple[Any, Gathering]:
    """Return a protocol that chose its profile, and its transport."""
    protocol: Any = Connected(isClient=True)
    transport = Gathering()
    protocol.makeConnection(transport)
    protocol.dataReceived(banana.encode([b"pb"]))
    return protocol, transport


class Adder(pb.Root):
    """Answers calls."""

    def remote_add(self, a: int, b: int, text: str) -> int:
        """Answer at once."""
        return a + b


@cache
def connected() -> tuple[EPollReactor, Any]:
    """Return a reactor, and a reference to a server's root."""
    reactor = EPollReactor()
    port = reactor.listenTCP(0, pb.PBServerFactory(Adder()), interface="127.0.0.1")
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", port.getHost().port, factory)
    made: list[Any] = []
    factory.getRootObject().addCallback(made.append)
    while not made:
        reactor.iterate(1)
    return reactor, made[0]


def roundTrips(count: int, inFlight: int) -> None:
    """Call and wait for the answers, some at the same time."""
    reactor, root = connected()
    begun = done = 0

    def call() -> None:
        nonlocal begun
        begun += 1
        root.callRemote("add", 13, 81, text="some more text").addCallback(answered)

    def answered(answer: int) -> None:
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


def jellying(count: int) -> None:
    """Make the expression of the records."""
    for _ in range(count):
        jelly(RECORDS, TASTER)


def unjellying(count: int) -> None:
    """Make the records of their expression."""
    for _ in range(count):
        unjelly(EXPRESSION, TASTER)


def encode(count: int) -> None:
    """Encode the expression of the records."""
    protocol, _ = ready()
    for _ in range(count):
        protocol.sendEncoded(EXPRESSION)


def decode(count: int) -> None:
    """Decode the expression of the records."""
    protocol, transport = ready()
    protocol.sendEncoded(EXPRESSION)
    for _ in range(count):
        protocol.dataReceived(transport.data)


CASES: dict[str, Callable[[int], None]] = {
    "1": one,
    "100": hundred,
    "jelly": jellying,
    "unjelly": unjellying,
    "encode": encode,
    "decode": decode,
}
