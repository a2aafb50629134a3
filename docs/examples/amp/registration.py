"""Users register their keys; the command is declared by lists, and answered by a locator."""

import re
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP, Command, CommandLocator, Integer, String, Unicode
from twisted.python.filepath import FilePath


class UsernameUnavailable(Exception):
    """Somebody else has the name, or nobody can have it."""


class RegisterUser(Command):
    """Register a name and a key."""

    arguments = [("username", Unicode()), ("publickey", String())]
    response = [("uid", Integer())]
    errors = {UsernameUnavailable: "username-unavailable"}


class UserRegistration(CommandLocator):
    """Keeps a file for each user in a directory."""

    uidCounter = 0

    def __init__(self, directory):
        self.directory = FilePath(directory)

    @RegisterUser.responder
    def register(self, username, publickey):
        # What a peer sends must not lead out of the directory.
        if not re.fullmatch("[a-z]{1,32}", username):
            raise UsernameUnavailable("a name is one to 32 letters from a to z")
        path = self.directory.child(username)
        if path.exists():
            raise UsernameUnavailable(f"{username} is taken")
        self.uidCounter += 1
        path.setContent(b"%d %s\n" % (self.uidCounter, publickey))
        return {"uid": self.uidCounter}


async def serve(reactor, directory, description="tcp:8751:interface=127.0.0.1"):
    registration = UserRegistration(directory)
    factory = Factory.forProtocol(lambda: AMP(locator=registration))
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


async def register(reactor, username, description="tcp:127.0.0.1:8751"):
    peer = await connectProtocol(clientFromString(reactor, description), AMP())
    try:
        result = await peer.callRemote(
            RegisterUser, username=username, publickey=b"ssh-ed25519 AAAA"
        )
        print("Registration result:", result)
    except UsernameUnavailable as error:
        print("Failed to register:", error)
    peer.transport.loseConnection()


react({"serve": serve, "register": register}[sys.argv[1]], sys.argv[2:])
