"""How one test runs: phases, errors, skips, expectations, cleanups."""

import sys
import unittest as pyunit
import warnings
from types import ModuleType
from typing import Any

import pytest

from twisted.internet import defer
from twisted.python import log
from twisted.python.failure import Failure
from twisted.trial import unittest, util
from twisted.trial.reporter import TestResult
from twisted.trial.runner import TestLoader

from .trial_helpers import NotingReporter, derived, run, runMethod

Kind = type[unittest.SynchronousTestCase]

KINDS: list[Kind] = [unittest.SynchronousTestCase, unittest.TestCase]

pytestmark = pytest.mark.parametrize("base", KINDS, ids=lambda cls: cls.__name__)


def test_phases_run_in_order(base: Kind) -> None:
    calls: list[str] = []

    class Case(unittest.SynchronousTestCase):
        def setUp(self) -> None:
            calls.append("setUp")
            self.addCleanup(calls.append, "first cleanup")
            self.addCleanup(calls.append, "second cleanup")

        def test_it(self) -> None:
            calls.append("test")

        def tearDown(self) -> None:
            calls.append("tearDown")

    assert runMethod(base, Case).events == [("success", "")]
    assert calls == ["setUp", "test", "tearDown", "second cleanup", "first cleanup"]


def test_tear_down_and_cleanups_run_after_a_failure(base: Kind) -> None:
    calls: list[str] = []

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.addCleanup(calls.append, "cleanup")
            self.fail("it does")

        def tearDown(self) -> None:
            calls.append("tearDown")

    assert runMethod(base, Case).events == [("failure", "it does")]
    assert calls == ["tearDown", "cleanup"]


def test_without_set_up_only_cleanups_run(base: Kind) -> None:
    calls: list[str] = []

    class Case(unittest.SynchronousTestCase):
        def setUp(self) -> None:
            self.addCleanup(calls.append, "cleanup")
            raise ValueError("no")

        def test_it(self) -> None:
            calls.append("test")

        def tearDown(self) -> None:
            calls.append("tearDown")

    assert runMethod(base, Case).events == [("error", "no")]
    assert calls == ["cleanup"]


def test_each_error_of_a_test_is_told(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.addCleanup(self.raises, "cleanup")
            self.addCleanup(self.raises, "later cleanup")
            self.raises("test")

        def tearDown(self) -> None:
            self.raises("tearDown")

        def raises(self, text: str) -> None:
            raise KeyError(text)

    told = [text for _, text in runMethod(base, Case).events]
    assert told == ["'test'", "'tearDown'", "'later cleanup'", "'cleanup'"]


@pytest.mark.parametrize("error", [SystemExit(3), GeneratorExit(), RecursionError("deep")])
def test_errors_that_end_programs_end_only_the_test(base: Kind, error: BaseException) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            raise error

    assert runMethod(base, Case).kinds == ["error"]


def test_interrupts_go_through(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runMethod(base, Case)


def test_results_of_the_standard_library_are_told(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_pass(self) -> None:
            pass

        def test_fail(self) -> None:
            self.fail("it does")

        def test_error(self) -> None:
            raise ValueError("no")

        def test_skip(self) -> None:
            raise unittest.SkipTest("not here")

        def test_todo(self) -> None:
            self.fail("as expected")

        test_todo.todo = "later"  # type: ignore[attr-defined]  # as users write it

    result = pyunit.TestResult()
    for name in ("test_pass", "test_fail", "test_error", "test_skip", "test_todo"):
        derived(base, Case)(name).run(result)
    assert result.testsRun == 5
    assert [str(test).split()[0] for test, _ in result.failures] == ["test_fail"]
    assert [str(test).split()[0] for test, _ in result.errors] == ["test_error"]
    assert [reason for _, reason in result.skipped] == ["not here"]
    assert len(result.expectedFailures) == 1


# Skips and expectations


def test_skip_of_a_method(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def setUp(self) -> None:
            self.fail("it is not run")

        def test_it(self) -> None:
            self.fail("it is not run")

        test_it.skip = "not now"  # type: ignore[attr-defined]  # as users write it

    assert runMethod(base, Case).events == [("skip", "not now")]


def test_skip_of_a_class_can_be_set_later(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.fail("it is not run")

    Case.skip = "not here"  # type: ignore[attr-defined]  # as users write it
    assert runMethod(base, Case).events == [("skip", "not here")]


def test_skip_of_a_module(base: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.fail("it is not run")

    module = ModuleType("trial_skipped_module")
    module.skip = "none of it"  # type: ignore[attr-defined]  # as users write it
    monkeypatch.setitem(sys.modules, module.__name__, module)
    Case.__module__ = module.__name__
    assert runMethod(base, Case).events == [("skip", "none of it")]


def test_raised_skip_ends_the_test(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            raise unittest.SkipTest("cannot find ssh")

    assert runMethod(base, Case).events == [("skip", "cannot find ssh")]


def test_set_up_can_skip(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def setUp(self) -> None:
            raise unittest.SkipTest("no network")

        def test_it(self) -> None:
            self.fail("it is not run")

    assert runMethod(base, Case).events == [("skip", "no network")]


def test_skips_of_the_standard_library(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        @pyunit.skip("decorated")
        def test_it(self) -> None:
            self.fail("it is not run")

        def test_call(self) -> None:
            self.skipTest("called")

    @pyunit.skip("whole class")
    class Skipped(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.fail("it is not run")

    assert runMethod(base, Case).events == [("skip", "decorated")]
    assert runMethod(base, Case, "test_call").events == [("skip", "called")]
    assert runMethod(base, Skipped).events == [("skip", "whole class")]


def test_expected_failure(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            raise ValueError("not yet")

        test_it.todo = "later"  # type: ignore[attr-defined]  # as users write it

    reporter = runMethod(base, Case)
    assert reporter.events == [("expected", "not yet")]
    assert reporter.todos[0].reason == "later"


def test_unexpected_success(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        todo = "later"

        def test_it(self) -> None:
            pass

    assert runMethod(base, Case).events == [("unexpected", "later")]


@pytest.mark.parametrize("errors", [ValueError, (KeyError, ValueError)])
def test_expectation_of_exceptions(base: Kind, errors: Any) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_value(self) -> None:
            raise ValueError("expected")

        def test_type(self) -> None:
            raise TypeError("not expected")

        todo = (errors, "later")

    assert runMethod(base, Case, "test_value").kinds == ["expected"]
    assert runMethod(base, Case, "test_type").events == [("error", "not expected")]


def test_expectation_does_not_cover_tear_down(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        todo = "later"

        def test_it(self) -> None:
            raise ValueError("expected")

        def tearDown(self) -> None:
            raise KeyError("not expected")

    assert runMethod(base, Case).kinds == ["expected", "error"]


def test_expected_failures_of_the_standard_library(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        @pyunit.expectedFailure
        def test_it(self) -> None:
            self.fail("as expected")

    assert runMethod(base, Case).kinds == ["expected"]


def test_todo_that_makes_no_sense(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        todo = 7

    ((kind, text),) = runMethod(base, Case, "runTest").events
    assert kind == "error"
    assert text.startswith("todo is to be a reason")


# Logged errors


def test_logged_error_fails_the_test(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            try:
                raise TypeError("caught")
            except TypeError:
                log.err()

    assert runMethod(base, Case).events == [("error", "caught")]


def test_flushed_errors_are_fine(base: Kind) -> None:
    found: list[Failure] = []

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            for error in (TypeError("a"), KeyError("b"), TypeError("c")):
                log.err(Failure(error))
            found.extend(self.flushLoggedErrors(TypeError))
            found.extend(self.flushLoggedErrors())

    assert runMethod(base, Case).events == [("success", "")]
    assert [str(failure.value) for failure in found] == ["a", "c", "'b'"]


def test_message_that_is_an_error_without_failure_is_fine(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            log.msg("just a text", isError=True)

    assert runMethod(base, Case).events == [("success", "")]


def test_errors_from_before_belong_to_nobody(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            pass

    runMethod(base, Case)
    log.err(Failure(ValueError("between")))
    assert runMethod(base, Case).events == [("success", "")]


def test_unhandled_error_is_found_at_its_test(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            failed = defer.fail(ValueError("nobody handles it"))
            # A cycle, so that only the garbage collector finds it.
            failed.itself = failed  # type: ignore[attr-defined]  # for the test

    assert runMethod(base, Case).events == [("error", "nobody handles it")]


def test_unhandled_error_that_the_test_itself_holds_is_found_at_it(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_1(self) -> None:
            self.failed = defer.fail(ValueError("nobody handles it"))

        def test_2(self) -> None:
            pass

    cls = derived(base, Case)
    reporter = NotingReporter()
    unittest.TestSuite([cls("test_1"), cls("test_2"), cls("test_1")]).run(reporter)
    assert reporter.kinds == ["success", "error", "success", "success", "error"]
    assert reporter.tests == [cls("test_1").id()] * 2


def test_coroutine_that_is_never_awaited_is_an_error(base: Kind) -> None:
    async def forgotten() -> None:
        pass

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            _ = forgotten()
            del _

    ((kind, text),) = runMethod(base, Case).events
    assert kind == "error"
    assert "forgotten' was never awaited" in text


# Warnings


def warnTwice() -> None:
    warnings.warn("first", UserWarning, stacklevel=1)
    warnings.warn("second", DeprecationWarning, stacklevel=1)


def test_flushed_warnings(base: Kind) -> None:
    found: list[Any] = []

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            warnTwice()
            found.extend(self.flushWarnings())
            self.assertEqual(self.flushWarnings(), [])

    assert runMethod(base, Case).events == [("success", "")]
    assert [each["message"] for each in found] == ["first", "second"]
    assert found[1]["category"] is DeprecationWarning
    assert found[0]["filename"] == __file__
    assert found[0]["lineno"] == warnTwice.__code__.co_firstlineno + 1


def test_warnings_of_a_function(base: Kind) -> None:
    found: list[Any] = []

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            warnTwice()
            warnings.warn("other", UserWarning, stacklevel=1)
            found.extend(self.flushWarnings([warnTwice]))
            self.assertEqual([each["message"] for each in self.flushWarnings()], ["other"])

    assert runMethod(base, Case).events == [("success", "")]
    assert [each["message"] for each in found] == ["first", "second"]


def test_warnings_do_not_raise_inside_a_test_but_fail_it(base: Kind) -> None:
    went: list[bool] = []

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            warnings.warn("bad", UserWarning, stacklevel=1)
            went.append(True)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reporter = runMethod(base, Case)
    assert went == [True]
    assert reporter.events == [("error", "bad")]


def test_left_warnings_are_shown_after_the_test(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            warnings.warn("shown", UserWarning, stacklevel=1)

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert runMethod(base, Case).events == [("success", "")]
    assert [str(each.message) for each in shown] == ["shown"]


def test_suppressed_warnings_are_neither_shown_nor_flushed(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        suppress = [util.suppress(category=UserWarning, message="fir")]

        def test_it(self) -> None:
            warnTwice()
            self.assertEqual([each["message"] for each in self.flushWarnings()], ["second"])

    assert runMethod(base, Case).events == [("success", "")]


# What tests return


def test_generators_are_errors(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> Any:
            yield 1

    ((kind, text),) = runMethod(base, Case).events
    assert kind == "error"
    assert "inlineCallbacks" in text


def test_other_values_are_fine(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> Any:
            return self.assertEqual(3, 3)

    assert runMethod(base, Case).events == [("success", "")]


def test_fired_deferreds_are_looked_at(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_pass(self) -> Any:
            return defer.succeed(1)

        def test_fail(self) -> Any:
            return defer.fail(unittest.FailTest("no"))

    assert runMethod(base, Case, "test_pass").events == [("success", "")]
    assert runMethod(base, Case, "test_fail").events == [("failure", "no")]


# Sub-tests


def test_sub_tests_fail_one_by_one(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            for number in range(4):
                with self.subTest("even", number=number):
                    self.assertEqual(number % 2, 0)

    reporter = runMethod(base, Case)
    assert reporter.kinds == ["failure", "failure"]
    assert reporter.errors[0].value.__notes__ == ["in the sub-test even, number=1"]


# Helpers


def test_patch_holds_until_the_end(base: Kind) -> None:
    class Thing:
        value = "own"

    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            self.patch(Thing, "value", "patched")
            self.assertEqual(Thing.value, "patched")
            self.fail("so that it is seen to be restored after a failure")

    assert runMethod(base, Case).kinds == ["failure"]
    assert Thing.value == "own"


def test_mktemp_gives_new_paths_below_the_current_directory(
    base: Kind, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    test = base("runTest")
    first, second = tmp_path / test.mktemp(), tmp_path / test.mktemp()
    assert first != second
    assert first.parent.is_dir()
    assert not first.exists()
    assert tmp_path in first.parents


def test_a_test_without_a_method_passes(base: Kind) -> None:
    assert run(base()).events == [("success", "")]


def test_names(base: Kind) -> None:
    class Case(unittest.SynchronousTestCase):
        def test_it(self) -> None:
            """Say what is tested.

            And more.
            """

        def test_other(self) -> None:
            pass

    assert Case("test_it").id().endswith("Case.test_it")
    assert Case("test_it").shortDescription() == "Say what is tested."
    assert Case("test_other").shortDescription() == "test_other"


def test_durations_are_told(base: Kind) -> None:
    reporter: NotingReporter = run(base())
    (seconds,) = reporter.durations
    assert seconds >= 0


def test_thousands_of_tests_run_in_one_process(base: Kind) -> None:
    def passes(self: unittest.SynchronousTestCase) -> None:
        self.assertTrue(True)

    cls = type("ManyTests", (base,), {f"test_{number}": passes for number in range(4500)})
    result = TestResult()
    TestLoader().loadClass(cls).run(result)
    assert (result.testsRun, result.successes) == (4500, 4500)
    assert result.wasSuccessful()
