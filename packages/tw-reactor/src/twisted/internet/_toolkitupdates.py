"""Serving a toolkit from an ordinary reactor: its events are dealt with every few milliseconds.

This is the other way round than the reactors over main loops: the reactor waits, and looks after
the toolkit in between. It is simple and works with every reactor; in exchange windows lag a little,
and the program wakes up even if nothing happens.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorCore, IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.components import Interface
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.toolkits")


class IReactorOfToolkits(IReactorCore, IReactorTime, Interface):
    """What a toolkit needs of the reactor that serves it."""


def theDefaultReactor() -> IReactorOfToolkits:
    """Return the default reactor, as far as a toolkit needs it."""
    return cast(IReactorOfToolkits, defaultReactor(IReactorTime))


class ToolkitUpdates:
    """Deals with a toolkit's events for as long as the reactor runs."""

    def __init__(
        self,
        update: Callable[[], object],
        seconds: float,
        reactor: IReactorOfToolkits,
        *ended: type[BaseException],
    ) -> None:
        """Begin.

        Args:
            update: Deals with the toolkit's events that are there, and returns.
            seconds: How often.
            reactor: Calls it.
            ended: What `update` raises when the toolkit was closed, which stops the reactor.
        """
        self._reactor = reactor
        self._ended = ended
        self._loop = LoopingCall(update)
        self._loop.clock = reactor
        self._trigger: object | None = reactor.addSystemEventTrigger(
            "after", "shutdown", self._shutDown
        )
        done = self._loop.start(seconds, now=False)
        done.addErrback(self._failed)

    def stop(self) -> None:
        """Leave the toolkit alone; again, it does nothing."""
        trigger, self._trigger = self._trigger, None
        if trigger is not None:
            self._reactor.removeSystemEventTrigger(trigger)
        self._end()

    def _end(self) -> None:
        if self._loop.running:
            self._loop.stop()

    def _shutDown(self) -> None:
        self._trigger = None
        self._end()

    def _failed(self, failure: Failure) -> None:
        """Stop the reactor: a program whose window is gone, or dead, can't be closed otherwise."""
        if not failure.check(*self._ended):
            _log.failure("The toolkit failed, so the reactor is stopped", failure)
        if self._reactor.running:
            self._reactor.stop()


__all__ = ["IReactorOfToolkits", "ToolkitUpdates", "theDefaultReactor"]
