"""Joins the parsers of strings to a transport; `twisted.protocols.basic` has the manual.

Subclasses of these classes seldom call `__init__`, so the state begins as class attributes.
"""

import struct
from collections.abc import Iterator
from typing import cast

from twisted.internet.interfaces import IPushProducer, ITransport
from twisted.internet.protocol import Protocol
from twisted.protocols._heldstrings import HeldStrings, StringRefused
from twisted.protocols._netstrings import NetstringBuffer
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

    # `_received` makes these. They have no defaults in the class, since CPython 3.11 reads an
    # attribute of an instance fast only if the class has none of that name.
    _heldStrings: HeldStrings
    _delivering: bool
    # The strings that `dataReceived` has still to deliver.
    _unread: Iterator[bytes]

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
        self._deliver(self._received())
        # What was delivered may have paused again, or closed the connection.
        if not (self.paused or self._isOver()):
            cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Deliver nothing more, and close the connection."""
        self.paused = True
        cast(IPushProducer, self.transport).stopProducing()

    def dataReceived(self, data: bytes) -> None:
        """Call `stringReceived` for each string that is complete now."""
        transport = self.transport
        try:
            buffer = self._heldStrings
            slow = (
                transport.disconnecting  # type: ignore[attr-defined]  # see below
                or self.paused
                or self._delivering
                or not buffer.isPartial
            )
        except AttributeError:
            # This is the first chunk, or the transport is a stand-in that cannot say whether it is
            # closing; the slower way asks with care.
            buffer = self._received()
            slow = True
        if slow:
            buffer.receive(data)
            self._deliver(buffer)
            return
        maxLength = self.MAX_LENGTH
        strings = buffer.takeStrings(data, maxLength)
        if len(strings) == 1:
            self._delivering = True
            try:
                self.stringReceived(strings[0])
            finally:
                self._delivering = False
            # What is held of the next one may be refused, also by a limit that is another now.
            if buffer.held and not (buffer.isPartial and self.MAX_LENGTH is maxLength):
                self._deliver(buffer)
            return
        if not strings:
            if not buffer.isPartial:
                self._deliver(buffer)
            return
        self._delivering = True
        unread = self._unread = iter(strings)
        try:
            for string in unread:
                self.stringReceived(string)
                # The next one may not be wanted, now or under another limit.
                if (
                    self.paused
                    or transport.disconnecting  # type: ignore[attr-defined]  # it was there
                    or self.MAX_LENGTH is not maxLength
                ):
                    break
            else:
                if buffer.isPartial:
                    return
        except BaseException:
            buffer.giveBack([*unread])
            raise
        finally:
            self._delivering = False
        buffer.giveBack([*unread])
        self._deliver(buffer)

    def _deliver(self, buffer: HeldStrings) -> None:
        """Deliver what is held, as far as it is wanted."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while not self.paused:
                if self._isOver():
                    # Nobody will ask for the rest, and what comes yet is to end here too.
                    buffer.takeRest()
                    buffer.isPartial = False
                    return
                try:
                    string = buffer.takeString(self.MAX_LENGTH)
                except StringRefused as error:
                    buffer.takeRest()
                    self._stringRefused(error)
                    continue
                if string is None:
                    return
                self.stringReceived(string)
        finally:
            self._delivering = False

    def _received(self) -> HeldStrings:
        """Return the buffer with all that was not delivered; it is made on first use."""
        buffer: HeldStrings | None = getattr(self, "_heldStrings", None)
        if buffer is None:
            buffer = self._heldStrings = self._makeBuffer()
            self._unread = iter(())
            self._delivering = False
            # Looked at for every string: an attribute of the instance is read several times as fast
            # as a default of the class.
            for name in ("paused", "MAX_LENGTH"):
                if not isinstance(getattr(type(self), name), property):
                    setattr(self, name, getattr(self, name))
        buffer.giveBack([*self._unread])
        return buffer

    def _isOver(self) -> bool:
        """Return whether nothing more is to be delivered."""
        return bool(getattr(self.transport, "disconnecting", False))

    def _makeBuffer(self) -> HeldStrings:
        """Make the parser."""
        raise NotImplementedError

    def _stringRefused(self, error: StringRefused) -> None:
        """Deal with what is not allowed, and was dropped."""
        raise NotImplementedError


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

    @property
    def recvd(self) -> bytes:
        """What was received and not delivered yet."""
        return self._received().peek()

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

    def _makeBuffer(self) -> HeldStrings:
        """Make the parser."""
        return PrefixedBuffer(self.structFormat)

    def _stringRefused(self, error: StringRefused) -> None:
        """Tell of a string that is too long."""
        if isinstance(error, StringTooLong):
            self.lengthLimitExceeded(error.length)


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

    def makeConnection(self, transport: ITransport) -> None:
        """Begin with a connection; nothing is left of one before."""
        if hasattr(self, "_heldStrings"):
            del self._heldStrings
        self.brokenPeer = False
        super().makeConnection(transport)

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

    def _makeBuffer(self) -> HeldStrings:
        """Make the parser."""
        return NetstringBuffer()

    def _stringRefused(self, error: StringRefused) -> None:
        """Close the connection: where the next netstring begins is not known any more."""
        self.brokenPeer = True
        self.transport.loseConnection()

    def _isOver(self) -> bool:
        """Return whether nothing more is to be delivered."""
        return self.brokenPeer or super()._isOver()


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
