"""A server that counts the words of a line, and a client that asks it."""

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver

PATIENCE = 30
"""How many seconds the client waits for an answer."""


class WordCounter(LineReceiver):
    """The server's side of a connection."""

    def lineReceived(self, line):
        self.sendLine(str(len(line.split())).encode())


class WordClient(LineReceiver):
    """The client's side of a connection."""

    def __init__(self, clock):
        self._clock = clock
        self._waiting = []

    def count(self, text):
        """Return a Deferred with the number of words of a text."""
        answer = Deferred().addTimeout(PATIENCE, self._clock)
        self._waiting.append(answer)
        self.sendLine(text.encode())
        return answer

    def lineReceived(self, line):
        self._waiting.pop(0).callback(int(line))


counterFactory = Factory.forProtocol(WordCounter)
