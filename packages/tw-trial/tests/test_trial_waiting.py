"""Tests that are waited for: Deferreds, coroutines, time limits, and tests that block."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from twisted.internet import defer, reactor
from twisted.internet.task import deferLater
from twisted.trial._watchdog import Watchdog, watchdog
from twisted.trial.unittest import SkipTest, SynchronousTestCase, TestCase

from .trial_helpers import NotingReporter, run


def runCase(cls: type[SynchronousTestCase], name: str = "test_it") -> NotingReporter:
    return run(cls(name))


def test_every_step_is_waited_for() -> None:
    calls: list[str] = []

    class Case(TestCase):
        def later(self, text: str) -> defer.Deferred[None]:
            return deferLater(reactor, 0.001, calls.append, text)

        def setUp(self) -> Any:
            self.addCleanup(self.later, "cleanup")
            self.addCleanup(self.later, "later cleanup")
            return self.later("setUp")

        async def test_it(self) -> None:
            await self.later("test")
            calls.append("resumed")

        async def tearDown(self) -> None:  # type: ignore[override]  # it is waited for
            await self.later("tearDown")

    assert runCase(Case).events == [("success", "")]
    assert calls == ["setUp", "test", "resumed", "tearDown", "later cleanup", "cleanup"]


def test_failures_of_deferreds_count() -> None:
    class Case(TestCase):
        async def test_fail(self) -> None:
            await deferLater(reactor, 0.001)
            self.assertEqual(1, 2)

        def test_error(self) -> Any:
            return deferLater(reactor, 0.001, int, "x")

        async def test_skip(self) -> None:
            await deferLater(reactor, 0.001)
            raise SkipTest("not here")

        def test_todo(self) -> Any:
            return deferLater(reactor, 0.001, int, "x")

        test_todo.todo = "later"  # type: ignore[attr-defined]  # as users write it

    assert runCase(Case, "test_fail").kinds == ["failure"]
    assert runCase(Case, "test_error").kinds == ["error"]
    assert runCase(Case, "test_skip").events == [("skip", "not here")]
    assert runCase(Case, "test_todo").kinds == ["expected"]


def test_deferred_that_is_not_returned_is_not_waited_for() -> None:
    class Case(TestCase):
        def test_it(self) -> None:
            waiting: defer.Deferred[int] = defer.Deferred()
            waiting.addCallback(self.assertEqual, 3)

    assert runCase(Case).events == [("success", "")]


def test_deferred_that_does_not_fire_is_cancelled() -> None:
    cancelled: list[object] = []

    class Case(TestCase):
        def test_it(self) -> Any:
            return defer.Deferred(cancelled.append)

        test_it.timeout = 0.01  # type: ignore[attr-defined]  # as users write it

    ((kind, text),) = (reporter := runCase(Case)).events
    assert kind == "error"
    assert text.endswith("(test_it) still running at 0.01 secs")
    assert reporter.errors[0].check(defer.TimeoutError)
    assert len(cancelled) == 1


def test_deferred_that_swallows_its_cancellation_is_left_behind() -> None:
    class Case(TestCase):
        timeout = 0.01

        def test_it(self) -> Any:
            waiting: defer.Deferred[None] = defer.Deferred()
            never: defer.Deferred[None] = defer.Deferred(lambda cancelled: None)
            return waiting.addErrback(lambda failure: never)

    assert runCase(Case).kinds == ["error"]


def test_limits_come_from_method_class_or_module(monkeypatch: pytest.MonkeyPatch) -> None:
    class Case(TestCase):
        def test_it(self) -> None:
            pass

    assert Case("test_it").getTimeout() == 120.0
    monkeypatch.setitem(globals(), "timeout", 3)
    assert Case("test_it").getTimeout() == 3.0
    Case.timeout = 2  # type: ignore[attr-defined]  # as users write it
    assert Case("test_it").getTimeout() == 2.0
    Case.test_it.timeout = 1  # type: ignore[attr-defined]  # as users write it
    assert Case("test_it").getTimeout() == 1.0


def test_reactor_that_a_test_stops() -> None:
    class Case(TestCase):
        def test_it(self) -> Any:
            reactor.callLater(0, reactor.stop)
            return defer.Deferred()

    ((kind, text),) = runCase(Case).events
    assert kind == "error"
    assert "the reactor was stopped" in text


def test_interrupts_go_through_while_a_test_waits() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    class Case(TestCase):
        def test_it(self) -> Any:
            reactor.callLater(0, interrupt)
            return defer.Deferred()

    with pytest.raises(KeyboardInterrupt):
        runCase(Case)


def test_signals_end_the_wait_of_the_reactor() -> None:
    def wakeup() -> int:
        descriptor = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
        return descriptor

    before = wakeup()
    found: list[int] = []

    class Case(TestCase):
        def test_it(self) -> Any:
            return deferLater(reactor, 0, lambda: found.append(wakeup()))

    assert runCase(Case).events == [("success", "")]
    assert found[0] not in (-1, before)
    assert wakeup() == before


def test_synchronous_tests_do_not_wait() -> None:
    async def coroutine() -> None:
        pass

    results: list[Callable[[], Any]] = [defer.Deferred, coroutine]
    for result in results:

        class Case(SynchronousTestCase):
            def test_it(self) -> Any:
                return result()  # noqa: B023 - called at once

        ((kind, text),) = runCase(Case).events
        assert kind == "error"
        assert "derive the test from TestCase" in text


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(),
    reason="signals reach the main thread alone",
)
class TestBlockingTests:
    """Tests that keep the reactor from noticing anything."""

    @pytest.fixture(autouse=True)
    def _withLittleGrace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("twisted.trial._watchdog.GRACE", 0.01)

    @pytest.mark.parametrize("base", [SynchronousTestCase, TestCase])
    def test_a_test_that_sleeps_is_stopped(self, base: type[SynchronousTestCase]) -> None:
        class Case(SynchronousTestCase):
            timeout = 0.01

            def test_it(self) -> None:
                time.sleep(3600)

        with watchdog.awake():
            ((kind, text),) = runCase(type("Case", (Case, base), {})).events
        assert kind == "error"
        assert text.endswith("test_it still running at 0.01 secs")

    def test_a_test_that_catches_everything_usual_is_stopped(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Case(SynchronousTestCase):
            timeout = 0.01

            def test_it(self) -> None:
                while True:
                    try:
                        time.sleep(3600)
                    except Exception:
                        # That is what the test is about.
                        continue

        # From the first time on, what is raised is no Exception.
        monkeypatch.setattr("twisted.trial._watchdog.MOST_ATTEMPTS", 1)
        with watchdog.awake():
            assert runCase(Case).kinds == ["error"]

    def test_a_callback_that_sleeps_is_stopped(self) -> None:
        class Case(TestCase):
            timeout = 0.01

            def test_it(self) -> Any:
                return deferLater(reactor, 0, time.sleep, 3600)

        with watchdog.awake():
            assert "error" in runCase(Case).kinds

    def test_handler_is_put_back(self) -> None:
        import signal

        before = signal.getsignal(signal.SIGALRM)
        with Watchdog().awake():
            assert signal.getsignal(signal.SIGALRM) != before
        assert signal.getsignal(signal.SIGALRM) == before
