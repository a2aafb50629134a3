"""Echoes what users say who have logged in."""

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.spread import pb


class User(pb.Avatar):
    """What a user can call, once logged in."""

    def perspective_echo(self, text):
        print("echoing", repr(text), flush=True)
        return text

    def logout(self):
        print("logged out", flush=True)


@implementer(IRealm)
class Realm:
    """Has an avatar for each login."""

    def requestAvatar(self, avatarId, mind, *interfaces):
        if pb.IPerspective not in interfaces:
            raise NotImplementedError("there are avatars for Perspective Broker only")
        user = User()
        return pb.IPerspective, user, user.logout


async def main(reactor, description="tcp:9986:interface=127.0.0.1"):
    checker = InMemoryUsernamePasswordDatabaseDontUse()
    checker.addUser(b"guest", b"password")
    portal = Portal(Realm(), [checker])
    port = await serverFromString(reactor, description).listen(pb.PBServerFactory(portal))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
