"""The life of a reactor: events with triggers, and the states between start and stop.

An event has three phases. Its triggers are functions. Those of `before` and `during` may return
Deferreds or be coroutine functions: the next phase waits for them. A trigger is called once;
whoever runs a reactor again registers again. The reactor's own part in an event stands between two
phases: after `before` of the startup, after `during` of the shutdown.

The states::

    stopped --start()--> starting --(startup was fired)--> running --(stop() was called)-->
    stopping --(shutdown was fired)--> stopped

and `crash` leads from everywhere to stopped. `stop` does not fire the shutdown event itself, since
it may be called from anywhere. It makes a note; the loop asks for it (`shutDownIfAsked`) in every
turn.
"""

import enum
from collections.abc import Callable, Coroutine

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.error import ReactorAlreadyRunning, ReactorNotRunning
from twisted.python.failure import Failure

PHASES = ("before", "during", "after")

Trigger = tuple[Callable[..., object], tuple[object, ...], dict[str, object]]

OnError = Callable[[str, Failure], object]
"""Logs an error: gets a format string of twisted.logger without fields, and the error."""


class ThreePhaseEvent:
    """An event: triggers that are called in three phases."""

    def __init__(self, onError: OnError) -> None:
        """Make an event without triggers.

        Args:
            onError: Called when a trigger raised or its Deferred failed.
        """
        self._onError = onError
        self._triggers: dict[str, list[Trigger]] = {phase: [] for phase in PHASES}
        self._steps: list[str | Callable[[], Deferred[None] | None]] = list(PHASES)

    def addOwnStep(self, after: str, step: Callable[[], Deferred[None] | None]) -> None:
        """Add a step of the reactor itself, which is done whenever the event is fired.

        Args:
            after: The phase that it comes after.
            step: Called then; a Deferred is waited for.
        """
        self._steps.insert(self._steps.index(after) + 1, step)

    def addTrigger(
        self, phase: str, callable: Callable[..., object], /, *args: object, **kwargs: object
    ) -> tuple[str, Trigger]:
        """Add a trigger, after those that the phase has already.

        Returns:
            A handle for `removeTrigger`.

        Raises:
            KeyError: There is no such phase.
        """
        if phase not in self._triggers:
            raise KeyError(f"{phase!r} is not a phase of an event: {', '.join(PHASES)} are")
        trigger = (callable, args, kwargs)
        self._triggers[phase].append(trigger)
        return phase, trigger

    def removeTrigger(self, handle: tuple[str, Trigger]) -> None:
        """Take a trigger out again.

        Raises:
            KeyError: There is no such phase.
            TypeError: This is no handle.
            ValueError: The trigger is not there, because it was called or removed already.
        """
        try:
            phase, trigger = handle
        except (TypeError, ValueError) as error:
            raise TypeError(f"{handle!r} was not returned by addTrigger") from error
        triggers = self._triggers[phase]
        for index, candidate in enumerate(triggers):
            if candidate is trigger:
                del triggers[index]
                return
        raise ValueError(f"{trigger[0]!r} is no trigger: it was called or removed already")

    def fireEvent(self) -> Deferred[None]:
        """Call the triggers, phase by phase.

        Returns:
            A Deferred that fires after the last trigger was called, within this call if no trigger
            has to be waited for.
        """
        done: Deferred[None] = Deferred()
        self._fireFrom(0, done)
        return done

    def _fireFrom(self, number: int, done: Deferred[None]) -> None:
        """Do the step of this number; then, perhaps after a wait, the following ones."""
        while number < len(self._steps):
            step = self._steps[number]
            waitFor = self._callTriggers(step) if isinstance(step, str) else self._doOwn(step)
            number += 1
            if waitFor and step != "after":
                self._goOnAfter(waitFor, number, done)
                return
        done.callback(None)

    def _goOnAfter(
        self, waitFor: list[Deferred[object]], number: int, done: Deferred[None]
    ) -> None:
        left = len(waitFor)

        def fired(result: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                self._fireFrom(number, done)

        for deferred in waitFor:
            deferred.addBoth(fired)

    def _callTriggers(self, phase: str) -> list[Deferred[object]]:
        """Call all triggers of a phase and return the Deferreds to wait for."""
        triggers = self._triggers[phase]
        waitFor: list[Deferred[object]] = []
        while triggers:
            callable, args, kwargs = triggers.pop(0)
            try:
                result = callable(*args, **kwargs)
            except Exception:
                self._failed(Failure())
                continue
            if isinstance(result, Coroutine):
                result = ensureDeferred(result)
            if isinstance(result, Deferred):
                result.addErrback(self._failed)
                waitFor.append(result)
        return waitFor

    def _doOwn(self, step: Callable[[], Deferred[None] | None]) -> list[Deferred[object]]:
        result = step()
        return [] if result is None else [result.addBoth(lambda result: result)]

    def _failed(self, failure: Failure) -> None:
        self._onError("A trigger of a system event failed", failure)


class State(enum.Enum):
    """Where a reactor is in its life."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class Lifecycle:
    """The states of one reactor, and its events.

    Attributes:
        state: Where it is.
        alive: Whether the loop is to go on: whether the state is any other than `STOPPED`.
        running: Whether it was started and does not shut down.
        stopAsked: Whether the shutdown is to be begun.
    """

    def __init__(self, onError: OnError, closeDown: Callable[[], Deferred[None] | None]) -> None:
        """Make the life of a reactor that was not started yet.

        Args:
            onError: Called when a trigger raised.
            closeDown: The reactor's own part in shutting down. A Deferred is waited for.
        """
        self._onError = onError
        self._closeDown = closeDown
        self.stopAsked = False
        self.state = State.STOPPED
        # The loop looks at it twice a turn, so it is kept beside the state.
        self.alive = False
        self.running = False
        startup, shutdown = ThreePhaseEvent(onError), ThreePhaseEvent(onError)
        startup.addOwnStep("before", self._started)
        shutdown.addOwnStep("during", self._closingDown)
        self.events = {"startup": startup, "shutdown": shutdown}

    def event(self, eventType: str) -> ThreePhaseEvent:
        """Return an event by its name; an unknown name makes a new one."""
        event = self.events.get(eventType)
        if event is None:
            event = self.events[eventType] = ThreePhaseEvent(self._onError)
        return event

    def start(self) -> None:
        """Fire the startup event.

        Raises:
            ReactorAlreadyRunning: The reactor was started and did not stop yet.
        """
        if self.alive:
            raise ReactorAlreadyRunning(
                f"the reactor is {self.state.value}: it can be run again when run() has returned"
            )
        self.state = State.STARTING
        self.alive = True
        self.stopAsked = False
        self.event("startup").fireEvent()

    def stop(self) -> None:
        """Note that the reactor is to shut down.

        Raises:
            ReactorNotRunning: It is not running, or shuts down already.
        """
        if not self.canStop:
            state = "stopping already" if self.alive else "not running"
            raise ReactorNotRunning(f"the reactor is {state}, so there is nothing to stop")
        self.stopAsked = True

    @property
    def canStop(self) -> bool:
        """Whether it was started, and nobody has asked yet for the shutdown."""
        return not self.stopAsked and self.state in (State.STARTING, State.RUNNING)

    def shutDownIfAsked(self) -> None:
        """Fire the shutdown event if `stop` was called; for the loop."""
        if self.stopAsked:
            self.stopAsked = False
            self.state = State.STOPPING
            self.event("shutdown").fireEvent().addCallback(self._shutDown)

    def crash(self) -> None:
        """Stop at once, without any event."""
        self.state = State.STOPPED
        self.alive = False
        self.running = False
        self.stopAsked = False

    def _started(self) -> None:
        # A trigger may have called crash(), or stop() was called while triggers were waited for.
        if self.state is State.STARTING:
            self.state = State.RUNNING
            self.running = True

    def _closingDown(self) -> Deferred[None] | None:
        self.running = False
        return self._closeDown()

    def _shutDown(self, result: None) -> None:
        if self.state is State.STOPPING:
            self.crash()


__all__ = ["PHASES", "Lifecycle", "OnError", "State", "ThreePhaseEvent", "Trigger"]
