"""What type checkers must understand of tw-trial; checked by mypy and pyright, not run."""

from typing import assert_type

from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure
from twisted.python.monkey import MonkeyPatcher
from twisted.trial.unittest import SynchronousTestCase, TestCase


async def compute() -> bytes:
    """Return a result, later."""
    return b"result"


class SampleTests(TestCase):
    """What assertions return."""

    def check_results(self) -> None:
        """Results of Deferreds and coroutines have their types."""
        waiting: Deferred[int] = succeed(3)
        assert_type(self.successResultOf(waiting), int)
        assert_type(self.successResultOf(compute()), bytes)
        assert_type(self.failureResultOf(waiting, ValueError), Failure)

    def check_assertions(self) -> None:
        """Assertions return what they were given."""
        assert_type(self.assertEqual(3, 4), int)
        assert_type(self.assertIn("a", ["a"]), str)
        assert_type(self.assertRaises(KeyError, {}.__getitem__, 1), KeyError)
        assert_type(self.assertEqual("a", b"a"), str)
        with self.assertRaises(ValueError) as context:
            int("x")
        assert_type(context.exception, BaseException)

    def check_helpers(self) -> None:
        """Helpers check the arguments of what they call."""
        assert_type(self.patch(int, "real", 3), MonkeyPatcher)
        assert_type(self.mktemp(), str)
        assert_type(self.flushLoggedErrors(ValueError), list[Failure])
        self.addCleanup(compute)
        self.addCleanup(len, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class PlainTests(SynchronousTestCase):
    """Tests without a reactor."""

    def check_end(self) -> int:
        """A test that fails goes no further."""
        self.fail("it does")
