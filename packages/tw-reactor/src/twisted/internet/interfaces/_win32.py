"""A reactor that waits for events of Windows; none of ours does, reactors of others may."""

from typing import Protocol

from twisted.python.components import Interface


class OnWin32Event(Protocol):
    """What deals with an event."""

    def connectionLost(self, reason: object, /) -> None:
        """Learn that the event cannot be waited for any more.

        Args:
            reason: A `Failure` that says why.
        """


class IReactorWin32Events(Interface):
    """A reactor that calls methods when events of Windows are set."""

    def addEvent(self, event: int, fd: OnWin32Event, action: str) -> None:
        """Call a method whenever an event is set.

        Args:
            event: The handle of the event.
            fd: The object that has the method.
            action: The name of the method, which takes no arguments.
        """

    def removeEvent(self, event: int) -> None:
        """Stop waiting for an event.

        Args:
            event: Its handle.
        """
