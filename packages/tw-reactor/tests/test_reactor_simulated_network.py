"""The simulated network: hosts, names, time, and what goes wrong in it."""

import socket

import pytest

from twisted.internet.error import (
    CannotListenError,
    ConnectionDone,
    ConnectionLost,
    ConnectionRefusedError,
    DNSLookupError,
    NoRouteError,
    TimeoutError,
)
from twisted.internet.interfaces import IReactorCore, IReactorTCP, IReactorTime
from twisted.internet.testing import NetworkConditions, SimulatedNetwork, SimulationFailed
from twisted.python.components import verifyObject

from .reactor_helpers import Recorder, RecordingClient, RecordingServer


class Conversation:
    """A client that connects to a server, on two hosts."""

    def __init__(
        self,
        conditions: NetworkConditions | None = None,
        destination: str = "there",
        listening: bool = True,
    ) -> None:
        self.network = SimulatedNetwork(1, conditions or NetworkConditions(), trace=True)
        self.there, self.here = self.network.host("there"), self.network.host("here")
        self.servers, self.clients = RecordingServer(), RecordingClient()
        if listening:
            self.port = self.there.listenTCP(80, self.servers)
        self.connector = self.here.connectTCP(destination, 80, self.clients)

    def meet(self) -> tuple[Recorder, Recorder]:
        """Run until both sides are connected, and return server and client."""
        self.network.run(lambda: self.servers.built and self.clients.built)
        return self.servers.built[0], self.clients.built[0]

    def failure(self) -> BaseException:
        """Run until the attempt has failed, and return why."""
        self.network.run(lambda: self.clients.reasons)
        return self.clients.reasons[0].value


def test_hosts_have_reactors() -> None:
    host = SimulatedNetwork(1).host("there")
    for interface in (IReactorCore, IReactorTime, IReactorTCP):
        assert verifyObject(interface, host)


def test_what_is_sent_arrives_after_the_latency() -> None:
    talk = Conversation(NetworkConditions(minimumLatency=2.0, maximumLatency=2.0))
    server, client = talk.meet()
    client.transport.write(b"hello")
    began = talk.network.seconds()
    talk.network.run(lambda: server.received == b"hello")
    assert talk.network.seconds() - began == pytest.approx(2.0)


def test_host_is_reached_by_either_address() -> None:
    network = SimulatedNetwork(1)
    there, here = network.host("there"), network.host("here")
    factory = RecordingServer()
    for family, interface in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        there.listenTCP(80, factory, interface=interface)
        here.connectTCP(there.addresses[family], 80, RecordingClient())
    network.run(lambda: len(factory.built) == 2)


def test_loopback_reaches_the_host_itself() -> None:
    network = SimulatedNetwork(1)
    host, other = network.host("one"), network.host("two")
    mine, others = RecordingServer(), RecordingServer()
    host.listenTCP(80, mine, interface="127.0.0.1")
    other.listenTCP(80, others)
    host.connectTCP("127.0.0.1", 80, RecordingClient())
    network.run(lambda: mine.built)
    assert not others.built


def test_interface_keeps_others_out() -> None:
    network = SimulatedNetwork(1)
    there, here = network.host("there"), network.host("here")
    there.listenTCP(80, RecordingServer(), interface="127.0.0.1")
    clients = RecordingClient()
    here.connectTCP("there", 80, clients)
    network.run(lambda: clients.reasons)
    assert clients.reasons[0].check(ConnectionRefusedError)


def test_nobody_listening_refuses() -> None:
    assert isinstance(Conversation(listening=False).failure(), ConnectionRefusedError)


def test_refusal_of_chance_refuses() -> None:
    conditions = NetworkConditions(refusals=0.999999)
    assert isinstance(Conversation(conditions).failure(), ConnectionRefusedError)


def test_silence_ends_with_the_timeout_of_the_attempt() -> None:
    talk = Conversation(NetworkConditions(silence=0.999999))
    assert isinstance(talk.failure(), TimeoutError)
    assert talk.network.seconds() == pytest.approx(30.0, abs=1.0)


def test_unknown_name_is_not_found() -> None:
    assert isinstance(Conversation(destination="nowhere").failure(), DNSLookupError)


def test_look_up_that_fails_by_chance_finds_nothing() -> None:
    conditions = NetworkConditions(lookUpFailures=0.999999)
    assert isinstance(Conversation(conditions).failure(), DNSLookupError)


def test_unknown_address_has_no_route() -> None:
    assert isinstance(Conversation(destination="192.0.2.1").failure(), NoRouteError)


def test_port_that_is_taken_can_not_be_listened_at() -> None:
    host = SimulatedNetwork(1).host("there")
    host.listenTCP(80, RecordingServer())
    with pytest.raises(CannotListenError):
        host.listenTCP(80, RecordingServer(), interface="127.0.0.1")


def test_port_is_free_again_when_listening_stopped() -> None:
    network = SimulatedNetwork(1)
    host = network.host("there")
    host.listenTCP(80, RecordingServer()).stopListening()
    network.run()
    host.listenTCP(80, RecordingServer())


def test_address_of_another_host_can_not_be_listened_at() -> None:
    network = SimulatedNetwork(1)
    there, here = network.host("there"), network.host("here")
    with pytest.raises(CannotListenError):
        here.listenTCP(80, RecordingServer(), interface=there.addresses[socket.AF_INET])


def test_full_backlog_lets_clients_wait() -> None:
    network = SimulatedNetwork(1)
    there, here = network.host("there"), network.host("here")
    factory = RecordingServer()
    there.listenTCP(80, factory, backlog=1)
    for _ in range(20):
        here.connectTCP("there", 80, RecordingClient())
    network.run(lambda: len(factory.built) == 20)


def test_close_is_told_to_the_other_side() -> None:
    talk = Conversation()
    server, client = talk.meet()
    client.transport.loseConnection()
    talk.network.run(lambda: server.lost)
    assert server.lostWith is ConnectionDone


def test_abort_is_a_reset() -> None:
    talk = Conversation()
    server, client = talk.meet()
    client.transport.abortConnection()
    talk.network.run(lambda: server.lost)
    assert server.lostWith is ConnectionLost


def test_connection_that_hangs_times_out_on_both_sides() -> None:
    talk = Conversation(NetworkConditions(hangs=0.999999, giveUpAfter=50.0))
    server, client = talk.meet()
    client.transport.write(b"lost")
    talk.network.run(lambda: server.lost and client.lost)
    assert server.received == b""
    assert talk.network.seconds() > 50.0


def test_time_that_passes_calls_what_is_due() -> None:
    network = SimulatedNetwork(1)
    host = network.host("there")
    called: list[float] = []
    host.callLater(86400.0, lambda: called.append(host.seconds()))
    network.runFor(86399.0)
    assert called == []
    network.runFor(2.0)
    assert called == [86400.0]


def test_run_of_one_host_lets_the_network_go_on() -> None:
    talk = Conversation()
    talk.here.callLater(5.0, talk.here.stop)
    talk.here.run()
    assert talk.servers.built
    assert not talk.here.running


def test_run_that_nobody_will_stop_is_refused() -> None:
    host = SimulatedNetwork(1).host("alone")
    with pytest.raises(RuntimeError, match="alone waits for ever"):
        host.run()


def test_condition_that_can_not_come_true_fails_with_the_seed() -> None:
    with pytest.raises(SimulationFailed, match=r"seed 1234, .*nothing is left to happen"):
        SimulatedNetwork(1234).run(lambda: False)


def test_endless_run_fails_with_the_seed() -> None:
    network = SimulatedNetwork(5)
    host = network.host("there")

    def again() -> None:
        host.callLater(1.0, again)

    again()
    with pytest.raises(SimulationFailed, match=r"seed 5, .*no end after 100 steps"):
        network.run(steps=100)


def test_failure_shows_what_happened_before() -> None:
    talk = Conversation()
    talk.meet()
    with pytest.raises(SimulationFailed, match="is connected"):
        talk.network.run(lambda: False)


def test_timer_that_is_left_is_found() -> None:
    network = SimulatedNetwork(1)
    network.host("there").callLater(1.0, print)
    with pytest.raises(SimulationFailed, match=r"something is left: .*of there"):
        network.checkNothingIsLeft()


def test_connection_that_is_left_is_found() -> None:
    talk = Conversation()
    talk.meet()
    talk.port.stopListening()
    talk.network.run()
    with pytest.raises(SimulationFailed, match="something is left"):
        talk.network.checkNothingIsLeft()


def test_nothing_is_left_of_hosts_that_stopped() -> None:
    talk = Conversation()
    talk.meet()
    talk.here.stop()
    talk.there.stop()
    talk.network.run()
    talk.network.checkNothingIsLeft()


def test_calls_from_threads_are_made() -> None:
    network = SimulatedNetwork(1)
    called: list[str] = []
    network.host("there").callFromThread(called.append, "here")
    network.run()
    assert called == ["here"]


def test_threads_are_refused() -> None:
    with pytest.raises(RuntimeError, match="has no threads"):
        SimulatedNetwork(1).host("there").callInThread(print)


def test_two_hosts_of_one_name_are_refused() -> None:
    network = SimulatedNetwork(1)
    network.host("there")
    with pytest.raises(ValueError, match="choose another name"):
        network.host("There")


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": 1.0},
        {"resets": -0.1},
        {"minimumLatency": 2.0},
        {"smallestBuffer": 0},
        {"giveUpAfter": 0.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_conditions_that_can_not_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"has to be|have to be|has to go"):
        NetworkConditions(**wrong)  # type: ignore[arg-type]  # a bad buffer is an int


def test_conditions_may_change_on_the_way() -> None:
    talk = Conversation()
    server, client = talk.meet()
    talk.network.conditions = NetworkConditions(resets=0.999999)
    client.transport.write(b"hello")
    talk.network.run(lambda: server.lost)
    assert server.lostWith is ConnectionLost
