"""The core of every reactor: starting, stopping, and what is to happen then."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ParamSpec

from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

_P = ParamSpec("_P")


class IReactorCore(Interface):
    """The event loop itself.

    Only `IReactorFromThreads.callFromThread` may be called on another thread than the one that
    runs the reactor.
    """

    @property
    def running(self) -> bool:
        """Whether the reactor is at work: true from the startup events up to the shutdown events."""
        ...

    def run(self) -> None:
        """Run the event loop until `stop` or `crash` is called.

        The `startup` events are fired first, the `shutdown` events last. A reactor that was
        stopped can run again.

        Raises:
            ReactorAlreadyRunning: It is running.
        """

    def stop(self) -> None:
        """Fire the `shutdown` events and let `run` return.

        Returns at once; the events are fired from the loop. Deferreds that `before` triggers
        returned are waited for.

        Raises:
            ReactorNotRunning: It is not running, or is stopping already.
        """

    def crash(self) -> None:
        """Let `run` return as soon as it can, without `shutdown` events.

        For tests and emergencies: open connections are not closed.
        """

    def iterate(self, delay: float = 0) -> None:
        """Run the event loop once: due calls, then what happened to the descriptors.

        For loops that drive the reactor from outside, never from inside of a callback.

        Args:
            delay: How long to wait for something to happen, in seconds.
        """

    def fireSystemEvent(self, eventType: str) -> None:
        """Run the triggers of an event: all `before`, then `during`, then `after`.

        Args:
            eventType: `"startup"`, `"shutdown"`, `"persist"`, or a name of your own.
        """

    def addSystemEventTrigger(
        self,
        phase: str,
        eventType: str,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> object:
        """Have something called when an event is fired.

        Args:
            phase: `"before"`, `"during"` or `"after"`. If a `before` trigger returns a Deferred,
                the next phase waits until it has fired.
            eventType: `"startup"`, `"shutdown"`, `"persist"`, or a name of your own.
            callable: What to call. An exception is logged, and the rest goes on.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            What `removeSystemEventTrigger` takes; nothing is to be read out of it.

        Raises:
            KeyError: There is no such phase.
        """
        ...

    def removeSystemEventTrigger(self, triggerID: object) -> None:
        """Take back a trigger that was not called yet.

        Args:
            triggerID: What `addSystemEventTrigger` returned.

        Raises:
            KeyError: There is no such phase.
            TypeError: `triggerID` has the wrong shape.
            ValueError: There is no such trigger, or not any more.
        """

    def callWhenRunning(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> object | None:
        """Have something called when the reactor runs: at its start, or at once if it does.

        Args:
            callable: What to call.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            What `removeSystemEventTrigger` takes, or None if it was called at once.
        """
        ...

    def resolve(self, name: str, timeout: Sequence[int] = (1, 3, 11, 45)) -> "Deferred[str]":
        """Look up the IPv4 address of a host.

        Args:
            name: The name; an address is returned as it is.
            timeout: How many seconds to wait in each attempt, as far as the resolver heeds it.

        Returns:
            The address in dotted form, or a failure with `DNSLookupError`.
        """
        ...


class IReactorDaemonize(Interface):
    """A reactor that has to know when its process is forked into the background."""

    def beforeDaemonize(self) -> None:
        """Prepare for the fork.

        Called by whoever forks, right before it, while the reactor is not running.
        """

    def afterDaemonize(self) -> None:
        """Set up again in the child, right after the fork."""
