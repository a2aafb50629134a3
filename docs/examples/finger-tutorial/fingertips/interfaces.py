"""What the parts of the finger service know of each other."""

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory
from twisted.python.components import Interface
from twisted.spread.pb import IPBRoot


class IUsers(Interface):
    """Knows users."""

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return what there is to say of a user, in a Deferred that may fail."""
        ...


class IUserList(IUsers, Interface):
    """Knows users, and does not mind who learns which."""

    def getUsers(self) -> Deferred[list[bytes]]:
        """Return all users, in a Deferred that may fail."""
        ...


class IUsersSetter(Interface):
    """Can be told of users."""

    def setUser(self, user: bytes, status: bytes) -> None:
        """Remember the status of a user."""


class IFingerFactory(IProtocolFactory):
    """Makes protocols that answer finger queries."""


class ISetterFactory(IProtocolFactory):
    """Makes protocols that take a user and a status."""


class IFingerRoot(IPBRoot):
    """What programs get a reference to, to ask for users by calling it."""
