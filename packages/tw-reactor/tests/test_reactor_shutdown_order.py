"""What a reactor closes when it shuts down, and in which order."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IAddress, IListeningPort, IPushProducer, ITCPTransport
from twisted.internet.protocol import DatagramProtocol, Protocol
from twisted.python.failure import Failure

from .reactor_helpers import RecordingClient, RecordingServer, reactor, turn, turnUntil

__all__ = ["reactor"]

MANY = 50
"""So many connections that an order by chance is not the right one."""


class Numbered(Protocol):
    """Writes down its number when its connection is lost."""

    transport: ITCPTransport

    def __init__(self, number: int, lost: list[int], paused: bool) -> None:
        self.number = number
        self.lost = lost
        self.paused = paused

    def connectionMade(self) -> None:
        if self.paused:
            # It is not watched then, so the reactor finds it among what is open only.
            cast(IPushProducer, self.transport).pauseProducing()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.lost.append(self.number)


class NumberingServer(RecordingServer):
    """Gives each connection a number, in the order in which they were accepted."""

    def __init__(self, paused: bool) -> None:
        super().__init__()
        self.paused = paused
        self.count = 0
        self.lost: list[int] = []

    def buildProtocol(self, addr: IAddress) -> Protocol:
        self.count += 1
        return Numbered(self.count - 1, self.lost, self.paused)


def lostAtShutdown(reactor: PollingReactor, paused: bool) -> list[int]:
    """Connect many clients, shut the reactor down, and return the order of the losses."""
    server = NumberingServer(paused)
    port = reactor.listenTCP(0, server, interface="127.0.0.1")
    for _ in range(MANY):
        reactor.connectTCP("127.0.0.1", port.getHost().port, RecordingClient())
    turnUntil(reactor, lambda: server.count == MANY)
    reactor.disconnectAll()
    return server.lost


def test_connections_that_are_watched_end_in_the_order_in_which_they_began(
    reactor: PollingReactor,
) -> None:
    assert lostAtShutdown(reactor, False) == list(range(MANY))


def test_connections_that_are_paused_end_in_the_order_in_which_they_began(
    reactor: PollingReactor,
) -> None:
    assert lostAtShutdown(reactor, True) == list(range(MANY))


@pytest.mark.parametrize("kind", ["TCP", "UDP", "UNIX", "UNIX datagrams"])
def test_port_that_is_being_stopped_is_closed(
    reactor: PollingReactor, kind: str, tmp_path: Path
) -> None:
    ports: dict[str, Callable[[], IListeningPort]] = {
        "TCP": lambda: reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1"),
        "UDP": lambda: reactor.listenUDP(0, DatagramProtocol(), interface="127.0.0.1"),
        "UNIX": lambda: reactor.listenUNIX(str(tmp_path / "s"), RecordingServer(), wantPID=True),
        "UNIX datagrams": lambda: reactor.listenUNIXDatagram(
            str(tmp_path / "s"), DatagramProtocol(), wantPID=True
        ),
    }
    port = ports[kind]()
    stopped = port.stopListening()
    assert stopped is not None
    ends: list[None] = []
    stopped.addCallback(ends.append)
    assert not ends

    reactor.disconnectAll()

    assert ends == [None]
    assert os.listdir(tmp_path) == []
    assert not reactor.openTransports
    # What `stopListening` has put off finds nothing to do.
    turn(reactor)
