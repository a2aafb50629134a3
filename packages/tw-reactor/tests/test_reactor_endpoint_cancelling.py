"""Giving up an attempt at each stage, for each endpoint that connects, over real sockets."""

from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.error import ConnectingCancelledError
from twisted.internet.interfaces import IListeningPort, IProtocol
from twisted.internet.testing import MemoryNameResolver
from twisted.python.failure import Failure

from .reactor_helpers import Recorder, RecordingServer, reactor, turn, turnUntil

__all__ = ["reactor"]

STAGES = range(5)
"""After so many turns of the reactor attempts are given up; a connection takes fewer than the last."""

KINDS = {
    "tcp": ("tcp:0:interface=127.0.0.1", "tcp:127.0.0.1:{port}"),
    "tcp6": (r"tcp6:0:interface=\:\:1", r"tcp6:\:\:1:{port}"),
    "name": ("tcp:0:interface=127.0.0.1", "tcp:host:{port}"),
    "tcp4 by name": ("tcp:0:interface=127.0.0.1", "tcp4:host:{port}"),
    "unix": ("unix:{path}", "unix:{path}"),
    "abstract": ("unix:\0{path}", "unix:\0{path}"),
}


class Attempt:
    """An attempt that was given up after some turns of the reactor."""

    def __init__(self, reactor: PollingReactor, kind: str, path: str, turns: int) -> None:
        reactor.installNameResolver(MemoryNameResolver({"host": ["127.0.0.1"]}))
        server, client = KINDS[kind]
        self.factory = RecordingServer()
        ports: list[IListeningPort] = []
        listening = serverFromString(reactor, server.format(path=path)).listen(self.factory)
        listening.addCallback(ports.append)
        port = getattr(ports[0].getHost(), "port", 0)
        self.watched = len(reactor.getReaders())
        self.protocol = Recorder()
        self.ends: list[object] = []
        endpoint = clientFromString(reactor, client.format(path=path, port=port))
        connecting = connectProtocol(endpoint, self.protocol)
        connecting.addBoth(self.ends.append)
        for _ in range(turns):
            reactor.iterate(0)
        self.connected = bool(self.ends)
        connecting.cancel()


@pytest.mark.parametrize("turns", STAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_attempt_is_given_up_at_every_stage(
    reactor: PollingReactor, kind: str, turns: int, tmp_path: Path
) -> None:
    attempt = Attempt(reactor, kind, str(tmp_path / "s"), turns)

    (end,) = attempt.ends
    if attempt.connected:
        # It was made, so that giving it up comes too late and does nothing.
        assert end is attempt.protocol
        turnUntil(reactor, lambda: attempt.factory.built)
        turn(reactor)
        assert attempt.protocol.lost == []
        return
    assert isinstance(end, Failure)
    assert end.check(ConnectingCancelledError)
    turnUntil(reactor, lambda: all(built.lost for built in attempt.factory.built))
    turn(reactor)
    assert attempt.protocol.made == 0
    assert len(reactor.getReaders()) == attempt.watched
    assert reactor.getWriters() == []
    assert reactor.getDelayedCalls() == []
    assert not reactor.openTransports


@pytest.mark.parametrize("kind", KINDS)
def test_the_stages_include_the_connection(
    reactor: PollingReactor, kind: str, tmp_path: Path
) -> None:
    # Otherwise the test above would not see the last stage.
    assert not Attempt(reactor, kind, str(tmp_path / "s"), STAGES[0]).connected
    assert Attempt(reactor, kind, str(tmp_path / "t"), STAGES[-1]).connected


def test_the_protocol_is_the_one_that_was_given(reactor: PollingReactor, tmp_path: Path) -> None:
    ends: list[IProtocol] = []
    protocol = Recorder()
    serverFromString(reactor, f"unix:{tmp_path}/s").listen(RecordingServer())
    connecting = connectProtocol(clientFromString(reactor, f"unix:{tmp_path}/s"), protocol)
    connecting.addCallback(ends.append)
    turnUntil(reactor, lambda: ends)
    assert ends == [protocol]
