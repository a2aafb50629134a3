"""The memory transports and the small protocols of `twisted.internet.testing`."""

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IConsumer,
    IProtocol,
    IPullProducer,
    IPushProducer,
    ITransport,
    IUDPTransport,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.testing import (
    AccumulatingProtocol,
    EventLoggingObserver,
    FakeDatagramTransport,
    LineSendingProtocol,
    NonStreamingProducer,
    StringIOWithoutClosing,
    StringTransport,
    StringTransportWithDisconnection,
)
from twisted.logger import ILogObserver, LogLevel, LogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure


@pytest.mark.parametrize("interface", [ITransport, IConsumer, IPushProducer])
def test_string_transport_provides_its_interfaces(interface: type) -> None:
    assert verifyObject(interface, StringTransport())


def test_written_bytes_are_collected_in_order() -> None:
    transport = StringTransport()

    transport.write(b"a")
    transport.writeSequence([b"b", b"c"])

    assert transport.value() == b"abc"


def test_clear_forgets_what_was_written() -> None:
    transport = StringTransport()
    transport.write(b"a")

    transport.clear()

    assert transport.value() == b""


def test_text_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        StringTransport().write("text")  # type: ignore[arg-type]


def test_text_in_a_sequence_is_refused() -> None:
    with pytest.raises(TypeError):
        StringTransport().writeSequence([b"a", "text"])  # type: ignore[list-item]


def test_lose_connection_only_sets_a_flag() -> None:
    transport = StringTransport()

    transport.loseConnection()

    assert (transport.disconnecting, transport.disconnected) == (True, False)


def test_abort_connection_only_sets_a_flag() -> None:
    transport = StringTransport()

    transport.abortConnection()

    assert (transport.disconnecting, transport.disconnected) == (False, True)


def test_addresses_can_be_chosen() -> None:
    host, peer = IPv4Address("TCP", "192.0.2.1", 1), IPv4Address("TCP", "192.0.2.2", 2)
    transport = StringTransport(host, peer)

    assert (transport.getHost(), transport.getPeer()) == (host, peer)


def test_addresses_have_defaults() -> None:
    transport = StringTransport()

    assert isinstance(transport.getHost(), IPv4Address)
    assert transport.getHost() != transport.getPeer()


def test_producer_is_kept_until_it_is_unregistered() -> None:
    transport = StringTransport()
    producer = NonStreamingProducer(transport)

    transport.registerProducer(producer, False)
    assert (transport.producer, transport.streaming) == (producer, False)
    transport.unregisterProducer()

    assert (transport.producer, transport.streaming) == (None, None)


def test_second_producer_is_refused() -> None:
    transport = StringTransport()
    transport.registerProducer(NonStreamingProducer(transport), False)

    with pytest.raises(RuntimeError, match="unregister it first"):
        transport.registerProducer(NonStreamingProducer(transport), False)


def test_unregistering_without_a_producer_is_refused() -> None:
    with pytest.raises(RuntimeError, match="no producer"):
        StringTransport().unregisterProducer()


def test_producer_state_follows_the_protocol() -> None:
    transport = StringTransport()
    states = [transport.producerState]

    for method in (transport.pauseProducing, transport.resumeProducing, transport.stopProducing):
        method()
        states.append(transport.producerState)

    assert states == ["producing", "paused", "producing", "stopped"]


@pytest.mark.parametrize("end", ["loseConnection", "abortConnection", "stopProducing"])
def test_pausing_and_resuming_after_the_end_is_refused(end: str) -> None:
    transport = StringTransport()
    getattr(transport, end)()

    with pytest.raises(OSError, match="cannot pause"):
        transport.pauseProducing()
    with pytest.raises(OSError, match="cannot resume"):
        transport.resumeProducing()


def test_lenient_transport_may_be_paused_after_the_end() -> None:
    transport = StringTransport(lenient=True)
    transport.loseConnection()

    transport.pauseProducing()

    assert transport.producerState == "paused"


def test_lose_connection_with_disconnection_tells_the_protocol_once() -> None:
    reasons: list[Failure] = []

    class Ending(Protocol):
        def connectionLost(self, reason: Failure = connectionDone) -> None:
            reasons.append(reason)

    transport = StringTransportWithDisconnection()
    transport.protocol = Ending()

    transport.loseConnection()
    transport.loseConnection()

    assert [reason.check(ConnectionDone) for reason in reasons] == [ConnectionDone]


def test_accumulating_protocol_notes_the_life_of_a_connection() -> None:
    protocol = AccumulatingProtocol()

    protocol.makeConnection(StringTransport())
    protocol.dataReceived(b"a")
    protocol.dataReceived(b"b")
    protocol.connectionLost(Failure(ConnectionDone()))

    assert (protocol.made, protocol.data, protocol.closed) == (1, b"ab", 1)
    assert protocol.closedReason is not None
    assert protocol.closedReason.check(ConnectionDone)


def test_accumulating_protocol_tells_its_factory() -> None:
    class Telling(Factory[AccumulatingProtocol]):
        protocol = AccumulatingProtocol
        protocolConnectionMade: Deferred[AccumulatingProtocol] | None = Deferred()

    factory = Telling()
    told: list[AccumulatingProtocol] = []
    assert factory.protocolConnectionMade is not None
    factory.protocolConnectionMade.addCallback(told.append)
    protocol = factory.buildProtocol(None)
    assert protocol is not None

    protocol.makeConnection(StringTransport())

    assert told == [protocol]
    assert factory.protocolConnectionMade is None


def test_accumulating_protocol_fires_when_it_is_closed() -> None:
    protocol = AccumulatingProtocol()
    closed: list[None] = []
    protocol.closedDeferred = Deferred()
    protocol.closedDeferred.addCallback(closed.append)

    protocol.connectionLost()

    assert closed == [None]


def test_line_sending_protocol_sends_at_once() -> None:
    transport = StringTransport()

    LineSendingProtocol([b"a", b"b"]).makeConnection(transport)

    assert transport.value() == b"a\r\nb\r\n"


def test_line_sending_protocol_can_wait_for_the_peer() -> None:
    transport = StringTransport()
    protocol = LineSendingProtocol([b"a"], start=False)
    protocol.makeConnection(transport)
    assert transport.value() == b""

    protocol.dataReceived(b"hel")
    protocol.dataReceived(b"lo\r\nagain\r\n")

    assert protocol.response == [b"hello", b"again"]
    assert transport.value() == b"a\r\n"


def test_line_sending_protocol_pauses_its_transport() -> None:
    transport = StringTransport()
    protocol = LineSendingProtocol([])
    protocol.makeConnection(transport)

    protocol.pauseProducing()

    assert (protocol.paused, transport.producerState) == (True, "paused")


def test_line_sending_protocol_provides_its_interface() -> None:
    assert verifyObject(IProtocol, LineSendingProtocol([]))


def test_non_streaming_producer_writes_ten_numbers_and_unregisters() -> None:
    transport = StringTransport()
    producer = NonStreamingProducer(transport)
    transport.registerProducer(producer, False)

    for _ in range(12):
        producer.resumeProducing()

    assert transport.value() == b"0123456789"
    assert transport.producer is None


def test_non_streaming_producer_provides_its_interface() -> None:
    assert verifyObject(IPullProducer, NonStreamingProducer(StringTransport()))


def test_non_streaming_producer_cannot_be_paused() -> None:
    with pytest.raises(RuntimeError, match="cannot be paused"):
        NonStreamingProducer(StringTransport()).pauseProducing()


def test_fake_datagram_transport_collects_datagrams() -> None:
    transport = FakeDatagramTransport()

    transport.write(b"a", ("192.0.2.1", 53))
    transport.write(b"b")

    assert transport.written == [(b"a", ("192.0.2.1", 53)), (b"b", transport.noAddr)]


def test_fake_datagram_transport_provides_its_interface() -> None:
    assert verifyObject(IUDPTransport, FakeDatagramTransport())


def test_file_without_closing_can_be_read_after_close() -> None:
    file = StringIOWithoutClosing(b"a")

    file.close()

    assert file.getvalue() == b"a"


class Cleaning:
    """A test case, as far as `createWithCleanup` knows one."""

    def __init__(self) -> None:
        self.cleanups: list[tuple[object, ...]] = []

    def addCleanup(self, function: object, /, *args: object) -> None:
        self.cleanups.append((function, *args))


def test_logging_observer_keeps_events_until_the_test_is_over() -> None:
    publisher, test = LogPublisher(), Cleaning()
    observer = EventLoggingObserver.createWithCleanup(test, publisher)

    publisher({"log_level": LogLevel.info, "number": 1})
    for function, *args in test.cleanups:
        function(*args)  # type: ignore[operator]
    publisher({"log_level": LogLevel.info, "number": 2})

    assert [event["number"] for event in observer] == [1]
    assert len(observer) == 1
    assert observer[0]["number"] == 1


def test_logging_observer_provides_its_interface() -> None:
    assert verifyObject(ILogObserver, EventLoggingObserver())
