"""Classes that existing code subclasses, under the names that it knows."""

import sys
import threading
from types import ModuleType
from typing import cast

import pytest

import twisted.internet
from twisted.internet import abstract, address, base, endpoints, process, tcp, udp
from twisted.internet._pollers import SelectPoller
from twisted.internet.error import ConnectionDone, ProcessExitedAlready
from twisted.internet.interfaces import (
    IAddress,
    IReactorPluggableNameResolver,
    IReactorPluggableResolver,
)
from twisted.internet.posixbase import PosixReactorBase
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.test.modulehelpers import AlternateReactor
from twisted.internet.testing import MemoryNameResolver
from twisted.plugin import getPlugins
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import RecordingClient, RecordingServer, discard, turnUntil
from .reactor_processes import run


class CountingServer(tcp.Server):
    """A transport that counts what it writes."""

    written = 0

    def write(self, data: bytes) -> None:
        self.written += len(data)
        super().write(data)


class CountingPort(tcp.Port):
    """A port whose connections are counting ones."""

    transport = CountingServer


class NamedClient(tcp.Client):
    """A connection with a prefix of its own."""

    def logPrefix(self) -> str:
        return "named"


class NamedConnector(tcp.Connector):
    """A connector whose connections have a prefix of their own."""

    def _makeClient(self, skt: object, peer: IAddress) -> NamedClient:
        assert isinstance(peer, address.IPv4Address)
        return NamedClient(skt, self, peer)  # type: ignore[arg-type]  # a socket


def test_a_port_and_a_connector_take_transports_of_ones_own() -> None:
    reactor = PosixReactorBase()
    server, client = RecordingServer(), RecordingClient()
    port = CountingPort(0, server, interface="127.0.0.1", reactor=reactor)
    port.startListening()
    connector = NamedConnector("127.0.0.1", port.getHost().port, client, 30, None, reactor)
    connector.connect()
    turnUntil(reactor, lambda: server.built and client.built)
    transport = server.built[0].transport
    assert isinstance(transport, CountingServer)
    transport.write(b"hello")
    turnUntil(reactor, lambda: client.built[0].received == b"hello")
    assert transport.written == 5
    made = client.built[0].transport
    assert isinstance(made, tcp.BaseClient)
    assert made.logPrefix() == "named"
    discard(reactor)


def test_ports_without_a_reactor_take_the_default_one() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor, tcp, udp, unix
            from twisted.internet.protocol import ClientFactory, DatagramProtocol, Factory
            made = [
                tcp.Port(0, Factory()),
                udp.Port(0, DatagramProtocol()),
                unix.Port("socket", Factory()),
                tcp.Connector("127.0.0.1", 1, ClientFactory(), 30, None),
                unix.Connector("socket", ClientFactory(), 30),
            ]
            print({one.reactor == reactor for one in made})
            """
        )
        == "{True}\n"
    )


def test_a_port_takes_no_producer() -> None:
    reactor = PosixReactorBase()
    port = tcp.Port(0, RecordingServer(), interface="127.0.0.1", reactor=reactor)
    with pytest.raises(RuntimeError, match="register producers with its connections"):
        port.registerProducer(object(), True)
    port.unregisterProducer()
    with pytest.raises(RuntimeError, match="nothing is written"):
        port.doWrite()
    discard(reactor)


class WatchfulPort(tcp.Port):
    """A port that remembers why it was closed."""

    reasons: tuple[Failure | None, ...] = ()

    def connectionLost(self, reason: Failure | None = None) -> None:
        self.reasons = (*self.reasons, reason)
        super().connectionLost(reason)


def test_a_port_is_closed_for_the_reason_that_is_given() -> None:
    reactor = PosixReactorBase()
    port = WatchfulPort(0, RecordingServer(), interface="127.0.0.1", reactor=reactor)
    port.startListening()
    why = Failure(ValueError("enough"))
    port.loseConnection(why)
    turnUntil(reactor, lambda: port.reasons)
    assert port.reasons == (why,)
    discard(reactor)


class Pipe(abstract.FileDescriptor):
    """A descriptor of the kind that drivers of devices subclass: it says how it reads and writes."""

    def __init__(self, reactor: PosixReactorBase) -> None:
        super().__init__(reactor)
        self.sent = b""
        self.connected = True
        self.reasons: list[Failure] = []

    def fileno(self) -> int:
        return -1

    def startWriting(self) -> None:
        self.reactor.callLater(0, self.doWrite)  # type: ignore[attr-defined]  # it has a time

    def stopWriting(self) -> None:
        pass

    def stopReading(self) -> None:
        pass

    def writeSomeData(self, data: bytes | memoryview) -> int:
        self.sent += data
        return len(data)

    def connectionLost(self, reason: Failure) -> None:
        self.reasons.append(reason)
        super().connectionLost(reason)


def test_a_descriptor_says_how_it_writes() -> None:
    reactor = PosixReactorBase()
    pipe = Pipe(reactor)
    pipe.write(b"hello ")
    pipe.writeSequence([b"wor", b"ld"])
    turnUntil(reactor, lambda: pipe.sent == b"hello world")
    discard(reactor)


class Sleeping(base.ReactorBase):
    """A reactor that has nothing to watch."""

    def __init__(self) -> None:
        self._awake = threading.Event()
        super().__init__()

    def doIteration(self, delay: float | None) -> None:
        self._awake.wait(delay)
        self._awake.clear()

    def wakeUp(self) -> None:
        self._awake.set()


def test_a_reactor_of_ones_own_only_waits() -> None:
    reactor = Sleeping()
    seen: list[str] = []
    reactor.callLater(0.001, seen.append, "later")
    reactor.callInThread(lambda: reactor.callFromThread(reactor.callLater, 0.002, reactor.stop))
    reactor.run(installSignalHandlers=False)
    assert seen == ["later"]
    assert isinstance(reactor, base.PluggableResolverMixin)


class Counting(PosixReactorBase):
    """A reactor that counts its turns."""

    turns = 0

    def doIteration(self, delay: float | None) -> None:
        self.turns += 1
        super().doIteration(delay)


def test_a_reactor_over_a_poller_needs_no_poller() -> None:
    reactor = Counting()
    reactor.callLater(0.001, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert reactor.turns > 0
    assert not isinstance(reactor._poller, SelectPoller)
    discard(reactor)


def test_resolvers_can_be_changed() -> None:
    reactor = Sleeping()
    assert verifyObject(IReactorPluggableResolver, reactor)
    assert verifyObject(IReactorPluggableNameResolver, reactor)
    resolver = MemoryNameResolver({})
    reactor.installNameResolver(resolver)
    assert reactor.installNameResolver(resolver) is resolver


def test_handlers_of_signals_have_a_type() -> None:
    handlers: base.SignalHandling = Recorder()
    handlers.install()
    handlers.uninstall()
    assert cast(Recorder, handlers).seen == ["install", "uninstall"]


class Recorder:
    """Handlers of signals that remember what they are told."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def install(self) -> None:
        self.seen.append("install")

    def uninstall(self) -> None:
        self.seen.append("uninstall")


def test_a_multicast_port_is_of_the_mixin() -> None:
    reactor = PosixReactorBase()
    port = reactor.listenMulticast(0, DatagramProtocol(), interface="127.0.0.1")
    assert isinstance(port, udp.MulticastMixin)
    discard(reactor)


def test_other_names_lead_to_what_is_meant() -> None:
    assert process.ProcessExitedAlready is ProcessExitedAlready
    assert endpoints.getPlugins is getPlugins
    assert endpoints._WrapIProtocol.__name__ == "ProcessAsConnection"
    assert provides(IAddress, address._ProcessAddress("/bin/true"))
    assert tcp.errorcode[2] == "ENOENT"
    assert tcp.platformType == udp.platformType


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> object:
    """Something in the place of the default reactor."""
    found = ModuleType("a reactor")
    monkeypatch.setitem(sys.modules, "twisted.internet.reactor", found)
    monkeypatch.setattr(twisted.internet, "reactor", found, raising=False)
    return found


def test_another_reactor_takes_the_place_of_the_default_one(installed: object) -> None:
    other = Sleeping()
    with AlternateReactor(other):
        from twisted.internet import reactor

        assert cast(object, reactor) is other
    from twisted.internet import reactor

    assert cast(object, reactor) is installed


def test_the_default_reactor_comes_back_after_an_error(installed: object) -> None:
    with pytest.raises(ConnectionDone), AlternateReactor(Sleeping()):
        raise ConnectionDone
    assert sys.modules["twisted.internet.reactor"] is installed


def test_where_there_was_no_reactor_there_is_none_afterwards(
    installed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "twisted.internet.reactor")
    monkeypatch.delattr(twisted.internet, "reactor")
    with AlternateReactor(Sleeping()):
        pass
    assert "twisted.internet.reactor" not in sys.modules
    assert not hasattr(twisted.internet, "reactor")
