"""When workers are started anew, with a clock that jumps and processes that are none."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.application.workers import (
    FIRST_DELAY,
    LONG_LIFE,
    LONGEST_DELAY,
    PATIENCE,
    Worker,
    WorkerError,
    Workers,
)
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.task import Clock
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure


class DummyTransport:
    """Stands in for a process; remembers the signals."""

    pid = 1

    def __init__(self) -> None:
        self.signals: list[str] = []

    def signalProcess(self, name: str) -> None:
        self.signals.append(name)


class WorkerReactor(Clock):
    """Starts nothing, and remembers what it was to start."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Worker] = []
        self.channels: list[IReadDescriptor] = []
        self.failing: OSError | None = None

    def spawnProcess(self, worker: Worker, *args: object, **options: object) -> None:
        if self.failing is not None:
            raise self.failing
        worker.transport = DummyTransport()  # type: ignore[assignment]  # stands in for one
        self.started.append(worker)

    def addReader(self, channel: IReadDescriptor) -> None:
        self.channels.append(channel)

    def removeReader(self, channel: IReadDescriptor) -> None:
        self.channels.remove(channel)


@pytest.fixture
def reactor() -> Iterator[WorkerReactor]:
    """What starts nothing."""
    made = WorkerReactor()
    yield made
    for channel in list(made.channels):
        channel.connectionLost(Failure(ProcessTerminated(1)))


def workers(reactor: WorkerReactor, count: int) -> Workers:
    """Return the service of the tests."""
    return Workers(reactor, count, command=["program"])  # type: ignore[arg-type]  # it is enough


def die(worker: Worker) -> None:
    """Let a worker end by itself."""
    worker.processEnded(Failure(ProcessTerminated(1)))


def ready(reactor: WorkerReactor, number: int = -1) -> Worker:
    """Let the worker that was started last be ready; return it."""
    worker = reactor.started[number]
    worker.becameReady(reactor.seconds())
    return worker


def test_others_are_started_when_the_first_is_ready(reactor: WorkerReactor) -> None:
    service = workers(reactor, 3)
    started: list[object] = []
    service.startService().addCallback(started.append)
    assert len(reactor.started) == 1
    ready(reactor)
    assert len(reactor.started) == 3
    assert started == []
    ready(reactor, 1)
    ready(reactor, 2)
    assert len(started) == 1


def test_worker_that_dies_again_and_again_is_started_less_and_less_often(
    reactor: WorkerReactor,
) -> None:
    service = workers(reactor, 1)
    service.startService()
    ready(reactor)
    delay = FIRST_DELAY
    for count in range(2, 14):
        die(reactor.started[-1])
        reactor.advance(delay * 0.99)
        assert len(reactor.started) == count - 1
        reactor.advance(delay * 0.02)
        assert len(reactor.started) == count
        delay = min(delay * 2, LONGEST_DELAY)
    assert delay == LONGEST_DELAY


def test_worker_that_has_lived_long_is_started_at_once(reactor: WorkerReactor) -> None:
    service = workers(reactor, 1)
    service.startService()
    ready(reactor)
    for _ in range(5):
        die(reactor.started[-1])
        reactor.advance(LONGEST_DELAY)
    ready(reactor)
    reactor.advance(LONG_LIFE)
    before = len(reactor.started)
    die(reactor.started[-1])
    reactor.advance(FIRST_DELAY)
    assert len(reactor.started) == before + 1


def test_worker_that_is_not_ready_in_time_is_killed(reactor: WorkerReactor) -> None:
    service = workers(reactor, 1)
    failed: list[Failure] = []
    service.startService().addErrback(failed.append)
    (worker,) = reactor.started
    reactor.advance(PATIENCE)
    assert worker.transport.signals == ["KILL"]  # type: ignore[attr-defined]  # a dummy
    die(worker)
    assert failed[0].check(WorkerError)
    reactor.advance(LONGEST_DELAY)
    assert len(reactor.started) == 1


def test_program_that_cannot_be_started_is_an_error(reactor: WorkerReactor) -> None:
    reactor.failing = FileNotFoundError(2, "No such file")
    failed: list[Failure] = []
    workers(reactor, 2).startService().addErrback(failed.append)
    assert "cannot be started" in failed[0].getErrorMessage()


def stopping(service: Workers) -> list[object]:
    """Stop a service; return where it says when that is done."""
    done: list[object] = []
    service.stopService().addCallback(done.append)
    return done


def test_end_tells_the_workers_and_waits_for_them(reactor: WorkerReactor) -> None:
    service = workers(reactor, 2)
    service.startService().addErrback(lambda failure: None)
    ready(reactor)
    done = stopping(service)
    first, second = reactor.started
    assert first.transport.signals == second.transport.signals == ["TERM"]  # type: ignore[attr-defined]
    die(first)
    assert done == []
    reactor.advance(1000)
    assert second.transport.signals == ["TERM", "KILL"]  # type: ignore[attr-defined]
    die(second)
    assert len(done) == 1
    reactor.advance(1000)
    assert len(reactor.started) == 2
    assert not reactor.getDelayedCalls()


def replaced(reactor: WorkerReactor) -> tuple[Workers, list[object]]:
    """Return a service of two workers that are being replaced, and what becomes of that."""
    service = workers(reactor, 2)
    service.startService()
    ready(reactor, 0)
    ready(reactor, 1)
    outcome: list[object] = []
    service.replaceAll().addBoth(outcome.append)
    return service, outcome


def test_workers_are_replaced_one_after_the_other(reactor: WorkerReactor) -> None:
    service, outcome = replaced(reactor)
    first, second, third = reactor.started
    assert first.transport.signals == []  # type: ignore[attr-defined]
    ready(reactor)
    assert first.transport.signals == ["TERM"]  # type: ignore[attr-defined]
    assert second.transport.signals == []  # type: ignore[attr-defined]
    again: list[object] = []
    service.replaceAll().addBoth(again.append)
    ready(reactor)
    assert second.transport.signals == ["TERM"]  # type: ignore[attr-defined]
    assert outcome == again == [None]
    assert not third.dismissed


def test_old_worker_stays_if_the_new_one_fails(reactor: WorkerReactor) -> None:
    _, outcome = replaced(reactor)
    first, second, third = reactor.started
    die(third)
    (failure,) = outcome
    assert isinstance(failure, Failure)
    assert failure.check(WorkerError)
    assert first.transport.signals == second.transport.signals == []  # type: ignore[attr-defined]
    # And it is looked after as before.
    die(first)
    reactor.advance(FIRST_DELAY)
    assert len(reactor.started) == 4


def test_replacing_that_cannot_begin_fails(reactor: WorkerReactor) -> None:
    service = workers(reactor, 1)
    service.startService()
    ready(reactor)
    reactor.failing = OSError(os.strerror(11))
    outcome: list[object] = []
    service.replaceAll().addBoth(outcome.append)
    assert isinstance(outcome[0], Failure)


@pytest.fixture
def reporting(reactor: WorkerReactor) -> Iterator[socket.socket]:
    """The end of a worker, which is the first of two, of its channel."""
    ours, its = socket.socketpair()
    service = workers(reactor, 2)
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(socket, "socketpair", lambda: (ours, its.dup()))
        started = service.startService()
    started.addErrback(lambda failure: None)
    with its:
        yield its


def said(reactor: WorkerReactor, its: socket.socket, *texts: bytes) -> list[LogEvent]:
    """Let the first worker say something; return what is logged about it."""
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        for text in texts:
            its.sendall(text)
            for channel in reactor.channels[:1]:
                channel.doRead()
    finally:
        globalLogPublisher.removeObserver(events.append)
    return events


def test_worker_is_ready_when_it_has_reported(
    reactor: WorkerReactor, reporting: socket.socket
) -> None:
    assert said(reactor, reporting, b"[", b"]\n") == []
    assert len(reactor.started) == 2


@pytest.mark.parametrize(
    "texts",
    [
        [b"nonsense\n"],
        [b"{}\n"],
        [b"[" * 60000 + b"\n"],
        [b'["TCP 1"]\n'],
        [b'{"status": "x", "failed": "x"}\n'],
        [b"[]\n", b"[]\n"],
    ],
    ids=["no JSON", "no report", "too deep", "no socket", "no status", "twice"],
)
def test_worker_that_is_not_understood_is_not_heard(
    reactor: WorkerReactor, reporting: socket.socket, texts: list[bytes]
) -> None:
    (event,) = said(reactor, reporting, *texts)
    assert "not heard any more" in event["log_format"]
    with pytest.raises(BrokenPipeError):
        reporting.sendall(b"x")


def test_report_that_has_no_end_is_given_up(
    reactor: WorkerReactor, reporting: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twisted.application.workers.MAXIMUM_REPORT", 10)
    said(reactor, reporting, b"[" * 11)
    with pytest.raises(BrokenPipeError):
        reporting.sendall(b"x")


def test_reason_of_a_worker_is_that_of_the_whole(reactor: WorkerReactor) -> None:
    ours, its = socket.socketpair()
    service = workers(reactor, 1)
    failed: list[Failure] = []
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(socket, "socketpair", lambda: (ours, its.dup()))
        service.startService().addErrback(failed.append)
    with its:
        its.sendall(b'{"status": 66, "failed": "no\\nfile"}\n')
    # The end of the process is known before its last words are read.
    die(reactor.started[0])
    assert str(failed[0].value) == "no file"
    assert isinstance(failed[0].value, WorkerError)
    assert failed[0].value.status == 66


def test_sockets_of_workers_are_kept_up_to_a_number(
    reactor: WorkerReactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twisted.application.workers.MAXIMUM_SOCKETS", 2)
    service = workers(reactor, 1)
    sockets = [socket.socket() for _ in range(3)]
    for number, skt in enumerate(sockets):
        service.keep(f"TCP {number}", skt)
    assert [skt.fileno() == -1 for skt in sockets] == [False, False, True]
    assert len(stopping(service)) == 1
    assert all(skt.fileno() == -1 for skt in sockets)


def test_file_that_is_no_socket_is_not_removed(
    reactor: WorkerReactor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    service = workers(reactor, 1)
    for name in ("mine", "other", "gone"):
        skt = socket.socket(socket.AF_UNIX)
        skt.bind(name)
        if name != "mine":
            # As a worker could have it whose directory is another.
            (tmp_path / name).unlink()
        if name == "other":
            (tmp_path / name).touch()
        service.keep(f"UNIX {name!r}", skt)
    assert len(stopping(service)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["other"]
