"""Users that are known for as long as the process lives."""

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.python.components import implementer

from fingertips.interfaces import IUserList, IUsersSetter
from fingertips.protocols import NO_SUCH_USER

MAX_USERS = 1000


@implementer(IUserList, IUsersSetter)
class MemoryUsers(Service):
    """Remembers what it is told.

    Args:
        users: The statuses to begin with, by user.
    """

    def __init__(self, **users: bytes) -> None:
        self.users = {user.encode(): status for user, status in users.items()}

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return the status of a user."""
        return succeed(self.users.get(user, NO_SUCH_USER))

    def getUsers(self) -> Deferred[list[bytes]]:
        """Return all users."""
        return succeed(sorted(self.users))

    def setUser(self, user: bytes, status: bytes) -> None:
        """Remember the status of a user, unless there are too many."""
        if user in self.users or len(self.users) < MAX_USERS:
            self.users[user] = status
