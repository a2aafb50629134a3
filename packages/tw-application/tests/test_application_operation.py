"""What surrounds a service: the order of things, without a reactor that does more than run."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted.application.notify import Notifier
from twisted.application.operation import Operation
from twisted.application.service import Service
from twisted.internet.defer import Deferred

from .fakereactor import FakeReactor


class Slow(Service):
    """Is ready when it is told, and remembers what happened."""

    def __init__(self) -> None:
        self.ready: Deferred[None] = Deferred()
        self.seen: list[str] = []

    def privilegedStartService(self) -> None:
        self.seen.append("privileged")

    def startService(self) -> Deferred[None]:
        self.seen.append("start")
        return self.ready

    def stopService(self) -> None:
        self.seen.append("stop")


@pytest.fixture
def told(tmp_path: Path) -> tuple[Notifier, socket.socket]:
    """A notifier, and the socket where its messages arrive."""
    supervisor = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    supervisor.bind(str(tmp_path / "notify"))
    supervisor.setblocking(False)
    return Notifier(str(tmp_path / "notify")), supervisor


def test_supervisor_is_told_when_the_service_is_ready(
    told: tuple[Notifier, socket.socket],
) -> None:
    notifier, supervisor = told
    inner = Slow()
    service = Operation(FakeReactor(), notifier=notifier).around(inner)
    service.privilegedStartService()
    ready = service.startService()
    assert ready is inner.ready
    with pytest.raises(BlockingIOError):
        supervisor.recv(99)
    inner.ready.callback(None)
    assert supervisor.recv(99) == b"READY=1"
    service.stopService()
    assert supervisor.recv(99) == b"STOPPING=1"
    assert inner.seen == ["privileged", "start", "stop"]
    supervisor.close()


def test_supervisor_is_told_who_the_daemon_is(
    told: tuple[Notifier, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier, supervisor = told
    operation = Operation(FakeReactor(), notifier=notifier)
    monkeypatch.setattr(os, "getpid", lambda: 77)
    operation.tellReady()
    assert supervisor.recv(99) == b"READY=1\nMAINPID=77"
    supervisor.close()


def test_signal_before_the_service_is_ready_changes_nothing() -> None:
    class Reactor(FakeReactor):
        """Calls at once what other threads want."""

        def callFromThread(self, function: Callable[[], object]) -> None:
            function()

    found = signal.getsignal(signal.SIGUSR1)
    service = Operation(Reactor(), restartSignal=signal.SIGUSR1).around(Slow())
    try:
        service.privilegedStartService()
        # Without a handler it would end the tests.
        signal.raise_signal(signal.SIGUSR1)
        service.startService()
        signal.raise_signal(signal.SIGUSR1)
        service.stopService()
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, found)


def test_service_that_is_stopped_before_it_is_ready_never_was(
    told: tuple[Notifier, socket.socket],
) -> None:
    notifier, supervisor = told
    inner = Slow()
    service = Operation(FakeReactor(), notifier=notifier).around(inner)
    service.startService()
    service.stopService()
    inner.ready.callback(None)
    assert supervisor.recv(99) == b"STOPPING=1"
    with pytest.raises(BlockingIOError):
        supervisor.recv(99)
    supervisor.close()
