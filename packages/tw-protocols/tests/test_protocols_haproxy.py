"""Servers behind a load balancer: the protocol is built when it is known who the client is."""

import struct
from typing import cast

import pytest

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import TCP4ServerEndpoint, serverFromString
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IHandshakeListener,
    IProtocolFactory,
    IPushProducer,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import (
    EventLoggingObserver,
    Loopback,
    MemoryReactorClock,
    StringTransport,
)
from twisted.logger import globalLogPublisher
from twisted.plugin import getPlugins
from twisted.protocols.haproxy import (
    HEADER_SECONDS,
    HAProxyServerParser,
    HAProxyWrappingFactory,
    proxyEndpoint,
)
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

LINE = b"PROXY TCP4 192.0.2.1 198.51.100.2 49152 80\r\n"
CLIENT = IPv4Address("TCP", "192.0.2.1", 49152)
TARGET = IPv4Address("TCP", "198.51.100.2", 80)
BALANCER = IPv4Address("TCP", "192.168.1.1", 54321)
LOCAL = b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x20, 0, 0)


class Noting(Protocol):
    """Notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def connectionMade(self) -> None:
        self.events.append(("made", self.transport.getPeer(), self.transport.getHost()))

    def dataReceived(self, data: bytes) -> None:
        self.events.append(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.events.append(reason.type)


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class Curious(Noting):
    """Wants to know more."""

    def readConnectionLost(self) -> None:
        self.events.append("reads no more")

    def writeConnectionLost(self) -> None:
        self.events.append("writes no more")

    def handshakeCompleted(self) -> None:
        self.events.append("handshake")


class Building(Factory[Protocol]):
    """Builds protocols, and keeps them."""

    noisy = False

    def __init__(self, kind: type[Noting] | None = Noting) -> None:
        self.kind = kind
        self.addresses: list[IAddress | None] = []
        self.built: list[Noting] = []

    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        self.addresses.append(addr)
        if self.kind is None:
            return None
        self.built.append(self.kind())
        return self.built[-1]


class Connected:
    """A connection from a load balancer, in memory."""

    def __init__(self, kind: type[Noting] | None = Noting, **options: object) -> None:
        self.clock = Clock()
        self.building = Building(kind)
        options.setdefault("clock", self.clock)
        self.factory = HAProxyWrappingFactory(self.building, **options)  # type: ignore[arg-type]
        self.wrapper = self.factory.buildProtocol(BALANCER)
        self.balancer = Noting()
        self.loopback = Loopback(self.wrapper, self.balancer)

    def send(self, data: bytes) -> None:
        self.balancer.transport.write(data)
        self.turn()

    def turn(self) -> None:
        for _ in range(5):
            self.loopback.turn()

    @property
    def protocol(self) -> Noting:
        return self.building.built[0]

    def isRefused(self) -> bool:
        """Return whether the connection is gone and nothing was built or left behind."""
        self.turn()
        assert self.building.built == []
        assert self.clock.getDelayedCalls() == []
        assert self.factory.protocols == {}
        return not self.loopback.server.connected and not self.loopback.client.connected


def test_protocol_is_built_for_the_client_when_the_header_is_there() -> None:
    connected = Connected()
    connected.send(LINE[:-1])
    assert connected.building.addresses == []

    connected.send(LINE[-1:] + b"hello")

    assert connected.building.addresses == [CLIENT]
    assert connected.protocol.events == [("made", CLIENT, TARGET), b"hello"]


def test_both_directions_are_handed_on() -> None:
    connected = Connected()
    connected.send(LINE)
    connected.send(b"question")
    connected.protocol.transport.write(b"answer")
    connected.turn()

    assert connected.protocol.events[1:] == [b"question"]
    assert connected.balancer.events[1:] == [b"answer"]


def test_addresses_are_those_of_the_connection_where_the_header_has_none() -> None:
    connected = Connected()
    connected.send(LOCAL)

    transport = connected.loopback.server
    assert connected.building.addresses == [transport.getPeer()]
    assert connected.protocol.events == [("made", transport.getPeer(), transport.getHost())]


def test_end_is_handed_on() -> None:
    connected = Connected()
    connected.send(LINE)
    connected.balancer.transport.loseConnection()
    connected.turn()

    assert connected.protocol.events[-1] is ConnectionDone
    assert connected.factory.protocols == {}


def test_end_before_the_header_is_told_to_nobody() -> None:
    connected = Connected()
    connected.send(LINE[:10])
    connected.balancer.transport.loseConnection()

    assert connected.isRefused()


def test_malformed_header_ends_the_connection() -> None:
    connected = Connected()
    connected.send(b"GET / HTTP/1.1\r\n\r\n")

    assert connected.isRefused()


def test_malformed_header_is_one_line_in_the_log() -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        Connected().send(b"GET / HTTP/1.1\r\n\r\n")
    finally:
        globalLogPublisher.removeObserver(observer)
    (event,) = [e for e in observer if e["log_namespace"] == "twisted.protocols.haproxy"]
    assert event["why"] == "it does not begin with a header"
    assert "log_failure" not in event


def test_header_too_long_ends_the_connection() -> None:
    connected = Connected(maxLength=100)
    connected.send(b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, 0x11, 85))

    assert connected.isRefused()


def test_header_that_does_not_come_in_time_ends_the_connection() -> None:
    connected = Connected()
    connected.send(LINE[:10])
    connected.clock.advance(HEADER_SECONDS - 0.1)
    connected.turn()
    assert connected.loopback.server.connected

    connected.clock.advance(0.1)

    assert connected.isRefused()


def test_bytes_that_trickle_in_do_not_prolong_the_time() -> None:
    connected = Connected(headerSeconds=3)
    for number in range(6):
        connected.send(LINE[number : number + 1])
        connected.clock.advance(0.5)

    assert connected.isRefused()


def test_time_may_be_unlimited() -> None:
    connected = Connected(headerSeconds=None)
    assert connected.clock.getDelayedCalls() == []
    connected.send(LINE)
    assert connected.protocol.events == [("made", CLIENT, TARGET)]


def test_time_ends_with_the_header() -> None:
    connected = Connected()
    connected.send(LINE)
    connected.clock.advance(HEADER_SECONDS * 2)
    connected.turn()

    assert connected.loopback.server.connected
    assert connected.clock.getDelayedCalls() == []


def test_factory_may_refuse_the_client() -> None:
    connected = Connected(None)
    connected.send(LINE + b"hello")

    assert connected.isRefused()
    assert connected.building.addresses == [CLIENT]


def test_nothing_is_delivered_after_the_protocol_gave_up() -> None:
    class Rude(Noting):
        def connectionMade(self) -> None:
            self.transport.loseConnection()

    connected = Connected(Rude)
    connected.send(LINE + b"hello")

    assert connected.protocol.events == [ConnectionDone]


def test_what_came_with_the_header_waits_for_a_paused_protocol() -> None:
    class Paused(Noting):
        def connectionMade(self) -> None:
            self.transport.pauseProducing()  # type: ignore[attr-defined]

    connected = Connected(Paused)
    connected.send(LINE + b"one")
    connected.send(b"two")
    assert connected.protocol.events == []

    connected.protocol.transport.resumeProducing()  # type: ignore[attr-defined]
    connected.turn()

    assert connected.protocol.events == [b"one", b"two"]


def test_half_closing_is_handed_on_to_a_protocol_that_can() -> None:
    connected = Connected(Curious)
    connected.send(LINE)
    connected.loopback.client.loseWriteConnection()
    connected.turn()
    assert connected.protocol.events[1:] == ["reads no more"]

    connected.protocol.transport.loseWriteConnection()  # type: ignore[attr-defined]
    connected.turn()
    assert connected.protocol.events[2:] == ["writes no more", ConnectionDone]


def test_half_closing_before_the_header_is_an_end() -> None:
    connected = Connected(Curious)
    connected.loopback.client.loseWriteConnection()

    assert connected.isRefused()


@pytest.mark.parametrize("early", [True, False])
def test_handshake_around_the_header_is_handed_on_once(early: bool) -> None:
    connected = Connected(Curious)
    if early:
        connected.wrapper.handshakeCompleted()
    connected.send(LINE)
    if not early:
        connected.wrapper.handshakeCompleted()

    assert connected.protocol.events == [("made", CLIENT, TARGET), "handshake"]


def test_transport_without_abort_is_closed() -> None:
    factory = HAProxyWrappingFactory(Building(), clock=Clock())
    transport = StringTransport()
    wrapper = factory.buildProtocol(BALANCER)
    wrapper.makeConnection(transport)
    wrapper.dataReceived(b"nonsense")

    assert transport.disconnecting


def test_times_are_taken_from_the_reactor_of_the_transport() -> None:
    clock = Clock()
    transport = StringTransport()
    transport.reactor = clock  # type: ignore[attr-defined]
    wrapper = HAProxyWrappingFactory(Building()).buildProtocol(BALANCER)
    wrapper.makeConnection(transport)
    clock.advance(HEADER_SECONDS)

    assert transport.disconnecting


def test_abort_of_the_protocol_reaches_the_transport() -> None:
    connected = Connected()
    connected.send(LINE)
    connected.protocol.transport.abortConnection()  # type: ignore[attr-defined]
    connected.turn()

    assert connected.protocol.events[-1] is ConnectionAborted


# The endpoint


def listened(endpoint: IStreamServerEndpoint, reactor: MemoryReactorClock) -> IProtocolFactory:
    """Listen with a `Building`, and return the factory that the reactor got."""
    endpoint.listen(Building())
    ((_, factory, _, _),) = reactor.tcpServers
    return factory


def test_endpoint_wraps_what_listens_on_it() -> None:
    reactor = MemoryReactorClock()
    endpoint = proxyEndpoint(
        TCP4ServerEndpoint(reactor, 80), headerSeconds=3, maxLength=60, clock=reactor
    )
    verifyObject(IStreamServerEndpoint, endpoint)
    factory = listened(endpoint, reactor)

    assert isinstance(factory, HAProxyWrappingFactory)
    assert (factory.headerSeconds, factory.maxLength, factory.clock) == (3, 60, reactor)
    assert isinstance(factory.wrappedFactory, Building)
    assert "port 80" in repr(endpoint)


def test_description_wraps_any_other() -> None:
    reactor = MemoryReactorClock()
    endpoint = serverFromString(reactor, r"haproxy:tcp6:80:interface=\:\:1:backlog=7")
    factory = listened(endpoint, reactor)

    assert isinstance(factory, HAProxyWrappingFactory)
    assert reactor.tcpServers[0] == (80, factory, 7, "::1")


def test_description_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="as in haproxy:tcp:80"):
        serverFromString(MemoryReactorClock(), "haproxy")


def test_wrong_description_inside_is_told() -> None:
    with pytest.raises(ValueError, match="a port is a number from 0 to 65535, not 'x'"):
        serverFromString(MemoryReactorClock(), "haproxy:tcp:x")


def test_parser_is_a_plugin() -> None:
    (parser,) = [
        plugin
        for plugin in getPlugins(IStreamServerEndpointStringParser)
        if plugin.prefix == "haproxy"
    ]
    assert isinstance(parser, HAProxyServerParser)
    verifyObject(IStreamServerEndpointStringParser, parser)


def test_addresses_of_the_header_may_be_of_another_family() -> None:
    connected = Connected()
    connected.send(b"PROXY TCP6 2001:db8::1 2001:db8::2 49152 80\r\n")
    assert connected.building.addresses == [IPv6Address("TCP", "2001:db8::1", 49152)]


def test_transport_can_be_steered_by_the_protocol() -> None:
    connected = Connected()
    connected.send(LINE)
    verifyObject(IPushProducer, connected.protocol.transport)


def test_what_comes_in_spite_of_a_pause_stays_behind_what_came_with_the_header() -> None:
    class Pausing(Noting):
        def connectionMade(self) -> None:
            cast(IPushProducer, self.transport).pauseProducing()

    building = Building(Pausing)
    wrapper = HAProxyWrappingFactory(building, clock=Clock()).buildProtocol(BALANCER)
    wrapper.makeConnection(StringTransport())
    wrapper.dataReceived(LINE + b"first ")
    wrapper.dataReceived(b"second")
    (protocol,) = building.built
    assert protocol.events == []
    wrapper.resumeProducing()
    assert protocol.events == [b"first second"]
