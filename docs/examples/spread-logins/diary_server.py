"""Keeps a diary for each user, of which visitors see how many there are."""

from twisted.cred.checkers import (
    ANONYMOUS,
    AllowAnonymousAccess,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.spread import pb

MAX_SESSIONS = 2
"""How many sessions a user may have at one time."""

MAX_ENTRIES = 1000
"""How many entries a diary has room for."""

MAX_ENTRY = 500
"""How many characters an entry may have."""


class Diary(pb.Avatar):
    """There is one for each user, for as long as the server runs; all sessions share it."""

    def __init__(self):
        self.entries = []
        self.minds = []

    def begin(self, mind):
        if len(self.minds) == MAX_SESSIONS:
            raise pb.Error(f"you have {MAX_SESSIONS} sessions already")
        self.minds.append(mind)

    def end(self, mind):
        self.minds.remove(mind)

    def perspective_write(self, entry):
        if not isinstance(entry, str) or len(entry) > MAX_ENTRY:
            raise pb.Error(f"an entry is a text of at most {MAX_ENTRY} characters")
        if len(self.entries) == MAX_ENTRIES:
            raise pb.Error("your diary is full")
        self.entries.append(entry)
        for mind in self.minds:
            # Whoever logged in without one has None here, or whatever else they gave us.
            if isinstance(mind, pb.RemoteReference):
                mind.callRemote("written", entry).addErrback(lambda failure: None)
        return len(self.entries)


class Visitor(pb.Avatar):
    """Somebody who has shown nothing; there is one for each session, and it is gone with that."""

    def __init__(self, realm):
        self.realm = realm

    def perspective_count(self):
        return len(self.realm.diaries)


@implementer(IRealm)
class Realm:
    """Knows which avatar is whose."""

    def __init__(self):
        self.diaries = {}

    def requestAvatar(self, avatarId, mind, *interfaces):
        if pb.IPerspective not in interfaces:
            raise NotImplementedError("there are avatars for Perspective Broker only")
        if avatarId is ANONYMOUS:
            return pb.IPerspective, Visitor(self), lambda: None
        # Only users of the checker come here, so strangers cannot make diaries.
        diary = self.diaries.setdefault(avatarId, Diary())
        diary.begin(mind)
        return pb.IPerspective, diary, lambda: diary.end(mind)


async def main(reactor, description="tcp:8791:interface=127.0.0.1"):
    users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret")
    portal = Portal(Realm(), [users, AllowAnonymousAccess()])
    port = await serverFromString(reactor, description).listen(pb.PBServerFactory(portal))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
