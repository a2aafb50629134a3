"""A service that calls a function again and again while it runs."""

from collections.abc import Callable
from typing import ParamSpec

from twisted.application.internet._volatileservice import VolatileService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_Call = tuple[Callable[..., object], tuple[object, ...], dict[str, object]]
_log = Logger("twisted.application.internet")


class TimerService(VolatileService):
    """Calls a function at once when it is started, and then every `step` seconds.

    A call that takes longer than a step, or whose Deferred does, makes the timer skip a beat. A
    call that fails is reported in the log and ends the timer; the service counts as running until
    it is stopped.

    Args:
        step: How many seconds there are between the beginnings of two calls.
        callable: What to call.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Attributes:
        clock: Measures the time; the default reactor if it is left None.
    """

    clock: IReactorTime | None = None
    volatile: list[str] = ["_timerLoop", "_timerEnded"]
    _timerLoop: LoopingCall | None = None
    _timerEnded: Deferred[LoopingCall | None] | None = None

    def __init__(
        self, step: float, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        self.step = step
        self.call: _Call = (callable, args, kwargs)

    def startService(self) -> None:
        """Make the first call, and go on from there."""
        super().startService()
        callable, args, kwargs = self.call
        self._timerLoop = LoopingCall(callable, *args, **kwargs)
        if self.clock is not None:
            self._timerLoop.clock = self.clock
        self._timerEnded = self._timerLoop.start(self.step).addErrback(self._ebTimerCall)

    def stopService(self) -> Deferred[LoopingCall | None] | None:
        """Make no more calls.

        Returns:
            A Deferred that fires when the call that is under way has ended.
        """
        super().stopService()
        if self._timerLoop is not None and self._timerLoop.running:
            self._timerLoop.stop()
        return self._timerEnded

    def _ebTimerCall(self, failure: Failure) -> None:
        _log.failure(
            "{call} failed, {service} makes no more calls",
            failure=failure,
            call=self.call[0],
            service=self,
        )
