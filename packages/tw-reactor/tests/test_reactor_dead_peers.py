"""Peers that are slow, silent or dead: whoever waits for them hears of the end, sooner or later."""

from collections.abc import Sequence
from typing import cast

import pytest

from twisted.internet._sockets._streamconnection import CLOSE_TIMEOUT
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, TimeoutError
from twisted.internet.interfaces import IAddress, IConsumer, IPushProducer, IResolutionReceiver
from twisted.internet.testing import (
    NetworkConditions,
    NonStreamingProducer,
    SimulatedNetwork,
)
from twisted.python.failure import Failure

from .reactor_helpers import Recorder, RecordingClient, RecordingServer

LARGE = bytes(1_000_000)
"""More than the buffers of a connection take."""


class SilentResolver:
    """Begins to look names up, and never answers."""

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> "SilentResolver":
        self.cancelled = False
        self.name = hostName
        resolutionReceiver.resolutionBegan(self)
        return self

    def cancel(self) -> None:
        self.cancelled = True


class Conversation:
    """A client that is connected to a server that does not read."""

    def __init__(self) -> None:
        self.network = SimulatedNetwork(1)
        self.there, self.here = self.network.host("there"), self.network.host("here")
        servers, clients = RecordingServer(), RecordingClient()
        self.there.listenTCP(80, servers)
        self.here.connectTCP("there", 80, clients)
        self.network.run(lambda: servers.built and clients.built)
        self.server: Recorder = servers.built[0]
        self.client: Recorder = clients.built[0]
        self.server.transport.pauseProducing()  # type: ignore[attr-defined]
        self.client.transport.write(LARGE)
        self.network.run()
        assert not self.client.lost


def test_look_up_that_is_never_answered_ends_with_the_attempt() -> None:
    network = SimulatedNetwork(1)
    host = network.host("here")
    resolver = SilentResolver()
    host.installNameResolver(resolver)
    client = RecordingClient()
    host.connectTCP("there", 80, client, timeout=7)
    network.run()
    assert client.reasons[0].type is TimeoutError
    assert network.seconds() == pytest.approx(7.0)
    assert resolver.cancelled
    network.checkNothingIsLeft()


@pytest.mark.parametrize("kind", [HostnameEndpoint, TCP4ClientEndpoint])
def test_host_that_never_answers_fails_the_deferred(
    kind: type[HostnameEndpoint | TCP4ClientEndpoint],
) -> None:
    network = SimulatedNetwork(1, NetworkConditions(silence=0.999999))
    there, here = network.host("there"), network.host("here")
    there.listenTCP(80, RecordingServer())
    failures: list[Failure] = []
    kind(here, "there", 80).connect(RecordingServer()).addErrback(failures.append)
    network.run(lambda: failures)
    assert failures[0].type is TimeoutError
    assert network.seconds() < 61


def test_peer_that_died_while_data_was_under_way_is_given_up() -> None:
    network = SimulatedNetwork(1, NetworkConditions(hangs=0.999999, giveUpAfter=100.0))
    there, here = network.host("there"), network.host("here")
    there.listenTCP(80, RecordingServer())
    clients = RecordingClient()
    here.connectTCP("there", 80, clients)
    network.run(lambda: clients.built)
    clients.built[0].transport.write(LARGE)
    clients.built[0].transport.loseConnection()
    network.run(lambda: clients.reasons)
    assert clients.built[0].lostWith is ConnectionLost


def test_connection_to_a_peer_that_does_not_read_can_be_aborted() -> None:
    talk = Conversation()
    talk.client.transport.loseConnection()
    talk.network.runFor(10)
    assert not talk.client.lost, "what was written is to arrive"
    talk.client.transport.abortConnection()
    talk.network.run(lambda: talk.client.lost)
    assert talk.client.lostWith is ConnectionAborted


def test_slow_peer_gets_everything_before_the_end() -> None:
    talk = Conversation()
    talk.client.transport.loseConnection()
    talk.network.runFor(CLOSE_TIMEOUT - 10)
    talk.server.transport.resumeProducing()  # type: ignore[attr-defined]
    talk.network.run(lambda: talk.server.lost)
    assert talk.server.received == LARGE
    assert talk.here.getDelayedCalls() == []


def test_peer_that_takes_nothing_does_not_hold_up_the_end_for_ever() -> None:
    talk = Conversation()
    talk.client.transport.loseConnection()
    talk.network.runFor(CLOSE_TIMEOUT - 10)
    assert not talk.client.lost
    talk.network.runFor(20)
    assert talk.client.lostWith is ConnectionAborted
    assert "600 seconds" in str(talk.client.lost[0].value)


def test_peer_that_takes_something_now_and_then_gets_everything() -> None:
    talk = Conversation()
    there = cast(IPushProducer, talk.server.transport)
    talk.server.onData = lambda data: there.pauseProducing()
    talk.client.transport.loseConnection()
    while not talk.server.lost:
        assert not talk.client.lost or talk.client.lostWith is ConnectionDone
        talk.network.runFor(CLOSE_TIMEOUT / 2)
        there.resumeProducing()
        talk.network.runFor(1)
    assert talk.server.received == LARGE
    assert talk.network.seconds() > 2 * CLOSE_TIMEOUT


@pytest.mark.parametrize("limit", [None, 5.0])
def test_limit_of_closing_can_be_set(limit: float | None) -> None:
    talk = Conversation()
    talk.client.transport.closeTimeout = limit  # type: ignore[attr-defined]
    talk.client.transport.loseConnection()
    talk.network.runFor(4)
    assert not talk.client.lost
    talk.network.runFor(10 * CLOSE_TIMEOUT)
    assert bool(talk.client.lost) is (limit is not None)


def test_producer_that_has_nothing_to_send_may_hold_up_the_end() -> None:
    talk = Conversation()
    talk.server.transport.resumeProducing()  # type: ignore[attr-defined]
    talk.network.run(lambda: talk.server.received == LARGE)
    consumer = cast(IConsumer, talk.client.transport)
    consumer.registerProducer(NonStreamingProducer(consumer), True)
    talk.client.transport.loseConnection()
    talk.network.runFor(10 * CLOSE_TIMEOUT)
    assert not talk.client.lost
    consumer.unregisterProducer()
    talk.network.run(lambda: talk.client.lost)
    assert talk.client.lostWith is ConnectionDone


def test_reactor_stops_though_a_peer_does_not_read() -> None:
    talk = Conversation()
    talk.client.transport.loseConnection()
    talk.here.stop()
    talk.network.run(lambda: not talk.here.isAlive())
    assert talk.client.lostWith is ConnectionLost


def test_reactor_stops_though_an_attempt_goes_on() -> None:
    network = SimulatedNetwork(1, NetworkConditions(silence=0.999999))
    network.host("there")
    here = network.host("here")
    failures: list[Failure] = []
    endpoint = TCP4ClientEndpoint(here, "there", 80)
    network.run(lambda: here.running)
    endpoint.connect(RecordingServer()).addErrback(failures.append)
    here.stop()
    network.run(lambda: failures and not here.isAlive())
    network.checkNothingIsLeft()
