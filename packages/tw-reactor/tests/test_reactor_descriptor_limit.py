"""A process that has as many descriptors open as it may goes on, and recovers when it has fewer."""

import errno
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError, ConnectError
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import DatagramProtocol, ProcessProtocol
from twisted.internet.threads import deferToThreadPool
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from .reactor_helpers import (
    HANGS_AFTER,
    TURNING_WITHOUT_DESCRIPTORS,
    RecordingClient,
    RecordingServer,
    reactor,
    turnUntil,
)

__all__ = ["reactor"]

pytestmark = pytest.mark.parametrize("reactor", TURNING_WITHOUT_DESCRIPTORS, indirect=True)

MANY = 20


@contextmanager
def exhausted(free: int = 0) -> Iterator[None]:
    """Let so many descriptors be free, and no more, as long as the context lasts."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    used: list[int] = []
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1 + free, limits[1]))
    try:
        while True:
            try:
                used.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                break
        for _ in range(free):
            os.close(used.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in used:
            os.close(descriptor)


def openDescriptors() -> int:
    """Return how many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def complaints() -> Iterator[list[LogEvent]]:
    """What is logged as an error."""
    found: list[LogEvent] = []

    def observe(event: LogEvent) -> None:
        if event["log_level"].name in ("error", "critical"):
            found.append(event)

    globalLogPublisher.addObserver(observe)
    yield found
    globalLogPublisher.removeObserver(observe)


class Ending(ProcessProtocol):
    """Remembers how a process ended, and what it said."""

    def __init__(self) -> None:
        self.ends: list[Failure] = []
        self.said = b""

    def outReceived(self, data: bytes) -> None:
        self.said += data

    def processEnded(self, reason: Failure) -> None:
        self.ends.append(reason)


def test_listeners_refuse_cleanly_and_recover(
    reactor: PollingReactor, tmp_path: Path, complaints: list[LogEvent]
) -> None:
    path = str(tmp_path / "socket")
    factory = RecordingServer()
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    reactor.listenUNIX(path, factory)
    places: list[tuple[int, tuple[str, int] | str]] = [
        (socket.AF_INET, ("127.0.0.1", port.getHost().port)),
        (socket.AF_UNIX, path),
    ]
    clients = [(socket.socket(family), name) for family, name in places * MANY]
    with exhausted():
        for client, name in clients:
            client.connect(name)
            client.setblocking(False)
        waiting = [client for client, _ in clients]
        turnUntil(reactor, lambda: all(_isRefused(client) for client in waiting))
        assert factory.built == []
    for client, _ in clients:
        client.close()
    assert len(complaints) == 2, "one for each port"
    assert all(event["error"].errno == errno.EMFILE for event in complaints)
    for number in range(1, 3):
        family, name = places[number - 1]
        with socket.socket(family) as client:
            client.connect(name)
            turnUntil(reactor, lambda: len(factory.built) == number)  # noqa: B023 - called here


def _isRefused(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False


def test_connecting_fails_and_works_again(reactor: PollingReactor, tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    factory = RecordingServer()
    number = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    reactor.listenUNIX(path, factory)
    tcp, unix = RecordingClient(), RecordingClient()
    with exhausted():
        reactor.connectTCP("127.0.0.1", number, tcp)
        reactor.connectUNIX(path, unix)
        turnUntil(reactor, lambda: tcp.reasons and unix.reasons)
    for client in (tcp, unix):
        assert client.events == ["start", "connecting", "failed", "stop"]
        error = client.reasons[0].value
        assert isinstance(error, ConnectError)
        assert "Too many open files" in str(error)
    reactor.connectTCP("127.0.0.1", number, tcp)
    reactor.connectUNIX(path, unix)
    turnUntil(reactor, lambda: tcp.built and unix.built)


def test_listening_fails_with_an_error_that_says_why(
    reactor: PollingReactor, tmp_path: Path
) -> None:
    listens: list[Callable[[], IListeningPort]] = [
        lambda: reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1"),
        lambda: reactor.listenUDP(0, DatagramProtocol(), interface="127.0.0.1"),
        lambda: reactor.listenUNIX(str(tmp_path / "s"), RecordingServer(), wantPID=True),
    ]
    before = openDescriptors()
    for free in range(3):
        with exhausted(free):
            opened = []
            for listen in listens:
                try:
                    opened.append(listen())
                except CannotListenError as error:
                    assert "Too many open files" in str(error)  # noqa: PT017 - or it has worked
            assert len(opened) <= free
            for port in opened:
                port.stopListening()
            turnUntil(reactor, lambda: not reactor.getDelayedCalls())
    # One more may be kept in reserve.
    assert openDescriptors() <= before + 1
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("usePTY", [False, True], ids=["pipes", "terminal"])
def test_process_is_started_or_leaves_nothing(reactor: PollingReactor, usePTY: bool) -> None:
    started = failed = 0
    for free in range(14):
        protocol = Ending()
        before = openDescriptors()
        with exhausted(free):
            try:
                reactor.spawnProcess(protocol, "/bin/echo", ["echo", "hello"], {}, usePTY=usePTY)
            except OSError as error:
                assert error.errno == errno.EMFILE  # noqa: PT017 - or it has worked
                failed += 1
            else:
                started += 1
                turnUntil(reactor, lambda: protocol.ends)  # noqa: B023 - called here
        assert openDescriptors() == before
        assert reactor.getReaders() == []
    assert failed > 0
    assert started > 0
    last = Ending()
    reactor.spawnProcess(last, sys.executable, [sys.executable, "-c", "print('hello')"], {})
    turnUntil(reactor, lambda: last.ends)
    assert last.said == b"hello\n"


def test_threads_and_the_waker_are_not_hurt(reactor: PollingReactor) -> None:
    pool = ThreadPool(0, 3)
    pool.start()
    results: list[object] = []
    woken: list[int] = []
    try:
        with exhausted():
            deferred: Deferred[int] = deferToThreadPool(reactor, pool, lambda: 42)
            deferred.addBoth(results.append)
            for number in range(100):
                threading.Thread(target=reactor.callFromThread, args=(woken.append, number)).start()
            turnUntil(reactor, lambda: results and len(woken) == 100)
    finally:
        pool.stop()
    assert results == [42]


def test_looking_a_name_up_fails_or_works(reactor: PollingReactor) -> None:
    client = RecordingClient()
    ended: list[str] = []

    def connect() -> None:
        reactor.connectTCP("localhost", 9, client, timeout=HANGS_AFTER)

    def poll() -> None:
        if client.reasons:
            ended.append("failed")
            reactor.stop()
        else:
            reactor.callLater(0.01, poll)

    with exhausted():
        reactor.callWhenRunning(connect)
        reactor.callWhenRunning(poll)
        reactor.run(installSignalHandlers=False)
    assert ended == ["failed"]
