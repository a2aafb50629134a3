"""Signals: those that stop the reactor, and waking up for all of them.

Python runs signal handlers in the main thread, between two of its instructions. A main thread that
sleeps in epoll or select would not notice a signal that the kernel delivered to another thread, so
while the reactor runs, the interpreter writes a byte to the reactor's wake-up pipe for every
signal (`signal.set_wakeup_fd`).
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Protocol

Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None

STOPPING_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")
"""The names of the signals that stop a reactor, as far as the platform has them."""


class SignalHandling(Protocol):
    """Handlers of signals that are there while a reactor runs."""

    def install(self) -> None:
        """Install the handlers."""

    def uninstall(self) -> None:
        """Put back what was found."""


class SignalHandlers:
    """The handlers that a running reactor installs, and those that it found."""

    def __init__(self, stop: Callable[[int], object], wakeupDescriptor: int) -> None:
        """Prepare; nothing is installed yet.

        Args:
            stop: Called in a signal handler with the number of the signal.
            wakeupDescriptor: The non-blocking descriptor that gets a byte for every signal; -1 for
                the one that is set already.
        """
        self._stop = stop
        self._wakeupDescriptor = wakeupDescriptor
        self._found: dict[int, Handler] = {}
        self._foundWakeup: int | None = None

    def install(self) -> None:
        """Install the handlers.

        An interrupt handler that the application installed before is left alone. In other threads
        than the main one nothing is done: Python lets only that one handle signals.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for name in STOPPING_SIGNALS:
            number = getattr(signal, name, None)
            if number is None:
                continue
            found = signal.getsignal(number)
            if number == signal.SIGINT and found is not signal.default_int_handler:
                continue
            signal.signal(number, self._received)
            self._found[number] = found
        if self._wakeupDescriptor != -1:
            self._foundWakeup = signal.set_wakeup_fd(
                self._wakeupDescriptor, warn_on_full_buffer=False
            )

    def uninstall(self) -> None:
        """Put back what was found, but leave alone what the application changed meanwhile."""
        if self._foundWakeup is not None:
            current = signal.set_wakeup_fd(self._foundWakeup, warn_on_full_buffer=False)
            if current != self._wakeupDescriptor:
                signal.set_wakeup_fd(current)
            self._foundWakeup = None
        for number, found in self._found.items():
            if signal.getsignal(number) == self._received:
                # None stands for a handler that was not installed from Python.
                signal.signal(number, signal.SIG_DFL if found is None else found)
        self._found.clear()

    def _received(self, number: int, frame: FrameType | None) -> None:
        self._stop(number)


__all__ = ["STOPPING_SIGNALS", "SignalHandlers", "SignalHandling"]
