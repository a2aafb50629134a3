"""GLib's main loop as one that turns a reactor.

It is used through the few functions that `GLib` names below, as PyGObject has them. A source that
watches the poller's descriptor and a source for the time are all that the main loop gets.
"""

import math
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from twisted.internet._pollers import Poller

PRIORITY = 120
"""That of our sources, lower than events of the user (0) and equal to drawing in GTK.

GLib serves nobody as long as there is work of a higher priority. So a busy network does not keep
windows from being drawn and buttons from being pressed, nor do these keep it waiting for long.
"""

TICK = 0.01
"""How often a poller that has no descriptor is asked, in seconds."""

_ABOUT_A_MILLISECOND = 0.0005


class Source(Protocol):
    """A source of events in a main loop (`GSource`)."""

    def set_can_recurse(self, can_recurse: bool, /) -> None:
        """Say whether it is served while its own callback runs a main loop."""


class MainContext(Protocol):
    """What a main loop turns (`GMainContext`)."""

    def find_source_by_id(self, source_id: int, /) -> Source:
        """Return a source by its number."""
        ...

    def iteration(self, may_block: bool, /) -> bool:
        """Serve what has happened, after waiting for something if it may block."""
        ...


class Running(Protocol):
    """What can be run and ended: a main loop, or an application that has one."""

    def run(self) -> object:
        """Run until `quit` is called."""

    def quit(self) -> object:
        """Let `run` return."""


class Conditions(Protocol):
    """What a descriptor can be waited for (`GIOCondition`)."""

    IN: int


class GLib(Protocol):
    """What is used of GLib's module."""

    IOCondition: Conditions

    def io_add_watch(
        self,
        fd: int,
        priority: int,
        condition: int,
        callback: Callable[[object, object], bool],
        /,
    ) -> int:
        """Call a function whenever a descriptor is ready, as long as it returns True."""
        ...

    def timeout_add(self, interval: int, function: Callable[[], bool], /, *, priority: int) -> int:
        """Call a function after so many milliseconds, and again as long as it returns True."""
        ...

    def source_remove(self, source_id: int, /) -> bool:
        """Take a source out."""
        ...

    def main_depth(self) -> int:
        """Return how many callbacks of main loops this one is in, itself included."""
        ...

    def main_context_default(self) -> MainContext:
        """Return what the default main loop turns."""
        ...

    def MainLoop(self) -> Running:
        """Make a main loop over the default context."""
        ...


class GLibLoop:
    """GLib's default main loop.

    Attributes:
        runner: What runs; to be replaced by another way to run the same context.
    """

    def __init__(self, glib: GLib) -> None:
        """Leave the main loop alone until a reactor is attached.

        Args:
            glib: The module `gi.repository.GLib`.
        """
        self._glib = glib
        self.runner: Running = glib.MainLoop()
        self._turn: Callable[[], object] = _nothing
        self._watch = self._alarm = 0
        self._alarmTime = math.inf
        self._depth = 0

    def attach(self, poller: Poller, turn: Callable[[], object]) -> None:
        """Begin to turn a reactor."""
        self._turn = turn
        fileno: Callable[[], int] | None = getattr(poller, "fileno", None)
        if fileno is None:
            self.expect(TICK)
        else:
            glib = self._glib
            self._watch = glib.io_add_watch(fileno(), PRIORITY, glib.IOCondition.IN, self._ready)
            # A callback of the reactor that shows a dialog and waits for it waits in a main loop
            # inside of this one, and the connections are to live on meanwhile.
            source = glib.main_context_default().find_source_by_id(self._watch)
            source.set_can_recurse(True)

    def expect(self, seconds: float | None) -> None:
        """Make a turn after so many seconds at the latest; None sets no limit."""
        if not self._watch:
            seconds = TICK if seconds is None else min(seconds, TICK)
        if seconds is None:
            # A turn that comes too early does no harm, so the alarm that is set stays.
            return
        wanted = monotonic() + seconds
        if self._alarm:
            if self._alarmTime <= wanted + _ABOUT_A_MILLISECOND:
                return
            self._glib.source_remove(self._alarm)
        self._alarmTime = wanted
        milliseconds = math.ceil(seconds * 1000)
        self._alarm = self._glib.timeout_add(milliseconds, self._timeIsUp, priority=PRIORITY)

    def isNested(self) -> bool:
        """Return whether a callback of the turn runs a main loop of its own just now."""
        return self._glib.main_depth() > self._depth

    def run(self) -> None:
        """Run until `quit` is called, or until the main loop ends for a reason of its own."""
        self.runner.run()

    def quit(self) -> None:
        """Let `run` return."""
        self.runner.quit()

    def iterate(self, seconds: float | None) -> None:
        """Serve what has happened once, after waiting so long for something to happen.

        Args:
            seconds: The longest time to wait; None for no limit.
        """
        limit = 0
        if seconds is not None and seconds > 0:
            milliseconds = math.ceil(seconds * 1000)
            limit = self._glib.timeout_add(milliseconds, lambda: True, priority=PRIORITY)
        try:
            self._glib.main_context_default().iteration(seconds is None or seconds > 0)
        finally:
            if limit:
                self._glib.source_remove(limit)

    def detach(self) -> None:
        """Turn the reactor no more."""
        for source in (self._watch, self._alarm):
            if source:
                self._glib.source_remove(source)
        self._watch = self._alarm = 0
        self._alarmTime = math.inf
        self._turn = _nothing

    def _ready(self, channel: object, condition: object) -> bool:
        self._depth = self._glib.main_depth()
        self._turn()
        return True

    def _timeIsUp(self) -> bool:
        self._alarm = 0
        self._alarmTime = math.inf
        self._depth = self._glib.main_depth()
        if not self._watch:
            # Before the turn, in which somebody may wait for an answer.
            self.expect(TICK)
        self._turn()
        return False


def _nothing() -> None:
    """Stand for a turn while no reactor is attached."""


__all__ = ["PRIORITY", "TICK", "Conditions", "GLib", "GLibLoop", "MainContext", "Running", "Source"]
