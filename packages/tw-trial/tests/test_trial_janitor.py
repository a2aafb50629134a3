"""What tests leave in the reactor, and where it says that it was made."""

import sys
import threading
from typing import Any

import pytest

from twisted.internet import protocol, reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.process import reapProcessHandlers
from twisted.internet.protocol import Factory, ProcessProtocol, Protocol
from twisted.trial import util
from twisted.trial.unittest import TestCase, TestSuite

from .trial_helpers import NotingReporter, run


@pytest.fixture(autouse=True)
def _reactorInUse() -> None:
    """Bind the reactor, so that the first test is watched like all others."""
    assert not reactor.running


def leftBy(cls: type[TestCase]) -> str:
    """Return the text of the one error of a test."""
    ((kind, text),) = (reporter := run(cls("test_it"))).events
    assert kind == "error"
    assert reporter.errors[0].check(util.DirtyReactorAggregateError)
    return text


def test_delayed_calls_are_reported_and_cancelled() -> None:
    made: list[Any] = []

    class Case(TestCase):
        def test_it(self) -> None:
            made.append(reactor.callLater(3600, int))

    text = leftBy(Case)
    assert text.startswith("Reactor was unclean.\nDelayedCalls:\n<DelayedCall")
    assert "made by" in text
    assert f'made in "{__file__}"' in text
    assert "in test_it" in text
    assert made[0].cancelled
    assert not reactor.getDelayedCalls()


def test_calls_that_are_due_are_made() -> None:
    made: list[int] = []

    class Case(TestCase):
        def test_it(self) -> None:
            reactor.callLater(0, made.append, 1)

    assert run(Case("test_it")).events == [("success", "")]
    assert made == [1]


def test_ports_are_reported_and_closed() -> None:
    ports: list[Any] = []

    class Case(TestCase):
        def test_it(self) -> None:
            ports.append(reactor.listenTCP(0, Factory(), interface="127.0.0.1"))

    text = leftBy(Case)
    assert "Selectables:\n<Port of Factory on" in text
    assert f'made in "{__file__}"' in text
    assert not reactor.getReaders()
    assert not ports[0].connected


def test_connections_are_reported() -> None:
    class Case(TestCase):
        async def test_it(self) -> None:
            port: Any = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
            self.addCleanup(port.stopListening)
            endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
            await connectProtocol(endpoint, Protocol())

    text = leftBy(Case)
    assert "Selectables:\n" in text
    assert f'made in "{__file__}"' in text or "made by" in text


def test_connections_that_close_have_time_for_it() -> None:
    class Case(TestCase):
        def setUp(self) -> None:
            self.port: Any = reactor.listenTCP(
                0, Factory.forProtocol(Protocol), interface="127.0.0.1"
            )
            self.client: Any = None

        def tearDown(self) -> Any:
            if self.client is not None:
                self.client.transport.loseConnection()
            return self.port.stopListening()

        def test_it(self) -> Deferred[None]:
            creator = protocol.ClientCreator(reactor, Protocol)

            def connected(client: Any) -> None:
                self.client = client

            return creator.connectTCP("127.0.0.1", self.port.getHost().port).addCallback(connected)

    assert run(Case("test_it")).events == [("success", "")]


def test_descriptors_are_looked_at_after_the_class() -> None:
    ports: list[Any] = []

    class Case(TestCase):
        def test_1(self) -> None:
            ports.append(reactor.listenTCP(0, Factory(), interface="127.0.0.1"))

        def test_2(self) -> Any:
            return ports[0].stopListening()

    reporter = NotingReporter()
    TestSuite([Case("test_1"), Case("test_2")]).run(reporter)
    assert reporter.kinds == ["success", "success"]


def test_report_names_the_test_that_made_it() -> None:
    class Case(TestCase):
        def test_1(self) -> None:
            reactor.listenTCP(0, Factory(), interface="127.0.0.1")

        def test_2(self) -> None:
            pass

    reporter = NotingReporter()
    TestSuite([Case("test_1"), Case("test_2")]).run(reporter)
    assert reporter.kinds == ["success", "error"]
    assert "Case.test_1\n" in reporter.events[1][1]


def test_processes_are_reported_and_killed() -> None:
    ended: list[Any] = []

    class Case(TestCase):
        def test_it(self) -> None:
            sleeping = ProcessProtocol()
            sleeping.processEnded = ended.append  # type: ignore[method-assign, assignment]  # for the test
            script = "import time; time.sleep(3600)"
            reactor.spawnProcess(sleeping, sys.executable, [sys.executable, "-c", script])

    assert "Processes and threads:\nprocess " in leftBy(Case)
    assert not reapProcessHandlers
    assert len(ended) == 1


def test_threads_that_work_on_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twisted.trial._janitor.THREAD_GRACE", 0.01)
    goOn = threading.Event()

    class Case(TestCase):
        async def test_it(self) -> None:
            started: Deferred[None] = Deferred()

            def work() -> None:
                reactor.callFromThread(started.callback, None)
                goOn.wait()

            reactor.callInThread(work)
            await started

    try:
        assert "thread of the reactor's pool" in leftBy(Case)
        # The next test has a pool that works.
        done: Deferred[str] = Deferred()

        class Next(TestCase):
            def test_it(self) -> Any:
                reactor.callInThread(reactor.callFromThread, done.callback, "done")
                return done

        assert run(Next("test_it")).events == [("success", "")]
    finally:
        goOn.set()


def test_calls_that_no_thread_has_made_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twisted.trial._janitor.THREAD_GRACE", 0.01)

    # A new one; that of the tests before has been started.
    monkeypatch.setattr(reactor, "threadpool", None)

    class Case(TestCase):
        def test_it(self) -> None:
            # The threads of the pool start with the reactor, and nothing has it run.
            reactor.callInThread(int)

    reporter = run(Case("test_it"))
    # The pool itself logs that the call is never made.
    assert reporter.kinds == ["error", "error"]
    assert "1 calls that wait for a thread" in reporter.events[0][1]


def test_a_clean_test_after_a_dirty_one_is_clean() -> None:
    class Dirty(TestCase):
        def test_it(self) -> None:
            reactor.callLater(3600, int)
            reactor.listenTCP(0, Factory(), interface="127.0.0.1")

    class Clean(TestCase):
        def test_it(self) -> None:
            pass

    assert run(Dirty("test_it")).kinds == ["error", "error"]
    assert run(Clean("test_it")).events == [("success", "")]
