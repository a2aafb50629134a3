"""Cuts a stream of bytes into lines, without I/O.

A `LineBuffer` is given chunks as they come from the network and is asked for one line at a time,
so that its owner may stop between two lines, take the rest as raw bytes, or change the delimiter.
It knows no transport and calls nobody.

The work is linear in the bytes received, however they are cut:

- A chunk that arrives when nothing is held is kept as it is, and the lines are sliced out of it:
  each byte is copied once.
- What is left of a line joins the next chunk. If the chunk is at least as long as what is held,
  the two become one `bytes` object, which costs at most twice the chunk. Otherwise the held bytes
  become a `bytearray`, which grows in place, so a line that dribbles in byte by byte is not copied
  with each of them.
- Bytes that were searched for the delimiter are not searched again.

A line is too long as soon as the bytes that are held cannot be the beginning of one that fits. So
the same stream gives the same lines, and the same verdict after them, for any way of cutting it,
and a line that never ends is refused once `maxLength` and a delimiter's length of it are here.
"""


class LineTooLong(Exception):
    """The line at the front of a buffer is longer than allowed; the buffer keeps it."""


class LineBuffer:
    """The bytes of a stream that were received and not taken yet."""

    __slots__ = ("_bytes", "_delimiter", "_searched", "_start")

    def __init__(self) -> None:
        self._bytes: bytes | bytearray = b""
        # Where the bytes begin that were not taken; those before it wait to be dropped.
        self._start = 0
        # No `_delimiter` begins between `_start` and here, which may be before `_start`.
        self._searched = 0
        self._delimiter: bytes | None = None

    def __len__(self) -> int:
        """Return how many bytes were received and not taken."""
        return len(self._bytes) - self._start

    def receive(self, data: bytes) -> None:
        """Add a chunk of the stream at the end."""
        held = len(self._bytes) - self._start
        if held == 0:
            # bytes() copies a caller's bytearray, which may change later, and no bytes object.
            self._bytes = bytes(data)
            self._searched = 0
        elif len(data) >= held:
            self._bytes = b"".join((memoryview(self._bytes)[self._start :], data))
            self._searched -= self._start
        else:
            if isinstance(self._bytes, bytearray):
                del self._bytes[: self._start]
            else:
                self._bytes = bytearray(memoryview(self._bytes)[self._start :])
            self._bytes += data
            self._searched -= self._start
        self._start = 0

    def putBack(self, data: bytes) -> None:
        """Put bytes that were taken before in front again."""
        self._replace(data + self.takeRest())

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
        start = self._start
        if delimiter != self._delimiter:
            if not delimiter:
                raise ValueError("a line delimiter must have at least one byte")
            self._delimiter = delimiter
            self._searched = start
        held = self._bytes
        end = held.find(delimiter, max(start, self._searched), start + maxLength + len(delimiter))
        if end >= 0:
            self._start = end + len(delimiter)
            return bytes(held[start:end])
        if len(held) - start > maxLength and not self._mayEndWithin(delimiter, maxLength):
            raise LineTooLong
        if start:
            # Let go of the chunk for as long as the connection may now be idle.
            self._replace(bytes(memoryview(held)[start:]))
        self._searched = len(self._bytes) - len(delimiter) + 1
        return None

    def takeRest(self) -> bytes:
        """Take all that is left."""
        rest = bytes(memoryview(self._bytes)[self._start :])
        self._replace(b"")
        return rest

    def _replace(self, data: bytes) -> None:
        self._bytes = data
        self._start = 0
        self._searched = 0

    def _mayEndWithin(self, delimiter: bytes, maxLength: int) -> bool:
        """Whether the last bytes here begin a delimiter that would end a line that still fits."""
        size = len(self._bytes)
        first = max(self._start, size - len(delimiter) + 1)
        last = min(self._start + maxLength, size - 1)
        return any(delimiter.startswith(self._bytes[at:]) for at in range(first, last + 1))


__all__ = ["LineBuffer", "LineTooLong"]
