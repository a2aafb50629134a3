"""A port goes on when the system has no descriptor or no memory for one more connection."""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._port import Port
from twisted.internet._sockets._streamport import COMPLAIN_AGAIN, RETRY_AFTER
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogEvent, globalLogPublisher

from .reactor_helpers import RecordingServer


class Listener:
    """A socket whose `accept` has what it is given: a number of an error, or None for a client."""

    family = socket.AF_INET

    def __init__(self, results: list[int | None]) -> None:
        self.results = results
        self.accepted: list[socket.socket] = []

    def accept(self) -> tuple[socket.socket, object]:
        number = self.results.pop(0) if self.results else errno.EAGAIN
        if number is not None:
            raise OSError(number, os.strerror(number))
        made = socket.socket()
        self.accepted.append(made)
        return made, ("127.0.0.1", 1)

    def fileno(self) -> int:
        return 1000

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def complaints() -> Iterator[list[LogEvent]]:
    """What a port logs about connections that it can't accept."""
    found: list[LogEvent] = []

    def observe(event: LogEvent) -> None:
        if "{error}" in str(event.get("log_format")):
            found.append(event)

    globalLogPublisher.addObserver(observe)
    yield found
    globalLogPublisher.removeObserver(observe)


@pytest.fixture
def listening() -> Iterator[Callable[[list[int | None]], tuple[Port, MemoryReactorClock]]]:
    """Makes a port over a listener."""
    listeners: list[Listener] = []

    def make(results: list[int | None]) -> tuple[Port, MemoryReactorClock]:
        reactor = MemoryReactorClock()
        factory = RecordingServer(lambda: None)
        port = Port(1, factory, reactor=cast(IReactorOfPorts, reactor))
        port._adopted = socket.create_server(("127.0.0.1", 0))
        port.startListening()
        assert port.socket is not None
        port.socket.close()
        listeners.append(Listener(results))
        port.socket = cast(socket.socket, listeners[-1])
        return port, reactor

    yield make
    for listener in listeners:
        for skt in listener.accepted:
            skt.close()


Listening = Callable[[list[int | None]], tuple[Port, MemoryReactorClock]]


@pytest.mark.parametrize("number", [errno.ENOMEM, errno.ENOBUFS], ids=["ENOMEM", "ENOBUFS"])
def test_port_without_memory_waits_and_tries_again(
    listening: Listening, complaints: list[LogEvent], number: int
) -> None:
    port, reactor = listening([number, number, None])
    port.doRead()
    assert reactor.getReaders() == []
    reactor.advance(RETRY_AFTER)
    assert reactor.getReaders() == [port]
    port.doRead()
    reactor.advance(RETRY_AFTER)
    port.doRead()
    assert len(cast(Listener, port.socket).accepted) == 1
    assert len(complaints) == 1


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE], ids=["EMFILE", "ENFILE"])
def test_client_for_whom_there_is_no_descriptor_is_refused(
    listening: Listening, complaints: list[LogEvent], number: int
) -> None:
    port, reactor = listening([number, None, number, None])
    port.doRead()
    refused = cast(Listener, port.socket).accepted
    assert [skt.fileno() for skt in refused] == [-1, -1]
    assert cast(RecordingServer, port.factory).addresses == []
    assert reactor.getReaders() == [port]
    assert len(complaints) == 1


def test_port_at_its_limit_does_not_fill_the_log(
    listening: Listening, complaints: list[LogEvent]
) -> None:
    # One is accepted, the next one refused, and so on.
    port, reactor = listening([None, errno.EMFILE, None] * 10)
    port.doRead()
    assert len(complaints) == 1
    reactor.advance(COMPLAIN_AGAIN)
    cast(Listener, port.socket).results = [None, errno.EMFILE, None] * 10
    port.doRead()
    assert len(complaints) == 2


def test_port_that_is_stopped_does_not_try_again(
    listening: Listening, complaints: list[LogEvent]
) -> None:
    port, reactor = listening([errno.ENOMEM])
    port.doRead()
    port.stopListening()
    reactor.advance(0)
    assert reactor.getDelayedCalls() == []
    assert len(complaints) == 1


def test_port_that_can_not_be_watched_tries_again(
    listening: Listening, complaints: list[LogEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, reactor = listening([errno.ENOMEM, None])
    port.doRead()

    def refuse(reader: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(reactor, "addReader", refuse)
        reactor.advance(RETRY_AFTER)
    assert reactor.getReaders() == []
    reactor.advance(RETRY_AFTER)
    assert reactor.getReaders() == [port]
    assert len(complaints) == 1
