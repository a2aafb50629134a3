"""A thread that waits in the place of a main loop that cannot watch descriptors.

The thread asks the poller, and when that has something to tell (or time is up) it has the main loop
call the turn, by whatever way the main loop has to be called from another thread. Then it waits
until the turn is over. What the poller said is forgotten: pollers are level triggered, so the turn
asks again and gets the same answer, or a better one if things have changed on the way.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Literal

from twisted.internet._pollers import Poller

Waker = Callable[[Callable[[], object]], object]
"""Has a function called soon in the thread of a main loop; called in any thread."""

_End = Literal["end"]


class WaitingThread:
    """A main loop of its own, for programs that have none, or the helper of one that they have.

    Attributes:
        waker: How a turn gets into the thread of the main loop; into `run` of this one if None.
    """

    def __init__(self, waker: Waker | None = None) -> None:
        """Prepare; the thread is started when a reactor is attached.

        Args:
            waker: How a turn gets into the thread of the main loop; into `run` of this one if None.
        """
        self._calls: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._running = False
        self.waker: Waker = self._calls.put if waker is None else waker
        self._waits: SimpleQueue[float | _End | None] | None = None

    def attach(self, poller: Poller, turn: Callable[[], object]) -> None:
        """Begin to turn a reactor."""
        waits: SimpleQueue[float | _End | None] = SimpleQueue()
        self._waits = waits

        def turnIfAttached() -> None:
            # A call that was under way when the reactor was detached may come late.
            if self._waits is waits:
                turn()

        def wait() -> None:
            while True:
                seconds = waits.get()
                if seconds == "end":
                    return
                try:
                    poller.wait(seconds)
                except (OSError, ValueError):
                    # A descriptor that is not open: the turn finds out which one.
                    pass
                if self._waits is waits:
                    self.waker(turnIfAttached)

        threading.Thread(target=wait, name="waits for the reactor", daemon=True).start()

    def expect(self, seconds: float | None) -> None:
        """Make a turn after so many seconds at the latest; None sets no limit."""
        if self._waits is not None:
            self._waits.put(seconds)

    def run(self) -> None:
        """Run until `quit` is called."""
        self._running = True
        try:
            while self._running:
                self._calls.get()()
        finally:
            self._running = False

    def quit(self) -> None:
        """Let `run` return."""
        if self._running:
            self._calls.put(self._stopRunning)

    def detach(self) -> None:
        """Turn the reactor no more, and end the thread as soon as the poller lets go of it."""
        waits, self._waits = self._waits, None
        if waits is not None:
            waits.put("end")

    def _stopRunning(self) -> None:
        self._running = False


__all__ = ["WaitingThread", "Waker"]
