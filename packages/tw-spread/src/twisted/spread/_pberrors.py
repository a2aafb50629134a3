"""What goes wrong in Perspective Broker."""

from twisted.spread._tasters import InsecureJelly

_MODULE = "twisted.spread.pb"


class Error(Exception):
    """An error that the peer may expect.

    A method that a peer called may raise it, or an exception derived from it: the peer is told, and
    nothing is logged on this side.
    """

    __module__ = _MODULE


class ProtocolError(Exception):
    """The peer does not speak Perspective Broker, or not as it has to."""

    __module__ = _MODULE


class DeadReferenceError(ProtocolError):
    """The connection of a reference is gone: nothing was sent."""

    __module__ = _MODULE


class PBConnectionLost(Exception):
    """The connection was lost before the answer to a call came; the argument is the reason."""

    __module__ = _MODULE


class ForeignReference(InsecureJelly):
    """A reference was to be sent over another connection than its own."""

    __module__ = _MODULE


class NoSuchMethod(AttributeError):
    """The object has no method of this name that peers may call."""

    __module__ = "twisted.spread.flavors"


class WrongArguments(TypeError):
    """The method cannot be called with these arguments."""

    __module__ = "twisted.spread.flavors"


class RemoteError(Exception):
    """An exception that was raised at the other end, as a coroutine that waits for a call sees it.

    Attributes:
        remoteType: The full name of its class.
        value: Its message.
        remoteTraceback: Its traceback, as far as the peer tells.
    """

    __module__ = _MODULE

    def __init__(self, remoteType: str, value: str, remoteTraceback: str) -> None:
        """Keep what came."""
        super().__init__(value)
        self.remoteType: str = remoteType
        self.value: str = value
        self.remoteTraceback: str = remoteTraceback


__all__ = [
    "DeadReferenceError",
    "Error",
    "ForeignReference",
    "NoSuchMethod",
    "PBConnectionLost",
    "ProtocolError",
    "RemoteError",
    "WrongArguments",
]
