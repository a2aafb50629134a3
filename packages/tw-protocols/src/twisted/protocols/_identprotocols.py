"""Joins queries and replies of RFC 1413 to transports: a server, a client, and their errors."""

from collections import deque
from typing import cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, TimeoutError, fail, maybeDeferred
from twisted.internet.interfaces import IAddress, IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols._identlines import (
    MAX_LENGTH,
    ErrorReply,
    Malformed,
    Ports,
    UserReply,
    formatPorts,
    formatReply,
    parsePorts,
    parseReply,
)
from twisted.protocols._unsent import MAX_UNSENT, UnsentReplies
from twisted.protocols.basic import LineOnlyReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

_log = Logger()


class IdentError(Exception):
    """Who has a connection is not told; the class says why.

    Attributes:
        identDescription: How the protocol says it.
    """

    identDescription: str = "UNKNOWN-ERROR"

    def __str__(self) -> str:
        """Return what was given, or how the protocol says it."""
        return super().__str__() or self.identDescription


class NoUser(IdentError):
    """There is no such connection, or nobody has it."""

    identDescription: str = "NO-USER"


class InvalidPort(IdentError):
    """One of the numbers is none of a port."""

    identDescription: str = "INVALID-PORT"


class HiddenUser(IdentError):
    """The user does not want to be told of."""

    identDescription: str = "HIDDEN-USER"


class IdentServer(LineOnlyReceiver, TimeoutMixin):
    """Tells who has a connection (RFC 1413); a subclass or a mixin defines `lookup`.

    Attributes:
        MAX_LENGTH: How many bytes a query may have (1000).
        MAX_QUERIES: How many queries of a client may wait for their replies at once (16); one that
            sends more loses its connection.
        MAX_UNSENT: After how many bytes of replies a client has to have taken them before it is
            read from again (64 KiB).
        timeout: After how many seconds without a query the connection is closed (180).
    """

    MAX_LENGTH: int = MAX_LENGTH
    MAX_QUERIES: int = 16
    MAX_UNSENT: int = MAX_UNSENT
    timeout: float = 180

    _pending = 0

    def connectionMade(self) -> None:
        """Begin to count the time."""
        self._unsent = UnsentReplies(
            lambda: cast(IPushProducer, self.transport).pauseProducing(),
            lambda: cast(IPushProducer, self.transport).resumeProducing(),
        )
        self.setTimeout(self.timeout)

    def sendLine(self, line: bytes) -> None:
        """Send a reply.

        Args:
            line: The reply without its end.
        """
        super().sendLine(line)
        self._unsent.wrote(self.transport, len(line) + 2, self.MAX_UNSENT)

    def timeoutConnection(self) -> None:
        """Close the connection; at once if the client does not take its replies."""
        if self._unsent.isHolding:
            getattr(self.transport, "abortConnection", self.transport.loseConnection)()
        else:
            super().timeoutConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no longer.

        Args:
            reason: Why the connection was lost.
        """
        self.setTimeout(None)

    def lineReceived(self, line: bytes) -> None:
        """Answer a query.

        Args:
            line: The query.
        """
        self.resetTimeout()
        try:
            ports = parsePorts(line)
        except Malformed:
            self.invalidQuery()
            return
        if ports.areValid():
            self.validQuery(ports.onServer, ports.onClient)
        else:
            self.sendLine(formatReply(ErrorReply(ports, InvalidPort.identDescription)))

    def invalidQuery(self) -> None:
        """Close the connection of who sent something that is no query."""
        self.transport.loseConnection()

    def validQuery(self, portOnServer: int, portOnClient: int) -> None:
        """Look up who has a connection, and send the reply.

        Args:
            portOnServer: The port at this end.
            portOnClient: The port at the end of who asks.
        """
        if self._pending >= self.MAX_QUERIES:
            self.transport.loseConnection()
            return
        ports = Ports(portOnServer, portOnClient)
        server = _hostOf(self.transport.getHost()), portOnServer
        client = _hostOf(self.transport.getPeer()), portOnClient
        self._pending += 1
        (
            maybeDeferred(self.lookup, server, client)
            .addCallback(lambda result: UserReply(ports, *result))
            .addErrback(self._refused, ports)
            .addCallback(self._reply)
            .addErrback(self._unsayable, ports)
            .addBoth(self._replied)
        )

    def lookup(
        self, serverAddress: tuple[str, int], clientAddress: tuple[str, int]
    ) -> tuple[str, str] | Deferred[tuple[str, str]]:
        """Return who has a connection; subclasses define this.

        Args:
            serverAddress: Host and port at this end.
            clientAddress: Host and port at the end of who asks.

        Returns:
            The operating system and the user, now or later.

        Raises:
            IdentError: It is not told, and why.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define lookup(server, client)")

    def _refused(self, failure: Failure, ports: Ports) -> ErrorReply:
        if isinstance(failure.value, IdentError):
            return ErrorReply(ports, failure.value.identDescription)
        _log.failure("looking up who has a connection failed", failure=failure)
        return ErrorReply(ports, IdentError.identDescription)

    def _reply(self, reply: UserReply | ErrorReply) -> None:
        self.sendLine(formatReply(reply))

    def _replied(self, result: object) -> None:
        self._pending -= 1

    def _unsayable(self, failure: Failure, ports: Ports) -> None:
        """Answer all the same if what was found cannot be said."""
        _log.failure("what was looked up is no reply of RFC 1413", failure=failure)
        self._reply(ErrorReply(ports, IdentError.identDescription))


class IdentClient(LineOnlyReceiver, TimeoutMixin):
    """Asks a server who has a connection (RFC 1413); several queries wait in a queue.

    Attributes:
        errorTypes: The errors that a server may name.
        MAX_LENGTH: How many bytes a reply may have (1000).
        timeout: After how many seconds without a reply all queries fail (60).
        queries: The queries that wait, with their ports.
    """

    errorTypes: tuple[type[IdentError], ...] = (IdentError, NoUser, InvalidPort, HiddenUser)
    MAX_LENGTH: int = MAX_LENGTH
    timeout: float = 60

    def __init__(self) -> None:
        """Make a client without queries."""
        self.queries: deque[tuple[Deferred[tuple[str, str]], int, int]] = deque()
        self._lost: Failure | None = None

    def lookup(self, portOnServer: int, portOnClient: int) -> Deferred[tuple[str, str]]:
        """Ask who has a connection between the server's machine and this one.

        Args:
            portOnServer: The port there.
            portOnClient: The port here.

        Returns:
            A Deferred with the operating system and the user. It fails with an `IdentError`: one of
            its subclasses if the server gives the reason, itself if the connection is lost or what
            comes is no reply, and with `TimeoutError` if none comes in time.
        """
        if self._lost is not None:
            return fail(IdentError(f"the connection was lost: {self._lost.getErrorMessage()}"))
        deferred: Deferred[tuple[str, str]] = Deferred()
        self.queries.append((deferred, portOnServer, portOnClient))
        if len(self.queries) == 1:
            self._ask()
        return deferred

    def lineReceived(self, line: bytes) -> None:
        """Hand a reply to the query that waits for it, and send the next one.

        Args:
            line: The reply.
        """
        if not self.queries:
            self.transport.loseConnection()
            return
        deferred, onServer, onClient = self.queries.popleft()
        self.setTimeout(None)
        if self.queries:
            self._ask()
        try:
            answered = parseReply(line).ports
        except Malformed:
            answered = Ports(onServer, onClient)
        # Some servers say 0 where they do not understand the query.
        if answered != Ports(onServer, onClient) and answered != Ports(0, 0):
            deferred.errback(IdentError(f"a reply for other ports: {answered}"))
            return
        self.parseResponse(deferred, line)

    def parseResponse(self, deferred: Deferred[tuple[str, str]], line: bytes) -> None:
        """Give a query its answer.

        Args:
            deferred: Gets the operating system and the user, or an `IdentError`.
            line: The reply.
        """
        try:
            reply = parseReply(line)
        except Malformed as error:
            deferred.errback(IdentError(f"{line[:80]!r}: {error}"))
            return
        if isinstance(reply, UserReply):
            deferred.callback((reply.system, reply.user))
            return
        kinds = {kind.identDescription: kind for kind in self.errorTypes}
        deferred.errback(kinds.get(reply.error, IdentError)(reply.error))

    def timeoutConnection(self) -> None:
        """Fail all queries with `TimeoutError`, and close the connection."""
        self._fail(Failure(TimeoutError("the ident server has not answered in time")))
        getattr(self.transport, "abortConnection", self.transport.loseConnection)()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Fail all queries with `IdentError`.

        Args:
            reason: Why the connection was lost.
        """
        if self._lost is None:
            error = IdentError(f"the connection was lost: {reason.getErrorMessage()}")
            self._fail(Failure(error))

    def _ask(self) -> None:
        """Send the query that is the next."""
        _, onServer, onClient = self.queries[0]
        self.setTimeout(self.timeout)
        self.sendLine(formatPorts(Ports(onServer, onClient)))

    def _fail(self, reason: Failure) -> None:
        self._lost = reason
        self.setTimeout(None)
        queries, self.queries = self.queries, deque()
        for deferred, _, _ in queries:
            deferred.errback(reason)


def _hostOf(address: IAddress) -> str:
    return address.host if isinstance(address, IPv4Address | IPv6Address) else str(address)


__all__ = [
    "HiddenUser",
    "IdentClient",
    "IdentError",
    "IdentServer",
    "InvalidPort",
    "NoUser",
]
