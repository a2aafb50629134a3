"""The memory reactors note what they are asked for."""

from socket import AF_INET, AF_INET6, AF_UNIX, AddressFamily
from typing import Any, cast

import pytest

from twisted.internet import testing
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.error import (
    ConnectionRefusedError,
    DNSLookupError,
    ReactorAlreadyRunning,
    ReactorNotRunning,
)
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IHostnameResolver,
    IHostResolution,
    IListeningPort,
    IReactorCore,
    IReactorFDSet,
    IReactorPluggableNameResolver,
    IReactorSocket,
    IReactorSSL,
    IReactorTCP,
    IReactorTime,
    IReactorUNIX,
)
from twisted.internet.protocol import ClientFactory, DatagramProtocol, Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import (
    MemoryNameResolver,
    MemoryReactor,
    MemoryReactorClock,
    RaisingMemoryReactor,
    StringTransport,
    waitUntilAllDisconnected,
)
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure
from twisted.test import proto_helpers


class StartedFactory(ClientFactory):
    """Notes the attempts that it is told of."""

    def __init__(self) -> None:
        self.started: list[IConnector] = []

    def startedConnecting(self, connector: IConnector) -> None:
        self.started.append(connector)


class Context:
    """Stands for TLS options that nobody looks at."""

    def getContext(self) -> object:
        return object()


CONTEXT: Any = Context()


@pytest.mark.parametrize(
    "interface",
    [
        IReactorCore,
        IReactorTCP,
        IReactorSSL,
        IReactorUNIX,
        IReactorSocket,
        IReactorFDSet,
        IReactorPluggableNameResolver,
    ],
)
def test_memory_reactor_provides_its_interfaces(interface: type) -> None:
    assert verifyObject(interface, MemoryReactor())


def test_memory_reactor_clock_provides_time_too() -> None:
    reactor = MemoryReactorClock()

    assert verifyObject(IReactorTime, reactor)
    assert verifyObject(IReactorTCP, reactor)
    assert isinstance(reactor, Clock)
    assert not provides(IReactorTime, MemoryReactor())


def test_listen_tcp_is_noted() -> None:
    reactor, factory = MemoryReactor(), Factory()

    port = reactor.listenTCP(80, factory, interface="127.0.0.1")

    assert reactor.tcpServers == [(80, factory, 50, "127.0.0.1")]
    assert port.getHost() == IPv4Address("TCP", "127.0.0.1", 80)
    assert verifyObject(IListeningPort, port)


@pytest.mark.parametrize(
    ("interface", "host"),
    [("", IPv4Address("TCP", "0.0.0.0", 80)), ("::1", IPv6Address("TCP", "::1", 80))],
)
def test_port_has_the_address_of_its_interface(interface: str, host: IAddress) -> None:
    assert MemoryReactor().listenTCP(80, Factory(), interface=interface).getHost() == host


def test_connect_tcp_is_noted_and_the_factory_is_told() -> None:
    reactor, factory = MemoryReactor(), StartedFactory()

    connector = reactor.connectTCP("192.0.2.1", 80, factory, 5, ("127.0.0.1", 0))

    assert reactor.tcpClients == [("192.0.2.1", 80, factory, 5, ("127.0.0.1", 0))]
    assert factory.started == reactor.connectors == [connector]
    assert connector.getDestination() == IPv4Address("TCP", "192.0.2.1", 80)
    assert verifyObject(IConnector, connector)


def test_connector_notes_what_it_is_told() -> None:
    reactor = MemoryReactor()
    reactor.connectTCP("::1", 80, ClientFactory())
    (connector,) = reactor.connectors

    connector.connect()
    assert connector.connected
    connector.disconnect()
    connector.stopConnecting()

    assert (connector.connected, connector.stoppedConnecting) == (False, True)
    assert connector.getDestination() == IPv6Address("TCP", "::1", 80)


def test_ssl_is_noted() -> None:
    reactor, server, client = MemoryReactor(), Factory(), ClientFactory()

    reactor.listenSSL(443, server, CONTEXT)
    reactor.connectSSL("example.com", 443, client, CONTEXT)

    assert reactor.sslServers == [(443, server, CONTEXT, 50, "")]
    assert reactor.sslClients == [("example.com", 443, client, CONTEXT, 30, None)]


def test_unix_is_noted() -> None:
    reactor, server, client = MemoryReactor(), Factory(), ClientFactory()

    port = reactor.listenUNIX("/run/x", server)
    connector = reactor.connectUNIX("/run/x", client)

    assert reactor.unixServers == [("/run/x", server, 50, 0o666, False)]
    assert reactor.unixClients == [("/run/x", client, 30, False)]
    assert port.getHost() == connector.getDestination() == UNIXAddress("/run/x")


@pytest.mark.parametrize(
    ("family", "kind"), [(AF_INET, IPv4Address), (AF_INET6, IPv6Address), (AF_UNIX, UNIXAddress)]
)
def test_adopted_sockets_are_noted(family: AddressFamily, kind: type[object]) -> None:
    reactor, factory = MemoryReactor(), Factory()

    port = reactor.adoptStreamPort(3, family, factory)
    reactor.adoptStreamConnection(4, family, factory)

    assert reactor.adoptedPorts == [(3, family, factory)]
    assert reactor.adoptedStreamConnections == [(4, family, factory)]
    assert isinstance(port.getHost(), kind)


def test_adopted_datagram_ports_are_noted() -> None:
    reactor, protocol = MemoryReactor(), DatagramProtocol()

    port = reactor.adoptDatagramPort(3, AF_INET, protocol)

    assert reactor.adoptedPorts == [(3, AF_INET, protocol, 8192)]
    assert port.getHost() == IPv4Address("UDP", "0.0.0.0", 1234)


def test_run_calls_what_waits_and_stops() -> None:
    reactor = MemoryReactor()
    ran: list[bool] = []
    reactor.callWhenRunning(lambda: ran.append(reactor.running))

    reactor.run()

    assert ran == [True]
    assert (reactor.running, reactor.hasRun, reactor.hasStopped) == (False, True, True)


def test_call_when_running_is_immediate_while_it_runs() -> None:
    reactor = MemoryReactor()
    ran: list[str] = []

    def hook() -> None:
        reactor.callWhenRunning(ran.append, "inner")
        ran.append("outer")

    reactor.callWhenRunning(hook)
    reactor.run()

    assert ran == ["inner", "outer"]


def test_run_may_be_stopped_from_inside() -> None:
    reactor = MemoryReactor()
    reactor.callWhenRunning(reactor.stop)

    reactor.run()

    assert reactor.hasStopped


def test_run_inside_run_is_refused() -> None:
    reactor = MemoryReactor()
    reactor.callWhenRunning(reactor.run)

    with pytest.raises(ReactorAlreadyRunning):
        reactor.run()


def test_stop_of_what_does_not_run_is_refused() -> None:
    with pytest.raises(ReactorNotRunning):
        MemoryReactor().stop()


def test_crash_is_noted() -> None:
    reactor = MemoryReactor()
    reactor.callWhenRunning(reactor.crash)

    reactor.run()

    assert (reactor.hasCrashed, reactor.hasStopped) == (True, False)


def test_triggers_are_called_phase_by_phase() -> None:
    reactor = MemoryReactor()
    fired: list[str] = []
    for phase in ("after", "during", "before"):
        reactor.addSystemEventTrigger(phase, "shutdown", fired.append, phase)
    reactor.addSystemEventTrigger("before", "startup", fired.append, "startup")

    reactor.fireSystemEvent("shutdown")

    assert fired == ["before", "during", "after"]


def test_trigger_can_be_taken_back() -> None:
    reactor = MemoryReactor()
    fired: list[str] = []
    trigger = reactor.addSystemEventTrigger("before", "shutdown", fired.append, "x")

    reactor.removeSystemEventTrigger(trigger)
    reactor.fireSystemEvent("shutdown")

    assert fired == []


def test_triggers_can_be_looked_at() -> None:
    reactor = MemoryReactor()
    reactor.addSystemEventTrigger("before", "shutdown", print, "x", end="")

    assert reactor.triggers["before"]["shutdown"] == [(print, ("x",), {"end": ""})]


def test_unknown_phase_is_refused() -> None:
    with pytest.raises(KeyError):
        MemoryReactor().addSystemEventTrigger("never", "shutdown", print)


def test_descriptors_are_noted_until_they_are_removed() -> None:
    reactor = MemoryReactor()
    one, other = cast(Any, object()), cast(Any, object())

    for descriptor in (one, other):
        reactor.addReader(descriptor)
    reactor.addWriter(one)
    reactor.removeReader(other)
    reactor.removeWriter(other)

    assert (reactor.getReaders(), reactor.getWriters()) == ([one], [one])
    assert reactor.removeAll() == [one]
    assert (reactor.getReaders(), reactor.getWriters()) == ([], [])


class Receiver:
    """Notes what a look-up brings."""

    def __init__(self) -> None:
        self.began: list[IHostResolution] = []
        self.addresses: list[IAddress] = []
        self.complete = 0

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        self.began.append(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:
        assert self.began
        assert not self.complete
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        self.complete += 1


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("host", [IPv6Address("TCP", "2001:db8::1", 80), IPv4Address("TCP", "192.0.2.1", 80)]),
        ("192.0.2.7", [IPv4Address("TCP", "192.0.2.7", 80)]),
        ("unknown", []),
    ],
)
def test_names_are_looked_up_in_hosts(name: str, addresses: list[IAddress]) -> None:
    reactor, receiver = MemoryReactor(), Receiver()
    reactor.hosts["host"] = ["2001:db8::1", "192.0.2.1"]

    resolution = reactor.nameResolver.resolveHostName(receiver, name, 80)

    assert receiver.addresses == addresses
    assert receiver.began == [resolution]
    assert resolution.name == name
    assert receiver.complete == 1


def test_only_the_wanted_kind_of_address_is_found() -> None:
    receiver = Receiver()
    resolver = MemoryNameResolver({"host": ["2001:db8::1", "192.0.2.1"]})

    resolver.resolveHostName(receiver, "host", 80, [IPv4Address], "UDP")

    assert receiver.addresses == [IPv4Address("UDP", "192.0.2.1", 80)]
    assert verifyObject(IHostnameResolver, resolver)


def test_resolve_finds_the_first_ipv4_address() -> None:
    reactor = MemoryReactor()
    reactor.hosts["host"] = ["2001:db8::1", "192.0.2.1"]
    results: list[object] = []

    reactor.resolve("host").addCallback(results.append)
    reactor.resolve("192.0.2.7").addCallback(results.append)
    reactor.resolve("unknown").addErrback(
        lambda failure: results.append(failure.check(DNSLookupError))
    )

    assert results == ["192.0.2.1", "192.0.2.7", DNSLookupError]


@pytest.mark.parametrize("reactor", [MemoryReactor(), RaisingMemoryReactor()])
def test_name_resolver_can_be_replaced(reactor: MemoryReactor | RaisingMemoryReactor) -> None:
    before, other = reactor.nameResolver, MemoryNameResolver({})

    assert reactor.installNameResolver(other) is before
    assert reactor.nameResolver is other


@pytest.mark.parametrize(
    "interface",
    [IReactorTCP, IReactorSSL, IReactorUNIX, IReactorSocket, IReactorPluggableNameResolver],
)
def test_raising_reactor_provides_its_interfaces(interface: type) -> None:
    assert provides(interface, RaisingMemoryReactor())


def test_raising_reactor_raises_what_it_was_given() -> None:
    reactor = RaisingMemoryReactor(OSError("listen"), ConnectionRefusedError())

    with pytest.raises(OSError, match="listen"):
        reactor.listenTCP(80, Factory())
    with pytest.raises(OSError, match="listen"):
        reactor.adoptStreamPort(3, AF_INET, Factory())
    with pytest.raises(ConnectionRefusedError):
        reactor.connectTCP("127.0.0.1", 80, ClientFactory())


class ConnectedTransport(StringTransport):
    """A transport that says whether it is connected."""

    connected = True


def test_waiting_ends_when_nobody_is_connected() -> None:
    clock = Clock()
    transports = [ConnectedTransport(), ConnectedTransport()]
    protocols = [Protocol(), Protocol()]
    for protocol, transport in zip(protocols, transports, strict=True):
        protocol.makeConnection(transport)
    ends: list[object] = []
    waitUntilAllDisconnected(clock, protocols).addBoth(ends.append)

    transports[0].connected = False
    clock.advance(1)
    assert ends == []
    transports[1].connected = False
    clock.advance(1)

    assert len(ends) == 1
    assert not isinstance(ends[0], Failure)


def test_proto_helpers_names_the_same_things() -> None:
    for name in set(proto_helpers.__all__) - {"Clock"}:
        assert getattr(proto_helpers, name) is getattr(testing, name)
    assert proto_helpers.Clock is Clock
