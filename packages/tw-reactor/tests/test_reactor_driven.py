"""A reactor that a main loop turns: over a fake one, turn by turn."""

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from twisted.internet._bestpoller import bestPoller
from twisted.internet._drivenreactor import DrivenReactor
from twisted.internet._pollers import EpollPoller, Poller, SelectPoller
from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning

from .reactor_helpers import RecordingServer, discard


class FakeMainLoop:
    """A main loop that does nothing by itself; its `run` calls what a test gives it."""

    def __init__(self) -> None:
        self.turn: Callable[[], object] | None = None
        self.poller: Poller | None = None
        self.expected: list[float | None] = []
        self.quits = 0
        self.whenRun: Callable[[], object] = lambda: None

    def attach(self, poller: Poller, turn: Callable[[], object]) -> None:
        self.poller, self.turn = poller, turn

    def expect(self, seconds: float | None) -> None:
        self.expected.append(seconds)

    def run(self) -> None:
        self.whenRun()

    def quit(self) -> None:
        self.quits += 1

    def detach(self) -> None:
        self.turn = None

    def turnNow(self) -> None:
        """Turn the reactor."""
        assert self.turn is not None, "the reactor is attached"
        self.turn()

    @property
    def hasNews(self) -> bool:
        """Whether the poller has something to tell, so that a real main loop would turn."""
        assert self.poller is not None
        return bool(self.poller.wait(0))


@pytest.fixture
def loop() -> FakeMainLoop:
    return FakeMainLoop()


@pytest.fixture
def reactor(loop: FakeMainLoop) -> Iterator[DrivenReactor]:
    made = DrivenReactor(loop, bestPoller())
    yield made
    discard(made)


def settled(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    """Start, and make the turns that the start asks for."""
    reactor.startRunning(installSignalHandlers=False)
    loop.turnNow()
    assert not loop.hasNews


def test_the_start_asks_for_a_turn_at_once(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    reactor.startRunning(installSignalHandlers=False)
    assert loop.expected == [0.0]


def test_each_turn_ends_by_saying_how_long_to_wait(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    assert loop.expected[-1] is None
    reactor.callLater(100, lambda: None)
    loop.turnNow()
    assert loop.expected[-1] == pytest.approx(100, abs=20)


def test_a_call_from_outside_of_a_turn_asks_for_one(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    called: list[int] = []
    reactor.callLater(0, called.append, 1)
    assert loop.hasNews
    loop.turnNow()
    assert called == [1]


def test_a_call_from_inside_of_a_turn_asks_for_none(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    reactor.callFromThread(reactor.callLater, 100, lambda: None)
    loop.turnNow()
    assert not loop.hasNews
    assert loop.expected[-1] is not None


def test_bringing_a_call_forward_asks_for_a_turn(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    call = reactor.callLater(100, lambda: None)
    loop.turnNow()
    assert not loop.hasNews
    call.reset(1)
    assert loop.hasNews


def test_writing_from_outside_of_a_turn_asks_for_one(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)

    class Transport:
        done = 0

        def settle(self) -> None:
            self.done += 1

    transport = Transport()
    reactor.settleSoon(transport)
    assert loop.hasNews
    loop.turnNow()
    assert transport.done == 1


def test_stop_from_outside_of_a_turn_ends_the_main_loop(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    reactor.stop()
    assert loop.hasNews
    loop.turnNow()
    assert (loop.quits, loop.turn, reactor.running) == (1, None, False)


def test_crash_ends_the_main_loop_at_once(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    settled(reactor, loop)
    reactor.crash()
    assert (loop.quits, loop.turn) == (1, None)


def test_a_shutdown_that_ends_outside_of_a_turn_ends_the_main_loop(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    settled(reactor, loop)
    wait: Deferred[None] = Deferred()
    reactor.addSystemEventTrigger("before", "shutdown", lambda: wait)
    reactor.stop()
    loop.turnNow()
    assert loop.quits == 0
    wait.callback(None)
    assert loop.hasNews
    loop.turnNow()
    assert (loop.quits, loop.turn) == (1, None)


def test_a_call_from_a_thread_asks_for_a_turn(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    settled(reactor, loop)
    called: list[int] = []
    thread = threading.Thread(target=reactor.callFromThread, args=(called.append, 1))
    thread.start()
    thread.join()
    assert loop.hasNews
    loop.turnNow()
    assert called == [1]


def test_a_main_loop_that_ends_by_itself_stops_the_reactor_in_good_order(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    factory = RecordingServer()
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    seen: list[str] = []
    reactor.addSystemEventTrigger("before", "shutdown", seen.append, "shutdown")
    reactor.run(installSignalHandlers=False)
    assert (seen, factory.stops, reactor.running, loop.turn) == (["shutdown"], 1, False, None)
    assert "not listening" in repr(port)


def test_a_shutdown_goes_on_after_the_main_loop_has_ended(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    def later() -> Deferred[None]:
        done: Deferred[None] = Deferred()
        reactor.callLater(0, done.callback, None)
        return done

    seen: list[str] = []
    reactor.addSystemEventTrigger("before", "shutdown", later)
    reactor.addSystemEventTrigger("after", "shutdown", seen.append, "after")
    reactor.run(installSignalHandlers=False)
    assert seen == ["after"]


def test_what_is_no_exception_leaves_the_main_loop_first(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    def leave() -> None:
        raise SystemExit(3)

    loop.whenRun = loop.turnNow
    reactor.callLater(0, leave)
    with pytest.raises(SystemExit):
        reactor.run(installSignalHandlers=False)
    assert (loop.quits, loop.turn, reactor.running) == (1, None, False)


def test_in_a_main_loop_of_somebody_else_it_is_raised_there(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    def leave() -> None:
        raise SystemExit(3)

    settled(reactor, loop)
    reactor.callFromThread(leave)
    with pytest.raises(SystemExit):
        loop.turnNow()
    assert (loop.quits, loop.turn, reactor.running) == (1, None, False)


def test_what_the_main_loop_raises_comes_out_of_run(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    loop.whenRun = interrupt
    with pytest.raises(KeyboardInterrupt):
        reactor.run(installSignalHandlers=False)
    assert (loop.turn, reactor.running) == (None, False)
    with pytest.raises(ReactorNotRunning):
        reactor.stop()


def test_it_runs_again(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    loop.whenRun = loop.turnNow
    for _ in range(2):
        reactor.callLater(0, reactor.stop)
        reactor.run(installSignalHandlers=False)
    assert loop.quits == 2


def test_a_start_that_was_crashed_leaves_the_main_loop_alone(
    reactor: DrivenReactor, loop: FakeMainLoop
) -> None:
    reactor.callWhenRunning(reactor.crash)
    reactor.run(installSignalHandlers=False)
    assert loop.poller is None


def test_a_signal_stops_it(reactor: DrivenReactor, loop: FakeMainLoop) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        while loop.turn is not None:
            loop.turnNow()

    loop.whenRun = interrupt
    reactor.run()
    assert reactor._exitSignal == signal.SIGTERM


def test_descriptors_that_never_block_leave_no_time_to_wait(loop: FakeMainLoop) -> None:
    reactor = DrivenReactor(loop, EpollPoller())
    settled(reactor, loop)
    with open(__file__, "rb") as file:

        class Reader:
            def fileno(self) -> int:
                return file.fileno()

            def logPrefix(self) -> str:
                return "reader"

            def doRead(self) -> Exception | None:
                return None

            def connectionLost(self, reason: object) -> None:
                pass

        reader = Reader()
        reactor.addReader(reader)
        loop.turnNow()
        assert loop.expected[-1] == 0.0
        reactor.removeReader(reader)
    discard(reactor)


def test_the_best_poller_has_a_descriptor() -> None:
    poller = bestPoller()
    assert isinstance(poller, SelectPoller) or hasattr(poller, "fileno")
    poller.close()
