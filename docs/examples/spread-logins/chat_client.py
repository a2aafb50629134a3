"""Joins a group; says something and waits until it is heard, or listens if there is nothing to say."""

from twisted.cred.credentials import UsernamePassword
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


class Ear(pb.Referenceable):
    """What the server can call from the login on."""

    def __init__(self, own):
        self.own = own
        self.done = Deferred()

    def remote_heard(self, group, name, text):
        print(f"{name} says in {group}: {text}", flush=True)
        if (name, text) == self.own and not self.done.called:
            self.done.callback(None)


async def main(reactor, name, password, group, text="", description="tcp:127.0.0.1:8788"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    ear = Ear((name, text))
    # The session lasts as long as this reference is kept.
    user = await factory.login(UsernamePassword(name.encode(), password.encode()), client=ear)
    members = await user.callRemote("join", group)
    print("joined", group, flush=True)
    if text:
        await members.callRemote("say", text)
    await ear.done


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
