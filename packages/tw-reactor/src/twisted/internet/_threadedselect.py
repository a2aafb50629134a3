"""A select reactor whose waiting is done in a thread, for main loops that watch no descriptors.

`interleave(waker)` starts it beside a main loop: `waker` has a function called soon in the thread
of that loop (`wx.CallAfter`, `loop.call_soon_threadsafe`, `QMetaObject.invokeMethod`, ...). Who
needs to leave the main loop when the reactor has stopped adds a trigger for that.
"""

from collections.abc import Callable

from twisted.internet._drivenreactor import DrivenReactor
from twisted.internet._pollers import Poller, SelectPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet._waitingthread import WaitingThread, Waker


class AnnouncedSelectPoller(SelectPoller):
    """select(2), which goes on with what it was asked when its waiting began.

    Attributes:
        changed: Called when it is asked for something else, to have it begin anew.
    """

    changed: Callable[[], object] | None = None

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        super().watch(fd, events)
        if self.changed is not None:
            self.changed()


class ThreadedSelectReactor(DrivenReactor):
    """A reactor that waits in a thread."""

    def __init__(self, loop: WaitingThread | None = None, poller: Poller | None = None) -> None:
        """Make a reactor.

        Args:
            loop: What has the thread; one that can run by itself if None.
            poller: What the thread waits with; select(2) if None.
        """
        self._thread = WaitingThread() if loop is None else loop
        if poller is None:
            poller = AnnouncedSelectPoller()
        super().__init__(self._thread, poller)
        if isinstance(poller, AnnouncedSelectPoller):
            poller.changed = self._changed

    def interleave(self, waker: Waker, installSignalHandlers: bool = True) -> None:
        """Start beside a main loop that runs, or is about to.

        Args:
            waker: Has a function called soon in the thread of the main loop; called in any thread.
            installSignalHandlers: As in `run`.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        self._thread.waker = waker
        self.startRunning(installSignalHandlers)


def install() -> None:
    """Make a `ThreadedSelectReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(ThreadedSelectReactor())


__all__ = ["ThreadedSelectReactor", "install"]
