"""A guest book that only guests can sign: `python guestbook.py --auth=memory:alice:sesame`.

A line is a command: LOGIN name password, SIGN text, or QUIT.
"""

import sys

from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.cred.portal import IRealm, Portal
from twisted.cred.strcred import AuthOptionMixin
from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.components import Interface, implementer
from twisted.python.usage import Options, UsageError


class IGuest(Interface):
    """What somebody can do who has logged in."""

    def sign(self, text: str) -> int:
        """Write a line into the book, and return its number."""


@implementer(IGuest)
class Guest:
    def __init__(self, book, name):
        self.book = book
        self.name = name

    def sign(self, text):
        self.book.append(f"{self.name}: {text}")
        return len(self.book)


@implementer(IRealm)
class GuestBook:
    """Gives each user a guest of their name; it never sees a password."""

    def __init__(self):
        self.lines = []
        self.present = []

    def requestAvatar(self, avatarId, mind, *interfaces):
        if IGuest not in interfaces:
            raise NotImplementedError("here are only guests")
        name = avatarId.decode("utf-8")
        self.present.append(name)
        return IGuest, Guest(self.lines, name), lambda: self.present.remove(name)


class GuestBookProtocol(LineReceiver):
    """Speaks with one peer; it knows neither who checks passwords nor what guests are."""

    delimiter = b"\n"
    guest = logout = None

    def __init__(self, portal):
        self.portal = portal

    def lineReceived(self, line):
        command, _, rest = line.strip().partition(b" ")
        if command == b"LOGIN":
            self.login(*rest.partition(b" ")[::2])
        elif command == b"QUIT":
            self.transport.loseConnection()
        elif self.guest is None:
            self.sendLine(b"LOGIN first")
        else:
            number = self.guest.sign(rest.decode("utf-8", "replace"))
            self.sendLine(b"signed as line %d" % number)

    def login(self, name, password):
        self.leave()
        # No more commands until it is known who sends them.
        self.pauseProducing()
        login = self.portal.login(UsernamePassword(name, password), None, IGuest)
        login.addCallbacks(self.welcome, self.refuse)
        login.addBoth(lambda result: self.resumeProducing())

    def welcome(self, login):
        _, guest, logout = login
        if not self.connected:
            logout()  # the peer did not wait for the answer
            return
        self.guest, self.logout = guest, logout
        self.sendLine(b"welcome")

    def refuse(self, failure):
        failure.trap(LoginFailed)
        self.sendLine(b"refused")

    def connectionLost(self, reason):
        self.leave()

    def leave(self):
        """Log out, once for each login."""
        logout, self.guest, self.logout = self.logout, None, None
        if logout is not None:
            logout()


class GuestBookFactory(Factory):
    def __init__(self, portal):
        self.portal = portal

    def buildProtocol(self, addr):
        return GuestBookProtocol(self.portal)


class GuestBookOptions(AuthOptionMixin, Options):
    """--auth, --help-auth and --help-auth-type are the mixin's."""

    optParameters = [["endpoint", "e", "tcp:1080:interface=127.0.0.1", "Where to listen."]]


async def main(reactor, *arguments):
    options = GuestBookOptions()
    try:
        options.parseOptions(arguments)
    except UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    portal = Portal(GuestBook(), options.get("credCheckers", []))
    endpoint = endpoints.serverFromString(reactor, options["endpoint"])
    port = await endpoint.listen(GuestBookFactory(portal))
    print("The guest book lies open on port", port.getHost().port, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
