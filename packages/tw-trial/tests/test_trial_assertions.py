"""The assertions, those about Deferreds and those about warnings among them."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from incremental import Version

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.deprecate import deprecated, deprecatedModuleAttribute
from twisted.trial.unittest import FailTest, SynchronousTestCase, TestCase

from .trial_helpers import runMethod

case = TestCase()


def failing(assertion: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    """Return the text with which an assertion fails."""
    with pytest.raises(FailTest) as caught:
        assertion(*args, **kwargs)
    return str(caught.value)


def test_equal_values_show_both() -> None:
    assert failing(case.assertEqual, 1, 2) == "not equal:\na = 1\nb = 2\n"


def test_equal_values_show_the_message_and_the_difference() -> None:
    text = failing(case.assertEqual, [1, 2], [1, 3], "in short")
    assert text.startswith("in short\nnot equal:\na = [1, 2]\nb = [1, 3]\n")
    assert "First differing element 1" in text


def test_equal_returns_the_first() -> None:
    first = [1]
    assert case.assertEqual(first, [1]) is first


def test_equal_uses_equality_itself() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]  # as for all that define equality

    case.assertEqual(Odd(), 1)
    case.assertNotEqual(Odd(), 1)


def test_values_whose_repr_fails() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ValueError("no text")

    assert "no text" in failing(case.assertEqual, Broken(), 1)


def test_long_values_are_cut() -> None:
    text = failing(case.assertEqual, b"a" * 1_000_000, b"b")
    assert len(text) < 100_000
    assert "(1000003 characters)" in text


def _messageOf(name: str) -> str:
    """Return the name of the parameter for the message, which one assertion calls otherwise."""
    return "message" if name == "assertIsInstance" else "msg"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("assertTrue", (1,), (0,)),
        ("assertFalse", (0,), (1,)),
        ("assertNot", ([],), ([1],)),
        ("assertNotEqual", (1, 2), (1, 1)),
        ("assertIs", (None, None), ([], [])),
        ("assertIsNot", ([], []), (None, None)),
        ("assertIn", (1, [1]), (2, [1])),
        ("assertNotIn", (2, [1]), (1, [1])),
        ("assertSubstring", ("b", "abc"), ("d", "abc")),
        ("assertNotSubstring", ("d", "abc"), ("b", "abc")),
        ("assertApproximates", (1.0, 1.1, 0.2), (1.0, 1.3, 0.2)),
        ("assertAlmostEqual", (1.0, 1.00000001), (1.0, 1.1)),
        ("assertIsInstance", (1, int), (1, str)),
        ("assertNotIsInstance", (1, str), (1, (int, str))),
        ("failIf", (0,), (1,)),
        ("failUnlessIdentical", (None, None), ([], [])),
        ("failIfIn", (2, [1]), (1, [1])),
        ("failIfAlmostEqual", (1.0, 1.1), (1.0, 1.0)),
        ("assert_", (1,), (0,)),
        ("assertEquals", (1, 1), (1, 2)),
    ],
)
def test_assertions(name: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    assertion = getattr(case, name)
    assertion(*good)
    assert failing(assertion, *bad)
    assert "why it matters" in failing(assertion, *bad, **{_messageOf(name): "why it matters"})


def test_raises_returns_the_exception() -> None:
    error = case.assertRaises(ValueError, int, "x")
    assert "invalid literal" in str(error)


def test_raises_takes_arguments_of_any_name() -> None:
    def function(f: int, exception: int) -> None:
        raise KeyError(f + exception)

    assert case.assertRaises(KeyError, function, f=1, exception=2).args == (3,)


def test_raises_fails_where_nothing_is_raised() -> None:
    assert failing(case.assertRaises, ValueError, int, "3") == "ValueError not raised (3 returned)"


def test_raises_fails_with_the_traceback_of_another_exception() -> None:
    text = failing(case.assertRaises, (KeyError, TypeError), int, "x")
    assert text.startswith("ValueError raised instead of KeyError or TypeError:\nTraceback")


def test_raises_in_a_with_statement() -> None:
    with case.assertRaises(ValueError) as context:
        int("x")
    assert "invalid literal" in str(context.exception)
    with pytest.raises(FailTest, match="ValueError not raised"), case.assertRaises(ValueError):
        pass


def test_interrupts_are_no_failures() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        case.assertRaises(ValueError, interrupted)


# Deferreds


def test_success_result() -> None:
    assert case.successResultOf(succeed(3)) == 3


def test_success_result_of_a_coroutine() -> None:
    async def compute() -> int:
        return await succeed(4)

    assert case.successResultOf(compute()) == 4


def test_success_result_fails_without_a_result() -> None:
    waiting: Deferred[int] = Deferred()
    text = failing(case.successResultOf, waiting)
    assert text.startswith("Success result expected on <Deferred")
    assert text.endswith("found no result instead")
    waiting.callback(5)
    assert case.successResultOf(waiting) == 5


def test_success_result_shows_a_failure() -> None:
    text = failing(case.successResultOf, fail(KeyError("gone")))
    assert "found failure result instead" in text
    assert "KeyError: 'gone'" in text


def test_failure_result() -> None:
    failure = case.failureResultOf(fail(KeyError("gone")))
    assert failure.trap(KeyError) is KeyError
    case.failureResultOf(fail(KeyError("gone")), ValueError, KeyError)


@pytest.mark.parametrize(
    ("deferred", "text"),
    [
        (lambda: Deferred(), "found no result instead"),
        (lambda: succeed(3), "found success result (3) instead"),
        (lambda: fail(ValueError("no")), "found type builtins.ValueError instead"),
    ],
)
def test_failure_result_fails(deferred: Callable[[], Deferred[Any]], text: str) -> None:
    told = failing(case.failureResultOf, deferred(), KeyError)
    assert told.startswith("Failure of type (builtins.KeyError) expected on <Deferred")
    assert text in told


def test_no_result_leaves_the_deferred_as_it_is() -> None:
    waiting: Deferred[int] = Deferred()
    case.assertNoResult(waiting)
    waiting.callback(3)
    assert case.successResultOf(waiting) == 3


def test_no_result_fails_for_successes_and_failures() -> None:
    assert "found 3 instead" in failing(case.assertNoResult, succeed(3))
    assert "ValueError" in failing(case.assertNoResult, fail(ValueError("no")))


def test_assert_failure_gives_the_exception() -> None:
    error = KeyError("gone")
    assert case.successResultOf(case.assertFailure(fail(error), ValueError, KeyError)) is error


def test_assert_failure_fails() -> None:
    for deferred, text in ((succeed(1), "did not catch an error"), (fail(ValueError()), "raised")):
        told = case.failureResultOf(case.assertFailure(deferred, KeyError), FailTest)
        assert text in told.getErrorMessage()


# Warnings and deprecation


def test_assert_warns_with_text_and_file() -> None:
    def function(answer: int) -> int:
        warnings.warn("careful", UserWarning, stacklevel=1)
        return answer

    assert case.assertWarns(UserWarning, "careful", __file__, function, 42) == 42
    assert failing(case.assertWarns, UserWarning, "other", __file__, function, 42)
    assert failing(case.assertWarns, DeprecationWarning, "careful", __file__, function, 42)
    assert failing(case.assertWarns, UserWarning, "careful", __file__, int) == "No warnings emitted"


def test_assert_warns_as_in_the_standard_library() -> None:
    with case.assertWarns(UserWarning):
        warnings.warn("careful", UserWarning, stacklevel=1)


VERSION = Version("tw", 26, 11, 0)


@deprecated(VERSION, "newThing")
def oldThing(value: int) -> int:
    return value


oldAttribute = "value"
deprecatedModuleAttribute(VERSION, "It is no more.", __name__, "oldAttribute")


def test_call_deprecated() -> None:
    class Case(SynchronousTestCase):
        def test_it(self) -> None:
            self.assertEqual(self.callDeprecated((VERSION, "newThing"), oldThing, 3), 3)
            self.assertEqual(self.callDeprecated(VERSION, oldThing, 4), 4)

        def test_wrong(self) -> None:
            self.callDeprecated(VERSION, int, "3")

    assert runMethod(SynchronousTestCase, Case).events == [("success", "")]
    ((kind, text),) = runMethod(SynchronousTestCase, Case, "test_wrong").events
    assert (kind, text) == ("failure", "builtins.int is not deprecated.")


def test_deprecated_module_attribute() -> None:
    class Case(SynchronousTestCase):
        def test_it(self) -> None:
            value = self.getDeprecatedModuleAttribute(
                __name__, "oldAttribute", VERSION, "It is no more."
            )
            self.assertEqual(value, "value")

    assert runMethod(SynchronousTestCase, Case).events == [("success", "")]
