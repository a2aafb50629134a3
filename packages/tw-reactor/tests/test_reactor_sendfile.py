"""Files over connections: TCP and UNIX on each kind of reactor, and everything else in blocks."""

import gzip
import io
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IFileSendingTransport,
    IPushProducer,
    ITransport,
    ReadableFile,
)
from twisted.internet.sendfile import sendBlocks, sendFile
from twisted.internet.testing import (
    AccumulatingProtocol,
    Loopback,
    SimulatedNetwork,
    StringTransport,
)
from twisted.python.components import implementer, provides
from twisted.python.failure import Failure

from .reactor_helpers import (
    Pair,
    Recorder,
    RecordingClient,
    RecordingServer,
    reactor,
    turn,
    turnUntil,
)

__all__ = ["reactor"]

BIG = os.urandom(1 << 16) * 64
"""More than the buffers of a connection hold at once (4 MiB)."""


class UNIXPair:
    """A connected pair over a UNIX socket."""

    def __init__(self, reactor: PollingReactor, path: str) -> None:
        self.reactor = reactor
        server, client = RecordingServer(), RecordingClient()
        reactor.listenUNIX(path, server)
        reactor.connectUNIX(path, client)
        turnUntil(reactor, lambda: server.built and client.built)
        self.server, self.client = server.built[0], client.built[0]
        turnUntil(reactor, lambda: self.server.made and self.client.made)


class Sending:
    """A connection whose server sends files."""

    def __init__(self, pair: Pair | UNIXPair) -> None:
        self.reactor = pair.reactor
        self.server, self.client = pair.server, pair.client
        self.transport = cast(IFileSendingTransport, pair.server.transport)
        self.results: list[object] = []

    def send(self, file: ReadableFile, offset: int = 0, count: int | None = None) -> Deferred[int]:
        """Send a file; its result will be in `results`."""
        sending = self.transport.sendFile(file, offset, count)
        sending.addBoth(self.results.append)
        return sending

    def pause(self) -> None:
        """Let the client read no more for now."""
        cast(IPushProducer, self.client.transport).pauseProducing()

    def resume(self) -> None:
        """Let the client read again."""
        cast(IPushProducer, self.client.transport).resumeProducing()

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        turnUntil(self.reactor, condition)

    def received(self, size: int) -> bytes:
        """Wait until the client has received so much, and a moment for what must not come."""
        turnUntil(self.reactor, lambda: len(self.client.received) >= size)
        turn(self.reactor)
        return self.client.received

    def failure(self) -> BaseException:
        """Wait for the one result, which has to be a failure."""
        turnUntil(self.reactor, lambda: self.results)
        assert len(self.results) == 1
        assert isinstance(self.results[0], Failure)
        return self.results[0].value


@pytest.fixture(params=["TCP", "UNIX"])
def sending(request: pytest.FixtureRequest, reactor: PollingReactor, tmp_path: Path) -> Sending:
    """A connection whose server sends files."""
    if request.param == "TCP":
        return Sending(Pair(reactor))
    return Sending(UNIXPair(reactor, str(tmp_path / "socket")))


@pytest.fixture
def big(tmp_path: Path) -> Iterator[IO[bytes]]:
    """A big file."""
    path = tmp_path / "big"
    path.write_bytes(BIG)
    with path.open("r+b") as file:
        yield file


class TestWhatArrives:
    """The bytes of the file, in their place."""

    def test_whole_file(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)

        assert sending.received(len(BIG)) == BIG
        assert sending.results == [len(BIG)]

    def test_file_may_be_closed_at_once(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)
        big.close()

        assert sending.received(len(BIG)) == BIG

    @pytest.mark.parametrize(
        ("offset", "count", "expected"),
        [
            (0, 3, b"012"),
            (4, None, b"456789"),
            (4, 2, b"45"),
            (9, 1, b"9"),
            (5, 0, b""),
            (20, None, b""),
        ],
    )
    def test_part_of_a_file(
        self, offset: int, count: int | None, expected: bytes, sending: Sending, tmp_path: Path
    ) -> None:
        path = tmp_path / "digits"
        path.write_bytes(b"0123456789")
        with path.open("rb") as file:
            file.seek(7)
            sending.send(file, offset, count)
            sending.transport.write(b".")

            assert sending.received(len(expected) + 1) == expected + b"."
            assert sending.results == [len(expected)]
            assert file.tell() == 7

    def test_order_of_writes_and_files(
        self, sending: Sending, big: IO[bytes], tmp_path: Path
    ) -> None:
        small = io.BytesIO(b"<small>")
        before = b"b" * 300_000
        sending.transport.write(before)
        sending.transport.write(b"first")
        sending.send(big)
        sending.transport.write(b"between")
        sending.transport.writeSequence([b" and ", b"between"])
        sending.send(small)
        sending.send(small, 1, 5)
        sending.transport.write(b"last")
        expected = before + b"first" + BIG + b"between and between<small>smalllast"

        assert sending.received(len(expected)) == expected
        assert sending.results == [len(BIG), 7, 5]

    def test_connection_goes_on_as_before(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big, 0, 10)
        sending.received(10)
        sending.transport.write(b"after")
        assert sending.received(15) == BIG[:10] + b"after"
        sending.client.transport.write(b"back")
        sending.until(lambda: sending.server.received == b"back")
        sending.send(big, 0, 3)

        assert sending.received(18).endswith(BIG[:3])

    def test_next_file_from_the_callback(self, sending: Sending, big: IO[bytes]) -> None:
        first = sending.transport.sendFile(big, 0, 4)
        sending.transport.write(b"-")
        first.addCallback(lambda _: sending.send(big, 4, 4))
        first.addCallback(lambda _: sending.transport.write(b"."))

        assert sending.received(10) == BIG[:4] + b"-" + BIG[4:8] + b"."

    def test_slow_reader_costs_no_memory(self, sending: Sending, big: IO[bytes]) -> None:
        sending.pause()
        sending.send(big)
        turn(sending.reactor, 20)
        assert sending.results == []
        assert vars(sending.transport)["_buffered"] == 0
        sending.resume()

        assert sending.received(len(BIG)) == BIG

    def test_lose_connection_waits_for_it(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)
        sending.transport.write(b"end")
        sending.transport.loseConnection()
        sending.until(lambda: sending.client.lost and sending.server.lost)

        assert sending.client.received == BIG + b"end"
        assert sending.client.lostWith is ConnectionDone
        assert sending.server.lostWith is ConnectionDone
        assert sending.results == [len(BIG)]

    def test_lose_write_connection_waits_for_it(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)
        sending.server.transport.loseWriteConnection()
        sending.until(lambda: sending.client.lost)

        assert sending.client.received == BIG

    def test_peer_that_sends_no_more_gets_the_rest(self, sending: Sending, big: IO[bytes]) -> None:
        sending.pause()
        sending.send(big)
        handle = cast(socket.socket, sending.client.transport.getHandle())  # type: ignore[attr-defined]
        handle.shutdown(socket.SHUT_WR)
        turn(sending.reactor)
        sending.resume()
        sending.until(lambda: sending.server.lost)

        assert sending.received(len(BIG)) == BIG
        assert sending.server.lostWith is ConnectionDone

    def test_producer_may_come_meanwhile(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)
        sendBlocks(sending.transport, io.BytesIO(b"produced"))

        assert sending.received(len(BIG) + 8) == BIG + b"produced"


class TestKindsOfFiles:
    """What is read by the kernel, and what is read here."""

    @pytest.mark.parametrize("buffering", [0, -1])
    def test_kernel_reads_plain_files(
        self, buffering: int, sending: Sending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "pread", None)
        path = tmp_path / "file"
        path.write_bytes(b"content")
        with path.open("rb", buffering) as file:
            sending.send(file)

        assert sending.received(7) == b"content"

    def test_what_was_written_to_the_file_is_there(self, sending: Sending, tmp_path: Path) -> None:
        with (tmp_path / "file").open("w+b") as file:
            file.write(b"in the buffer of Python")
            sending.send(file)

        assert sending.received(23) == b"in the buffer of Python"

    def test_compressed_file_is_sent_as_it_reads(self, sending: Sending, tmp_path: Path) -> None:
        path = tmp_path / "file.gz"
        path.write_bytes(gzip.compress(b"content" * 50_000))
        with gzip.open(path) as file:
            sending.send(cast(ReadableFile, file), 7)

            assert sending.received(349_993) == b"content" * 49_999

    def test_bytes_in_memory(self, sending: Sending) -> None:
        sending.send(io.BytesIO(BIG), 10)

        assert sending.received(len(BIG) - 10) == BIG[10:]

    def test_file_that_the_kernel_does_not_pass_on(self, sending: Sending) -> None:
        with open("/proc/self/stat", "rb") as file:
            expected = file.read(4)
            # Its size is told as 0: the whole of it would be nothing.
            sending.send(file, 0, 4)

            assert sending.received(4) == expected

    def test_pipe(self, sending: Sending) -> None:
        reading, writing = os.pipe()
        os.write(writing, b"content")
        os.close(writing)
        with open(reading, "rb") as file:
            with pytest.raises(ValueError, match="can't seek"):
                sending.send(file, 1)
            sending.send(file)

            assert sending.received(7) == b"content"

    def test_text_is_refused(self, sending: Sending, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("text")
        with (tmp_path / "text").open() as file, pytest.raises(TypeError, match="in binary"):
            sending.send(cast(ReadableFile, file))

    @pytest.mark.parametrize(("offset", "count"), [(-1, None), (0, -1)])
    def test_negative_numbers_are_refused(
        self, offset: int, count: int | None, sending: Sending
    ) -> None:
        with pytest.raises(ValueError, match="negative"):
            sending.send(io.BytesIO(b"x"), offset, count)

    def test_descriptor_goes_with_the_first_byte(
        self, reactor: PollingReactor, tmp_path: Path, big: IO[bytes]
    ) -> None:
        """Of two descriptors that wait, one goes with the file and one with what comes after."""
        left, right = socket.socketpair()
        right.settimeout(20)
        from twisted.internet._sockets._unixconnection import UNIXConnection

        connection = UNIXConnection(left, Recorder(), reactor)
        connection.begin()
        reading, writing = os.pipe()
        connection.sendFileDescriptor(reading)
        connection.sendFile(big, 0, 5)
        connection.write(b"a")
        connection.sendFileDescriptor(writing)
        connection.write(b"b")
        turn(reactor)
        os.close(reading)
        os.close(writing)
        data, found, _, _ = socket.recv_fds(right, 1, 5)
        assert data == BIG[:1]
        assert len(found) == 1
        rest, more, _, _ = socket.recv_fds(right, 100, 5)
        while len(rest) < 6:
            chunk, others, _, _ = socket.recv_fds(right, 100, 5)
            rest, more = rest + chunk, more + others
        assert rest == BIG[1:5] + b"ab"
        os.write(more[0], b"through")
        assert os.read(found[0], 10) == b"through"
        for fd in (*found, *more):
            os.close(fd)
        right.close()


class FailingFile(io.BytesIO):
    """A file whose disk fails from some place on."""

    def __init__(self, data: bytes, good: int) -> None:
        super().__init__(data)
        self.good = good

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self.good:
            raise OSError(5, "Input/output error")
        return super().read(size)


class TestWhatFails:
    """Files that change or fail, and connections that end."""

    def test_file_that_shrinks(self, sending: Sending, big: IO[bytes]) -> None:
        sending.pause()
        sending.send(big)
        turn(sending.reactor)
        big.truncate(100)
        sending.resume()
        sending.until(lambda: sending.results)
        sending.transport.write(b"after")
        sent = cast(int, sending.results[0])

        assert 100 <= sent < len(BIG)
        received = sending.received(sent + 5)
        # The kernel sends from the file's own pages, so what was cut off and not delivered yet
        # may arrive as zeros.
        assert len(received) == sent + 5
        assert received[:100] == BIG[:100]
        assert received.endswith(b"after")

    def test_file_that_is_too_short_breaks_the_connection(
        self, sending: Sending, big: IO[bytes]
    ) -> None:
        sending.send(big, 0, len(BIG) + 1)
        sending.transport.write(b"never")

        error = sending.failure()
        assert isinstance(error, EOFError)
        assert str(error) == f"the file ended after {len(BIG)} of {len(BIG) + 1} bytes"
        sending.until(lambda: sending.client.lost)
        assert sending.server.lostWith is ConnectionAborted
        assert b"never" not in sending.client.received

    def test_file_that_grows_is_sent_as_it_was(self, sending: Sending, big: IO[bytes]) -> None:
        sending.send(big)
        with open(big.name, "ab") as more:
            more.write(b"more")

        assert sending.received(len(BIG)) == BIG
        assert sending.results == [len(BIG)]

    def test_file_that_fails_before_its_first_byte(self, sending: Sending) -> None:
        sending.transport.write(b"before")
        sending.send(FailingFile(b"", 0))
        sending.transport.write(b", after")

        assert isinstance(sending.failure(), OSError)
        assert sending.received(13) == b"before, after"
        assert not sending.server.lost

    def test_file_that_fails_later_breaks_the_connection(self, sending: Sending) -> None:
        sending.send(FailingFile(bytes(200_000), 100_000))
        sending.transport.write(b"never")

        error = sending.failure()
        assert isinstance(error, OSError)
        assert error.errno == 5
        sending.until(lambda: sending.client.lost)
        assert sending.server.lostWith is ConnectionAborted
        assert b"never" not in sending.client.received

    def test_next_file_is_sent_after_one_that_failed(self, sending: Sending) -> None:
        sending.send(FailingFile(b"", 0))
        sending.transport.write(b"and ")
        sending.send(io.BytesIO(b"next"))

        assert sending.received(8) == b"and next"
        assert sending.results[1] == 4

    @pytest.mark.parametrize("end", ["abortConnection", "reset"])
    def test_lost_connection_fails_all_files(
        self, end: str, sending: Sending, big: IO[bytes]
    ) -> None:
        sending.pause()
        sending.send(big)
        sending.send(big)
        turn(sending.reactor)
        if end == "abortConnection":
            sending.server.transport.abortConnection()
        else:
            sending.client.transport.abortConnection()
        sending.until(lambda: sending.server.lost)

        assert len(sending.results) == 2
        for result in sending.results:
            assert isinstance(result, Failure)
            assert type(result.value) is sending.server.lostWith

    def test_file_after_the_end_fails(self, sending: Sending, big: IO[bytes]) -> None:
        sending.transport.loseConnection()
        sending.until(lambda: sending.server.lost)
        sending.send(big)

        assert isinstance(sending.failure(), ConnectionLost)

    def test_registered_producer_refuses_it(self, sending: Sending, big: IO[bytes]) -> None:
        consumer = cast(IConsumer, sending.transport)
        consumer.registerProducer(IdleProducer(), True)
        with pytest.raises(RuntimeError, match=r"IdleProducer.*is registered.*unregister"):
            sending.send(big)

    def test_descriptors_are_closed(self, sending: Sending, big: IO[bytes]) -> None:
        before = len(os.listdir("/proc/self/fd"))
        sending.send(big, 0, 5)
        sending.send(big, 0, 5).cancel()
        sending.received(5)
        sending.send(big)
        turn(sending.reactor)
        sending.transport.loseConnection()
        sending.server.transport.abortConnection()
        sending.until(lambda: sending.client.lost and sending.server.lost)

        assert len(os.listdir("/proc/self/fd")) <= before


class TestCancelling:
    """Taking a file out."""

    @pytest.mark.parametrize("which", [0, 1, 2])
    def test_before_its_first_byte(self, which: int, sending: Sending) -> None:
        files = []
        for number in range(3):
            sending.transport.write(b"w%d" % number)
            files.append(sending.transport.sendFile(io.BytesIO(b"f%d" % number)))
        sending.transport.write(b"end")
        files[which].addErrback(lambda failure: failure.trap(CancelledError) and 0)
        files[which].cancel()
        expected = b"".join(b"w%d" % n + (b"" if n == which else b"f%d" % n) for n in range(3))

        assert sending.received(len(expected) + 3) == expected + b"end"

    def test_later_it_breaks_the_connection(self, sending: Sending, big: IO[bytes]) -> None:
        sending.pause()
        file = sending.send(big)
        turn(sending.reactor)
        file.cancel()
        sending.until(lambda: sending.server.lost)

        assert isinstance(sending.failure(), CancelledError)
        assert sending.server.lostWith is ConnectionAborted

    def test_while_the_connection_is_lost(self, sending: Sending, big: IO[bytes]) -> None:
        first, second = sending.transport.sendFile(big), sending.transport.sendFile(big)
        second.addErrback(sending.results.append)
        first.addErrback(lambda failure: second.cancel())
        sending.server.transport.abortConnection()
        sending.until(lambda: sending.server.lost)

        assert isinstance(sending.failure(), CancelledError)


@implementer(IPushProducer)
class IdleProducer:
    """A producer that writes nothing."""

    def pauseProducing(self) -> None: ...
    def resumeProducing(self) -> None: ...
    def stopProducing(self) -> None: ...


class Wrapper:
    """A transport over another that changes what is written, and hands on what it does not know."""

    def __init__(self, transport: ITransport) -> None:
        self.transport = transport

    def write(self, data: bytes) -> None:
        self.transport.write(data.upper())

    def __getattr__(self, name: str) -> object:
        return getattr(self.transport, name)


class TestTheFunction:
    """One call for every transport."""

    def test_transport_that_sends_files_does_it(self, sending: Sending, big: IO[bytes]) -> None:
        results: list[int] = []
        sendFile(sending.transport, big, 2, 1000).addCallback(results.append)
        sending.transport.write(b"after")

        assert provides(IFileSendingTransport, sending.transport)
        assert sending.received(1005) == BIG[2:1002] + b"after"
        assert results == [1000]

    def test_wrapper_is_not_passed_by(self, sending: Sending, tmp_path: Path) -> None:
        (tmp_path / "text").write_bytes(b"text")
        with (tmp_path / "text").open("rb") as file:
            sendFile(cast(ITransport, Wrapper(sending.transport)), file)

        assert sending.received(4) == b"TEXT"

    def test_transport_in_memory(self, big: IO[bytes]) -> None:
        transport = StringTransport()
        results: list[int] = []
        sendFile(transport, big).addCallback(results.append)
        while transport.producer is not None:
            assert results == []
            cast("io.BytesIO", transport.producer).resumeProducing()  # type: ignore[attr-defined]

        assert transport.value() == BIG
        assert results == [len(BIG)]

    def test_loopback(self, big: IO[bytes]) -> None:
        server, client = AccumulatingProtocol(), AccumulatingProtocol()
        loopback = Loopback(server, client)
        assert server.transport is not None
        done: list[int] = []
        sendFile(server.transport, big).addCallback(done.append)
        for _ in range(10_000):
            if done:
                break
            loopback.turn()

        assert done == [len(BIG)]
        assert client.data == BIG

    def test_stopped_producer_fails(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        sendFile(transport, io.BytesIO(BIG)).addBoth(results.append)
        assert transport.producer is not None
        transport.producer.stopProducing()
        transport.producer.stopProducing()

        assert isinstance(cast(Failure, results[0]).value, ConnectionLost)

    def test_file_that_fails_breaks_the_connection(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        sendFile(transport, FailingFile(bytes(200_000), 100_000)).addBoth(results.append)
        for _ in range(3):
            if transport.producer is not None:
                transport.producer.resumeProducing()  # type: ignore[attr-defined]

        assert isinstance(cast(Failure, results[0]).value, OSError)
        assert transport.disconnected
        assert transport.producer is None

    def test_cancelling_unregisters(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        sendFile(transport, io.BytesIO(BIG)).addBoth(results.append).cancel()

        assert isinstance(cast(Failure, results[0]).value, CancelledError)
        assert transport.producer is None
        assert not transport.disconnected

    def test_second_producer_is_refused(self) -> None:
        transport = StringTransport()
        transport.registerProducer(IdleProducer(), True)
        with pytest.raises(RuntimeError):
            sendFile(transport, io.BytesIO(BIG))

    def test_transport_without_producers_is_refused(self) -> None:
        with pytest.raises(TypeError, match="takes no producers"):
            sendFile(cast(ITransport, object()), io.BytesIO(BIG))


def test_simulated_connection(big: IO[bytes]) -> None:
    """Its sockets have no descriptors, so nothing may be sent to one of that number."""
    network = SimulatedNetwork(1)
    there, here = network.host("there"), network.host("here")
    servers, clients = RecordingServer(), RecordingClient()
    there.listenTCP(80, servers)
    here.connectTCP("there", 80, clients)
    network.run(lambda: servers.built and clients.built)
    results: list[int] = []
    sendFile(servers.built[0].transport, big, 0, 300_000).addCallback(results.append)
    network.run(lambda: len(clients.built[0].received) >= 300_000)

    assert clients.built[0].received == BIG[:300_000]
    assert results == [300_000]
