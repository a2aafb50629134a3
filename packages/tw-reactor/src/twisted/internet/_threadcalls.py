"""Calls from other threads, and the wake-up that lets a sleeping loop notice them.

`callFromThread` appends to a deque (atomic, so safe in any thread and in a signal handler) and
writes one byte to a pipe that the loop watches. While a byte is on its way no second one is
written: a thread that hands over a million calls wakes the loop once for each time that it looks.
The order of the two steps on each side makes that safe: the caller appends before it looks at
the flag, the loop clears the flag before it takes calls out. The loop may be faster than the caller
and make the call before its byte is written; so it clears the flag whenever it was woken, whether
there is a call or not. A flag that stayed set would be the last wake-up.
"""

import os
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context


class Waker:
    """A pipe: a byte written to one end makes the other one readable.

    Descriptors by number rather than objects, since a reactor is often never closed: the default
    one lives as long as the process.
    """

    def __init__(self) -> None:
        self._receiver, self._sender = os.pipe()
        os.set_blocking(self._receiver, False)
        os.set_blocking(self._sender, False)

    def fileno(self) -> int:
        """Return the descriptor that becomes readable; -1 after `close`."""
        return self._receiver

    def senderFileno(self) -> int:
        """Return the descriptor to write to, for `signal.set_wakeup_fd`."""
        return self._sender

    def wake(self) -> None:
        """Make the receiver readable; safe in any thread and in a signal handler."""
        try:
            os.write(self._sender, b"\0")
        except BlockingIOError:
            # Full, so the loop is going to wake up in any case.
            pass
        except OSError:
            # Closed: a thread that outlives its reactor calls in vain.
            pass

    def drain(self) -> None:
        """Take out what was written."""
        try:
            while len(os.read(self._receiver, 4096)) == 4096:
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Close both ends; again, it does nothing."""
        receiver, sender = self._receiver, self._sender
        self._receiver = self._sender = -1
        if receiver != -1:
            os.close(receiver)
            os.close(sender)


class ThreadCalls:
    """Calls that other threads want to have made in the reactor's thread.

    Attributes:
        calls: Those that wait.
        waking: Whether the loop is being woken; there may be no call any more when it wakes up.
    """

    def __init__(self, wake: Callable[[], object], onError: Callable[[], object]) -> None:
        """Make an empty queue.

        Args:
            wake: Wakes the loop up; called in other threads.
            onError: Called, with the exception being handled, when a call raised.
        """
        self._wake = wake
        self._onError = onError
        self.waking = False
        self.calls: deque[
            tuple[Context, Callable[..., object], tuple[object, ...], dict[str, object]]
        ] = deque()

    def __bool__(self) -> bool:
        """Return whether a call waits."""
        return bool(self.calls)

    def add(
        self, func: Callable[..., object], args: tuple[object, ...], kw: dict[str, object]
    ) -> None:
        """Queue a call, to be made with the caller's context variables; for any thread.

        Args:
            func: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
        """
        self.calls.append((copy_context(), func, args, kw))
        if not self.waking:
            self.waking = True
            self._wake()

    def run(self) -> None:
        """Make the calls that wait now, in order; those that come meanwhile wait for next time."""
        self.waking = False
        calls = self.calls
        for _ in range(len(calls)):
            context, func, args, kw = calls.popleft()
            try:
                context.run(func, *args, **kw)
            except Exception:
                self._onError()
        if calls and not self.waking:
            self.waking = True
            self._wake()


__all__ = ["ThreadCalls", "Waker"]
