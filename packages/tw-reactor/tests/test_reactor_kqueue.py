"""kqueue(2): the poller over a kernel that looks like that of BSD, the reactor where there is one."""

import importlib
import select
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from twisted.internet._pollers import (
    FAILED,
    MOST_EVENTS,
    READABLE,
    WRITABLE,
    KqueueEvent,
    KqueuePoller,
)


@dataclass(frozen=True)
class FakeEvent:
    """An event of a kernel."""

    ident: int
    filter: int
    flags: int = 0


class FakeKernel:
    """What is used of the module `select`; it knows files and what is asked about them."""

    KQ_FILTER_READ = -1
    KQ_FILTER_WRITE = -2
    KQ_EV_ADD = 1
    KQ_EV_DELETE = 2
    KQ_EV_ERROR = 0x4000

    def __init__(self) -> None:
        self.asked: set[tuple[int, int]] = set()
        self.closed: set[int] = set()
        self.ready: list[FakeEvent] = []
        self.waited: list[tuple[int, float | None]] = []
        self.isOpen = True

    def kqueue(self) -> "FakeKernel":
        return self

    def kevent(self, ident: int, filter: int, flags: int, /) -> FakeEvent:
        return FakeEvent(ident, filter, flags)

    def control(
        self, changes: Iterable[KqueueEvent] | None, most: int, timeout: float | None = None, /
    ) -> Sequence[FakeEvent]:
        for change in changes or ():
            key = (change.ident, change.filter)
            if change.ident in self.closed:
                raise OSError(9, "Bad file descriptor")
            if change.flags == self.KQ_EV_ADD:
                self.asked.add(key)
            elif key in self.asked:
                self.asked.discard(key)
            else:
                raise FileNotFoundError(2, "No such file or directory")
        if changes is not None:
            return []
        self.waited.append((most, timeout))
        return self.ready

    def fileno(self) -> int:
        return 77

    def close(self) -> None:
        self.isOpen = False


@pytest.fixture
def kernel() -> FakeKernel:
    return FakeKernel()


READ, WRITE = FakeKernel.KQ_FILTER_READ, FakeKernel.KQ_FILTER_WRITE


def test_reading_and_writing_are_two_filters(kernel: FakeKernel) -> None:
    poller = KqueuePoller(kernel)
    poller.watch(5, READABLE)
    assert kernel.asked == {(5, READ)}
    poller.watch(5, READABLE | WRITABLE)
    assert kernel.asked == {(5, READ), (5, WRITE)}
    poller.watch(5, WRITABLE)
    assert kernel.asked == {(5, WRITE)}
    poller.watch(5, 0)
    assert kernel.asked == set()


def test_forgetting_what_is_unknown_is_harmless(kernel: FakeKernel) -> None:
    KqueuePoller(kernel).watch(5, 0)


def test_forgetting_what_was_closed_is_harmless(kernel: FakeKernel) -> None:
    poller = KqueuePoller(kernel)
    poller.watch(5, READABLE | WRITABLE)
    kernel.asked.clear()
    kernel.closed.add(5)
    poller.watch(5, 0)
    kernel.closed.clear()
    poller.watch(5, READABLE)
    assert kernel.asked == {(5, READ)}


def test_watching_what_is_closed_raises(kernel: FakeKernel) -> None:
    kernel.closed.add(5)
    with pytest.raises(OSError, match="Bad file descriptor"):
        KqueuePoller(kernel).watch(5, READABLE)


def test_a_number_that_belongs_to_another_file_is_watched_anew(kernel: FakeKernel) -> None:
    poller = KqueuePoller(kernel)
    poller.watch(5, READABLE)
    kernel.asked.clear()
    poller.watch(5, READABLE | WRITABLE)
    assert kernel.asked == {(5, READ), (5, WRITE)}


def test_events_are_told(kernel: FakeKernel) -> None:
    poller = KqueuePoller(kernel)
    kernel.ready = [FakeEvent(5, READ), FakeEvent(6, WRITE), FakeEvent(7, READ, kernel.KQ_EV_ERROR)]
    assert list(poller.wait(1.5)) == [(5, READABLE), (6, WRITABLE), (7, FAILED)]
    assert kernel.waited == [(MOST_EVENTS, 1.5)]


def test_it_has_a_descriptor_and_closes_it(kernel: FakeKernel) -> None:
    poller = KqueuePoller(kernel)
    assert poller.fileno() == 77
    poller.close()
    assert not kernel.isOpen


def test_without_kqueue_the_module_says_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "kqueue", raising=False)
    monkeypatch.delitem(sys.modules, "twisted.internet.kqreactor", raising=False)
    with pytest.raises(ImportError, match="use epollreactor"):
        importlib.import_module("twisted.internet.kqreactor")


@pytest.mark.skipif(not hasattr(select, "kqueue"), reason="kqueue is of BSD and macOS")
def test_the_reactor_runs_and_stops() -> None:
    reactor = importlib.import_module("twisted.internet.kqreactor").KQueueReactor()
    reactor.callLater(0, reactor.stop)
    reactor.run(installSignalHandlers=False)
    reactor.close()
