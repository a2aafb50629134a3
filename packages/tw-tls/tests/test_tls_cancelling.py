"""Giving up an attempt to connect by TLS at each stage, over each kind of endpoint."""

from pathlib import Path

import pytest

from twisted.internet.defer import CancelledError
from twisted.internet.endpoints import (
    HostnameEndpoint,
    SSL4ClientEndpoint,
    TCP4ClientEndpoint,
    UNIXClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.testing import MemoryNameResolver
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from .tls_helpers import Noting, Only, clientOptions, discard, serverOptions, turnUntil

STAGES = range(5)

KINDS = ["SSL4ClientEndpoint", "over TCP", "over a name", "over a path"]


def endpoint(reactor: EPollReactor, kind: str, port: int, path: str) -> IStreamClientEndpoint:
    """Return an endpoint of a kind."""
    if kind == "SSL4ClientEndpoint":
        return SSL4ClientEndpoint(reactor, "127.0.0.1", port, clientOptions())
    below: IStreamClientEndpoint
    if kind == "over TCP":
        below = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
    elif kind == "over a name":
        below = HostnameEndpoint(reactor, "host", port)
    else:
        below = UNIXClientEndpoint(reactor, path)
    return wrapClientTLS(clientOptions(), below, reactor)


@pytest.mark.parametrize("turns", STAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_attempt_is_given_up_at_every_stage(kind: str, turns: int, tmp_path: Path) -> None:
    reactor = EPollReactor()
    reactor.installNameResolver(MemoryNameResolver({"host": ["127.0.0.1"]}))
    server, client = Noting(), Noting()
    path = str(tmp_path / "s")
    port = reactor.listenSSL(0, Only(server), serverOptions(), interface="127.0.0.1")
    reactor.listenUNIX(path, TLSMemoryBIOFactory(serverOptions(), False, Only(server), reactor))
    ends: list[object] = []
    connecting = endpoint(reactor, kind, port.getHost().port, path).connect(Only(client))
    connecting.addBoth(ends.append)
    for _ in range(turns):
        reactor.iterate(0)
    connected = bool(ends)

    connecting.cancel()

    (end,) = ends
    if connected:
        # The connection was made, though the handshake may still go on.
        assert end is client
        client.transport.write(b"hello")
        turnUntil(reactor, lambda: server.received == b"hello")
    else:
        assert turns < STAGES[-1], "it is connected by then"
        assert isinstance(end, Failure)
        assert end.check(CancelledError)
        turnUntil(reactor, lambda: not reactor.openTransports)
        assert client.received == b""
        assert reactor.getWriters() == []
    discard(reactor)
