"""A reactor that a main loop of somebody else turns: that of GLib, of wx, of any toolkit.

The reactor keeps a poller of its own. epoll(7) and kqueue(2) have a descriptor themselves, which is
readable as soon as something has happened to one of those that they watch. So the main loop has one
descriptor to look after, however many connections there are, and a turn is the reactor's own: the
order, the fairness and the cost are those of `EPollReactor`. Where a poller has no descriptor, the
main loop asks it every now and then, or a thread waits in the place of the main loop.

What is done inside of a turn is known at its end, when the reactor says how long the main loop may
wait. What is done outside of a turn (the click on a button calls `write`, `callLater` or `stop`)
wakes the reactor up as a call from another thread does, and the turn that follows sees to it.

The main loop may come to an end by itself, as when the last window was closed. Then the reactor
stops in good order, and turns by its own means until that is done.
"""

from collections.abc import Callable
from typing import Protocol

from twisted.internet._pollers import EpollPoller, Poller
from twisted.internet._sockets._filedescriptor import Settling
from twisted.internet._timers import TimerQueue
from twisted.internet.posixbase import PosixReactorBase


class MainLoop(Protocol):
    """What a reactor wants from the main loop that turns it."""

    def attach(self, poller: Poller, turn: Callable[[], object]) -> None:
        """Begin to turn a reactor.

        Args:
            poller: Whenever it has something to tell, there is to be a turn.
            turn: Makes a turn; called in the thread of the main loop.
        """

    def expect(self, seconds: float | None) -> None:
        """Make a turn after so many seconds at the latest; None sets no limit.

        Called when the reactor starts, and at the end of each turn.
        """

    def run(self) -> None:
        """Run until `quit` is called, or until the main loop ends for a reason of its own."""

    def quit(self) -> None:
        """Let `run` return; harmless when it does not run."""

    def detach(self) -> None:
        """Turn the reactor no more."""


class DrivenReactor(PosixReactorBase):
    """A reactor that a main loop turns."""

    def __init__(self, loop: MainLoop, poller: Poller) -> None:
        """Make a reactor; the main loop is left alone until it is started.

        Args:
            loop: The main loop.
            poller: What the reactor asks what has happened; nobody else uses it.
        """
        super().__init__(poller)
        self._mainLoop = loop
        self._attached = False
        self._turning = False
        self._woken = False
        # Whether what ends the reactor is raised by one of its methods; else it is by a turn.
        self._keepingErrors = False
        self._error: BaseException | None = None
        self.settleSoon: Callable[[Settling], None] = self._settleSoon
        # A shutdown that had to wait may come to its end outside of a turn.
        self._lifecycle.event("shutdown").addOwnStep("after", self._changed)

    def _makeTimers(self) -> TimerQueue:
        return TimerQueue(self.seconds, self._callFailed, self._callIsEarlier)

    # From outside of a turn

    def _changed(self) -> None:
        """Have a turn made soon, unless this one sees to everything at its end."""
        if self._attached and not self._turning and not self._woken:
            self._woken = True
            self.wakeUp()

    def _callIsEarlier(self, time: float) -> None:
        """Learn that a call was entered that is due before all others."""
        self._changed()

    def _settleSoon(self, transport: Settling) -> None:
        self._unsettled.append(transport)
        self._changed()

    def stop(self) -> None:
        """Fire the shutdown event and let `run` return.

        Raises:
            ReactorNotRunning: It is not running, or is stopping already.
        """
        super().stop()
        self._changed()

    def crash(self) -> None:
        """Let `run` return as soon as it can, without the shutdown event."""
        super().crash()
        self._leave()

    # Running

    def startRunning(self, installSignalHandlers: bool = True) -> None:
        """Start, and be turned from now on by the main loop, whoever runs it.

        Args:
            installSignalHandlers: As in `run`.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        super().startRunning(installSignalHandlers)
        if self._lifecycle.alive:
            self._attach()
            self._mainLoop.expect(0.0)

    def mainLoop(self) -> None:
        """Run the main loop until the reactor was stopped."""
        lifecycle = self._lifecycle
        try:
            if lifecycle.alive:
                self._keepingErrors = True
                self._mainLoop.run()
        except BaseException:
            self.crash()
            raise
        finally:
            self._keepingErrors = False
            self._detach()
        error, self._error = self._error, None
        if error is not None:
            raise error
        if lifecycle.canStop:
            self.stop()
        super().mainLoop()

    def close(self) -> None:
        """Free the descriptors of a reactor that is stopped and will not run again."""
        self._detach()
        super().close()

    def _attach(self) -> None:
        self._attached = True
        self._mainLoop.attach(self._poller, self._turn)

    def _detach(self) -> None:
        if self._attached:
            self._attached = False
            self._mainLoop.detach()
            # A thread may be waiting for the main loop.
            self.wakeUp()

    def _leave(self) -> None:
        """Leave the main loop, since the reactor has stopped."""
        if self._attached:
            self._detach()
            self._mainLoop.quit()

    def _turn(self) -> None:
        """Deal with what has happened and make the calls that are due."""
        self._turning = True
        self._woken = False
        try:
            self.doIteration(0.0)
            self.runUntilCurrent()
        except BaseException as error:
            self.crash()
            if not self._keepingErrors:
                # Somebody else runs the main loop, and hears of it in the way of that.
                raise
            # The main loop, which may be written in C, is no place to raise it in; `run` raises it.
            self._error = error
            return
        finally:
            # Also for the rest of a turn around this one (a dialog that runs its own loop).
            self._turning = False
        if self._lifecycle.alive:
            self._mainLoop.expect(self._patience())
        else:
            self._leave()

    def _patience(self) -> float | None:
        """Return how many seconds the main loop may wait for the poller."""
        poller = self._poller
        if isinstance(poller, EpollPoller) and poller.alwaysReady:
            return 0.0
        return self.timeout()


__all__ = ["DrivenReactor", "MainLoop"]
