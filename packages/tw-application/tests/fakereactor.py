"""A reactor for tests that knows starting and stopping, and nothing else."""

from collections.abc import Callable, Sequence
from typing import ParamSpec

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.interfaces import IReactorCore
from twisted.python.components import implementer

P = ParamSpec("P")


@implementer(IReactorCore)
class FakeReactor:
    """Runs until it is stopped, and then for as long as a trigger before the shutdown asks.

    Args:
        inside: What happens while it runs; each is called once, in order. When there is nothing
            left to happen, the run ends.
    """

    def __init__(self, *inside: Callable[[], object]) -> None:
        self.inside = list(inside)
        self.running = False
        self.stopping = False
        self.starters: list[Callable[[], object]] = []
        self.stoppers: list[Callable[[], object]] = []
        self.pending: list[Deferred[object]] = []

    def run(self) -> None:
        """Run."""
        self.running = True
        for starter in self.starters:
            starter()
        while self.inside and not (self.stopping and self.drained()):
            self.inside.pop(0)()
        self.running = False

    def drained(self) -> bool:
        """Whether all that was waited for before the shutdown has come."""
        return all(waited.called for waited in self.pending)

    def stop(self) -> None:
        """Stop."""
        if self.stopping or not self.running:
            raise ReactorNotRunning("it is not running")
        self.stopping = True
        self.pending = [maybeDeferred(stopper) for stopper in self.stoppers]

    def callWhenRunning(
        self, callable: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call at the start."""
        self.starters.append(lambda: callable(*args, **kwargs))

    def addSystemEventTrigger(
        self,
        phase: str,
        eventType: str,
        callable: Callable[P, object],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> object:
        """Call before the shutdown."""
        assert (phase, eventType) == ("before", "shutdown")
        self.stoppers.append(lambda: callable(*args, **kwargs))
        return None

    def crash(self) -> None:
        """Is not asked for."""
        raise AssertionError("crash")

    def iterate(self, delay: float = 0) -> None:
        """Is not asked for."""
        raise AssertionError("iterate")

    def fireSystemEvent(self, eventType: str) -> None:
        """Is not asked for."""
        raise AssertionError("fireSystemEvent")

    def removeSystemEventTrigger(self, triggerID: object) -> None:
        """Is not asked for."""
        raise AssertionError("removeSystemEventTrigger")

    def resolve(self, name: str, timeout: Sequence[int] = (1, 3, 11, 45)) -> Deferred[str]:
        """Is not asked for."""
        raise AssertionError("resolve")
