"""A reactor whose waiting is done in a thread."""

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest

from twisted.internet._threadedselect import ThreadedSelectReactor
from twisted.internet.interfaces import IReactorFDSet
from twisted.python.components import verifyObject

from .reactor_helpers import HANGS_AFTER, RecordingClient, RecordingServer, discard
from .reactor_processes import run


class ForeignLoop:
    """The main loop of somebody else, which can only be called from threads."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self.threads: set[threading.Thread] = set()

    def callSoon(self, call: Callable[[], object]) -> None:
        self.threads.add(threading.current_thread())
        self.calls.put(call)

    def runUntil(self, condition: Callable[[], object]) -> None:
        while not condition():
            self.calls.get(timeout=HANGS_AFTER)()


@pytest.fixture
def reactor() -> Iterator[ThreadedSelectReactor]:
    made = ThreadedSelectReactor()
    yield made
    discard(made)


def test_it_watches_descriptors(reactor: ThreadedSelectReactor) -> None:
    assert verifyObject(IReactorFDSet, reactor)


def test_it_runs_by_itself_and_again(reactor: ThreadedSelectReactor) -> None:
    for _ in range(2):
        reactor.callLater(0.001, reactor.stop)
        reactor.run(installSignalHandlers=False)
    assert not reactor.running


def test_it_runs_beside_a_main_loop(reactor: ThreadedSelectReactor) -> None:
    loop = ForeignLoop()
    stopped: list[str] = []
    reactor.addSystemEventTrigger("after", "shutdown", stopped.append, "stopped")
    reactor.interleave(loop.callSoon, installSignalHandlers=False)
    reactor.callLater(0.001, reactor.stop)
    loop.runUntil(lambda: stopped)
    assert not reactor.running


def test_turns_are_made_by_the_main_loop_alone(reactor: ThreadedSelectReactor) -> None:
    loop = ForeignLoop()
    reactor.interleave(loop.callSoon, installSignalHandlers=False)
    called: list[threading.Thread] = []
    reactor.callLater(0.001, lambda: called.append(threading.current_thread()))
    loop.runUntil(lambda: called)
    assert called == [threading.current_thread()]
    assert threading.current_thread() not in loop.threads
    reactor.crash()


def test_a_descriptor_that_is_added_outside_of_a_turn_is_watched(
    reactor: ThreadedSelectReactor,
) -> None:
    loop = ForeignLoop()
    reactor.interleave(loop.callSoon, installSignalHandlers=False)
    loop.runUntil(lambda: loop.threads)
    server, client = RecordingServer(), RecordingClient()
    port = reactor.listenTCP(0, server, interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, client)
    loop.runUntil(lambda: server.built and client.built)
    client.built[0].transport.write(b"x")
    loop.runUntil(lambda: server.built[0].received)
    assert server.built[0].received == b"x"
    reactor.crash()


def test_the_thread_ends_with_the_reactor(reactor: ThreadedSelectReactor) -> None:
    before = set(threading.enumerate())
    loop = ForeignLoop()
    reactor.interleave(loop.callSoon, installSignalHandlers=False)
    (thread,) = set(threading.enumerate()) - before
    reactor.crash()
    thread.join(HANGS_AFTER)
    assert not thread.is_alive()


def test_a_turn_that_comes_late_is_none(reactor: ThreadedSelectReactor) -> None:
    loop = ForeignLoop()
    reactor.interleave(loop.callSoon, installSignalHandlers=False)
    late = loop.calls.get(timeout=HANGS_AFTER)
    reactor.crash()
    called: list[int] = []
    reactor.callFromThread(called.append, 1)
    late()
    assert called == []


def test_it_can_be_the_default_reactor() -> None:
    assert (
        run(
            """
            from twisted.internet import _threadedselect
            _threadedselect.install()
            from twisted.internet import reactor
            reactor.callWhenRunning(reactor.stop)
            reactor.run()
            print(type(reactor).__name__)
            """
        )
        == "ThreadedSelectReactor\n"
    )
