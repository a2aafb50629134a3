"""The gate: a visitor says name and word on one line, and is greeted, or not."""

from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.cred.portal import IRealm
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.components import Interface, implementer


class IVisitor(Interface):
    """Somebody who was let in."""

    def greeting(self) -> str:
        """Return what they are told."""


@implementer(IVisitor)
class Visitor:
    def __init__(self, house, name):
        self.house = house
        self.name = name

    def greeting(self):
        return f"Welcome to {self.house}, {self.name}!"


@implementer(IRealm)
class House:
    """Makes visitors of those who were let in."""

    def __init__(self, name):
        self.name = name

    def requestAvatar(self, avatarId, mind, *interfaces):
        if IVisitor not in interfaces:
            raise NotImplementedError("here are only visitors")
        return IVisitor, Visitor(self.name, avatarId.decode()), lambda: None


class Gate(LineOnlyReceiver):
    """Speaks with one visitor."""

    delimiter = b"\n"
    # Nobody has a longer name and word; who sends more is disconnected.
    MAX_LENGTH = 200

    def __init__(self, portal):
        self.portal = portal

    def lineReceived(self, line):
        name, _, word = line.strip().partition(b" ")
        login = self.portal.login(UsernamePassword(name, word), None, IVisitor)
        login.addCallbacks(lambda login: login[1].greeting(), self.refuse)
        login.addCallback(self.answer)

    def refuse(self, failure):
        failure.trap(LoginFailed)
        return "Stay outside."

    def answer(self, text):
        self.sendLine(text.encode())
        self.transport.loseConnection()


class GateFactory(Factory):
    def __init__(self, portal):
        self.portal = portal

    def buildProtocol(self, addr):
        return Gate(self.portal)
