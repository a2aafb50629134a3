"""Feeding a protocol in memory."""

from fuzz.target import Violation
from twisted.internet.interfaces import IProtocol
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import TimeoutMixin


def connected(protocol: IProtocol) -> StringTransport:
    """Connect a protocol to a transport that collects what it writes."""
    transport = StringTransport(lenient=True)
    protocol.makeConnection(transport)
    return transport


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
    closed = transport.disconnecting or transport.disconnected
    protocol.connectionLost(connectionDone)
    if clock.getDelayedCalls():
        raise Violation(f"{clock.getDelayedCalls()} are scheduled after the end")
    return transport.value(), closed
