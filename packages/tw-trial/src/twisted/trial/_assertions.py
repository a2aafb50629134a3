"""The assertions of a test case, beside those of the standard library.

Each method raises `failureException` if what it asserts does not hold, and most return the first
argument, so that an assertion can stand inside an expression or in a chain of callbacks.
"""

# The parameters have the names that existing code knows, not those of the standard library.
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

import unittest
import warnings
from collections.abc import Callable, Container, Iterable
from types import TracebackType
from typing import Any, NoReturn, TypeVar, overload

from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr
from twisted.trial._kinds import AnyObject
from twisted.trial._todo import FailTest

_T = TypeVar("_T")
_E = TypeVar("_E", bound=BaseException)

LONGEST_REPR = 10_000
"""How many characters of a value are shown, at most, where two values are not equal."""


class RaisedContext:
    """Checks that the body of a `with` statement raises one of some exceptions.

    Attributes:
        exception: What was raised, once the body is left.
    """

    exception: BaseException

    def __init__(
        self, case: "Assertions", expected: type[BaseException] | tuple[type[BaseException], ...]
    ) -> None:
        """Expect an exception.

        Args:
            case: Who fails if it does not come.
            expected: Its class, or several.
        """
        self._case = case
        self._expected = expected

    def __enter__(self) -> "RaisedContext":
        return self

    def __exit__(
        self,
        exceptionType: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.exception = self._case._checkRaised(value, self._expected, None)
        return True


class Assertions(unittest.TestCase):
    """What a test can assert; a part of every test case."""

    failureException: type[AssertionError] = FailTest
    longMessage = True

    def fail(self, msg: object | None = None) -> NoReturn:
        """Let the test fail.

        Args:
            msg: Why.

        Raises:
            FailTest: Always.
        """
        raise self.failureException(msg)

    def assertFalse(self, condition: object, msg: object = None) -> AnyObject:
        """Check that something is false, and return it."""
        super().assertFalse(condition, msg)
        return condition

    def assertTrue(self, condition: object, msg: object = None) -> AnyObject:
        """Check that something is true, and return it."""
        super().assertTrue(condition, msg)
        return condition

    @overload  # type: ignore[override]  # with a callable it returns the exception
    def assertRaises(
        self, exception: type[_E] | tuple[type[_E], ...], f: None = None, /
    ) -> RaisedContext: ...
    @overload
    def assertRaises(
        self,
        exception: type[_E] | tuple[type[_E], ...],
        f: Callable[..., object],
        /,
        *args: object,
        **kwargs: object,
    ) -> _E: ...
    def assertRaises(
        self,
        exception: type[BaseException] | tuple[type[BaseException], ...],
        f: Callable[..., object] | None = None,
        /,
        *args: object,
        **kwargs: object,
    ) -> BaseException | RaisedContext:
        """Check that a call raises an exception.

        Args:
            exception: The class of the exception, or several.
            f: What to call; if left out, the body of a `with` statement is checked.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            The exception; without `f`, a context manager whose attribute `exception` is it.
        """
        if f is None:
            return RaisedContext(self, exception)
        try:
            result = f(*args, **kwargs)
        except BaseException as error:
            return self._checkRaised(error, exception, None)
        return self._checkRaised(None, exception, result)

    def _checkRaised(
        self,
        raised: BaseException | None,
        expected: type[BaseException] | tuple[type[BaseException], ...],
        returned: object,
    ) -> BaseException:
        """Return what was raised if it was expected, or fail."""
        if raised is None or not isinstance(raised, expected):
            self._failRaised(raised, expected, returned)
        return raised

    def _failRaised(
        self,
        raised: BaseException | None,
        expected: type[BaseException] | tuple[type[BaseException], ...],
        returned: object,
    ) -> NoReturn:
        """Say that another exception was raised, or none."""
        classes = expected if isinstance(expected, tuple) else (expected,)
        names = " or ".join(each.__name__ for each in classes)
        if raised is None:
            said = "" if returned is None else f" ({safe_repr(returned)} returned)"
            self.fail(f"{names} not raised{said}")
        if isinstance(raised, KeyboardInterrupt):
            raise raised
        self.fail(f"{type(raised).__name__} raised instead of {names}:\n{_tracebackOf(raised)}")

    def assertEqual(self, first: _T, second: object, msg: object = None) -> _T:
        """Check that two values are equal, and return the first."""
        # Not `!=`: a class may define one of the two only, or both in ways that differ.
        equal = first == second
        if not equal:
            self._failUnequal(first, second, msg)
        return first

    def _failUnequal(self, first: object, second: object, msg: object) -> NoReturn:
        text = f"not equal:\na = {_shown(first)}\nb = {_shown(second)}\n"
        difference = self._difference(first, second)
        if difference:
            text += f"\n{difference}\n"
        self.fail(text if msg is None else f"{msg}\n{text}")

    def _difference(self, first: object, second: object) -> str:
        """Return what the standard library says about two values of one type."""
        compare = self._getAssertEqualityFunc(first, second)
        if compare == self._baseAssertEqual:  # type: ignore[attr-defined]  # of the base class
            return ""
        try:
            compare(first, second)
        except AssertionError as error:
            return str(error)
        return ""

    def assertNotEqual(self, first: _T, second: object, msg: object = None) -> _T:
        """Check that two values are not equal, and return the first."""
        different = first != second
        if not different:
            self.fail(_said(msg, f"{safe_repr(first)} == {safe_repr(second)}"))
        return first

    def assertIs(self, first: _T, second: object, msg: object = None) -> _T:  # type: ignore[override]  # returns it
        """Check that two names stand for one object, and return it."""
        if first is not second:
            self.fail(_said(msg, f"{safe_repr(first)} is not {safe_repr(second)}"))
        return first

    def assertIsNot(self, first: _T, second: object, msg: object = None) -> _T:  # type: ignore[override]  # returns it
        """Check that two names stand for different objects, and return the first."""
        if first is second:
            self.fail(_said(msg, f"{safe_repr(first)} is {safe_repr(second)}"))
        return first

    def assertIn(
        self, containee: _T, container: Container[Any] | Iterable[Any], msg: object = None
    ) -> _T:
        """Check that something is in a container, and return it."""
        super().assertIn(containee, container, msg)
        return containee

    def assertNotIn(
        self, containee: _T, container: Container[Any] | Iterable[Any], msg: object = None
    ) -> _T:
        """Check that something is not in a container, and return it."""
        super().assertNotIn(containee, container, msg)
        return containee

    def assertApproximates(
        self, first: float, second: float, tolerance: float, msg: object = None
    ) -> float:
        """Check that two numbers differ by no more than a tolerance, and return the first."""
        if not abs(first - second) <= tolerance:
            self.fail(_said(msg, f"{first} ~== {second}"))
        return first

    def assertSubstring(
        self, substring: AnyObject, astring: AnyObject, msg: object = None
    ) -> AnyObject:
        """Check that a string is a part of another one, and return it."""
        return self.assertIn(substring, astring, msg)

    def assertNotSubstring(
        self, substring: AnyObject, astring: AnyObject, msg: object = None
    ) -> AnyObject:
        """Check that a string is no part of another one, and return it."""
        return self.assertNotIn(substring, astring, msg)

    def assertIsInstance(
        self, instance: object, classOrTuple: AnyObject, message: object = None
    ) -> None:
        """Check that an object is an instance of a class, or of one of several."""
        if not isinstance(instance, classOrTuple):
            said = f"{safe_repr(instance)} is not an instance of {safe_repr(classOrTuple)}"
            self.fail(_said(message, said))

    def assertNotIsInstance(
        self, instance: object, classOrTuple: AnyObject, msg: object = None
    ) -> None:
        """Check that an object is no instance of a class, nor of one of several."""
        if isinstance(instance, classOrTuple):
            said = f"{safe_repr(instance)} is an instance of {safe_repr(classOrTuple)}"
            self.fail(_said(msg, said))

    def assertWarns(  # type: ignore[override]  # takes a message and a file as well
        self,
        category: AnyObject,
        message: AnyObject = None,
        filename: AnyObject = None,
        f: AnyObject = None,
        *args: AnyObject,
        **kwargs: AnyObject,
    ) -> AnyObject:
        """Check that a call warns.

        Without a string as `message` it is the assertion of the standard library:
        `assertWarns(category)` in a `with` statement, or `assertWarns(category, f, *args)`.

        Args:
            category: The class of the warning.
            message: Its text.
            filename: The file that it names, with or without `c` or `o` at its end.
            f: What to call.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            What the call returned.
        """
        if not isinstance(message, str) or f is None:
            given = [each for each in (message, filename, f) if each is not None]
            return super().assertWarns(category, *given, *args, **kwargs)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            result = f(*args, **kwargs)
        if not seen:
            self.fail("No warnings emitted")
        first = seen[0]
        if len({(str(each.message), each.category) for each in seen}) > 1:
            told = ", ".join(safe_repr(each.message) for each in seen)
            self.fail(f"Can't handle different warnings: {told}")
        self.assertEqual(str(first.message), message)
        self.assertIs(first.category, category)
        self.assertEqual(_source(first.filename), _source(filename))
        return result

    def assertAlmostEqual(
        self,
        first: AnyObject,
        second: AnyObject,
        places: int | None = None,
        msg: object = None,
        delta: AnyObject = None,
    ) -> AnyObject:
        """Check that two numbers differ by little, and return the first.

        Args:
            first: A number.
            second: Another one.
            places: To how many decimal places they are to be equal; 7, if `delta` is not given.
            msg: What is said besides.
            delta: The largest difference.
        """
        super().assertAlmostEqual(first, second, places, msg, delta)
        return first

    def assertNotAlmostEqual(
        self,
        first: AnyObject,
        second: AnyObject,
        places: int | None = None,
        msg: object = None,
        delta: AnyObject = None,
    ) -> AnyObject:
        """Check that two numbers differ by more than little, and return the first.

        The arguments are those of `assertAlmostEqual`.
        """
        super().assertNotAlmostEqual(first, second, places, msg, delta)
        return first

    # Older names, which existing tests use. They are names for the same methods, so a class that
    # overrides one overrides it under that name only.
    assert_ = assertTrue  # type: ignore[assignment]  # it returns something here
    failUnless = assertTrue  # type: ignore[assignment]  # it returns something here
    failUnlessTrue = assertTrue
    assertNot = assertFalse
    failIf = assertFalse  # type: ignore[assignment]  # it returns something here
    failUnlessFalse = assertFalse
    failUnlessRaises = assertRaises  # type: ignore[assignment]  # it returns something here
    assertEquals = assertEqual
    failUnlessEqual = assertEqual
    failUnlessEquals = assertEqual
    assertNotEquals = assertNotEqual
    failIfEqual = assertNotEqual
    failIfEquals = assertNotEqual
    assertIdentical = assertIs
    failUnlessIdentical = assertIs
    assertNotIdentical = assertIsNot
    failIfIdentical = assertIsNot
    failUnlessIn = assertIn
    failIfIn = assertNotIn
    failUnlessSubstring = assertSubstring
    failIfSubstring = assertNotSubstring
    failUnlessApproximates = assertApproximates
    assertAlmostEquals = assertAlmostEqual
    failUnlessAlmostEqual = assertAlmostEqual
    assertNotAlmostEquals = assertNotAlmostEqual
    failIfAlmostEqual = assertNotAlmostEqual
    failIfAlmostEquals = assertNotAlmostEqual
    failUnlessIsInstance = assertIsInstance
    failIfIsInstance = assertNotIsInstance
    failUnlessWarns = assertWarns


def _source(filename: str) -> str:
    """Return the name of the source of a file that may be compiled."""
    return filename[:-1] if filename.endswith((".pyc", ".pyo")) else filename


def _said(msg: object, text: str) -> str:
    """Return the message of a failure: what the test says, or what is wrong."""
    return text if msg is None else f"{msg}: {text}"


def _shown(value: object) -> str:
    text = safe_repr(value)
    if len(text) > LONGEST_REPR:
        return f"{text[:LONGEST_REPR]}... ({len(text)} characters)"
    return text


def _tracebackOf(error: BaseException) -> str:
    return Failure(error).getTraceback()


__all__ = ["Assertions", "RaisedContext"]
