"""A chat for users who have logged in."""

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.spread import pb


class Room(pb.Viewable):
    """One for all: each call says who makes it, and nobody can pretend to be another."""

    def __init__(self):
        self.users = []

    def view_say(self, user, text):
        for listener in self.users:
            # The user's program may be gone by now.
            listener.mind.callRemote("heard", user.name, text).addErrback(lambda failure: None)


class User(pb.Avatar):
    """One user; only that user can call it."""

    def __init__(self, name, mind, room):
        self.name = name
        self.mind = mind
        self.room = room
        room.users.append(self)

    def perspective_enter(self):
        return self.room

    def logout(self):
        self.room.users.remove(self)


@implementer(IRealm)
class Realm:
    """Has a user for everybody who has proved who they are."""

    def __init__(self):
        self.room = Room()

    def requestAvatar(self, avatarId, mind, *interfaces):
        if pb.IPerspective not in interfaces:
            raise NotImplementedError
        user = User(avatarId.decode(), mind, self.room)
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
