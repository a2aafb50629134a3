"""The interfaces of time: asking for a call later, and the handle on it.

They are declared here, below the reactor, since `Deferred.addTimeout` needs a clock and nothing
else of a reactor. `twisted.internet.interfaces` names them for everybody.
"""

from collections.abc import Callable, Sequence
from typing import ParamSpec

from twisted.python.components import Interface

_P = ParamSpec("_P")


class IDelayedCall(Interface):
    """A call that was scheduled for later and can still be moved or called off."""

    def getTime(self) -> float:
        """Return when the call is due, in seconds on the clock that schedules it.

        Compare it with `IReactorTime.seconds` of the same clock and with nothing else.
        """
        ...

    def cancel(self) -> None:
        """Call it off.

        Raises:
            twisted.internet.error.AlreadyCalled: The call was made already.
            twisted.internet.error.AlreadyCancelled: It was called off before.
        """

    def delay(self, secondsLater: float) -> None:
        """Move the call back from the time for which it is scheduled now.

        Args:
            secondsLater: How much later, in seconds; a negative number brings it forward.

        Raises:
            twisted.internet.error.AlreadyCalled: The call was made already.
            twisted.internet.error.AlreadyCancelled: It was called off before.
        """

    def reset(self, secondsFromNow: float) -> None:
        """Schedule the call anew, counting from now.

        Args:
            secondsFromNow: Seconds from now; 0 or more.

        Raises:
            twisted.internet.error.AlreadyCalled: The call was made already.
            twisted.internet.error.AlreadyCancelled: It was called off before.
        """

    def active(self) -> bool:
        """Return whether the call is still to come: neither made nor called off."""
        ...


class IReactorTime(Interface):
    """A clock that makes calls later, in the thread that turns it."""

    def seconds(self) -> float:
        """Return the current time in seconds.

        The clock only ever goes forward, at the pace of real time; where its zero is, is not
        promised.
        """
        ...

    def callLater(
        self, delay: float, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> IDelayedCall:
        """Call a function once after a delay.

        Calls that are due at the same time are made in the order in which they were asked for.

        Args:
            delay: Seconds from now, 0 or more. With 0 the call is made in the next turn of the
                loop, never before this method returns.
            callable: What to call.
            *args: Its positional arguments.
            **kwargs: Its keyword arguments.

        Returns:
            The handle with which the call can be moved or called off.
        """
        ...

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """Return the calls that are still to come, in no particular order."""
        ...


__all__ = ["IDelayedCall", "IReactorTime"]
