"""A main loop that looks like GLib's, for tests of the reactors over that."""

import itertools
import select
from collections.abc import Callable
from time import monotonic

from twisted.internet._glibloop import Conditions


class FakeSource:
    """A source of events."""

    def __init__(self, ready: Callable[[], bool], fd: int = -1, interval: float = 0.0) -> None:
        self.ready = ready
        self.fd = fd
        self.interval = interval
        self.due = monotonic() + interval
        self.recurses = self.served = False

    def set_can_recurse(self, can_recurse: bool, /) -> None:
        self.recurses = can_recurse


class FakeLoop:
    """A main loop over the sources."""

    def __init__(self, glib: "FakeGLib") -> None:
        self.glib = glib
        self.running = False
        self.runs = 0

    def run(self) -> None:
        self.runs += 1
        self.running = True
        while self.running:
            self.glib.iteration(True)

    def quit(self) -> None:
        self.running = False


class FakeConditions:
    """What a descriptor can be waited for."""

    IN = 1


class FakeGLib:
    """What the reactors use of `gi.repository.GLib`."""

    def __init__(self) -> None:
        self.IOCondition: Conditions = FakeConditions()
        self.sources: dict[int, FakeSource] = {}
        self.priorities: list[int] = []
        self.depth = 0
        self._numbers = itertools.count(1)

    def MainLoop(self) -> FakeLoop:
        return FakeLoop(self)

    def main_context_default(self) -> "FakeGLib":
        return self

    def main_depth(self) -> int:
        return self.depth

    def find_source_by_id(self, source_id: int, /) -> FakeSource:
        return self.sources[source_id]

    def source_remove(self, source_id: int, /) -> bool:
        del self.sources[source_id]
        return True

    def io_add_watch(
        self,
        fd: int,
        priority: int,
        condition: int,
        callback: Callable[[object, object], bool],
        /,
    ) -> int:
        return self._add(FakeSource(lambda: callback(fd, condition), fd), priority)

    def timeout_add(self, interval: int, function: Callable[[], bool], /, *, priority: int) -> int:
        return self._add(FakeSource(function, interval=interval / 1000), priority)

    def iteration(self, may_block: bool, /) -> bool:
        """Serve each source once that is ready."""
        descriptors = [source.fd for source in self.sources.values() if source.fd != -1]
        dues = [source.due for source in self.sources.values() if source.fd == -1]
        wait = max(0.0, min(dues) - monotonic()) if dues else None
        readable = select.select(descriptors, [], [], wait if may_block else 0)[0]
        now = monotonic()
        for number, source in list(self.sources.items()):
            due = source.fd in readable if source.fd != -1 else source.due <= now
            # One that was served before may have taken it out.
            if due and number in self.sources and (source.recurses or not source.served):
                self.depth += 1
                source.served = True
                again = source.ready()
                source.served = False
                self.depth -= 1
                if again:
                    source.due = monotonic() + source.interval
                else:
                    self.sources.pop(number, None)
        return True

    def _add(self, source: FakeSource, priority: int) -> int:
        number = next(self._numbers)
        self.sources[number] = source
        self.priorities.append(priority)
        return number
