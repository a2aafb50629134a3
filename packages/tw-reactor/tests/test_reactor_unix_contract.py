"""UNIX stream sockets keep the transport contract on every reactor of this platform."""

import os
import tempfile
from collections.abc import Callable

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IProtocol
from twisted.internet.testing import TransportCheck, TransportHarness, Witness, transportChecks

from .reactor_helpers import REACTORS, discard
from .reactor_tcp import OneProtocol


class UNIXHarness(TransportHarness):
    """Connects over a socket file, or an abstract name."""

    # The peer of a UNIX socket sees the end of the stream, whatever the reason.
    resetIsVisible = False

    def __init__(self, reactor: PollingReactor, abstract: bool) -> None:
        self.reactor = reactor
        self.directory = tempfile.TemporaryDirectory()
        path = os.path.join(self.directory.name, "s")
        self.path = f"\0{path}" if abstract else path

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        self.reactor.listenUNIX(self.path, OneProtocol(server))
        self.reactor.connectUNIX(self.path, OneProtocol(client))
        assert isinstance(server, Witness)
        assert isinstance(client, Witness)
        self.waitUntil(lambda: server.events and client.events, "both sides are connected")

    def turn(self) -> None:
        self.reactor.iterate(0.002)

    def close(self) -> None:
        discard(self.reactor)
        self.directory.cleanup()


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
@pytest.mark.parametrize("makeReactor", REACTORS)
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_unix_keeps_the_contract(
    check: TransportCheck, makeReactor: Callable[[], PollingReactor], abstract: bool
) -> None:
    check(UNIXHarness(makeReactor(), abstract))
