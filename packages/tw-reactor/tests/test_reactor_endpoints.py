"""Endpoints on memory reactors: what becomes of each attempt."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    TCP6ClientEndpoint,
    TCP6ServerEndpoint,
    connectProtocol,
    wrapClientTLS,
    wrapServerTLS,
)
from twisted.internet.endpoints._happyeyeballs import Address, Race
from twisted.internet.error import (
    CannotListenError,
    ConnectError,
    ConnectingCancelledError,
    ConnectionDone,
    ConnectionRefusedError,
    DNSLookupError,
    NoProtocol,
    NoRouteError,
    ServiceNameUnknownError,
)
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IHostnameResolver,
    IHostResolution,
    IListeningPort,
    IProtocol,
    IResolutionReceiver,
)
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import (
    AccumulatingProtocol,
    MemoryReactor,
    MemoryReactorClock,
    RaisingMemoryReactor,
    StringTransport,
)
from twisted.python.components import implementer, provides
from twisted.python.failure import Failure

FACTORY = Factory.forProtocol(AccumulatingProtocol)
PEER = IPv4Address("TCP", "192.0.2.1", 80)


class ProtocolTransport(StringTransport):
    """A transport that knows its protocol, as the reactor's do."""

    protocol: IProtocol | None = None


def endOf(deferred: Deferred[IProtocol]) -> list[object]:
    """Return a list that gets what an attempt ends with."""
    ends: list[object] = []
    deferred.addBoth(ends.append)
    return ends


def failedWith(ends: Sequence[object], kind: type[BaseException]) -> bool:
    """Return whether an attempt ended with a failure of a kind."""
    (end,) = ends
    return isinstance(end, Failure) and end.check(kind) is not None


def accept(reactor: MemoryReactor, attempt: int = -1) -> ProtocolTransport:
    """Let an attempt succeed."""
    factory = reactor.tcpClients[attempt][2]
    transport = ProtocolTransport()
    transport.protocol = factory.buildProtocol(PEER)
    if transport.protocol is not None:
        transport.protocol.makeConnection(transport)
    return transport


def refuse(reactor: MemoryReactor, attempt: int = -1, error: Exception | None = None) -> None:
    """Let an attempt fail."""
    factory = reactor.tcpClients[attempt][2]
    factory.clientConnectionFailed(
        reactor.connectors[attempt], Failure(error or ConnectionRefusedError())
    )


@pytest.mark.parametrize(
    ("kind", "interface"), [(TCP4ServerEndpoint, ""), (TCP6ServerEndpoint, "::")]
)
def test_listen_fires_with_the_port(
    kind: type[TCP4ServerEndpoint | TCP6ServerEndpoint], interface: str
) -> None:
    reactor = MemoryReactor()
    ports: list[IListeningPort] = []

    kind(reactor, 80).listen(FACTORY).addCallback(ports.append)

    assert reactor.tcpServers == [(80, FACTORY, 50, interface)]
    assert provides(IListeningPort, ports[0])


def test_listen_fails_and_does_not_raise() -> None:
    reactor = RaisingMemoryReactor(CannotListenError("", 80, OSError()))
    ends: list[object] = []

    TCP4ServerEndpoint(reactor, 80).listen(FACTORY).addBoth(ends.append)

    assert failedWith(ends, CannotListenError)


def test_connect_fires_with_the_protocol_after_connection_made() -> None:
    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY))
    assert ends == []

    accept(reactor)

    (protocol,) = ends
    assert isinstance(protocol, AccumulatingProtocol)
    assert protocol.made == 1
    assert protocol.factory is FACTORY


def test_connect_passes_all_arguments() -> None:
    reactor = MemoryReactor()

    TCP6ClientEndpoint(reactor, "::1", 80, 5, ("::1", 0)).connect(FACTORY)

    host, port, _, timeout, bindAddress = reactor.tcpClients[0]
    assert (host, port, timeout, bindAddress) == ("::1", 80, 5, ("::1", 0))


def test_protocol_takes_its_place_in_the_transport() -> None:
    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY))

    transport = accept(reactor)

    assert [transport.protocol] == ends


def test_wrapper_hands_on_what_happens_meanwhile() -> None:
    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY))
    wrapper = reactor.tcpClients[0][2].buildProtocol(PEER)
    assert wrapper is not None
    wrapper.makeConnection(StringTransport())

    wrapper.dataReceived(b"data")
    wrapper.connectionLost(Failure(ConnectionDone()))

    (protocol,) = ends
    assert isinstance(protocol, AccumulatingProtocol)
    assert (protocol.data, protocol.closed) == (b"data", 1)


def test_wrapper_provides_what_the_protocol_provides() -> None:
    @implementer(IHalfCloseableProtocol)
    class HalfCloseable(Protocol):
        def readConnectionLost(self) -> None:
            seen.append("read")

        def writeConnectionLost(self) -> None:
            seen.append("write")

    seen: list[str] = []
    reactor = MemoryReactor()
    TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(Factory.forProtocol(HalfCloseable))
    TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY)

    halfCloseable, other = (client[2].buildProtocol(PEER) for client in reactor.tcpClients)
    cast(IHalfCloseableProtocol, halfCloseable).readConnectionLost()

    assert provides(IHalfCloseableProtocol, halfCloseable)
    assert not provides(IHalfCloseableProtocol, other)
    assert seen == ["read"]


def test_connection_that_fails_is_a_failure() -> None:
    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY))

    refuse(reactor)

    assert failedWith(ends, ConnectionRefusedError)


def test_reactor_that_raises_is_a_failure() -> None:
    reactor = RaisingMemoryReactor(connectException=ServiceNameUnknownError())

    assert failedWith(
        endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY)),
        ServiceNameUnknownError,
    )


def test_factory_that_builds_none_is_a_failure() -> None:
    class Refusing(Factory):
        def buildProtocol(self, addr: object) -> None:
            return None

    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(Refusing()))

    assert accept(reactor).protocol is None
    assert failedWith(ends, NoProtocol)


def test_factory_that_raises_is_a_failure() -> None:
    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(Factory()))

    assert accept(reactor).protocol is None
    assert failedWith(ends, TypeError)


def test_protocol_whose_connection_made_raises_is_a_failure() -> None:
    class Broken(Protocol):
        def connectionMade(self) -> None:
            raise KeyError("broken")

    reactor = MemoryReactor()
    ends = endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(Factory.forProtocol(Broken)))
    wrapper = reactor.tcpClients[0][2].buildProtocol(PEER)
    assert wrapper is not None
    with pytest.raises(KeyError):
        wrapper.makeConnection(StringTransport())
    wrapper.connectionLost(Failure(KeyError("broken")))

    assert failedWith(ends, KeyError)


def test_cancelling_gives_up_the_attempt() -> None:
    reactor = MemoryReactor()
    connecting = TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY)
    ends = endOf(connecting)

    connecting.cancel()

    assert reactor.connectors[0].stoppedConnecting
    assert failedWith(ends, ConnectingCancelledError)
    assert failedWith(ends, CancelledError)
    (failure,) = ends
    assert isinstance(failure, Failure)
    assert isinstance(failure.value, ConnectingCancelledError)
    assert failure.value.address == PEER


def test_cancelled_attempt_builds_no_protocol() -> None:
    reactor = MemoryReactor()
    connecting = TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY)
    endOf(connecting)
    connecting.cancel()

    assert accept(reactor).protocol is None


def test_cancelling_after_the_connection_does_nothing() -> None:
    reactor = MemoryReactor()
    connecting = TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(FACTORY)
    ends = endOf(connecting)
    accept(reactor)

    connecting.cancel()

    assert isinstance(ends[0], AccumulatingProtocol)
    assert not reactor.connectors[0].stoppedConnecting


def test_client_factory_is_told_nothing_but_start_and_stop() -> None:
    told: list[str] = []

    class Telling(ClientFactory):
        noisy = False

        def startFactory(self) -> None:
            told.append("start")

        def stopFactory(self) -> None:
            told.append("stop")

        def startedConnecting(self, connector: object) -> None:
            told.append("started")

        def clientConnectionFailed(self, connector: object, reason: object) -> None:
            told.append("failed")

        def clientConnectionLost(self, connector: object, reason: object) -> None:
            told.append("lost")

    reactor = MemoryReactor()
    endOf(TCP4ClientEndpoint(reactor, "192.0.2.1", 80).connect(Telling()))
    inner = reactor.tcpClients[0][2]
    inner.doStart()
    refuse(reactor)
    inner.clientConnectionLost(reactor.connectors[0], Failure(ConnectionDone()))
    inner.doStop()

    assert told == ["start", "stop"]


def test_endpoint_can_be_used_again() -> None:
    reactor = MemoryReactor()
    endpoint = TCP4ClientEndpoint(reactor, "192.0.2.1", 80)

    endpoint.connect(FACTORY)
    endpoint.connect(FACTORY)

    assert len(reactor.tcpClients) == 2


def test_connect_protocol_fires_with_the_protocol_itself() -> None:
    reactor = MemoryReactor()
    protocol = AccumulatingProtocol()
    ends: list[object] = []
    connectProtocol(TCP4ClientEndpoint(reactor, "192.0.2.1", 80), protocol).addBoth(ends.append)

    accept(reactor)

    assert ends == [protocol]
    assert protocol.made == 1


def test_connect_protocol_fails_with_the_attempt() -> None:
    reactor = MemoryReactor()
    ends: list[object] = []
    endpoint = TCP4ClientEndpoint(reactor, "192.0.2.1", 80)
    connectProtocol(endpoint, Protocol()).addBoth(ends.append)

    refuse(reactor)

    assert failedWith(ends, ConnectionRefusedError)


# By name


class Names:
    """A memory reactor that knows a host with three addresses."""

    def __init__(self, attemptDelay: float | None = None) -> None:
        self.reactor = MemoryReactorClock()
        self.reactor.hosts["host"] = ["2001:db8::1", "2001:db8::2", "192.0.2.1"]
        self.endpoint = HostnameEndpoint(self.reactor, "host", 80, attemptDelay=attemptDelay)
        self.connecting = self.endpoint.connect(FACTORY)
        self.ends = endOf(self.connecting)

    def tried(self) -> list[str]:
        return [client[0] for client in self.reactor.tcpClients]


def test_families_alternate() -> None:
    names = Names()

    names.reactor.pump([0.25, 0.25])

    assert names.tried() == ["2001:db8::1", "192.0.2.1", "2001:db8::2"]


def test_next_attempt_begins_after_the_delay() -> None:
    names = Names(attemptDelay=1.0)

    names.reactor.advance(0.9)
    assert len(names.tried()) == 1
    names.reactor.advance(0.1)

    assert len(names.tried()) == 2


def test_next_attempt_begins_at_once_when_one_fails() -> None:
    names = Names()

    refuse(names.reactor, 0)

    assert names.tried() == ["2001:db8::1", "192.0.2.1"]
    names.reactor.advance(0.25)
    assert len(names.tried()) == 3


def test_first_connection_wins_and_the_others_are_given_up() -> None:
    names = Names()
    names.reactor.pump([0.25, 0.25])

    accept(names.reactor, 1)

    assert isinstance(names.ends[0], AccumulatingProtocol)
    stopped = [connector.stoppedConnecting for connector in names.reactor.connectors]
    assert stopped == [True, False, True]


def test_nothing_begins_after_a_connection_was_made() -> None:
    names = Names()

    accept(names.reactor, 0)
    names.reactor.advance(10)

    assert len(names.tried()) == 1
    assert names.reactor.getDelayedCalls() == []


def test_last_failure_is_the_result_when_all_fail() -> None:
    names = Names()

    refuse(names.reactor, 0)
    refuse(names.reactor, 1)
    assert names.ends == []
    refuse(names.reactor, 2, NoRouteError())

    assert failedWith(names.ends, NoRouteError)
    assert names.reactor.getDelayedCalls() == []


def test_slow_attempt_may_still_win_after_the_others_failed() -> None:
    names = Names()
    names.reactor.pump([0.25, 0.25])
    refuse(names.reactor, 1)
    refuse(names.reactor, 2)
    assert names.ends == []

    accept(names.reactor, 0)

    assert isinstance(names.ends[0], AccumulatingProtocol)


def test_failure_that_is_not_the_connections_ends_the_race() -> None:
    reactor = MemoryReactorClock()
    reactor.hosts["host"] = ["2001:db8::1", "192.0.2.1"]
    ends = endOf(HostnameEndpoint(reactor, "host", 80).connect(Factory()))

    accept(reactor)

    assert failedWith(ends, TypeError)
    reactor.advance(1)
    assert len(reactor.tcpClients) == 1


def test_unknown_name_is_a_failure() -> None:
    ends = endOf(HostnameEndpoint(MemoryReactorClock(), "unknown", 80).connect(FACTORY))

    assert failedWith(ends, DNSLookupError)


def test_cancelling_gives_up_all_attempts() -> None:
    names = Names()
    names.reactor.advance(0.25)

    names.connecting.cancel()
    names.reactor.advance(10)

    assert len(names.tried()) == 2
    assert all(connector.stoppedConnecting for connector in names.reactor.connectors)
    assert failedWith(names.ends, ConnectingCancelledError)
    (failure,) = names.ends
    assert isinstance(failure, Failure)
    assert isinstance(failure.value, ConnectingCancelledError)
    assert failure.value.address == HostnameAddress(b"host", 80)
    assert names.reactor.getDelayedCalls() == []


@implementer(IHostnameResolver, IHostResolution)
class SlowResolver:
    """Resolves when the test says so."""

    name = "host"
    cancelled = False
    receiver: IResolutionReceiver

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        self.receiver = resolutionReceiver
        resolutionReceiver.resolutionBegan(self)
        return self

    def cancel(self) -> None:
        self.cancelled = True


def test_cancelling_gives_up_the_lookup_and_never_connects() -> None:
    reactor, resolver = MemoryReactorClock(), SlowResolver()
    reactor.installNameResolver(resolver)
    connecting = HostnameEndpoint(reactor, "host", 80).connect(FACTORY)
    ends = endOf(connecting)

    connecting.cancel()
    resolver.receiver.addressResolved(PEER)
    resolver.receiver.resolutionComplete()

    assert resolver.cancelled
    assert failedWith(ends, ConnectingCancelledError)
    assert reactor.tcpClients == []


class SlowNames(Names):
    """A memory reactor whose resolver answers when the test says so."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        self.resolver = SlowResolver()
        self.reactor.installNameResolver(self.resolver)
        self.endpoint = HostnameEndpoint(self.reactor, "host", 80)
        self.connecting = self.endpoint.connect(FACTORY)
        self.ends = endOf(self.connecting)

    def resolve(self, *hosts: str) -> None:
        for host in hosts:
            kind = IPv6Address if ":" in host else IPv4Address
            self.resolver.receiver.addressResolved(kind("TCP", host, 80))

    def complete(self) -> None:
        self.resolver.receiver.resolutionComplete()


def test_ipv6_is_tried_as_soon_as_it_is_known() -> None:
    names = SlowNames()

    names.resolve("2001:db8::1")

    assert names.tried() == ["2001:db8::1"]
    assert names.ends == []


def test_ipv4_waits_for_ipv6_a_moment() -> None:
    names = SlowNames()

    names.resolve("192.0.2.1")
    names.reactor.pump([0, 0.04])
    assert names.tried() == []
    names.reactor.advance(0.02)

    assert names.tried() == ["192.0.2.1"]


def test_ipv6_that_comes_meanwhile_is_first() -> None:
    names = SlowNames()

    names.resolve("192.0.2.1")
    names.reactor.pump([0, 0.04])
    names.resolve("2001:db8::1")

    assert names.tried() == ["2001:db8::1"]
    names.reactor.advance(0.25)
    assert names.tried() == ["2001:db8::1", "192.0.2.1"]


def test_order_of_answers_that_come_in_one_go_is_kept() -> None:
    names = SlowNames()

    names.resolve("192.0.2.1", "192.0.2.2", "2001:db8::1")
    names.complete()

    names.reactor.pump([0.25, 0.25])
    assert names.tried() == ["192.0.2.1", "2001:db8::1", "192.0.2.2"]


def test_ipv4_alone_waits_for_nobody_when_there_is_no_more() -> None:
    names = SlowNames()

    names.resolve("192.0.2.1")
    names.complete()

    assert names.tried() == ["192.0.2.1"]
    assert names.reactor.getDelayedCalls() == []


def test_answers_that_come_later_are_tried_in_turn() -> None:
    names = SlowNames()
    names.resolve("2001:db8::1", "2001:db8::2")
    names.reactor.advance(0.1)
    names.resolve("192.0.2.1")

    names.reactor.pump([0.15, 0.25])

    assert names.tried() == ["2001:db8::1", "192.0.2.1", "2001:db8::2"]


def test_answer_that_comes_after_the_delay_is_tried_at_once() -> None:
    names = SlowNames()
    names.resolve("2001:db8::1")
    names.reactor.advance(1)

    names.resolve("192.0.2.1")

    assert names.tried() == ["2001:db8::1", "192.0.2.1"]


def test_failures_wait_for_answers_that_are_to_come() -> None:
    names = SlowNames()
    names.resolve("2001:db8::1")
    refuse(names.reactor, 0)
    assert names.ends == []

    names.resolve("192.0.2.1")
    refuse(names.reactor, 1, NoRouteError())
    assert names.ends == []
    names.complete()

    assert failedWith(names.ends, NoRouteError)
    assert names.reactor.getDelayedCalls() == []


def test_connection_ends_the_lookup() -> None:
    names = SlowNames()
    names.resolve("2001:db8::1")

    accept(names.reactor, 0)
    names.resolve("192.0.2.1")
    names.complete()
    names.reactor.advance(1)

    assert names.resolver.cancelled
    assert isinstance(names.ends[0], AccumulatingProtocol)
    assert names.tried() == ["2001:db8::1"]
    assert names.reactor.getDelayedCalls() == []


@pytest.mark.parametrize("waits", [[], [0], [0, 0.04]])
def test_cancelling_while_ipv4_waits_never_connects(waits: list[float]) -> None:
    names = SlowNames()
    names.resolve("192.0.2.1")
    names.reactor.pump(waits)

    names.connecting.cancel()
    names.reactor.advance(1)

    assert failedWith(names.ends, ConnectingCancelledError)
    assert names.resolver.cancelled
    assert names.tried() == []
    assert names.reactor.getDelayedCalls() == []


def test_cancelling_while_names_and_attempts_are_under_way_ends_both() -> None:
    names = SlowNames()
    names.resolve("2001:db8::1")

    names.connecting.cancel()
    names.resolve("192.0.2.1")
    names.complete()

    assert failedWith(names.ends, ConnectingCancelledError)
    assert names.resolver.cancelled
    assert [connector.stoppedConnecting for connector in names.reactor.connectors] == [True]


def test_resolver_that_raises_is_a_failed_lookup() -> None:
    class Broken(SlowResolver):
        def resolveHostName(self, *args: object, **kwargs: object) -> IHostResolution:
            raise UnicodeError("label too long")

    reactor = MemoryReactorClock()
    reactor.installNameResolver(Broken())

    ends = endOf(HostnameEndpoint(reactor, "host", 80).connect(FACTORY))

    assert failedWith(ends, DNSLookupError)


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "fe80::1%eth0", b"192.0.2.7"])
def test_addresses_are_not_looked_up(host: str | bytes) -> None:
    reactor = MemoryReactorClock()
    reactor.installNameResolver(SlowResolver())

    HostnameEndpoint(reactor, host, 80).connect(FACTORY)

    text = host.decode() if isinstance(host, bytes) else host
    assert [client[0] for client in reactor.tcpClients] == [text]


def test_bytes_that_are_no_name_are_refused() -> None:
    with pytest.raises(ValueError, match="ascii"):
        HostnameEndpoint(MemoryReactorClock(), b"\xff", 80)


@given(
    st.lists(
        st.builds(IPv4Address, st.just("TCP"), st.ip_addresses(v=4).map(str), st.just(1))
        | st.builds(IPv6Address, st.just("TCP"), st.ip_addresses(v=6).map(str), st.just(1))
    )
)
def test_alternating_keeps_all_addresses_and_their_order(addresses: list[Address]) -> None:
    result: list[Address] = []

    def attempt(address: Address) -> Deferred[None]:
        result.append(address)
        return fail(ConnectError())

    race: Race[Address, None] = Race(Clock(), attempt, 1)
    race.result.addErrback(lambda failure: failure.trap(ConnectError))
    race.add(*addresses)
    race.complete()
    unique = list(dict.fromkeys(addresses))

    assert sorted(map(repr, result)) == sorted(map(repr, unique))
    for kind in (IPv4Address, IPv6Address):
        of = [address for address in result if isinstance(address, kind)]
        assert of == [address for address in unique if isinstance(address, kind)]
    assert result[:1] == unique[:1]
    kinds = [type(address) for address in result]
    changes = sum(one is not other for one, other in pairwise(kinds))
    fewer = min(kinds.count(IPv4Address), kinds.count(IPv6Address))
    assert changes >= fewer


def test_reprs_say_where() -> None:
    reactor = MemoryReactorClock()

    assert "80" in repr(TCP4ServerEndpoint(reactor, 80))
    assert "192.0.2.1" in repr(TCP4ClientEndpoint(reactor, "192.0.2.1", 80))
    assert "host" in repr(HostnameEndpoint(reactor, "host", 80))


@pytest.mark.parametrize("wrap", [wrapClientTLS, wrapServerTLS])
def test_wrapping_in_tls_without_tw_tls_says_what_to_install(
    wrap: Callable[[object, object], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twisted.internet._tlsdoor.tlsIsThere", lambda: False)

    with pytest.raises(ImportError, match="pip install tw-tls"):
        wrap(object(), object())


def test_wrapping_in_tls_is_done_behind_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    class Room:
        def wrapClientTLS(self, *args: object) -> object:
            return ("client", *args)

        def wrapServerTLS(self, *args: object) -> object:
            return ("server", *args)

    monkeypatch.setattr("twisted.internet.endpoints._tls.tlsRoom", Room)
    creator, endpoint, clock = cast(Any, object()), cast(Any, object()), MemoryReactorClock()

    client: object = wrapClientTLS(creator, endpoint)
    server: object = wrapServerTLS(creator, endpoint, clock)

    assert client == ("client", creator, endpoint, None)
    assert server == ("server", creator, endpoint, clock)
