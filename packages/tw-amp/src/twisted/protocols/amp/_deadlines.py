"""Calls that have to be answered in time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, overload

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.protocols.amp._commands import Command, Response
from twisted.protocols.amp._typedcommands import TypedCommand

if TYPE_CHECKING:
    from twisted.protocols.amp._dispatcher import BoxDispatcher

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Within:
    """Makes calls that have to be answered in time; `BoxDispatcher.within` makes it."""

    def __init__(self, dispatcher: "BoxDispatcher", seconds: float, clock: IReactorTime) -> None:
        self._dispatcher = dispatcher
        self._seconds = seconds
        self._clock = clock

    @overload
    def callRemote(
        self, commandType: Callable[_P, TypedCommand[_R]], /, *a: _P.args, **kw: _P.kwargs
    ) -> Deferred[_R]: ...
    @overload
    def callRemote(
        self,
        commandType: type[Command],
        /,
        *a: Any,  # noqa: ANN401 - what the command takes
        **kw: Any,  # noqa: ANN401 - the same
    ) -> Deferred[Response]: ...
    def callRemote(self, commandType: Any, /, *a: Any, **kw: Any) -> Deferred[Any]:
        """Call as `BoxDispatcher.callRemote` does.

        Args:
            commandType: The command.
            a: What some commands take besides their arguments.
            kw: The arguments.

        Returns:
            The Deferred, which fails with `twisted.internet.defer.TimeoutError` if there is no
            answer in time.
        """
        deferred: Deferred[Any] | None = self._dispatcher.callRemote(commandType, *a, **kw)
        if deferred is not None:
            deferred.addTimeout(self._seconds, self._clock)
        return cast("Deferred[Any]", deferred)


__all__ = ["Within"]
