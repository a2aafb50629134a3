"""Tell in which room somebody is: python rooms.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.finger import Finger

ROOMS = {b"ada": 7, b"bob": 12}


class Office(Finger):
    def getUser(self, slash_w: bool, user: bytes) -> None:
        if user not in ROOMS:
            super().getUser(slash_w, user)  # says that there is no such user
            return
        self.sendLine(b"%b is in room %d." % (user, ROOMS[user]))
        if slash_w:
            self.sendLine(b"It is open from nine to five.")
        self.transport.loseConnection()

    def getDomain(self, slash_w: bool) -> None:
        for user in ROOMS:
            self.sendLine(user)
        self.transport.loseConnection()


async def main(reactor, description: str = "tcp:79:interface=127.0.0.1") -> None:
    factory = Factory.forProtocol(Office)
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
