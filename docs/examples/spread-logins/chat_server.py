"""A chat with groups, for users who have logged in; nobody can pretend to be another."""

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.spread import pb

MAX_GROUPS = 100
MAX_NAME = 50
MAX_TEXT = 500


def checked(text, most):
    """Return a text that a user sent, if it is one that others can be shown."""
    if not isinstance(text, str) or not 0 < len(text) <= most or not text.isprintable():
        raise pb.Error(f"that has to be a text of at most {most} characters")
    return text


class Group(pb.Viewable):
    """One for all its members: each call comes with the avatar of who makes it."""

    def __init__(self, name):
        self.name = name
        self.users = []

    def view_say(self, user, text):
        # The client chooses the text. Who says it is not among what can be chosen.
        if user not in self.users:
            raise pb.Error(f"you are not in {self.name}")
        text = checked(text, MAX_TEXT)
        for member in self.users:
            # A member's program may have just gone.
            call = member.mind.callRemote("heard", self.name, user.name, text)
            call.addErrback(lambda failure: None)

    def view_leave(self, user):
        user.leave(self)


class User(pb.Avatar):
    """One session of one user; nobody else can call it."""

    def __init__(self, name, mind, groups):
        self.name = name
        self.mind = mind
        self.groups = groups

    def perspective_join(self, name):
        name = checked(name, MAX_NAME)
        if name not in self.groups and len(self.groups) == MAX_GROUPS:
            raise pb.Error("there are too many groups")
        group = self.groups.setdefault(name, Group(name))
        if self not in group.users:
            group.users.append(self)
        return group

    def leave(self, group):
        if self in group.users:
            group.users.remove(self)
            if not group.users:
                del self.groups[group.name]

    def logout(self):
        for group in list(self.groups.values()):
            self.leave(group)


@implementer(IRealm)
class Realm:
    """Has a user for everybody who has proved who they are."""

    def __init__(self):
        self.groups = {}

    def requestAvatar(self, avatarId, mind, *interfaces):
        if pb.IPerspective not in interfaces:
            raise NotImplementedError("there are avatars for Perspective Broker only")
        # This too is the client's choice, and the others could not talk if it were no reference.
        if not isinstance(mind, pb.RemoteReference):
            raise pb.Error("log in with something that can be called")
        user = User(avatarId.decode(), mind, self.groups)
        return pb.IPerspective, user, user.logout


async def main(reactor, description="tcp:8788:interface=127.0.0.1"):
    users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret")
    factory = pb.PBServerFactory(Portal(Realm(), [users]))
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
