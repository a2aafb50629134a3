"""Joins the parsers of strings to a transport; `twisted.protocols.basic` has the manual.

Subclasses of these classes seldom call `__init__`, so the state begins as class attributes.
"""

import struct
from typing import cast

from twisted.internet.interfaces import IPushProducer, ITransport
from twisted.internet.protocol import Protocol
from twisted.protocols._netstrings import NetstringBuffer, NetstringMalformed
from twisted.protocols._prefixedstrings import PrefixedBuffer, StringTooLong


class StringTooLongError(AssertionError):
    """A string is longer than its length in front can say, so it cannot be sent."""


class NetstringParseError(ValueError):
    """What was received is no netstring."""


class IncompleteNetstring(Exception):
    """More has to be received before a netstring can be taken."""


class _StringProtocol(Protocol):
    """What the receivers of strings share: the limit, pausing, and one delivery at a time."""

    MAX_LENGTH: int = 99999
    paused: bool = False

    _delivering = False

    def stringReceived(self, string: bytes) -> None:
        """Take a string; subclasses define this.

        Args:
            string: Its bytes, at most `MAX_LENGTH`.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define stringReceived(string)")

    def pauseProducing(self) -> None:
        """Deliver nothing more, and ask the transport to receive nothing more."""
        self.paused = True
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Deliver what was held back, and then let the transport receive again."""
        self.paused = False
        self.dataReceived(b"")
        # What was delivered may have paused again.
        if not self.paused:
            cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Deliver nothing more, and close the connection."""
        self.paused = True
        cast(IPushProducer, self.transport).stopProducing()

    def _deliver(self, buffer: PrefixedBuffer | NetstringBuffer) -> None:
        """Call `stringReceived` for each string that is complete now.

        Raises:
            StringTooLong: The next one is too long.
            NetstringMalformed: The next one is none.
        """
        if self._delivering or self.paused:
            return
        self._delivering = True
        transport = self.transport
        try:
            for string in buffer.strings(self.MAX_LENGTH):
                self.stringReceived(string)
                if self.paused:
                    return
                if getattr(transport, "disconnecting", False):
                    # Nobody will ask for the rest.
                    buffer.takeRest()
                    return
        finally:
            self._delivering = False


class IntNStringReceiver(_StringProtocol):
    """A protocol that receives strings with their length in front.

    A subclass says how the length is packed. Once a string was delivered that closes the
    connection, those behind it are dropped.

    Attributes:
        structFormat: The format of the length, for the module struct.
        prefixLength: How many bytes it has.
        MAX_LENGTH: How many bytes a string may have that is received.
        paused: Whether `pauseProducing` was called and `resumeProducing` was not.
    """

    structFormat: str
    prefixLength: int

    _prefixedBuffer: PrefixedBuffer | None = None

    @property
    def recvd(self) -> bytes:
        """What was received and not delivered yet."""
        return b"" if self._prefixedBuffer is None else self._prefixedBuffer.peek()

    def dataReceived(self, data: bytes) -> None:
        """Call `stringReceived` for each string that is complete now."""
        buffer = self._prefixedBuffer
        if buffer is None:
            buffer = self._prefixedBuffer = PrefixedBuffer(self.structFormat)
        buffer.receive(data)
        try:
            self._deliver(buffer)
        except StringTooLong as error:
            buffer.takeRest()
            self.lengthLimitExceeded(error.length)

    def lengthLimitExceeded(self, length: int) -> None:
        """Learn that a string is to come that is longer than `MAX_LENGTH`; close the connection.

        Called as soon as its length was received; what else was received is dropped.

        Args:
            length: How many bytes it is to have.
        """
        self.transport.loseConnection()

    def sendString(self, string: bytes) -> None:
        """Send a string with its length in front.

        Args:
            string: Its bytes.

        Raises:
            StringTooLongError: It has more bytes than the length in front can say.
            TypeError: It is not bytes; text has to be encoded first.
        """
        if not isinstance(string, bytes):
            raise TypeError(
                f"a string must be bytes, not {type(string).__name__}: encode text first"
            )
        try:
            prefix = struct.pack(self.structFormat, len(string))
        except struct.error:
            raise StringTooLongError(
                f"{len(string)} bytes are more than {self.prefixLength} bytes of length can say"
            ) from None
        self.transport.write(prefix + string)


class Int32StringReceiver(IntNStringReceiver):
    """A protocol of strings with a length of 32 bits in front, in network order."""

    structFormat: str = "!I"
    prefixLength: int = 4


class Int16StringReceiver(IntNStringReceiver):
    """A protocol of strings with a length of 16 bits in front, in network order."""

    structFormat: str = "!H"
    prefixLength: int = 2


class Int8StringReceiver(IntNStringReceiver):
    """A protocol of strings with a length of 8 bits in front."""

    structFormat: str = "!B"
    prefixLength: int = 1


class NetstringReceiver(_StringProtocol):
    """A protocol of netstrings: the length in digits, a colon, the bytes, a comma.

    What is no netstring, or one that is too long, closes the connection.

    Attributes:
        MAX_LENGTH: How many bytes a string may have that is received.
        paused: Whether `pauseProducing` was called and `resumeProducing` was not.
        brokenPeer: Whether the peer has sent what is no netstring.
    """

    brokenPeer: bool = False

    _netstringBuffer: NetstringBuffer | None = None

    def makeConnection(self, transport: ITransport) -> None:
        """Begin with a connection; nothing is left of one before."""
        self._netstringBuffer = NetstringBuffer()
        self.brokenPeer = False
        super().makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:
        """Call `stringReceived` for each string that is complete now."""
        if self.brokenPeer:
            return
        buffer = self._netstringBuffer
        if buffer is None:
            buffer = self._netstringBuffer = NetstringBuffer()
        buffer.receive(data)
        try:
            self._deliver(buffer)
        except NetstringMalformed:
            buffer.takeRest()
            self.brokenPeer = True
            self.transport.loseConnection()

    def sendString(self, string: bytes) -> None:
        """Send a netstring.

        Args:
            string: Its bytes.

        Raises:
            TypeError: It is not bytes; text has to be encoded first.
        """
        if not isinstance(string, bytes):
            raise TypeError(
                f"a string must be bytes, not {type(string).__name__}: encode text first"
            )
        self.transport.write(b"%d:%b," % (len(string), string))


class StatefulStringProtocol:
    """Hands each string to the method for the state; to be mixed into a receiver of strings.

    In the state `X`, `proto_X(string)` is called, and what it returns is the next state. In the
    state `done` nothing is called any more.

    Attributes:
        state: The state.
    """

    state: str = "init"

    def stringReceived(self, string: bytes) -> None:
        """Call the method of the state.

        Raises:
            AttributeError: The state has no method.
        """
        if self.state == "done":
            return
        self.state = getattr(self, f"proto_{self.state}")(string)
        if self.state == "done":
            cast(Protocol, self).transport.loseConnection()


__all__ = [
    "IncompleteNetstring",
    "Int8StringReceiver",
    "Int16StringReceiver",
    "Int32StringReceiver",
    "IntNStringReceiver",
    "NetstringParseError",
    "NetstringReceiver",
    "StatefulStringProtocol",
    "StringTooLongError",
]
