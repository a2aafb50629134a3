"""Asks the finger service for a user by calling its object."""

import sys

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import pb

user = sys.argv[1] if len(sys.argv) > 1 else "ada"


def gotObject(finger: pb.RemoteReference) -> Deferred[None]:
    print("got object:", finger)
    return finger.callRemote("getUser", user).addCallback(gotStatus)


def gotStatus(status: str) -> None:
    print("server sent:", status)


def gotNoObject(reason: Failure) -> None:
    print("no object:", reason.getErrorMessage())


factory = pb.PBClientFactory()
reactor.connectTCP("127.0.0.1", 8889, factory)
asked = factory.getRootObject().addCallbacks(gotObject, gotNoObject)
# Whatever happens in between, the program ends.
asked.addErrback(lambda failure: print("no answer:", failure.getErrorMessage()))
asked.addBoth(lambda _: reactor.stop())
reactor.run()
