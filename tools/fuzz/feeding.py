"""Feeding a protocol in memory."""

from typing import cast

from fuzz.target import Violation
from twisted.internet.interfaces import IProtocol, IPullProducer
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import TimeoutMixin

_MOST_ASKED = 10_000


def connected(protocol: IProtocol) -> StringTransport:
    """Connect a protocol to a transport that collects what it writes."""
    transport = StringTransport(lenient=True)
    protocol.makeConnection(transport)
    return transport


def send(transport: StringTransport) -> None:
    """Send all that was written, as a peer that reads lets a transport do.

    Raises:
        Violation: There is no end to it.
    """
    for _ in range(_MOST_ASKED):
        if transport.producer is None or transport.streaming:
            return
        cast(IPullProducer, transport.producer).resumeProducing()
    raise Violation("a producer that is asked for more goes on without an end")


def feed(protocol: IProtocol, pieces: list[bytes]) -> tuple[bytes, bool]:
    """Feed a protocol, and lose the connection.

    Args:
        protocol: The protocol, which is not connected.
        pieces: The input.

    Returns:
        What it wrote, and whether it closed the connection.

    Raises:
        Violation: A call is scheduled when the connection is lost.
    """
    clock = Clock()
    if isinstance(protocol, TimeoutMixin):
        protocol.callLater = clock.callLater  # type: ignore[method-assign, assignment]  # as it is meant to be
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        send(transport)
    closed = transport.disconnecting or transport.disconnected
    protocol.connectionLost(connectionDone)
    if clock.getDelayedCalls():
        raise Violation(f"{clock.getDelayedCalls()} are scheduled after the end")
    return transport.value(), closed
