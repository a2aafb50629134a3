"""A protocol around a protocol: everything is handed on, in both directions."""

import gc
import weakref

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ILoggingContext, IPushProducer, ITransport
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.testing import MemoryReactor, StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.components import classImplements, provides
from twisted.python.failure import Failure

ADDRESS = IPv4Address("TCP", "192.0.2.1", 7)
DONE = Failure(ConnectionDone())


class Noting(Protocol):
    """Notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def connectionMade(self) -> None:
        self.events.append("made")

    def dataReceived(self, data: bytes) -> None:
        self.events.append(data)

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.events.append(reason)


class Wrapped:
    """A wrapped protocol that is connected to a transport in memory."""

    def __init__(self) -> None:
        self.factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(
            Factory.forProtocol(Noting)
        )
        built = self.factory.buildProtocol(ADDRESS)
        assert built is not None
        self.wrapper = built
        assert isinstance(built.wrappedProtocol, Noting)
        self.protocol = built.wrappedProtocol
        self.transport = StringTransport()
        self.wrapper.makeConnection(self.transport)


@pytest.fixture
def wrapped() -> Wrapped:
    return Wrapped()


def test_the_wrapper_is_the_transport_of_the_protocol(wrapped: Wrapped) -> None:
    assert wrapped.protocol.transport is wrapped.wrapper
    assert wrapped.protocol.events == ["made"]


def test_events_reach_the_protocol(wrapped: Wrapped) -> None:
    wrapped.wrapper.dataReceived(b"data")
    wrapped.wrapper.connectionLost(DONE)
    assert wrapped.protocol.events == ["made", b"data", DONE]


def test_requests_reach_the_transport(wrapped: Wrapped) -> None:
    transport = wrapped.protocol.transport
    transport.write(b"one ")
    transport.writeSequence([b"two ", b"three"])
    assert wrapped.transport.value() == b"one two three"
    assert transport.getPeer() == wrapped.transport.getPeer()
    assert transport.getHost() == wrapped.transport.getHost()
    transport.loseConnection()
    assert wrapped.transport.disconnecting
    assert wrapped.wrapper.disconnecting


def test_a_producer_is_registered_with_the_transport(wrapped: Wrapped) -> None:
    producer = object()
    wrapped.wrapper.registerProducer(producer, True)  # type: ignore[arg-type]
    assert wrapped.transport.producer is producer
    wrapped.wrapper.unregisterProducer()
    assert wrapped.transport.producer is None


def test_a_producer_that_gives_up_closes_the_connection(wrapped: Wrapped) -> None:
    wrapped.wrapper.stopConsuming()
    assert wrapped.transport.disconnecting


def test_the_wrapper_has_what_the_transport_has(wrapped: Wrapped) -> None:
    assert wrapped.wrapper.value() == b""  # type: ignore[operator]
    assert provides(IPushProducer, wrapped.wrapper)
    assert provides(ITransport, wrapped.wrapper)
    with pytest.raises(AttributeError):
        wrapped.wrapper.nothingOfTheKind  # noqa: B018 - reading it is what raises


def test_before_the_connection_an_unknown_attribute_is_an_attribute_error() -> None:
    factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(Factory())
    assert not hasattr(ProtocolWrapper(factory, Protocol()), "setTcpNoDelay")


def test_the_factory_knows_who_is_connected(wrapped: Wrapped) -> None:
    assert list(wrapped.factory.protocols) == [wrapped.wrapper]
    wrapped.wrapper.connectionLost(DONE)
    assert wrapped.factory.protocols == {}


def test_a_refused_connection_is_refused() -> None:
    class Refusing(Factory[Protocol]):
        def buildProtocol(self, addr: object) -> None:
            return None

    factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(Refusing())
    assert factory.buildProtocol(ADDRESS) is None


def test_names_in_the_log_tell_both(wrapped: Wrapped) -> None:
    assert wrapped.wrapper.logPrefix() == "Noting (ProtocolWrapper)"
    assert wrapped.factory.logPrefix() == "Factory (WrappingFactory)"


def test_what_has_no_name_in_the_log_is_called_by_its_class() -> None:
    class Bare:
        pass

    factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(Factory())
    assert ProtocolWrapper(factory, Bare()).logPrefix() == "Bare (ProtocolWrapper)"  # type: ignore[arg-type]


def test_start_and_stop_reach_the_wrapped_factory() -> None:
    inner = Factory[Protocol]()
    factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(inner)
    factory.doStart()
    assert (inner.numPorts, factory.numPorts) == (1, 1)
    factory.doStop()
    assert (inner.numPorts, factory.numPorts) == (0, 0)


def test_steps_of_a_client_reach_the_wrapped_factory() -> None:
    class Steps(ClientFactory[Protocol]):
        seen: list[str]

        def startedConnecting(self, connector: object) -> None:
            self.seen = ["started"]

        def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
            self.seen.append("failed")

        def clientConnectionLost(self, connector: object, reason: Failure) -> None:
            self.seen.append("lost")

    inner = Steps()
    factory: WrappingFactory[ProtocolWrapper] = WrappingFactory(inner)
    connector = MemoryReactor().connectTCP("192.0.2.1", 7, factory)
    factory.clientConnectionFailed(connector, DONE)
    factory.clientConnectionLost(connector, DONE)
    assert inner.seen == ["started", "failed", "lost"]


def test_a_lost_connection_leaves_no_cycle() -> None:
    wrapped = Wrapped()
    wrapped.wrapper.connectionLost(DONE)
    gone = weakref.ref(wrapped.protocol)
    gc.disable()
    try:
        del wrapped
        assert gone() is None
    finally:
        gc.enable()


def test_interfaces_of_the_class_stay_beside_those_of_the_transport(wrapped: Wrapped) -> None:
    classImplements(Noting, ILoggingContext)
    assert provides(ILoggingContext, wrapped.wrapper)
