"""Serving a toolkit from an ordinary reactor."""

from collections.abc import Callable

import pytest

from twisted.internet._toolkitupdates import ToolkitUpdates
from twisted.internet.testing import EventLoggingObserver, MemoryReactorClock
from twisted.logger import globalLogPublisher


class Closed(Exception):
    """The toolkit was closed."""


@pytest.fixture
def reactor() -> MemoryReactorClock:
    made = MemoryReactorClock()
    made.running = True
    return made


def raising(error: Exception) -> Callable[[], None]:
    def update() -> None:
        raise error

    return update


def test_the_toolkit_is_served_again_and_again(reactor: MemoryReactorClock) -> None:
    seen: list[float] = []
    ToolkitUpdates(lambda: seen.append(reactor.seconds()), 1, reactor, Closed)
    for _ in range(3):
        reactor.advance(1)
    assert seen == [1, 2, 3]


def test_it_is_left_alone_after_stop(reactor: MemoryReactorClock) -> None:
    seen: list[int] = []
    updates = ToolkitUpdates(lambda: seen.append(1), 1, reactor, Closed)
    updates.stop()
    updates.stop()
    reactor.advance(5)
    reactor.fireSystemEvent("shutdown")
    assert (seen, reactor.getDelayedCalls()) == ([], [])


def test_it_is_served_until_after_the_shutdown(reactor: MemoryReactorClock) -> None:
    updates = ToolkitUpdates(lambda: None, 1, reactor, Closed)
    reactor.fireSystemEvent("shutdown")
    assert reactor.getDelayedCalls() == []
    updates.stop()


def test_a_toolkit_that_was_closed_stops_the_reactor(reactor: MemoryReactorClock) -> None:
    ToolkitUpdates(raising(Closed()), 1, reactor, Closed)
    reactor.advance(1)
    assert reactor.hasStopped


def test_a_toolkit_that_fails_is_logged_and_stops_the_reactor(
    reactor: MemoryReactorClock,
) -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        ToolkitUpdates(raising(ValueError("no")), 1, reactor, Closed)
        reactor.advance(1)
    finally:
        globalLogPublisher.removeObserver(observer)
    assert reactor.hasStopped
    assert any("log_failure" in event for event in observer)
