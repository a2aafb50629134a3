"""A server that needs a moment for each answer, and can be stopped without losing one."""

import os
from pathlib import Path

from zope.interface import implementer

from twisted.application.draining import IDrainable
from twisted.application.internet import StreamServerEndpointService
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python import usage


@implementer(IDrainable)
class Answering(LineReceiver):
    """Answers each line, and can tell when it owes nobody an answer."""

    delimiter = b"\n"

    def __init__(self, factory):
        self.factory = factory
        self.asked = 0
        self.owed = 0
        self.draining = False

    def lineReceived(self, line):
        self.asked += 1
        self.owed += 1
        self.dummyWork().addCallback(self.answer, line)

    def dummyWork(self):
        """Stand in for what really takes time."""
        return deferLater(reactor, 0.05)

    def answer(self, result, line):
        self.owed -= 1
        self.factory.answered += 1
        text = f"{self.factory.greeting} {os.getpid()}: "
        self.sendLine(text.encode() + line)
        self.endIfIdle()

    def drain(self):
        # A connection that was accepted but has not asked yet is answered too.
        self.draining = True
        self.endIfIdle()

    def endIfIdle(self):
        if self.draining and self.asked and not self.owed:
            self.transport.loseConnection()


class AnsweringFactory(Factory):
    """Builds the protocols, with what they have in common."""

    def __init__(self, greeting):
        self.greeting = greeting
        self.accepted = self.answered = 0

    def buildProtocol(self, addr):
        self.accepted += 1
        return Answering(self)


class AnsweringService(StreamServerEndpointService):
    """Listens, and says in the end what it has done."""

    log = Logger()

    def stopService(self):
        counted = {"accepted": self.factory.accepted, "answered": self.factory.answered}
        self.log.info("{accepted} connections, {answered} answers", **counted)
        return super().stopService()


class Options(usage.Options):
    optParameters = [
        ["endpoint", "e", "tcp:8009:interface=127.0.0.1", "Where to listen."],
        ["greeting", "g", None, "A file with what each answer begins with."],
    ]


def makeService(options):
    greeting = Path(options["greeting"]).read_text().strip() if options["greeting"] else "Process"
    endpoint = serverFromString(reactor, options["endpoint"])
    return AnsweringService(endpoint, AnsweringFactory(greeting))
