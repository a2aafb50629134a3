"""One call of a pool, from waiting for a thread to done, and how it is given up.

A call is seen from two threads::

    waiting --begin()--> working --settle()--> settled

Its thread moves it on; the thread of the reactor may give it up at any time, for a reason. Given up
while it waits, it never begins. Given up while it works, the statement that its connection is at
is interrupted, again and again until it settles, because an interrupt that comes between two
statements has no effect. After that it can't be interrupted any more, so that no interrupt hits the
rollback, or the next call on the same connection; whether it was given up is looked at once more
before the commit.
"""

import enum
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import Generic, TypeVar

from twisted.enterprise.adbapi._interrupting import Interrupt
from twisted.logger import Logger

_W = TypeVar("_W")

FIRST_PAUSE = 0.05
"""How many seconds after the first interrupt the second one comes, if it is still wanted."""
LONGEST_PAUSE = 2.0
"""The pause doubles each time, up to so many seconds."""

_log = Logger()


class _State(enum.Enum):
    WAITING = "waiting"
    WORKING = "working"
    SETTLED = "settled"


class Call(Generic[_W]):
    """A call that a pool was asked for.

    Attributes:
        work: What is to be done; for the pool.
    """

    def __init__(self, work: _W, onGivenUp: Callable[[], object] | None = None) -> None:
        """Make a call that waits.

        Args:
            work: What is to be done.
            onGivenUp: Called in the thread of the reactor when it is given up.
        """
        self.work = work
        self._onGivenUp = onGivenUp
        # Guards everything below; its thread waits on it for interrupts that are under way.
        self._changed = Condition(Lock())
        self._state = _State.WAITING
        self._reason: BaseException | None = None
        self._interrupt: Interrupt | None = None
        self._interrupting = False

    @property
    def reason(self) -> BaseException | None:
        """Why it was given up, or None."""
        return self._reason

    def begin(self, interrupt: Interrupt | None) -> None:
        """Note that its thread is at work with a connection now.

        Args:
            interrupt: Ends the statement that the connection is at.

        Raises:
            BaseException: The reason, if it was given up.
        """
        with self._changed:
            self.check()
            self._interrupt = interrupt
            self._state = _State.WORKING

    def check(self) -> None:
        """Go on only if it was not given up.

        Raises:
            BaseException: The reason.
        """
        if self._reason is not None:
            raise self._reason

    def settle(self) -> None:
        """Wait for an interrupt that is under way, and let no more come; for its thread."""
        with self._changed:
            self._state = _State.SETTLED
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._interrupting)

    def giveUp(self, reason: BaseException) -> None:
        """Give it up; for the thread of the reactor. It does not wait for anything.

        Args:
            reason: What its thread is to fail with.
        """
        with self._changed:
            if self._reason is not None:
                return
            self._reason = reason
            wanted = self._state is _State.WORKING and self._interrupt is not None
        if self._onGivenUp is not None:
            self._onGivenUp()
        if wanted:
            # Some interrupts ask a server and so may take a while.
            thread = Thread(
                target=self._interruptAgainAndAgain, name="adbapi-interrupt", daemon=True
            )
            try:
                thread.start()
            except RuntimeError as error:
                # There are as many threads as may be; its own one ends by itself, only later.
                _log.warn("A statement could not be interrupted: {error}", error=error)

    def _interruptAgainAndAgain(self) -> None:
        pause = FIRST_PAUSE
        while self._interruptOnce():
            with self._changed:
                if self._changed.wait_for(lambda: self._state is _State.SETTLED, pause):
                    return
            pause = min(2 * pause, LONGEST_PAUSE)

    def _interruptOnce(self) -> bool:
        """Interrupt it if it is at work; returns whether to try again."""
        with self._changed:
            if self._state is not _State.WORKING or self._interrupt is None:
                return False
            self._interrupting = True
        try:
            self._interrupt()
        except Exception as error:
            # The server may be gone; then the statement fails by itself, or nothing can be done.
            _log.warn("A statement could not be interrupted: {error}", error=error)
            return False
        finally:
            with self._changed:
                self._interrupting = False
                self._changed.notify_all()
        return True


__all__ = ["Call"]
