"""Logs in several times over one connection."""

from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


class Mind(pb.Referenceable):
    """What the server can call from the login on."""

    def remote_written(self, entry):
        print("somebody with the password of alice wrote", repr(entry))


async def main(reactor, description="tcp:127.0.0.1:8791"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    alice = UsernamePassword(b"alice", b"1234")

    first = await factory.login(alice, client=Mind())
    print("entries:", await first.callRemote("write", "it rains"))
    second = await factory.login(alice)
    print("entries:", await second.callRemote("write", "it still rains"))
    bob = await factory.login(UsernamePassword(b"bob", b"secret"))
    print("entries of bob:", await bob.callRemote("write", "it is dry"))

    visitor = await factory.login(Anonymous())
    print("diaries:", await visitor.callRemote("count"))
    await visitor.callRemote("write", "ha ha").addErrback(explain)

    await factory.login(alice).addErrback(explain)
    # A session ends when the reference to its avatar is let go, and makes room for another.
    del first
    third = await factory.login(alice)
    print("entries:", await third.callRemote("write", "the sun shines"))


def explain(failure):
    print("refused:", failure.getErrorMessage())


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
