"""Watching descriptors: the pollers, and the loop over them with users' own descriptors."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet._pollers import (
    FAILED,
    HUNG_UP,
    INVALID,
    READABLE,
    WRITABLE,
    EpollPoller,
    Poller,
    PollPoller,
    SelectPoller,
    notOpen,
)
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets._filedescriptor import LARGE, PIECE_SIZE, toPieces
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionDone, ConnectionFdescWentAway, ConnectionLost
from twisted.internet.interfaces import IHalfCloseableDescriptor
from twisted.internet.main import CONNECTION_DONE, CONNECTION_LOST
from twisted.internet.selectreactor import SelectReactor
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import implementer
from twisted.python.failure import Failure

from .reactor_helpers import reactor, turn, turnUntil

__all__ = ["reactor"]

POLLERS: list[type[SelectPoller] | type[PollPoller] | type[EpollPoller]] = [
    SelectPoller,
    PollPoller,
    EpollPoller,
]


@pytest.fixture(params=POLLERS, ids=lambda kind: kind.__name__)
def poller(request: pytest.FixtureRequest) -> Iterator[Poller]:
    """A poller of each kind."""
    made: Poller = request.param()
    yield made
    made.close()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected sockets."""
    first, second = socket.socketpair()
    first.setblocking(False)
    second.setblocking(False)
    yield first, second
    first.close()
    second.close()


Ends = tuple[socket.socket, socket.socket]


class TestPollers:
    def test_nothing_happens_to_an_idle_descriptor(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), READABLE)
        assert list(poller.wait(0)) == []

    def test_data_makes_it_readable(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), READABLE)
        ends[1].send(b"x")
        assert list(poller.wait(None)) == [(ends[0].fileno(), READABLE)]

    def test_room_makes_it_writable(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), WRITABLE)
        assert list(poller.wait(None)) == [(ends[0].fileno(), WRITABLE)]

    def test_both_can_happen(self, poller: Poller, ends: Ends) -> None:
        fd = ends[0].fileno()
        poller.watch(fd, READABLE | WRITABLE)
        ends[1].send(b"x")
        events = 0
        for number, some in poller.wait(None):
            assert number == fd
            events |= some
        assert events == READABLE | WRITABLE

    def test_what_is_asked_can_change(self, poller: Poller, ends: Ends) -> None:
        fd = ends[0].fileno()
        poller.watch(fd, READABLE | WRITABLE)
        poller.watch(fd, READABLE)
        assert list(poller.wait(0)) == []

    def test_a_forgotten_descriptor_is_not_told_about(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), READABLE)
        poller.watch(ends[0].fileno(), 0)
        ends[1].close()
        assert list(poller.wait(0)) == []

    def test_forgetting_the_unknown_is_harmless(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), 0)
        poller.watch(-1, 0)

    def test_forgetting_a_closed_descriptor_is_harmless(self, poller: Poller) -> None:
        first, second = socket.socketpair()
        fd = first.fileno()
        poller.watch(fd, READABLE)
        first.close()
        poller.watch(fd, 0)
        second.close()
        assert list(poller.wait(0)) == []

    def test_a_number_that_is_used_again_can_be_watched(self, poller: Poller) -> None:
        first, second = socket.socketpair()
        fd = first.fileno()
        poller.watch(fd, READABLE)
        third, fourth = socket.socketpair()
        first.close()
        os.dup2(third.fileno(), fd)
        poller.watch(fd, READABLE | WRITABLE)
        assert fd in dict(poller.wait(0))
        poller.watch(fd, 0)
        os.close(fd)
        for skt in (second, third, fourth):
            skt.close()

    def test_regular_files_are_always_ready(self, poller: Poller) -> None:
        with open(__file__, "rb") as file:
            poller.watch(file.fileno(), READABLE)
            assert list(poller.wait(None)) == [(file.fileno(), READABLE)]
            poller.watch(file.fileno(), 0)
            assert list(poller.wait(0)) == []

    def test_the_wait_ends_with_its_time(self, poller: Poller, ends: Ends) -> None:
        poller.watch(ends[0].fileno(), READABLE)
        assert list(poller.wait(0.001)) == []


def test_descriptors_that_are_not_open_are_found(ends: Ends) -> None:
    gone = os.dup(ends[0].fileno())
    os.close(gone)
    assert notOpen([ends[0].fileno(), gone, -1]) == [gone, -1]


class FakePoller:
    """A poller that tells what a test says."""

    def __init__(self) -> None:
        self.watched: dict[int, int] = {}
        self.happenings: list[list[tuple[int, int]]] = []
        self.timeouts: list[float | None] = []

    def watch(self, fd: int, events: int) -> None:
        self.watched[fd] = events
        if not events:
            del self.watched[fd]

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        self.timeouts.append(timeout)
        return self.happenings.pop(0) if self.happenings else []

    def close(self) -> None:
        pass


class Descriptor:
    """A descriptor of a user that notes what happens to it."""

    def __init__(self, number: int = 1000) -> None:
        self.number = number
        self.happened: list[str] = []
        self.lost: list[Failure] = []
        self.result: Exception | None = None
        self.onRead: Callable[[], object] = lambda: None

    def fileno(self) -> int:
        return self.number

    def logPrefix(self) -> str:
        return "Descriptor"

    def doRead(self) -> Exception | None:
        self.happened.append("read")
        self.onRead()
        return self.result

    def doWrite(self) -> Exception | None:
        self.happened.append("write")
        return self.result

    def connectionLost(self, reason: Failure) -> None:
        self.happened.append("lost")
        self.lost.append(reason)
        self.number = -1


@implementer(IHalfCloseableDescriptor)
class HalfDescriptor(Descriptor):
    """A descriptor that can go on writing when there is nothing to read any more."""

    def readConnectionLost(self, reason: Failure) -> None:
        self.happened.append("read lost")

    def writeConnectionLost(self, reason: Failure) -> None:
        self.happened.append("write lost")


class Fixture:
    """A reactor over a fake poller."""

    def __init__(self) -> None:
        self.poller = FakePoller()
        self.reactor = PollingReactor(self.poller)

    def happen(self, *events: tuple[int, int]) -> None:
        self.poller.happenings.append(list(events))
        self.reactor.iterate()


@pytest.fixture
def fake() -> Iterator[Fixture]:
    made = Fixture()
    yield made
    made.reactor.close()


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    events: list[LogEvent] = []
    observer: Callable[[LogEvent], None] = events.append
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


class TestWatching:
    def test_reading_and_writing_are_told_apart(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.reactor.addWriter(descriptor)
        assert fake.poller.watched[1000] == READABLE | WRITABLE
        fake.happen((1000, READABLE))
        fake.happen((1000, WRITABLE))
        fake.happen((1000, READABLE | WRITABLE))
        assert descriptor.happened == ["read", "write", "read", "write"]

    def test_adding_twice_is_like_once(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.reactor.addReader(descriptor)
        assert fake.reactor.getReaders() == [descriptor]
        fake.reactor.removeReader(descriptor)
        assert fake.reactor.getReaders() == []

    def test_removing_what_is_not_watched_is_harmless(self, fake: Fixture) -> None:
        fake.reactor.removeReader(Descriptor())
        fake.reactor.removeWriter(Descriptor(-1))

    def test_another_with_the_same_number_is_not_removed(self, fake: Fixture) -> None:
        watched = Descriptor()
        fake.reactor.addReader(watched)
        fake.reactor.removeReader(Descriptor())
        assert fake.reactor.getReaders() == [watched]

    def test_a_closed_descriptor_can_be_removed(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.reactor.addWriter(descriptor)
        descriptor.number = -1
        fake.reactor.removeReader(descriptor)
        fake.reactor.removeWriter(descriptor)
        assert fake.reactor.getReaders() == []
        assert fake.reactor.getWriters() == []
        assert 1000 not in fake.poller.watched

    def test_remove_all_returns_each_once(self, fake: Fixture) -> None:
        both, writer = Descriptor(1000), Descriptor(1001)
        fake.reactor.addReader(both)
        fake.reactor.addWriter(both)
        fake.reactor.addWriter(writer)
        assert fake.reactor.removeAll() == [both, writer]
        assert len(fake.poller.watched) == 1

    def test_an_event_for_a_removed_descriptor_is_dropped(self, fake: Fixture) -> None:
        first, second = Descriptor(1000), Descriptor(1001)
        fake.reactor.addReader(first)
        fake.reactor.addReader(second)
        first.onRead = lambda: fake.reactor.removeReader(second)
        fake.happen((1000, READABLE), (1001, READABLE))
        assert second.happened == []

    @pytest.mark.parametrize("reason", [CONNECTION_DONE, CONNECTION_LOST])
    def test_a_returned_reason_ends_it(self, fake: Fixture, reason: Exception) -> None:
        descriptor = Descriptor()
        descriptor.result = reason
        fake.reactor.addReader(descriptor)
        fake.reactor.addWriter(descriptor)
        fake.happen((1000, READABLE))
        assert descriptor.happened == ["read", "lost"]
        assert descriptor.lost[0].value is reason
        assert fake.reactor.removeAll() == []

    def test_a_half_closeable_one_goes_on_writing(self, fake: Fixture) -> None:
        descriptor = HalfDescriptor()
        descriptor.result = CONNECTION_DONE
        fake.reactor.addReader(descriptor)
        fake.reactor.addWriter(descriptor)
        fake.happen((1000, READABLE))
        assert descriptor.happened == ["read", "read lost"]
        assert fake.reactor.getWriters() == [descriptor]

    def test_an_exception_is_logged_and_ends_it(
        self, fake: Fixture, logged: list[LogEvent]
    ) -> None:
        descriptor = Descriptor()
        descriptor.onRead = lambda: 1 / 0
        fake.reactor.addReader(descriptor)
        fake.happen((1000, READABLE))
        assert descriptor.lost[0].type is ZeroDivisionError
        assert len(logged) == 1

    def test_one_that_closed_itself_is_found(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        descriptor.onRead = lambda: setattr(descriptor, "number", -1)
        fake.reactor.addReader(descriptor)
        fake.happen((1000, READABLE))
        assert descriptor.lost[0].type is ConnectionFdescWentAway
        assert fake.reactor.getReaders() == []

    @pytest.mark.parametrize("events", [HUNG_UP, FAILED])
    def test_a_hang_up_ends_it(self, fake: Fixture, events: int) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.happen((1000, events))
        assert descriptor.happened == ["lost"]
        assert descriptor.lost[0].type is ConnectionLost

    def test_what_is_left_is_read_before_a_hang_up(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.happen((1000, READABLE | HUNG_UP))
        assert descriptor.happened == ["read"]

    def test_an_invalid_descriptor_ends(self, fake: Fixture) -> None:
        descriptor = Descriptor()
        fake.reactor.addReader(descriptor)
        fake.happen((1000, INVALID))
        assert descriptor.lost[0].type is ConnectionFdescWentAway

    def test_an_error_that_nobody_foresaw_does_not_end_the_loop(
        self, fake: Fixture, logged: list[LogEvent]
    ) -> None:
        class Broken:
            def settle(self) -> None:
                raise ZeroDivisionError

        first, second = Descriptor(1000), Descriptor(1001)
        fake.reactor.addReader(first)
        fake.reactor.addReader(second)
        first.onRead = lambda: fake.reactor.settleSoon(Broken())
        fake.happen((1000, READABLE), (1001, READABLE))
        assert second.happened == ["read"]
        assert len(logged) == 1

    def test_the_wait_is_as_long_as_the_next_call_is_away(self, fake: Fixture) -> None:
        fake.reactor.callLater(10, print)
        fake.reactor.doIteration(fake.reactor.timeout())
        timeout = fake.poller.timeouts[-1]
        assert timeout is not None
        assert 9 < timeout <= 10

    def test_the_wait_is_bounded(self, fake: Fixture) -> None:
        fake.reactor.callLater(1e9, print)
        assert fake.reactor.timeout() == 24 * 60 * 60

    def test_without_calls_the_wait_is_unbounded(self, fake: Fixture) -> None:
        assert fake.reactor.timeout() is None


class TestRealDescriptors:
    def test_a_pipe_can_be_read(self, reactor: PollingReactor) -> None:
        receiving, sending = os.pipe()
        got: list[bytes] = []
        descriptor = Descriptor(receiving)
        descriptor.onRead = lambda: got.append(os.read(receiving, 100))
        reactor.addReader(descriptor)
        os.write(sending, b"hello")
        turnUntil(reactor, lambda: got)
        reactor.removeReader(descriptor)
        os.close(receiving)
        os.close(sending)
        assert got == [b"hello"]

    def test_a_descriptor_closed_behind_the_reactors_back_does_no_harm(
        self, reactor: PollingReactor, ends: Ends
    ) -> None:
        # select and poll tell about it, epoll forgets it silently.
        descriptor, other = Descriptor(os.dup(ends[0].fileno())), Descriptor(ends[0].fileno())
        reactor.addReader(descriptor)
        reactor.addReader(other)
        os.close(descriptor.number)
        turn(reactor)
        ends[1].send(b"x")
        turnUntil(reactor, lambda: other.happened)
        if not isinstance(reactor._poller, EpollPoller):
            assert [failure.type for failure in descriptor.lost] == [ConnectionFdescWentAway]
        reactor.removeAll()


SIZES = st.lists(
    st.sampled_from([1, 100, LARGE - 1, LARGE, PIECE_SIZE, PIECE_SIZE + 1]), max_size=30
)


@given(SIZES)
def test_pieces_are_the_chunks_in_order_and_the_large_ones_are_not_copied(sizes: list[int]) -> None:
    chunks = [bytes([number]) * size for number, size in enumerate(sizes)]
    pieces = toPieces(chunks)[::-1]
    assert b"".join(pieces) == b"".join(chunks)
    assert all(any(piece is chunk for piece in pieces) for chunk in chunks if len(chunk) >= LARGE)
    assert all(len(piece) <= PIECE_SIZE for piece in pieces if piece not in chunks)


def test_small_chunks_are_joined() -> None:
    assert toPieces([b"a", b"b", b"c" * LARGE, b"d", b"e"]) == [b"de", b"c" * LARGE, b"ab"]


class Vectored(FileDescriptor):
    """A transport that takes three pieces at once, and of them as many bytes as it is told."""

    _piecesPerCall = 3

    def __init__(self, takes: list[int], reactor: PollingReactor) -> None:
        super().__init__(reactor)
        self.connected = True
        self.takes = takes
        self.taken = b""

    def fileno(self) -> int:
        return 0

    def startWriting(self) -> None:
        pass

    stopWriting = startWriting

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        return self._transmitPieces([data])

    def _transmitPieces(self, pieces: list[bytes | memoryview]) -> int:
        assert len(pieces) <= 3
        data = b"".join(pieces)[: self.takes.pop(0) if self.takes else None]
        self.taken += data
        return len(data)


@given(SIZES, st.lists(st.integers(0, 3 * PIECE_SIZE), max_size=20))
def test_pieces_that_are_sent_in_part_go_on_where_they_were(
    sizes: list[int], takes: list[int]
) -> None:
    reactor = SelectReactor()
    transport = Vectored(takes, reactor)
    written = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    for data in written:
        transport.write(data)
    transport.settle()
    for _ in range(len(takes) + len(written)):
        transport.doWrite()
    assert transport.taken == b"".join(written)
    reactor.close()


class PipeWriter(FileDescriptor):
    """A transport of a user, over any descriptor."""

    def __init__(self, skt: socket.socket, reactor: PollingReactor) -> None:
        super().__init__(reactor)
        self.skt = skt
        self.connected = True
        self.lost: list[Failure] = []
        self.error: Exception | None = None

    def fileno(self) -> int:
        return self.skt.fileno()

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        if self.error is not None:
            return self.error
        try:
            return self.skt.send(data)
        except BlockingIOError:
            return 0

    def connectionLost(self, reason: Failure) -> None:
        super().connectionLost(reason)
        self.lost.append(reason)
        self.skt.close()


def received(skt: socket.socket) -> bytes:
    """Return what waits at a socket."""
    parts = []
    while True:
        try:
            data = skt.recv(65536)
        except BlockingIOError:
            break
        if not data:
            break
        parts.append(data)
    return b"".join(parts)


class TestFileDescriptor:
    def test_what_was_written_is_sent(self, reactor: PollingReactor, ends: Ends) -> None:
        transport = PipeWriter(ends[0], reactor)
        transport.write(b"a")
        transport.writeSequence([b"b", b"c"])
        turn(reactor)
        assert received(ends[1]) == b"abc"

    def test_what_the_kernel_refuses_is_sent_later(
        self, reactor: PollingReactor, ends: Ends
    ) -> None:
        transport = PipeWriter(ends[0], reactor)
        data = bytes(range(256)) * 8000
        transport.write(data)
        transport.loseConnection()
        parts: list[bytes] = []

        def lost() -> bool:
            parts.append(received(ends[1]))
            return bool(transport.lost)

        turnUntil(reactor, lost)
        parts.append(received(ends[1]))
        assert b"".join(parts) == data
        assert transport.lost[0].type is ConnectionDone

    def test_an_error_that_is_returned_ends_it(self, reactor: PollingReactor, ends: Ends) -> None:
        transport = PipeWriter(ends[0], reactor)
        transport.error = CONNECTION_LOST
        transport.write(b"x")
        turnUntil(reactor, lambda: transport.lost)
        assert transport.lost[0].value is CONNECTION_LOST

    def test_on_a_reactor_that_does_not_settle_writability_is_waited_for(self, ends: Ends) -> None:
        class Other:
            """What a reactor of somebody else has."""

            def __init__(self) -> None:
                self.writers: list[FileDescriptor] = []

            def addWriter(self, writer: FileDescriptor) -> None:
                self.writers.append(writer)

            def removeWriter(self, writer: FileDescriptor) -> None:
                if writer in self.writers:
                    self.writers.remove(writer)

        other = Other()
        transport = PipeWriter(ends[0], other)  # type: ignore[arg-type]
        transport.write(b"x")
        assert other.writers == [transport]
        transport.doWrite()
        assert received(ends[1]) == b"x"
        assert other.writers == []


class Pouring:
    """A push producer that writes kibibytes until it is paused."""

    def __init__(self, transport: FileDescriptor) -> None:
        self.transport = transport
        self.paused = False
        transport.registerProducer(self, True)

    def resumeProducing(self) -> None:
        self.paused = False
        while not self.paused:
            self.transport.write(bytes(1024))

    def pauseProducing(self) -> None:
        self.paused = True

    def stopProducing(self) -> None:
        self.paused = True


class TestPushedAtOnce:
    """How much a push producer may gather depends on what the kernel takes."""

    def pour(
        self, reactor: PollingReactor, takes: list[int], bufferSize: int | None = None
    ) -> list[int]:
        """Send all that was gathered so often, and return how many KiB each time were more."""
        transport = Vectored(takes, reactor)
        if bufferSize is not None:
            transport.bufferSize = bufferSize
        Pouring(transport).resumeProducing()
        waiting = [transport._buffered // 1024]
        while takes:
            if transport._blocked:
                transport.doWrite()
            else:
                transport.settle()
            waiting.append(transport._buffered // 1024)
        return waiting

    def test_it_grows_while_all_is_taken(self, reactor: PollingReactor) -> None:
        assert self.pour(reactor, [10**9] * 4) == [65, 129, 257, 257, 257]

    def test_a_peer_that_takes_a_part_ends_that(self, reactor: PollingReactor) -> None:
        # The producer goes on when the rest was sent, and may write less than before.
        takes = [10**9, 10**9, 1024, 10**9, 0, 10**9]
        assert self.pour(reactor, takes) == [65, 129, 257, 256, 129, 129, 129]

    def test_it_is_a_multiple_of_what_was_set(self, reactor: PollingReactor) -> None:
        assert self.pour(reactor, [10**9] * 3, bufferSize=2048) == [3, 5, 9, 9]

    def test_a_producer_that_is_never_paused_changes_nothing(self, reactor: PollingReactor) -> None:
        transport = Vectored([], reactor)
        transport.registerProducer(Pouring(Vectored([], reactor)), True)
        for _ in range(5):
            transport.write(bytes(1024))
            transport.settle()
        transport.write(bytes(65 * 1024))
        assert transport.producerPaused
