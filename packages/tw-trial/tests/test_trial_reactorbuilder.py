"""Tests for every kind of reactor."""

from typing import Any

import pytest

from twisted.internet.interfaces import IReactorTCP, IReactorWin32Events
from twisted.internet.test.reactormixins import ReactorBuilder, stopOnError
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from .trial_helpers import run

seen: list[str] = []


class Sample(ReactorBuilder):
    """Tests that are run by the tests below; pytest is not to collect them."""

    __test__ = False

    def check_timer(self) -> None:
        reactor = self.buildReactor()
        reactor.callLater(0, reactor.stop)
        self.runReactor(reactor)
        seen.append(type(reactor).__name__)

    def check_endless(self) -> None:
        self.runReactor(self.buildReactor(), timeout=0.01)

    def check_left(self) -> None:
        reactor = self.buildReactor()
        reactor.callLater(3600, int)
        from twisted.internet.protocol import Factory

        reactor.listenTCP(0, Factory(), interface="127.0.0.1")

    def check_error(self) -> None:
        reactor = self.buildReactor()
        stopOnError(self, reactor)
        failure = Failure(ValueError("in the loop"))
        reactor.callWhenRunning(Logger().failure, "told", failure)
        self.runReactor(reactor)


CLASSES: dict[str, type[SynchronousTestCase]] = Sample.makeTestCaseClasses()


def kind(name: str) -> Any:
    return CLASSES[f"Sample_{name}ReactorTests"]


def test_there_is_a_class_for_each_kind() -> None:
    assert {"Sample_SelectReactorTests", "Sample_EPollReactorTests"} <= set(CLASSES)
    assert "Sample_AsyncioSelectorReactorTests" in CLASSES
    assert kind("Select").__module__ == __name__
    assert kind("Select")("check_timer").id() == f"{__name__}.Sample_SelectReactorTests.check_timer"


@pytest.mark.parametrize("name", list(CLASSES))
def test_each_kind_passes_or_is_skipped_with_the_reason(name: str) -> None:
    seen.clear()
    ((outcome, text),) = run(CLASSES[name]("check_timer")).events
    if outcome == "skip":
        assert text
        pytest.skip(reason=text)
    assert outcome == "success"
    assert f"Sample_{seen[0]}Tests" == name


def test_kinds_that_are_not_there_are_skipped() -> None:
    ((outcome, text),) = run(kind("KQueue")("check_timer")).events
    assert outcome == "skip"
    assert "KQueueReactor is not there" in text


def test_run_that_does_not_end() -> None:
    ((outcome, text),) = run(kind("Select")("check_endless")).events
    assert outcome == "error"
    assert text == "reactor still running after 0.01 seconds"


def test_what_is_left_is_cleaned_up() -> None:
    assert run(kind("Poll")("check_left")).events == [("success", "")]


def test_interfaces_that_are_needed() -> None:
    class Needing(Sample):
        requiredInterfaces = [IReactorTCP, IReactorWin32Events]

    made = Needing.makeTestCaseClasses()["Needing_SelectReactorTests"]
    ((outcome, text),) = run(made("check_timer")).events
    assert outcome == "skip"
    assert "SelectReactor does not provide IReactorWin32Events" in text


def test_kinds_that_the_tests_are_not_for() -> None:
    class NotForSelect(Sample):
        skippedReactors = {"SelectReactor": "too slow"}

    made = NotForSelect.makeTestCaseClasses()["NotForSelect_SelectReactorTests"]
    assert run(made("check_timer")).events == [("skip", "too slow")]


def test_errors_can_stop_the_reactor() -> None:
    ((outcome, text),) = run(kind("Select")("check_error")).events
    assert outcome == "error"
    assert text == "in the loop"
