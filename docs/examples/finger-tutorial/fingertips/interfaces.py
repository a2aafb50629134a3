"""What the parts of the finger service know of each other."""

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory
from twisted.python.components import Interface


class IUsers(Interface):
    """Knows users."""

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return what there is to say of a user, in a Deferred that may fail."""
        ...


class IUsersSetter(Interface):
    """Can be told of users."""

    def setUser(self, user: bytes, status: bytes) -> None:
        """Remember the status of a user."""


class IFingerFactory(IProtocolFactory):
    """Makes protocols that answer finger queries."""


class ISetterFactory(IProtocolFactory):
    """Makes protocols that take a user and a status."""
