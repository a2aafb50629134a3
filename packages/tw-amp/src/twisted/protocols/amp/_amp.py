"""The protocol that most programs use: boxes over a stream, taken for calls in both directions."""

from twisted.internet.interfaces import ITransport
from twisted.protocols.amp._binaryprotocol import BinaryBoxProtocol
from twisted.protocols.amp._dispatcher import BoxDispatcher
from twisted.protocols.amp._interfaces import IBoxReceiver, IResponderLocator, Responder
from twisted.protocols.amp._locators import CommandLocator, SimpleStringLocator


class AMP(BinaryBoxProtocol, BoxDispatcher, CommandLocator, SimpleStringLocator):
    """A connection on which each side may call the other.

    Left to itself it answers commands by its own methods, those that are declared by
    `Command.responder` and those that are called `amp_NAME`.
    """

    def __init__(
        self, boxReceiver: IBoxReceiver | None = None, locator: IResponderLocator | None = None
    ) -> None:
        """Make a protocol.

        Args:
            boxReceiver: Gets the boxes, which are not taken for calls then.
            locator: Knows who answers the commands.
        """
        BoxDispatcher.__init__(self, self if locator is None else locator)
        BinaryBoxProtocol.__init__(self, self if boxReceiver is None else boxReceiver)

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and call `connectionMade`.

        Args:
            transport: The own end of a connection that is open.
        """
        if "boxReceiver" not in self.__dict__:
            # A subclass has an __init__ of its own and does not call ours.
            AMP.__init__(self)
        super().makeConnection(transport)

    def locateResponder(self, name: bytes) -> Responder | None:
        """Find the method that answers a command.

        Args:
            name: The name of the command on the wire.

        Returns:
            That which is declared for it, else that which is named after it, else None.
        """
        return CommandLocator.locateResponder(self, name) or SimpleStringLocator.locateResponder(
            self, name
        )


__all__ = ["AMP"]
