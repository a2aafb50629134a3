"""Lets other programs ask by calling an object."""

from twisted.internet.defer import Deferred
from twisted.python.components import implementer
from twisted.spread import pb

from fingertips.interfaces import IFingerRoot, IUserList
from fingertips.protocols import visible


@implementer(IFingerRoot)
class FingerRoot(pb.Root):
    """Answers in text to those who have a reference to it.

    Args:
        users: Knows the answers.
    """

    def __init__(self, users: IUserList) -> None:
        self.users = users

    def remote_getUser(self, user: object) -> Deferred[str]:
        """Return the status of a user."""
        # Whoever calls chooses what the argument is.
        if not isinstance(user, str):
            raise pb.Error("the name of a user is text")
        return self.users.getUser(user.encode()).addCallback(textOf)

    def remote_getUsers(self) -> Deferred[list[str]]:
        """Return all users."""
        return self.users.getUsers().addCallback(lambda users: list(map(textOf, users)))


def textOf(text: bytes) -> str:
    """Return the text of bytes that anybody may have written."""
    return visible(text).decode(errors="replace")
