"""Joins the line parser to a transport; `twisted.protocols.basic` has the manual.

Subclasses of these classes seldom call `__init__`, so the state begins as class attributes.
"""

from collections.abc import Iterator
from typing import cast

from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol
from twisted.protocols._lines import LineBuffer, LineTooLong


class _LineProtocol(Protocol):
    """What the two receivers share: the delimiter, the limit and the buffer."""

    MAX_LENGTH: int = 16384
    delimiter: bytes = b"\r\n"

    line_mode: int = 1
    paused: bool = False

    # `_received` makes these. They have no defaults in the class, since CPython 3.11 reads an
    # attribute of an instance fast only if the class has none of that name.
    _lineBuffer: LineBuffer
    _delivering: bool
    # The lines that `dataReceived` has still to deliver.
    _unread: Iterator[bytes]

    def lineReceived(self, line: bytes) -> None:
        """Take a line; subclasses define this.

        Args:
            line: The line without its delimiter, at most `MAX_LENGTH` bytes.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define lineReceived(line)")

    def lineLengthExceeded(self, line: bytes) -> None:
        """Take a line that is longer than `MAX_LENGTH`; unless overridden, close the connection.

        If the connection stays, lines are looked for in what comes next.

        Args:
            line: All that was received from the beginning of the line on: perhaps only a part of
                it, perhaps much more.
        """
        self.transport.loseConnection()

    def sendLine(self, line: bytes) -> None:
        """Send a line and the delimiter after it.

        Args:
            line: Its bytes, of which none should be the delimiter.

        Raises:
            TypeError: The line is not bytes; text has to be encoded first.
        """
        if not isinstance(line, bytes):
            raise TypeError(f"a line must be bytes, not {type(line).__name__}: encode text first")
        # One `write`: the stand-ins for transports in programs' own tests often have nothing else.
        self.transport.write(line + self.delimiter)

    def dataReceived(self, data: bytes) -> None:
        """Call `lineReceived` (or `rawDataReceived`) for what has come."""
        transport = self.transport
        try:
            buffer = self._lineBuffer
            slow = (
                transport.disconnecting  # type: ignore[attr-defined]  # see below
                or self.paused
                or self._delivering
                or not self.line_mode
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
        delimiter, maxLength = self.delimiter, self.MAX_LENGTH
        lines = buffer.takeLines(data, delimiter, maxLength)
        if len(lines) == 1:
            self._delivering = True
            try:
                self.lineReceived(lines[0])
            finally:
                self._delivering = False
            # Mostly nothing is held then, and there is nothing to ask for.
            if buffer.held and not (
                buffer.isPartial
                and self.line_mode
                and self.delimiter is delimiter
                and self.MAX_LENGTH is maxLength
            ):
                self._deliver(buffer)
            return
        if not lines:
            if not buffer.isPartial:
                self._deliver(buffer)
            return
        self._delivering = True
        unread = self._unread = iter(lines)
        try:
            for line in unread:
                self.lineReceived(line)
                # The next one may not be wanted now, or not as a line, or be another line.
                if (
                    self.paused
                    or not self.line_mode
                    or transport.disconnecting  # type: ignore[attr-defined]  # it was there
                    or self.delimiter is not delimiter
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

    def _deliver(self, buffer: LineBuffer) -> None:
        """Deliver what is held, as far as it is wanted."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while not self.paused:
                if not self.line_mode:
                    if not buffer:
                        return
                    self.rawDataReceived(buffer.takeRest())
                    continue
                if getattr(self.transport, "disconnecting", False):
                    # Nobody will ask for the rest.
                    buffer.takeRest()
                    return
                try:
                    line = buffer.takeLine(self.delimiter, self.MAX_LENGTH)
                except LineTooLong:
                    self.lineLengthExceeded(buffer.takeRest())
                    continue
                if line is None:
                    return
                self.lineReceived(line)
        finally:
            self._delivering = False

    def rawDataReceived(self, data: bytes) -> None:
        """Take raw bytes; subclasses that call `setRawMode` define this.

        Args:
            data: The bytes; at least one. They may go beyond what was raw:
                `setLineMode(rest)` gives back what is too much.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define rawDataReceived(data)")

    def clearLineBuffer(self) -> bytes:
        """Drop what was received and not delivered yet.

        Returns:
            The bytes that were dropped.
        """
        return self._received().takeRest()

    def _received(self) -> LineBuffer:
        """Return the buffer with all that was not delivered; it is made on first use."""
        buffer: LineBuffer | None = getattr(self, "_lineBuffer", None)
        if buffer is None:
            buffer = self._lineBuffer = LineBuffer()
            self._unread = iter(())
            self._delivering = False
            # Looked at for every line: an attribute of the instance is read several times as fast
            # as a default of the class.
            for name in ("paused", "line_mode", "delimiter", "MAX_LENGTH"):
                if not isinstance(getattr(type(self), name), property):
                    setattr(self, name, getattr(self, name))
        buffer.giveBack([*self._unread])
        return buffer


class LineOnlyReceiver(_LineProtocol):
    """A protocol that receives lines and nothing else.

    Attributes:
        delimiter: What ends a line; not empty.
        MAX_LENGTH: How many bytes a line may have without its delimiter.
    """


class LineReceiver(_LineProtocol):
    """A protocol that receives lines, and raw bytes whenever it says so.

    It is also a push producer: while it is paused, neither lines nor bytes are delivered.

    Attributes:
        delimiter: What ends a line; not empty.
        MAX_LENGTH: How many bytes a line may have without its delimiter.
        line_mode: Whether lines are received now, or raw bytes.
        paused: Whether `pauseProducing` was called and `resumeProducing` was not.
    """

    # Declared again, since type checkers take what a subclass assigns for something of its own.
    line_mode: int
    paused: bool

    def setRawMode(self) -> None:
        """Receive raw bytes from here on.

        Called in `lineReceived`, it takes effect right after the line, with the same packet.
        Called at another time, bytes that were held for an unfinished line are delivered together
        with the next ones.
        """
        self.line_mode = 0

    def setLineMode(self, extra: bytes = b"") -> None:
        """Receive lines from here on.

        Args:
            extra: Bytes that were received raw and belong to the lines; they come first.
        """
        self.line_mode = 1
        buffer = self._received()
        if extra:
            buffer.putBack(extra)
        self._deliver(buffer)

    def pauseProducing(self) -> None:
        """Deliver nothing more, and ask the transport to receive nothing more."""
        self.paused = True
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Deliver what was held back, and then let the transport receive again."""
        self.paused = False
        self._deliver(self._received())
        # What was delivered may have paused again, or closed the connection.
        if not (self.paused or getattr(self.transport, "disconnecting", False)):
            cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Deliver nothing more, and close the connection."""
        self.paused = True
        cast(IPushProducer, self.transport).stopProducing()
