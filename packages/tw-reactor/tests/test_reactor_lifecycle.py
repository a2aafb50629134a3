"""The life of a reactor: events, their phases, starting, stopping, and running again."""

import threading

import pytest

from twisted.internet._lifecycle import Lifecycle, State, ThreePhaseEvent
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorAlreadyRunning, ReactorNotRunning
from twisted.internet.interfaces import (
    IReactorCore,
    IReactorFDSet,
    IReactorPluggableNameResolver,
    IReactorPluggableResolver,
    IReactorTCP,
    IReactorThreads,
    IReactorTime,
)
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure
from twisted.python.threadable import isInIOThread

from .reactor_helpers import RecordingClient, RecordingServer, reactor, turn, turnUntil

__all__ = ["reactor"]


class Errors(list[Failure]):
    """Errors that were reported."""

    def __call__(self, message: str, failure: Failure) -> None:
        self.append(failure)


@pytest.fixture
def errors() -> Errors:
    return Errors()


@pytest.fixture
def event(errors: Errors) -> ThreePhaseEvent:
    return ThreePhaseEvent(errors)


def fail() -> None:
    raise ZeroDivisionError


class TestEvents:
    def test_the_phases_come_in_order(self, event: ThreePhaseEvent) -> None:
        called: list[str] = []
        for phase in ("after", "before", "during"):
            event.addTrigger(phase, called.append, phase)
        event.fireEvent()
        assert called == ["before", "during", "after"]

    def test_triggers_of_a_phase_come_in_the_order_of_adding(self, event: ThreePhaseEvent) -> None:
        called: list[int] = []
        for number in range(3):
            event.addTrigger("during", called.append, number)
        event.fireEvent()
        assert called == [0, 1, 2]

    def test_keywords_reach_the_trigger(self, event: ThreePhaseEvent) -> None:
        got: list[object] = []
        event.addTrigger("before", lambda **kw: got.append(kw), phase=1, callable=2)
        event.fireEvent()
        assert got == [{"phase": 1, "callable": 2}]

    @pytest.mark.parametrize("phase", ["before", "during"])
    def test_the_next_phase_waits_for_deferreds(self, event: ThreePhaseEvent, phase: str) -> None:
        waits: list[Deferred[None]] = [Deferred(), Deferred()]
        called: list[str] = []
        event.addTrigger(phase, lambda: waits[0])
        event.addTrigger(phase, lambda: waits[1])
        event.addTrigger("after", called.append, "after")
        event.fireEvent()
        waits[1].callback(None)
        assert called == []
        waits[0].callback(None)
        assert called == ["after"]

    def test_a_coroutine_is_waited_for(self, event: ThreePhaseEvent) -> None:
        wait: Deferred[None] = Deferred()
        called: list[str] = []

        async def trigger() -> None:
            await wait
            called.append("before")

        event.addTrigger("before", trigger)
        event.addTrigger("after", called.append, "after")
        event.fireEvent()
        assert called == []
        wait.callback(None)
        assert called == ["before", "after"]

    def test_a_failing_trigger_is_reported_and_passed_over(
        self, event: ThreePhaseEvent, errors: Errors
    ) -> None:
        called: list[str] = []
        event.addTrigger("before", fail)
        event.addTrigger("before", called.append, "next")
        event.fireEvent()
        assert called == ["next"]
        assert [failure.type for failure in errors] == [ZeroDivisionError]

    def test_a_failing_deferred_is_reported_and_passed_over(
        self, event: ThreePhaseEvent, errors: Errors
    ) -> None:
        wait: Deferred[None] = Deferred()
        called: list[str] = []
        event.addTrigger("before", lambda: wait)
        event.addTrigger("during", called.append, "during")
        event.fireEvent()
        wait.errback(ZeroDivisionError())
        assert called == ["during"]
        assert [failure.type for failure in errors] == [ZeroDivisionError]

    def test_a_removed_trigger_is_not_called(self, event: ThreePhaseEvent) -> None:
        called: list[str] = []
        kept = event.addTrigger("before", called.append, "same")
        removed = event.addTrigger("before", called.append, "same")
        event.removeTrigger(removed)
        event.fireEvent()
        assert called == ["same"]
        with pytest.raises(ValueError, match="already"):
            event.removeTrigger(kept)

    def test_an_unknown_phase_is_an_error(self, event: ThreePhaseEvent) -> None:
        with pytest.raises(KeyError, match="before, during, after"):
            event.addTrigger("inbetween", fail)

    def test_a_trigger_is_called_once(self, event: ThreePhaseEvent) -> None:
        called: list[str] = []
        event.addTrigger("before", called.append, "x")
        event.fireEvent()
        event.fireEvent()
        assert called == ["x"]


class TestStates:
    @pytest.fixture
    def closings(self) -> list[str]:
        return []

    @pytest.fixture
    def life(self, errors: Errors, closings: list[str]) -> Lifecycle:
        return Lifecycle(errors, lambda: closings.append("closed"))

    def test_starting_waits_for_triggers_before_startup(self, life: Lifecycle) -> None:
        wait: Deferred[None] = Deferred()
        life.event("startup").addTrigger("before", lambda: wait)
        life.start()
        assert (life.alive, life.running) == (True, False)
        wait.callback(None)
        assert life.running

    def test_it_runs_when_triggers_during_startup_are_called(self, life: Lifecycle) -> None:
        seen: list[bool] = []
        life.event("startup").addTrigger("during", lambda: seen.append(life.running))
        life.start()
        assert seen == [True]

    def test_starting_twice_is_an_error(self, life: Lifecycle) -> None:
        life.start()
        with pytest.raises(ReactorAlreadyRunning):
            life.start()

    def test_stopping_what_does_not_run_is_an_error(self, life: Lifecycle) -> None:
        with pytest.raises(ReactorNotRunning, match="not running"):
            life.stop()

    def test_stopping_twice_is_an_error(self, life: Lifecycle) -> None:
        life.start()
        life.stop()
        with pytest.raises(ReactorNotRunning, match="stopping"):
            life.stop()

    def test_stopping_while_stopping_is_an_error(self, life: Lifecycle) -> None:
        life.event("shutdown").addTrigger("before", Deferred[None])
        life.start()
        life.stop()
        life.shutDownIfAsked()
        with pytest.raises(ReactorNotRunning, match="stopping"):
            life.stop()

    def test_what_is_open_is_closed_between_during_and_after(
        self, life: Lifecycle, closings: list[str]
    ) -> None:
        seen: list[list[str]] = []
        for phase in ("before", "during", "after"):
            life.event("shutdown").addTrigger(phase, lambda: seen.append(list(closings)))
        life.start()
        life.stop()
        life.shutDownIfAsked()
        assert seen == [[], [], ["closed"]]
        assert life.state is State.STOPPED

    def test_stopping_during_startup_wins(self, life: Lifecycle) -> None:
        wait: Deferred[None] = Deferred()
        life.event("startup").addTrigger("before", lambda: wait)
        life.start()
        life.stop()
        life.shutDownIfAsked()
        wait.callback(None)
        assert (life.alive, life.running) == (False, False)

    def test_crashing_during_startup_wins(self, life: Lifecycle) -> None:
        life.event("startup").addTrigger("before", life.crash)
        life.start()
        assert (life.alive, life.running) == (False, False)


class TestRunning:
    def test_a_reactor_keeps_its_interfaces(self, reactor: PollingReactor) -> None:
        for interface in (
            IReactorCore,
            IReactorFDSet,
            IReactorPluggableNameResolver,
            IReactorPluggableResolver,
            IReactorTCP,
            IReactorThreads,
            IReactorTime,
        ):
            assert verifyObject(interface, reactor)

    def test_run_returns_after_stop(self, reactor: PollingReactor) -> None:
        seen: list[bool] = []
        reactor.callWhenRunning(lambda: seen.append(reactor.running))
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert seen == [True]
        assert not reactor.running

    def test_end_of_a_run_is_logged(self, reactor: PollingReactor) -> None:
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            reactor.callWhenRunning(reactor.stop)
            reactor.run()
        finally:
            globalLogPublisher.removeObserver(observer)
        assert observer[-1]["log_format"] == "Main loop terminated."
        assert observer[-1]["log_namespace"] == "twisted.internet.base"

    def test_it_can_run_again(self, reactor: PollingReactor) -> None:
        runs: list[int] = []
        for number in range(3):
            reactor.callWhenRunning(runs.append, number)
            reactor.callLater(0, reactor.stop)
            reactor.run()
        assert runs == [0, 1, 2]

    def test_connections_work_in_the_second_run(self, reactor: PollingReactor) -> None:
        for _ in range(2):
            server, client = RecordingServer(), RecordingClient()
            port = reactor.listenTCP(0, server, interface="127.0.0.1")
            number = port.getHost().port
            reactor.connectTCP("127.0.0.1", number, client)

            def stopWhenMade(server: RecordingServer = server) -> None:
                if server.built and server.built[0].made:
                    reactor.stop()
                else:
                    reactor.callLater(0.005, stopWhenMade)

            stopWhenMade()
            reactor.run()
            assert len(server.built) == 1

    def test_running_inside_of_itself_is_an_error(self, reactor: PollingReactor) -> None:
        caught: list[Exception] = []

        def runAgain() -> None:
            try:
                reactor.run()
            except ReactorAlreadyRunning as error:
                caught.append(error)
            reactor.stop()

        reactor.callWhenRunning(runAgain)
        reactor.run()
        assert len(caught) == 1

    def test_stop_before_run_is_an_error(self, reactor: PollingReactor) -> None:
        with pytest.raises(ReactorNotRunning):
            reactor.stop()

    def test_call_when_running_calls_at_once_if_it_runs(self, reactor: PollingReactor) -> None:
        seen: list[str] = []

        def running() -> None:
            assert reactor.callWhenRunning(seen.append, "at once") is None
            seen.append("then")
            reactor.stop()

        reactor.callWhenRunning(running)
        reactor.run()
        assert seen == ["at once", "then"]

    def test_a_trigger_can_be_removed(self, reactor: PollingReactor) -> None:
        called: list[str] = []
        trigger = reactor.addSystemEventTrigger("before", "shutdown", called.append, "x")
        reactor.removeSystemEventTrigger(trigger)
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert called == []

    @pytest.mark.parametrize("wrong", [None, 7, "x", ("before",), ("shutdown", ("before", 1))])
    def test_what_is_no_trigger_is_refused(self, reactor: PollingReactor, wrong: object) -> None:
        with pytest.raises(TypeError, match="not returned by"):
            reactor.removeSystemEventTrigger(wrong)

    def test_an_event_of_ones_own_can_be_fired(self, reactor: PollingReactor) -> None:
        called: list[str] = []
        reactor.addSystemEventTrigger("during", "persist", called.append, "x")
        reactor.fireSystemEvent("persist")
        assert called == ["x"]

    def test_shutdown_waits_for_deferreds_while_the_loop_turns(
        self, reactor: PollingReactor
    ) -> None:
        order: list[str] = []

        def before() -> Deferred[None]:
            wait: Deferred[None] = Deferred()
            reactor.callLater(0.001, waited, wait)
            return wait

        def waited(wait: Deferred[None]) -> None:
            order.append("waited")
            wait.callback(None)

        reactor.addSystemEventTrigger("before", "shutdown", before)
        reactor.addSystemEventTrigger("after", "shutdown", order.append, "after")
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert order == ["waited", "after"]

    def test_shutdown_closes_what_is_open(self, reactor: PollingReactor) -> None:
        server, client = RecordingServer(), RecordingClient()
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        number = port.getHost().port
        reactor.connectTCP("127.0.0.1", number, client)
        turnUntil(reactor, lambda: server.built and client.built and server.built[0].made)
        # One that neither reads nor writes is found too.
        client.built[0].transport.pauseProducing()  # type: ignore[attr-defined]
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert len(server.built[0].lost) == len(client.built[0].lost) == 1
        assert (server.starts, server.stops) == (1, 1)
        assert client.events == ["start", "connecting", "lost", "stop"]
        assert reactor.getReaders() == []

    def test_shutdown_ends_attempts_to_connect(self, reactor: PollingReactor) -> None:
        class Silent:
            def resolveHostName(self, receiver, name, port=0, types=None, semantics="TCP"):  # type: ignore[no-untyped-def]
                receiver.resolutionBegan(self)

            def cancel(self) -> None:
                pass

        reactor.installNameResolver(Silent())
        factory = RecordingClient()
        reactor.connectTCP("nowhere.invalid", 1, factory)
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert factory.events == ["start", "connecting", "failed", "stop"]
        assert reactor.getDelayedCalls() == []

    def test_crash_leaves_connections_open(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer())
        reactor.callWhenRunning(reactor.crash)
        reactor.run()
        assert len(reactor.getReaders()) == 1
        assert port.getHost() is not None

    def test_system_exit_in_a_call_ends_run(self, reactor: PollingReactor) -> None:
        def leave() -> None:
            raise SystemExit(3)

        reactor.callLater(0, leave)
        with pytest.raises(SystemExit):
            reactor.run()
        assert not reactor.running
        reactor.callLater(0, reactor.stop)
        reactor.run()

    def test_iterate_turns_without_running(self, reactor: PollingReactor) -> None:
        called: list[str] = []
        reactor.callLater(0, called.append, "x")
        reactor.iterate()
        assert called == ["x"]
        assert not reactor.running

    def test_a_negative_delay_is_refused(self, reactor: PollingReactor) -> None:
        for delay in (-1, float("nan")):
            with pytest.raises(AssertionError, match="0 or more"):
                reactor.callLater(delay, print)

    def test_what_is_not_callable_is_refused(self, reactor: PollingReactor) -> None:
        with pytest.raises(AssertionError, match="not callable"):
            reactor.callLater(0, None)  # type: ignore[arg-type]
        with pytest.raises(AssertionError, match="not callable"):
            reactor.callFromThread(7)  # type: ignore[arg-type]

    def test_keywords_named_like_parameters_reach_the_call(self, reactor: PollingReactor) -> None:
        got: list[dict[str, object]] = []

        def call(**kw: object) -> None:
            got.append(kw)

        reactor.callLater(0, call, delay=1, callable=2, f=3, name=4)
        reactor.callFromThread(call, callable=1)
        turn(reactor)
        assert got == [{"callable": 1}, {"delay": 1, "callable": 2, "f": 3, "name": 4}]

    def test_reactors_do_not_disturb_each_other(self, reactor: PollingReactor) -> None:
        other = SelectReactor()
        called: list[str] = []
        other.callLater(0, called.append, "other")
        turn(reactor)
        assert called == []
        turn(other)
        assert called == ["other"]
        other.close()


def test_the_thread_that_runs_a_reactor_is_of_input_and_output(reactor: PollingReactor) -> None:
    answers: list[bool] = []

    def run() -> None:
        answers.append(isInIOThread())
        reactor.callWhenRunning(lambda: answers.append(isInIOThread()))
        reactor.callWhenRunning(reactor.stop)
        reactor.run(installSignalHandlers=False)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert answers == [False, True]
