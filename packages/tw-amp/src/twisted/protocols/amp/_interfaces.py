"""The interfaces of AMP: who takes boxes, who sends them, who knows responders, what an argument is.

All methods are called on the reactor's thread.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.protocols.amp._boxes import AmpBox
from twisted.python.components import Interface
from twisted.python.failure import Failure


class IArgumentType(Interface):
    """One argument, or one part of an answer: how it becomes values of a box and comes back.

    Most are subclasses of `Argument`, which have two simpler methods.
    """

    def fromBox(
        self,
        name: bytes,
        strings: dict[bytes, bytes],
        objects: dict[str, Any],
        proto: object,
    ) -> None:
        """Take what belongs to the argument out of a box.

        Args:
            name: The name of the argument on the wire.
            strings: The pairs of the box; what is used is removed.
            objects: Gets the object, under the name that Python knows the argument by.
            proto: The protocol that received the box.
        """

    def toBox(
        self,
        name: bytes,
        strings: dict[bytes, bytes],
        objects: dict[str, Any],
        proto: object,
    ) -> None:
        """Put the argument into a box.

        Args:
            name: The name of the argument on the wire.
            strings: Gets the pairs.
            objects: Has the object, under the name that Python knows the argument by; it is
                removed.
            proto: The protocol that will send the box.
        """


class IBoxSender(Interface):
    """What boxes are sent with."""

    def sendBox(self, box: AmpBox) -> None:
        """Send a box.

        Args:
            box: Its keys have 1 to 255 bytes, its values at most 65,535.

        Raises:
            ProtocolSwitched: The connection does not speak AMP any more.
            ConnectionLost: The connection is gone.
            TooLong: A key or a value does not fit.
        """

    def unhandledError(self, failure: Failure) -> None:
        """Log an error that nobody has taken care of, and close the connection.

        Args:
            failure: The error.
        """


class IBoxReceiver(Interface):
    """What boxes are received by."""

    def startReceivingBoxes(self, boxSender: IBoxSender) -> None:
        """Learn that the connection is there; called once, before all others.

        Args:
            boxSender: Boxes can be sent with it, until `stopReceivingBoxes`.
        """

    def ampBoxReceived(self, box: AmpBox) -> None:
        """Take a box; called once for each, in the order they came in.

        Args:
            box: The box.
        """

    def stopReceivingBoxes(self, reason: Failure) -> None:
        """Learn that no more boxes can be received or sent; called once, after all others.

        Args:
            reason: Why: wraps `ConnectionDone` after an end in good order, `ConnectionLost`, or an
                error of AMP.
        """


Responder = Callable[[AmpBox], Deferred[AmpBox]]
"""What answers a request: takes its box and returns the box of the answer, which may be empty."""


class IResponderLocator(Interface):
    """What knows who answers which command."""

    def locateResponder(self, name: bytes) -> Responder | None:
        """Find who answers a command.

        Args:
            name: The name of the command on the wire.

        Returns:
            What takes the box of the request and returns a Deferred of that of the answer; None
            if nobody here does.
        """
        ...


__all__ = ["IArgumentType", "IBoxReceiver", "IBoxSender", "IResponderLocator", "Responder"]
