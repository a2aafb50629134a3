"""`PosixReactorBase`, the reactor over a poller, under the name that existing code knows."""

from twisted.internet._bestpoller import bestPoller
from twisted.internet._pollers import Poller
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._threadcalls import Waker


class PosixReactorBase(PollingReactor):
    """A reactor over a poller (`twisted.internet._pollers.Poller`); pass one to make it wait.

    Subclasses may wait in their own way, by `doIteration`.
    """

    def __init__(self, poller: Poller | None = None, waker: Waker | None = None) -> None:
        """Make a reactor.

        Args:
            poller: What it waits with; the best one of the platform if None.
            waker: What ends the poller's waiting; one over a pipe if None.
        """
        super().__init__(bestPoller() if poller is None else poller, waker)


__all__ = ["PosixReactorBase"]
