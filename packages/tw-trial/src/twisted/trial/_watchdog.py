"""Stopping a test that does not come back.

A reactor notices by itself that a Deferred does not fire in time. A test that blocks, or that runs
in circles, keeps the reactor from it; then a signal of the operating system (SIGALRM) has the main
thread raise an exception wherever it is. A test that catches the exception gets it again every
second; one that cannot be got rid of so, ends the process, since no other test could run anyway.
"""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from twisted.internet.defer import TimeoutError

GRACE = 1.0
"""How many seconds the reactor has to notice by itself that a test takes too long."""

MOST_ATTEMPTS = 10
"""How often an exception is raised in a test before the process is ended."""

UNSTOPPABLE_STATUS = 70
"""The exit status of a process whose test could not be stopped."""


class TestHangs(BaseException):
    """A test goes on though it was told several times that it takes too long."""

    # pytest takes names that begin so for tests.
    __test__ = False


class Watchdog:
    """Watches the test that runs in the main thread.

    Attributes:
        expect: Is called with how many seconds it may be until it is called again, 0 if that does
            not matter; for who watches this process from outside.
        atTheEnd: Is called before the process is ended; for who keeps what it writes.
    """

    expect: Callable[[float], None] | None = None
    atTheEnd: Callable[[], object] | None = None

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._awake = False
        self._name = ""
        self._seconds = 0.0
        self._attempts = 0

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Return a context manager in whose body tests are watched, where that is possible."""
        if self._awake or threading.current_thread() is not threading.main_thread():
            yield
            return
        try:
            previous = signal.signal(signal.SIGALRM, self._expired)
        except (AttributeError, ValueError):
            # No such signal here, or an interpreter that is not the main one.
            yield
            return
        self._awake = True
        try:
            yield
        finally:
            self._awake = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def begin(self, name: str, seconds: float) -> None:
        """Begin to watch a step of a test.

        Args:
            name: What to call it.
            seconds: How long it may take.
        """
        if self._awake:
            self._name, self._seconds, self._attempts = name, seconds, 0
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001) + GRACE, 1.0)
            if self.expect is not None:
                self.expect(max(seconds, 0.001))

    def end(self) -> None:
        """Stop watching."""
        if self._awake:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if self.expect is not None:
                self.expect(0.0)

    def _expired(self, number: int, frame: FrameType | None) -> None:
        """Raise an exception in the test; called as the handler of the signal."""
        self._attempts += 1
        if self.expect is not None:
            self.expect(1.0)
        text = f"{self._name} still running at {self._seconds} secs"
        if self._attempts > MOST_ATTEMPTS:
            self._giveUp()
        if self._attempts > MOST_ATTEMPTS // 2:
            raise TestHangs(text)
        raise TimeoutError(text)

    def _giveUp(self) -> None:
        if self.atTheEnd is not None:
            self.atTheEnd()
        for stream in (sys.stdout, sys.stderr):
            # The test may have closed it.
            with suppress(Exception):
                stream.flush()
        message = f"\n{self._name} can't be stopped, so the run ends here.\n"
        os.write(2, message.encode("utf-8", "backslashreplace"))
        faulthandler.dump_traceback(file=2)
        os._exit(UNSTOPPABLE_STATUS)


watchdog = Watchdog()
"""What watches the tests of this process."""


__all__ = ["MOST_ATTEMPTS", "TestHangs", "UNSTOPPABLE_STATUS", "Watchdog", "watchdog"]
