"""Banana: expressions made of lists, numbers and bytes, over a stream.

`encode` and `decode` work on bytes alone; `Banana` is the protocol. When a connection begins, the
server sends the names of the profiles that it knows, and the client answers with one of them. From
then on both may send expressions, in any number and order. The profile "none" has the types of the
specification and no more, "pb" sends frequent strings as one byte.

A peer whose handshake or message is not legal is refused: the connection is closed, this is logged
in one line, and nothing more of what it sent is delivered.

What a peer can send has limits, and so has what we send, since it would be refused: `SIZE_LIMIT`,
`setPrefixLimit`, `DEPTH_LIMIT`, `ELEMENT_LIMIT` and `MESSAGE_LIMIT`. They can be set here for all
connections that are made afterwards, or as attributes of a protocol before it is connected.
"""

from collections.abc import Callable

from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.persisted.styles import Ephemeral
from twisted.python.failure import Failure
from twisted.spread._bananacodec import (
    FLOAT_BYTE,
    INT_BYTE,
    LIST_BYTE,
    LONGINT_BYTE,
    LONGNEG_BYTE,
    NEG_BYTE,
    STRING_BYTE,
    VOCAB_BYTE,
    BananaError,
    Limits,
    Unfinished,
    decodeExpressions,
    decodeNumber,
    encodeExpression,
    encodeNumber,
)
from twisted.spread._shown import inShort, shown

SIZE_LIMIT = 640 * 1024
"""How many bytes a string, and how many elements a list may have."""

DEPTH_LIMIT = 256
"""How deep lists may lie in each other."""

ELEMENT_LIMIT = 4 * 1024 * 1024
"""How many elements all the lists of one expression may have together."""

MESSAGE_LIMIT = 64 * 1024 * 1024
"""How many bytes one expression may take."""

HIGH_BIT_SET = b"\x80"
LIST = bytes((LIST_BYTE,))
INT = bytes((INT_BYTE,))
STRING = bytes((STRING_BYTE,))
NEG = bytes((NEG_BYTE,))
FLOAT = bytes((FLOAT_BYTE,))
LONGINT = bytes((LONGINT_BYTE,))
LONGNEG = bytes((LONGNEG_BYTE,))
VOCAB = bytes((VOCAB_BYTE,))

NONE_PROFILE = b"none"
PB_PROFILE = b"pb"

_prefixLimit = 64

_log = Logger("twisted.spread.banana")

# Number N stands for the Nth of these, counted from 1.
_WORDS = (
    *(b"None", b"class", b"dereference", b"reference", b"dictionary", b"function", b"instance"),
    *(b"list", b"module", b"persistent", b"tuple", b"unpersistable"),
    *(b"copy", b"cache", b"cached", b"remote", b"local", b"lcache"),
    *(b"version", b"login", b"password", b"challenge", b"logged_in", b"not_logged_in"),
    *(b"cachemessage", b"message", b"answer", b"error", b"decref", b"decache", b"uncache"),
)
_DECODED_WORDS = [b"", *_WORDS]
_ENCODED_WORDS = {word: bytes((number, VOCAB_BYTE)) for number, word in enumerate(_WORDS, 1)}
_NO_DECODED: list[bytes] = []
_NO_ENCODED: dict[bytes, bytes] = {}


def setPrefixLimit(limit: int) -> None:
    """Set how large integers may be, for connections that are made afterwards and for `encode`.

    Args:
        limit: How many digits in base 128: integers stay below 2 ** (7 * limit). It is 64 at first.
    """
    global _prefixLimit
    _prefixLimit = limit


def _currentLimits() -> Limits:
    return Limits(SIZE_LIMIT, _prefixLimit, DEPTH_LIMIT, ELEMENT_LIMIT, MESSAGE_LIMIT)


def encode(lst: object) -> bytes:
    """Return the bytes of an expression in the profile "none".

    Args:
        lst: Bytes, a number, or a list or tuple of expressions.

    Raises:
        BananaError: It holds something else, or exceeds a limit.
    """
    return encodeExpression(lst, _NO_ENCODED, _currentLimits())


def decode(st: bytes) -> object:
    """Return the first expression of some bytes, in the profile "none".

    Args:
        st: The bytes; what follows the first expression is not looked at.

    Raises:
        BananaError: They are not Banana, exceed a limit, or end before the expression does.
    """
    expressions: list[object] = []
    decodeExpressions(st, Unfinished(), expressions, 1, _NO_DECODED, _currentLimits())
    if not expressions:
        raise BananaError(f"the expression is not complete after {len(st)} bytes")
    return expressions[0]


def int2b128(integer: int, stream: Callable[[bytes], object]) -> None:
    """Write a number in base 128.

    Args:
        integer: 0 or more.
        stream: A function that takes bytes.

    Raises:
        ValueError: The number is negative.
    """
    if integer < 0:
        raise ValueError(f"{integer} is negative: base 128 has no sign")
    stream(encodeNumber(integer))


def b1282int(st: bytes) -> int:
    """Return the number that digits in base 128 stand for.

    Args:
        st: The digits, the least significant one first.
    """
    return decodeNumber(st)


class Banana(Protocol, Ephemeral):
    """Expressions over a stream.

    Subclasses override `connectionReady` and `expressionReceived`.

    Attributes:
        isClient: Whether this end chooses the profile.
        knownDialects: The profiles that it knows, the best first.
        currentDialect: The one that was chosen; None during the handshake.
        sizeLimit: Overrides `SIZE_LIMIT`.
        prefixLimit: Overrides what `setPrefixLimit` set for all.
        depthLimit: Overrides `DEPTH_LIMIT`.
        elementLimit: Overrides `ELEMENT_LIMIT`.
        messageLimit: Overrides `MESSAGE_LIMIT`.
    """

    knownDialects: list[bytes] = [PB_PROFILE, NONE_PROFILE]
    currentDialect: bytes | None = None
    sizeLimit: int | None = None
    prefixLimit: int | None = None
    depthLimit: int | None = None
    elementLimit: int | None = None
    messageLimit: int | None = None

    incomingVocabulary: dict[int, bytes] = dict(enumerate(_WORDS, 1))
    outgoingVocabulary: dict[bytes, int] = {word: number for number, word in enumerate(_WORDS, 1)}

    def __init__(self, isClient: int = 1) -> None:
        """Make a protocol.

        Args:
            isClient: Whether this end is the one that opened the connection, and so chooses the
                profile.
        """
        self.isClient = isClient
        self._unfinished = Unfinished()
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._needed = 1
        self._delivering = False
        self._refusal: Failure | None = None
        self._encoded = _NO_ENCODED
        self._decoded = _NO_DECODED
        self._limits = _currentLimits()

    @property
    def buffer(self) -> bytes:
        """What came of an element that is not complete."""
        return b"".join(self._pieces)

    def setPrefixLimit(self, limit: int) -> None:
        """Set how large integers on this connection may be.

        Args:
            limit: How many digits in base 128: integers stay below 2 ** (7 * limit).
        """
        self.prefixLimit = limit
        self._limits.prefix = limit

    def _setLimits(self) -> None:
        limits = _currentLimits()
        for name in ("size", "prefix", "depth", "element", "message"):
            own = getattr(self, name + "Limit")
            if own is not None:
                setattr(limits, "elements" if name == "element" else name, own)
        self._limits = limits

    # What subclasses override.

    def connectionReady(self) -> None:
        """Learn that the handshake is done: expressions can be sent, and will come."""

    def expressionReceived(self, lst: object) -> None:
        """Take an expression that the peer sent.

        Args:
            lst: A list of expressions, or bytes or a number.
        """
        raise NotImplementedError("override expressionReceived to take what the peer sends")

    # The stream.

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and set the limits that hold from now on.

        Args:
            transport: The own end of a connection that is open.
        """
        self._setLimits()
        super().makeConnection(transport)

    def connectionMade(self) -> None:
        """Begin the handshake, which the server does."""
        if not self.isClient:
            self.sendEncoded(self.knownDialects)

    def dataReceived(self, data: bytes) -> None:
        """Deliver the expressions that are complete now.

        Args:
            data: Bytes of the stream.
        """
        if self._refusal is not None:
            return
        self._pieces.append(data)
        self._gathered += len(data)
        if self._gathered < self._needed or self._delivering:
            return
        self._delivering = True
        try:
            while self._gathered >= self._needed and self._refusal is None:
                self._deliver()
        finally:
            self._delivering = False

    def _deliver(self) -> None:
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._gathered = 0
        expressions: list[object] = []
        error: BananaError | None = None
        # The first message of the handshake changes how the rest is to be read.
        most = 1 if self.currentDialect is None else 0
        try:
            consumed, self._needed = decodeExpressions(
                data, self._unfinished, expressions, most, self._decoded, self._limits
            )
        except BananaError as refused:
            error = refused
        else:
            if consumed < len(data):
                rest = data[consumed:] if consumed else data
                # Something may have come meanwhile only once expressions are delivered.
                pieces.append(rest)
                self._gathered = len(rest)
        for expression in expressions:
            if self._refusal is not None or getattr(self.transport, "disconnecting", False):
                return
            self.callExpressionReceived(expression)
        if error is not None:
            self.refuse(error)

    def gotItem(self, item: object) -> None:
        """Take an expression that is complete, as `callExpressionReceived` does."""
        self.callExpressionReceived(item)

    def callExpressionReceived(self, obj: object) -> None:
        """Go on with the handshake, or deliver an expression.

        Args:
            obj: What the peer sent.
        """
        if self.currentDialect is not None:
            self.expressionReceived(obj)
        elif self.isClient:
            self._chooseProfile(obj)
        elif isinstance(obj, bytes) and obj in self.knownDialects:
            self._selectDialect(obj)
        else:
            self.refuse(
                BananaError(f"the client chose a profile that was not offered: {shown(obj)}")
            )

    def _chooseProfile(self, offered: object) -> None:
        names = offered if isinstance(offered, list) else []
        for name in names:
            if isinstance(name, bytes) and name in self.knownDialects:
                self.sendEncoded(name)
                self._selectDialect(name)
                return
        self.refuse(
            BananaError(f"the server offers no profile that is known here: {shown(offered)}")
        )

    def _selectDialect(self, dialect: bytes) -> None:
        self.currentDialect = dialect
        if dialect == PB_PROFILE:
            self._encoded = _ENCODED_WORDS
            self._decoded = _DECODED_WORDS
        self.connectionReady()

    def refuse(self, error: Exception) -> None:
        """Close the connection because of what the peer sent; nothing more of it is delivered.

        Args:
            error: What is wrong with it.
        """
        if self._refusal is not None:
            return
        self._refusal = Failure(error)
        self._pieces.clear()
        self._gathered = 0
        _log.warn(
            "{protocol} closes the connection with {peer}: {error}",
            protocol=type(self).__name__,
            peer=self.transport.getPeer(),
            error=inShort(error),
        )
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let go of what was not complete.

        Args:
            reason: Why the connection is gone.
        """
        self._pieces.clear()
        self._gathered = 0
        self._unfinished = Unfinished()

    def sendEncoded(self, obj: object) -> None:
        """Send an expression.

        Args:
            obj: Bytes, a number, or a list or tuple of expressions.

        Raises:
            BananaError: It holds something else, or exceeds a limit; nothing was sent.
        """
        self._send(obj)

    def _send(self, expression: object) -> int:
        """Send an expression, and return how many bytes it has."""
        encoded = encodeExpression(expression, self._encoded, self._limits)
        self.transport.write(encoded)
        return len(encoded)


BananaError.__module__ = __name__

__all__ = [
    "DEPTH_LIMIT",
    "ELEMENT_LIMIT",
    "FLOAT",
    "HIGH_BIT_SET",
    "INT",
    "LIST",
    "LONGINT",
    "LONGNEG",
    "MESSAGE_LIMIT",
    "NEG",
    "NONE_PROFILE",
    "PB_PROFILE",
    "SIZE_LIMIT",
    "STRING",
    "VOCAB",
    "Banana",
    "BananaError",
    "b1282int",
    "decode",
    "encode",
    "int2b128",
    "setPrefixLimit",
]
