"""One finger connection: a query comes in, an answer goes out, and that is all.

A client that takes too long to ask is sent away, one that takes too long to read is cut off, so
that no connection stays for ever. When the service stops, `FingerFactory.finish` lets the answers
that are on their way arrive.
"""

from collections.abc import Mapping
from typing import Protocol as Shape

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IReactorTime, ITCPTransport
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from fingerd.answers import answer, encode
from fingerd.query import MalformedQuery, parseQuery
from fingerd.users import User


class Users(Shape):
    """Whoever can say which users there are."""

    def users(self) -> Mapping[str, User]:
        """Return the users by login."""


class FingerProtocol(LineOnlyReceiver):
    """Answers one query and closes.

    Attributes:
        delimiter: What ends the query. The RFC wants CRLF; people at a keyboard send LF.
        MAX_LENGTH: How many bytes a query may have.
        ASK_TIMEOUT: How many seconds a client has for its query.
        READ_TIMEOUT: How many seconds it has to read the answer.
    """

    delimiter = b"\n"
    MAX_LENGTH = 512
    ASK_TIMEOUT = 30.0
    READ_TIMEOUT = 60.0

    log = Logger()

    factory: "FingerFactory"
    transport: ITCPTransport

    def __init__(self, factory: "FingerFactory") -> None:
        self.factory = factory
        self.answered = False

    def connectionMade(self) -> None:
        """Give the client its time to ask."""
        self.factory.connections.add(self)
        clock = self.factory.clock
        self.timeout = clock.callLater(self.ASK_TIMEOUT, self.reply, ["Too slow: no query came."])

    def lineReceived(self, line: bytes) -> None:
        """Answer the query."""
        line = line.removesuffix(b"\r")
        # repr() leaves no control character that could forge a line of the log.
        self.log.info("{peer} asks {query!r}", peer=self.transport.getPeer(), query=line)
        try:
            query = parseQuery(line)
        except MalformedQuery as error:
            self.reply([f"Malformed query: {error}."])
        else:
            self.send(answer(query, self.factory.users.users()))

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a query that is too long."""
        self.log.info("{peer} asks too much", peer=self.transport.getPeer())
        self.reply([f"Malformed query: more than {self.MAX_LENGTH} bytes."])

    def reply(self, lines: list[str]) -> None:
        """Send lines of text as the answer."""
        self.send(encode(lines))

    def send(self, data: bytes) -> None:
        """Send the answer and close when it has left."""
        self.answered = True
        self.transport.write(data)
        self.transport.loseConnection()
        if self.timeout.active():
            self.timeout.cancel()
        self.timeout = self.factory.clock.callLater(self.READ_TIMEOUT, self.abort)

    def abort(self) -> None:
        """Close at once."""
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Forget the connection."""
        if self.timeout.active():
            self.timeout.cancel()
        self.factory.forget(self)


class FingerFactory(ServerFactory[FingerProtocol]):
    """Keeps what the connections share.

    Args:
        users: Says which users there are.
        clock: Measures the timeouts.
    """

    noisy = False

    def __init__(self, users: Users, clock: IReactorTime) -> None:
        self.users = users
        self.clock = clock
        self.connections: set[FingerProtocol] = set()
        self._idle: Deferred[None] | None = None

    def buildProtocol(self, addr: IAddress | None) -> FingerProtocol:
        """Make the protocol of a new connection."""
        return FingerProtocol(self)

    def forget(self, protocol: FingerProtocol) -> None:
        """Learn that a connection is gone."""
        self.connections.discard(protocol)
        if self._idle is not None and not self.connections:
            idle, self._idle = self._idle, None
            idle.callback(None)

    async def finish(self, patience: float) -> None:
        """Wait until all that is being sent has left, and close all connections.

        Args:
            patience: After how many seconds those that are still open are cut off.
        """
        for protocol in list(self.connections):
            if not protocol.answered:
                protocol.transport.loseConnection()
        if not self.connections:
            return
        self._idle = Deferred()
        deadline = self.clock.callLater(patience, self._abortAll)
        await self._idle
        if deadline.active():
            deadline.cancel()

    def _abortAll(self) -> None:
        for protocol in list(self.connections):
            protocol.abort()
