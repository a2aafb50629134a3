"""A server that Postfix asks where it would look into a table (tcp_table(5)).

    factory = PostfixTCPMapDictServerFactory({b"info@example.com": b"ada"})
    serverFromString(reactor, "tcp:2525:interface=127.0.0.1").listen(factory)

`virtual_alias_maps = tcp:127.0.0.1:2525` in Postfix's `main.cf` then asks it. The protocol has no
password, so it is for the own machine.
"""

from collections import UserDict
from collections.abc import Callable, Mapping
from typing import Protocol as TypedProtocol
from typing import cast

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.protocols._tcptable import (
    MAX_LENGTH,
    BadRequest,
    formatReply,
    parsePut,
    parseRequest,
    quote,
    unquote,
)
from twisted.protocols._unsent import MAX_UNSENT, UnsentReplies
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

_log = Logger()


class _Table(TypedProtocol):
    """What the factory of a server has."""

    def get(self, key: bytes) -> "bytes | Deferred[bytes | None] | None":
        """Return a value or None, now or later."""


class PostfixTCPMapServer(LineReceiver, TimeoutMixin):
    """Answers the requests of a client, one after the other, by its factory's `get`.

    `get(key)` takes bytes and returns bytes, or None if there is no such key; or a Deferred of that.
    If it fails, Postfix is told to try again later. A subclass may define `do_X(words)` for further
    requests `X`.

    Attributes:
        timeout: After how many seconds without a request the connection is closed (600).
        delimiter: A line feed.
        MAX_LENGTH: How many bytes a request may have (4095).
        MAX_UNSENT: After how many bytes of replies a client has to have taken them before its next
            request is answered (64 KiB).
    """

    timeout: int = 600
    delimiter: bytes = b"\n"
    MAX_LENGTH: int = MAX_LENGTH - 1
    MAX_UNSENT: int = MAX_UNSENT

    _lost = False
    _answering = False

    def connectionMade(self) -> None:
        """Begin to count the time."""
        self._unsent = UnsentReplies(self.pauseProducing, self._goOn)
        self.setTimeout(self.timeout)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no longer.

        Args:
            reason: Why the connection was lost.
        """
        self._lost = True
        self.setTimeout(None)

    def sendCode(self, code: int, message: bytes = b"") -> None:
        """Send a reply.

        Args:
            code: 200 for a value, 500 if there is none, 400 for a trouble that may pass.
            message: The value, or what there is to say. It is quoted here.
        """
        line = formatReply(code, message)
        self.sendLine(line)
        self._unsent.wrote(self.transport, len(line) + 1, self.MAX_UNSENT)

    def lineReceived(self, line: bytes) -> None:
        """Answer a request.

        Args:
            line: The request.
        """
        self.resetTimeout()
        try:
            request = parseRequest(line)
            do = getattr(self, f"do_{request.name}", None)
            if do is None:
                raise BadRequest("unknown request")
            do(request.words)
        except BadRequest as error:
            self.sendCode(400, str(error).encode())

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a request that is too long, and close the connection.

        Args:
            line: What was received of it.
        """
        self.sendCode(400, b"the request is too long")
        self.transport.loseConnection()

    def do_get(self, key: bytes) -> None:
        """Look up a key; further requests wait until it is answered.

        Args:
            key: The key, quoted.

        Raises:
            BadRequest: It is wrongly quoted, or there are several words.
        """
        if b" " in key:
            raise BadRequest("get has to be followed by one key")
        table = cast(_Table, self.factory)
        self._answering = True
        found = maybeDeferred(table.get, unquote(key))
        found.addCallback(self._found).addErrback(self._failed)
        if self._answering:
            # What is answered later is answered in order all the same, and who waits is not idle.
            self.setTimeout(None)
            self.pauseProducing()

    def do_put(self, keyAndValue: bytes) -> None:
        """Refuse to store a value.

        Args:
            keyAndValue: Both, quoted, with a blank between them.

        Raises:
            BadRequest: These are not two words, or wrongly quoted.
        """
        parsePut(keyAndValue)
        self.sendCode(500, b"put is not supported")

    def _found(self, value: bytes | None) -> None:
        if not isinstance(value, bytes | None):
            raise TypeError(f"a value must be bytes or None, not {type(value).__name__}")
        if value is None:
            self._answer(500, b"not found")
        else:
            self._answer(200, value)

    def _failed(self, failure: Failure) -> None:
        _log.failure("looking up a key for Postfix failed", failure=failure)
        self._answer(400, b"the lookup failed")

    def _answer(self, code: int, text: bytes) -> None:
        self._answering = False
        if self._lost:
            return
        self.sendCode(code, text)
        if self.paused:
            self.setTimeout(self.timeout)
            self._goOn()

    def _goOn(self) -> None:
        """Take requests again, unless one is being answered, or the replies are not taken."""
        if not (self._answering or self._unsent.isHolding or self._lost):
            self.resumeProducing()

    def timeoutConnection(self) -> None:
        """Close the connection; at once if the client does not take its replies."""
        if self._unsent.isHolding:
            getattr(self.transport, "abortConnection", self.transport.loseConnection)()
        else:
            super().timeoutConnection()


class PostfixTCPMapDictServerFactory(UserDict[bytes, bytes], ServerFactory[Protocol]):
    """A dictionary that Postfix may ask; keys and values are bytes.

    Attributes:
        protocol: The protocol of the connections.
    """

    protocol: Callable[[], Protocol] | None = PostfixTCPMapServer


class PostfixTCPMapDeferringDictServerFactory(ServerFactory[Protocol]):
    """A dictionary whose `get` returns a Deferred; to be subclassed by what has to ask others.

    Attributes:
        protocol: The protocol of the connections.
        data: The dictionary.
    """

    protocol: Callable[[], Protocol] | None = PostfixTCPMapServer

    def __init__(self, data: Mapping[bytes, bytes] | None = None) -> None:
        """Take a copy of a dictionary.

        Args:
            data: Keys and values, in bytes.
        """
        self.data: dict[bytes, bytes] = dict(data or {})

    def get(self, key: bytes) -> Deferred[bytes | None]:
        """Look up a key.

        Args:
            key: The key.

        Returns:
            A Deferred with the value, or with None if there is no such key.
        """
        return succeed(self.data.get(key))


__all__ = [
    "PostfixTCPMapDeferringDictServerFactory",
    "PostfixTCPMapDictServerFactory",
    "PostfixTCPMapServer",
    "quote",
    "unquote",
]
