"""Servers whose client asks and asks, and takes no replies: FTP, ident, and the tables of Postfix."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from twisted.internet.interfaces import IPullProducer
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.protocols.ident import IdentServer, NoUser
from twisted.protocols.postfix import PostfixTCPMapDictServerFactory, PostfixTCPMapServer

from .ftp_helpers import Served


class Transport(StringTransportWithDisconnection):
    """Keeps what is written until the test takes it."""

    def take(self) -> bytes:
        """Take all that was written, as a peer does that reads again."""
        taken = self.value()
        self.clear()
        if self.producer is not None:
            cast(IPullProducer, self.producer).resumeProducing()
        return taken


class Ident(IdentServer):
    """Knows nobody."""

    def lookup(self, serverAddress: object, clientAddress: object) -> Any:
        raise NoUser


def postfix() -> Protocol:
    """Return a server over a dictionary."""
    server = PostfixTCPMapDictServerFactory({b"x": b"y" * 100}).buildProtocol(None)
    assert isinstance(server, PostfixTCPMapServer)
    return server


def attached(server: Any) -> tuple[Any, Transport, Clock]:
    """Connect a server that goes by a clock of the test's."""
    clock = Clock()
    server.callLater = clock.callLater
    transport = Transport()
    transport.protocol = server
    server.makeConnection(transport)
    return server, transport, clock


SERVERS: list[tuple[Callable[[], Protocol], bytes, bytes]] = [
    (Ident, b"1,2\r\n", b"1, 2 : ERROR : NO-USER\r\n"),
    (postfix, b"get x\n", b"200 " + b"y" * 100 + b"\n"),
    (postfix, b"put a b\n", b"500 put%20is%20not%20supported\n"),
]


@pytest.mark.parametrize(("make", "request_", "reply"), SERVERS)
def test_client_that_takes_no_replies_is_not_read_from(
    make: Callable[[], Protocol], request_: bytes, reply: bytes
) -> None:
    server, transport, _ = attached(make())
    server.MAX_UNSENT = 1000
    taken = b""
    for _ in range(100):
        server.dataReceived(request_)
        if transport.producerState == "paused":
            break
    assert len(transport.value()) <= 1000 + len(reply)
    for _ in range(3):
        # Once for its registration, and then whenever nothing is left.
        taken += transport.take()
    assert transport.producerState == "producing"
    assert transport.producer is None
    server.dataReceived(request_)
    assert transport.value() == reply


@pytest.mark.parametrize(("make", "request_", "reply"), SERVERS)
def test_client_that_takes_no_replies_for_too_long_loses_its_connection(
    make: Callable[[], Protocol], request_: bytes, reply: bytes
) -> None:
    server, transport, clock = attached(make())
    server.MAX_UNSENT = 10
    server.dataReceived(request_)
    assert transport.producerState == "paused"
    clock.advance(server.timeout)
    assert transport.disconnected


def test_commands_of_ftp_wait_until_the_replies_are_taken(tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.server.maxUnsent = 1000
    served.wire.clear()
    served.wire.protocol.dataReceived(b"HELP\r\n" * 50)
    reply = served.wire.value().partition(b"214 End\r\n")[0] + b"214 End\r\n"
    assert len(served.wire.value()) <= 1000 + len(reply)
    assert served.wire.producerState == "paused"
    taken = served.wire.taken()
    while served.wire.producer is not None:
        cast(IPullProducer, served.wire.producer).resumeProducing()
        taken += served.wire.taken()
    assert taken == reply * 50
    assert served.wire.producerState == "producing"
    assert served.code("NOOP") == "200"


def test_client_of_ftp_that_takes_no_replies_for_too_long_loses_its_connection(
    tmp_path: Path,
) -> None:
    served = Served(tmp_path)
    served.server.maxUnsent = 10
    served.say("HELP")
    assert served.server.paused
    served.reactor.advance(served.factory.timeOut or 0)
    assert not served.wire.connected
