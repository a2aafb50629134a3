"""Cuts a stream of bytes into lines, without I/O.

A `LineBuffer` is given chunks as they come from the network. It knows no transport and calls nobody.
There are two ways to get lines out of it:

- `takeLines` adds a chunk and returns all lines that are whole then. It is the way of nearly every
  chunk, and fast; it needs a buffer that holds at most the beginning of a line (`isPartial`).
- `takeLine` takes a single one, so that its owner may stop between two lines, take the rest as raw
  bytes, or change the delimiter.

Both are linear in the bytes received, however they are cut: see `_heldbytes`. What is held of a line
is not searched for the delimiter again, but for its end, where a delimiter may have been cut.

A line is too long as soon as the bytes that are held cannot be the beginning of one that fits. So
the same stream gives the same lines, and the same verdict after them, for any way of cutting it,
and a line that never ends is refused once `maxLength` and a delimiter's length of it are here.
"""

from twisted.protocols._heldbytes import HeldBytes


class LineTooLong(Exception):
    """The line at the front of a buffer is longer than allowed; the buffer keeps it."""


class LineBuffer(HeldBytes):
    """The bytes of a stream of lines that were received and not taken yet."""

    __slots__ = ("_delimiter",)

    def __init__(self) -> None:
        super().__init__()
        # The delimiter that was looked for last, which is not in a partial line.
        self._delimiter: bytes | None = None

    def takeLines(self, data: bytes, delimiter: bytes, maxLength: int) -> list[bytes]:
        """Add a chunk of the stream to a buffer that `isPartial`, and take the lines that are whole.

        Args:
            data: The chunk.
            delimiter: What ends a line; it may differ from call to call.
            maxLength: How many bytes a line may have without its delimiter.

        Returns:
            The lines without their delimiters. If one is longer than allowed, those before it; it
            stays here with all that follows, and `isPartial` is false.

        Raises:
            ValueError: The delimiter is empty.
        """
        lines = data.split(delimiter)
        size = len(data)
        held = self.held
        if held:
            # Mostly it is the same object, which is told faster than that it is equal.
            known = delimiter is self._delimiter or delimiter == self._delimiter
            if not known or (held[-1] in delimiter and self._isCut(data, delimiter)):
                data = b"".join((held, data))
                lines = data.split(delimiter)
                size = len(data)
            elif len(lines) == 1:
                if type(held) is not bytearray:
                    held = self.held = bytearray(held)
                held += data
                if len(held) > maxLength:
                    self.isPartial = self._mayEndWithin(delimiter, maxLength)
                return []
            else:
                size += len(held)
                lines[0] = b"".join((held, lines[0]))
        rest = self.held = lines.pop()
        self._delimiter = delimiter
        # None of the lines is too long if all of them together are not.
        if size > maxLength:
            if lines and max(map(len, lines)) > maxLength:
                first = next(number for number, line in enumerate(lines) if len(line) > maxLength)
                self.giveBack(lines[first:])
                return lines[:first]
            if len(rest) > maxLength:
                self.isPartial = self._mayEndWithin(delimiter, maxLength)
        return lines

    def giveBack(self, lines: list[bytes]) -> None:
        """Put lines in front again that `takeLines` returned, and that are not wanted yet.

        Args:
            lines: The last ones that it returned.
        """
        delimiter = self._delimiter
        if lines and delimiter is not None:
            self.putBack(delimiter.join([*lines, b""]))

    def takeLine(self, delimiter: bytes, maxLength: int) -> bytes | None:
        """Take the next line off the front.

        Args:
            delimiter: What ends a line; it may differ from call to call.
            maxLength: How many bytes the line may have without its delimiter.

        Returns:
            The line without its delimiter, or None if its end was not received yet.

        Raises:
            LineTooLong: It has, or must come to have, more than `maxLength` bytes. They stay here.
            ValueError: The delimiter is empty.
        """
        if not delimiter:
            raise ValueError("a line delimiter must have at least one byte")
        start = self._start
        held = self.held
        end = held.find(delimiter, start, start + maxLength + len(delimiter))
        if end >= 0:
            self._start = end + len(delimiter)
            return bytes(held[start:end])
        if len(held) - start > maxLength and not self._mayEndWithin(delimiter, maxLength):
            raise LineTooLong
        self.letGo()
        self.isPartial = True
        self._delimiter = delimiter
        return None

    def _isCut(self, data: bytes, delimiter: bytes) -> bool:
        """Return whether a delimiter ends in a chunk that begins in what is held."""
        cut = len(delimiter) - 1
        return cut > 0 and delimiter in self.held[-cut:] + data[:cut]

    def _mayEndWithin(self, delimiter: bytes, maxLength: int) -> bool:
        """Whether the last bytes here begin a delimiter that would end a line that still fits."""
        size = len(self.held)
        first = max(self._start, size - len(delimiter) + 1)
        last = min(self._start + maxLength, size - 1)
        return any(delimiter.startswith(self.held[at:]) for at in range(first, last + 1))


__all__ = ["LineBuffer", "LineTooLong"]
