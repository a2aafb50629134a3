"""FileSender, and files that go through wrappers."""

import io
from pathlib import Path
from typing import cast

import pytest

from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IFileSendingTransport, IPullProducer, ITransport
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.sendfile import sendFile
from twisted.internet.testing import AccumulatingProtocol, Loopback, StringTransport
from twisted.protocols.basic import FileSender
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure


class Sender(FileSender):
    """A sender whose chunks are small."""

    CHUNK_SIZE = 4


def drain(transport: StringTransport) -> None:
    """Ask a transport's producer for more until it is done."""
    while transport.producer is not None:
        cast(IPullProducer, transport.producer).resumeProducing()


class TestFileSender:
    """A file, chunk by chunk."""

    def test_is_a_pull_producer(self) -> None:
        assert verifyObject(IPullProducer, FileSender())

    def test_sends_a_chunk_whenever_it_is_asked(self) -> None:
        transport = StringTransport()
        Sender().beginFileTransfer(io.BytesIO(b"0123456789"), transport)
        producer = cast(IPullProducer, transport.producer)
        assert transport.streaming is False
        sizes = [len(transport.value())]
        while transport.producer is not None:
            producer.resumeProducing()
            sizes.append(len(transport.value()))

        assert [size for size in sizes if size] == [4, 8, 10, 10]

    def test_fires_with_the_last_byte(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        sender = Sender()
        sender.beginFileTransfer(io.BytesIO(b"0123456789"), transport).addBoth(results.append)
        drain(transport)

        assert transport.value() == b"0123456789"
        assert results == [b"9"]
        assert sender.lastSent == b"9"

    def test_empty_file_has_no_last_byte(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        FileSender().beginFileTransfer(io.BytesIO(), transport).addBoth(results.append)
        drain(transport)

        assert results == [b""]

    def test_begins_where_the_file_is(self) -> None:
        transport = StringTransport()
        file = io.BytesIO(b"0123456789")
        file.seek(7)
        FileSender().beginFileTransfer(file, transport)
        drain(transport)

        assert transport.value() == b"789"
        assert not file.closed

    def test_transform_changes_each_chunk(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        Sender().beginFileTransfer(
            io.BytesIO(b"abcdefgh"), transport, lambda chunk: chunk.upper() + b"|"
        ).addBoth(results.append)
        drain(transport)

        assert transport.value() == b"ABCD|EFGH|"
        assert results == [b"|"]

    def test_transform_may_leave_nothing(self) -> None:
        """A chunk of which nothing is left is no end of the file."""
        transport = StringTransport()
        Sender().beginFileTransfer(
            io.BytesIO(b"....abcd"), transport, lambda chunk: chunk.strip(b".")
        )
        drain(transport)

        assert transport.value() == b"abcd"

    def test_consumer_that_stops_fails_it(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        FileSender().beginFileTransfer(io.BytesIO(b"abc"), transport).addBoth(results.append)
        producer = transport.producer
        assert producer is not None
        producer.stopProducing()
        producer.stopProducing()

        assert isinstance(cast(Failure, results[0]).value, ConnectionLost)

    def test_file_that_fails(self) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                raise OSError(5, "Input/output error")

        transport = StringTransport()
        results: list[object] = []
        FileSender().beginFileTransfer(Broken(), transport).addBoth(results.append)
        drain(transport)

        assert isinstance(cast(Failure, results[0]).value, OSError)
        assert transport.producer is None

    def test_transform_that_fails(self) -> None:
        def fail(chunk: bytes) -> bytes:
            raise ZeroDivisionError

        transport = StringTransport()
        results: list[object] = []
        FileSender().beginFileTransfer(io.BytesIO(b"abc"), transport, fail).addBoth(results.append)
        drain(transport)

        assert isinstance(cast(Failure, results[0]).value, ZeroDivisionError)
        assert transport.value() == b""

    def test_cancelling_unregisters(self) -> None:
        transport = StringTransport()
        results: list[object] = []
        sender = FileSender()
        sending = sender.beginFileTransfer(io.BytesIO(b"abc"), transport)
        sending.addBoth(results.append)
        sending.cancel()

        assert isinstance(cast(Failure, results[0]).value, CancelledError)
        assert transport.producer is None

    def test_sends_one_file_at_a_time(self) -> None:
        transport = StringTransport()
        sender = FileSender()
        sender.beginFileTransfer(io.BytesIO(b"abc"), transport)
        with pytest.raises(RuntimeError, match="use another one"):
            sender.beginFileTransfer(io.BytesIO(b"abc"), StringTransport())

    def test_can_be_used_again(self) -> None:
        sender = FileSender()
        for _ in range(2):
            transport = StringTransport()
            sender.beginFileTransfer(io.BytesIO(b"abc"), transport)
            drain(transport)
            assert transport.value() == b"abc"

    def test_busy_consumer_is_refused(self) -> None:
        transport = StringTransport()
        FileSender().beginFileTransfer(io.BytesIO(b"abc"), transport)
        other = FileSender()
        with pytest.raises(RuntimeError):
            other.beginFileTransfer(io.BytesIO(b"abc"), transport)

        assert other.deferred is None


class Shouting(ProtocolWrapper):
    """A wrapper that changes what is written."""

    def write(self, data: bytes) -> None:
        super().write(data.upper())


class ShoutingFactory(WrappingFactory):
    """Makes such wrappers."""

    protocol = Shouting


class TestWrappers:
    """Whatever a wrapper does to what is written, it does to files."""

    @pytest.mark.parametrize("how", ["method", "function"])
    def test_file_goes_through_the_wrapper(self, how: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"content")
        factory = ShoutingFactory(Factory.forProtocol(Protocol))
        wrapper = factory.buildProtocol(None)
        assert isinstance(wrapper, Shouting)
        client = AccumulatingProtocol()
        loopback = Loopback(wrapper, client)
        results: list[int] = []
        with (tmp_path / "file").open("rb") as file:
            if how == "method":
                wrapper.sendFile(file).addCallback(results.append)
            else:
                sendFile(cast(ITransport, wrapper), file).addCallback(results.append)
        for _ in range(100):
            loopback.turn()

        assert client.data == b"CONTENT"
        assert results == [7]

    def test_wrapper_does_not_promise_what_it_can_not_keep(self) -> None:
        class Transport(StringTransport):
            """A transport that says it sends files."""

        from twisted.python.components import classImplements

        classImplements(Transport, IFileSendingTransport)
        wrapper = WrappingFactory(Factory.forProtocol(Protocol)).buildProtocol(None)
        assert wrapper is not None
        wrapper.makeConnection(Transport())

        assert not provides(IFileSendingTransport, wrapper)
        assert provides(ITransport, wrapper)
