"""Logs in, says something, and waits until it is heard."""

from twisted.cred.credentials import UsernamePassword
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


class Ear(pb.Referenceable):
    """What the server can call from the login on."""

    def __init__(self):
        self.done = Deferred()

    def remote_heard(self, name, text):
        print(f"{name} says: {text}")
        if not self.done.called:
            self.done.callback(None)


async def main(reactor, name, password, text, description="tcp:127.0.0.1:8788"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    ear = Ear()
    credentials = UsernamePassword(name.encode(), password.encode())
    # The session lasts as long as this reference is kept.
    user = await factory.login(credentials, client=ear)
    room = await user.callRemote("enter")
    await room.callRemote("say", text)
    await ear.done


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
