"""Protocol, Factory and their kin, without any network."""

import io
import weakref

import pytest

from twisted.internet import protocol
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    ILoggingContext,
    IProcessProtocol,
    IProtocol,
    IProtocolFactory,
    ITransport,
)
from twisted.logger import globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

ADDRESS = IPv4Address("TCP", "127.0.0.1", 80)


class Recording(protocol.Protocol):
    """Writes down its events."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def connectionMade(self) -> None:
        self.events.append("made")


class CountingFactory(protocol.Factory[Recording]):
    """Counts its starts and stops."""

    protocol = Recording

    def __init__(self) -> None:
        self.starts = 0
        self.stops = 0

    def startFactory(self) -> None:
        self.starts += 1

    def stopFactory(self) -> None:
        self.stops += 1


def test_protocol_provides_its_interfaces() -> None:
    assert verifyObject(IProtocol, protocol.Protocol())
    assert verifyObject(ILoggingContext, protocol.Protocol())


def test_factory_provides_its_interface() -> None:
    assert verifyObject(IProtocolFactory, protocol.Factory())


def test_make_connection_sets_the_transport_before_connection_made() -> None:
    transport = protocol.FileWrapper(io.BytesIO())
    seen: list[object] = []

    class Looking(protocol.Protocol):
        def connectionMade(self) -> None:
            seen.append((self.transport, self.connected))

    Looking().makeConnection(transport)

    assert seen == [(transport, 1)]


def test_bare_protocol_ignores_everything() -> None:
    file = io.BytesIO()
    bare = protocol.Protocol()

    bare.makeConnection(protocol.FileWrapper(file))
    bare.dataReceived(b"anything")
    bare.connectionLost()

    assert file.getvalue() == b""


def test_default_reason_is_an_orderly_end() -> None:
    assert protocol.connectionDone.check(ConnectionDone)


def test_log_prefix_is_the_name_of_the_class() -> None:
    assert Recording().logPrefix() == "Recording"
    assert CountingFactory().logPrefix() == "CountingFactory"


def test_build_protocol_makes_one_and_tells_it_its_factory() -> None:
    factory = CountingFactory()

    built = factory.buildProtocol(ADDRESS)

    assert isinstance(built, Recording)
    assert built.factory is factory


def test_build_protocol_makes_a_new_one_each_time() -> None:
    factory = CountingFactory()

    assert factory.buildProtocol(ADDRESS) is not factory.buildProtocol(ADDRESS)


def test_factory_keeps_no_protocol() -> None:
    factory = CountingFactory()
    gone = weakref.ref(factory.buildProtocol(ADDRESS))

    assert gone() is None


def test_protocol_may_be_set_on_a_bare_factory() -> None:
    factory: protocol.ServerFactory[Recording] = protocol.ServerFactory()
    factory.protocol = Recording

    assert isinstance(factory.buildProtocol(ADDRESS), Recording)


def test_factory_without_protocol_says_what_to_do() -> None:
    with pytest.raises(TypeError, match="set its attribute protocol"):
        protocol.Factory().buildProtocol(ADDRESS)


def test_for_protocol_makes_a_factory_of_the_class() -> None:
    class Counted(CountingFactory):
        def __init__(self, start: int, *, step: int) -> None:
            super().__init__()
            self.numbers = (start, step)

    factory = Counted.forProtocol(Recording, 3, step=2)

    assert isinstance(factory, Counted)
    assert factory.numbers == (3, 2)
    assert isinstance(factory.buildProtocol(ADDRESS), Recording)


def test_for_protocol_leaves_the_keyword_protocol_to_the_factory() -> None:
    class Odd(protocol.Factory):
        def __init__(self, protocol: str) -> None:
            self.given = protocol

    assert Odd.forProtocol(Recording, protocol="mine").given == "mine"


def test_factory_starts_with_its_first_port_only() -> None:
    factory = CountingFactory()

    factory.doStart()
    factory.doStart()

    assert (factory.starts, factory.numPorts) == (1, 2)


def test_factory_stops_with_its_last_port_only() -> None:
    factory = CountingFactory()
    factory.doStart()
    factory.doStart()

    factory.doStop()
    assert factory.stops == 0
    factory.doStop()

    assert (factory.stops, factory.numPorts) == (1, 0)


def test_factory_can_start_again() -> None:
    factory = CountingFactory()
    factory.doStart()
    factory.doStop()

    factory.doStart()

    assert factory.starts == 2


def test_stopping_a_factory_that_is_not_started_does_nothing() -> None:
    factory = CountingFactory()

    factory.doStop()

    assert (factory.stops, factory.numPorts) == (0, 0)


def messagesOf(factory: protocol.Factory) -> list[str]:
    """Return what a factory logs when it starts and stops."""
    formats: list[str] = []

    def observe(event: dict[str, object]) -> None:
        formats.append(str(event.get("log_format")))

    globalLogPublisher.addObserver(observe)
    try:
        factory.doStart()
        factory.doStop()
    finally:
        globalLogPublisher.removeObserver(observe)
    return formats


def test_noisy_factory_logs_its_start_and_stop() -> None:
    assert messagesOf(CountingFactory()) == [
        "Starting factory {factory!r}",
        "Stopping factory {factory!r}",
    ]


def test_quiet_factory_logs_nothing() -> None:
    factory = CountingFactory()
    factory.noisy = False

    assert messagesOf(factory) == []


class Child(protocol.ProcessProtocol):
    """Writes down its events."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def outReceived(self, data: bytes) -> None:
        self.events.append(("out", data))

    def errReceived(self, data: bytes) -> None:
        self.events.append(("err", data))

    def inConnectionLost(self) -> None:
        self.events.append("in lost")

    def outConnectionLost(self) -> None:
        self.events.append("out lost")

    def errConnectionLost(self) -> None:
        self.events.append("err lost")


def test_process_protocol_provides_its_interface() -> None:
    assert verifyObject(IProcessProtocol, Child())


def test_process_output_is_handed_on_by_pipe() -> None:
    child = Child()

    child.childDataReceived(1, b"a")
    child.childDataReceived(2, b"b")
    child.childDataReceived(7, b"c")

    assert child.events == [("out", b"a"), ("err", b"b")]


def test_process_pipes_that_close_are_handed_on() -> None:
    child = Child()

    for descriptor in (0, 1, 2, 7):
        child.childConnectionLost(descriptor)

    assert child.events == ["in lost", "out lost", "err lost"]


class Datagrams(protocol.DatagramProtocol):
    """Writes down its events."""

    noisy = False

    def __init__(self) -> None:
        self.events: list[str] = []

    def startProtocol(self) -> None:
        self.events.append(f"start {self.transport is not None}")

    def stopProtocol(self) -> None:
        self.events.append(f"stop {self.transport is not None}")


class NoUDP:
    """Stands for a UDP port that nobody writes to."""


def test_datagram_protocol_has_its_transport_from_start_to_stop() -> None:
    datagrams = Datagrams()

    datagrams.makeConnection(NoUDP())  # type: ignore[arg-type]
    datagrams.doStop()

    assert datagrams.events == ["start True", "stop False"]


def test_datagram_protocol_can_start_again() -> None:
    datagrams = Datagrams()
    datagrams.makeConnection(NoUDP())  # type: ignore[arg-type]
    datagrams.doStop()

    datagrams.makeConnection(NoUDP())  # type: ignore[arg-type]

    assert datagrams.events[-1] == "start True"


def test_file_wrapper_provides_its_interface() -> None:
    assert verifyObject(ITransport, protocol.FileWrapper(io.BytesIO()))


def test_file_wrapper_writes_to_its_file() -> None:
    file = io.BytesIO()
    wrapper = protocol.FileWrapper(file)

    wrapper.write(b"a")
    wrapper.writeSequence([b"b", b"c"])

    assert file.getvalue() == b"abc"


def test_file_wrapper_closes_its_file_once() -> None:
    file = io.BytesIO()
    wrapper = protocol.FileWrapper(file)

    wrapper.loseConnection()
    wrapper.loseConnection()

    assert file.closed
    assert wrapper.closed
    assert wrapper.disconnecting


def test_file_wrapper_asks_a_pull_producer_until_it_is_done() -> None:
    file = io.BytesIO()
    wrapper = protocol.FileWrapper(file)
    chunks = [b"x"] * 5000

    class Pulled:
        def resumeProducing(self) -> None:
            if chunks:
                wrapper.write(chunks.pop(0))

        def stopProducing(self) -> None:
            pass

    wrapper.registerProducer(Pulled(), False)

    assert file.getvalue() == b"x" * 5000


def test_file_wrapper_that_fails_goes_to_handle_exception() -> None:
    handled: list[bool] = []

    class Broken:
        def write(self, data: bytes) -> None:
            raise OSError("disk full")

        def close(self) -> None:
            pass

    class Handling(protocol.FileWrapper):
        def handleException(self) -> None:
            handled.append(True)

    Handling(Broken()).write(b"a")

    assert handled == [True]


def test_connection_lost_takes_any_reason() -> None:
    protocol.Protocol().connectionLost(Failure(ConnectionDone()))
