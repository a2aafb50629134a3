"""The bytes of a stream that were received and not taken yet, without I/O.

What parsers of streams have in common: chunks come in at the end, messages are taken off the front.
The work is linear in the bytes received, however they are cut:

- A chunk that arrives when nothing is held is kept as it is, and the messages are sliced out of it:
  each byte is copied once.
- What is left of a message joins the next chunk. If the chunk is at least as long as what is held,
  the two become one `bytes` object, which costs at most twice the chunk. Otherwise the held bytes
  become a `bytearray`, which grows in place, so a message that dribbles in byte by byte is not
  copied with each of them.
"""


class HeldBytes:
    """The bytes of a stream that were received and not taken yet.

    Attributes:
        held: What is held; those in front may have been taken already. To be looked at only.
        isPartial: Whether nothing is held but the beginning of a message, or not even that. When it
            is false, there may be whole messages, or what is none.
    """

    __slots__ = ("_start", "held", "isPartial")

    def __init__(self) -> None:
        self.isPartial: bool = True
        self.held: bytes | bytearray = b""
        # Where the bytes begin that were not taken; those before it wait to be dropped.
        self._start = 0

    def __len__(self) -> int:
        """Return how many bytes were received and not taken."""
        return len(self.held) - self._start

    def receive(self, data: bytes) -> None:
        """Add a chunk of the stream at the end, and take nothing."""
        self.isPartial = False
        held = len(self.held) - self._start
        if held == 0:
            # bytes() copies a caller's bytearray, which may change later, and no bytes object.
            self.held = bytes(data)
        elif len(data) >= held:
            self.held = b"".join((memoryview(self.held)[self._start :], data))
        else:
            if isinstance(self.held, bytearray):
                del self.held[: self._start]
            else:
                self.held = bytearray(memoryview(self.held)[self._start :])
            self.held += data
        self._start = 0

    def putBack(self, data: bytes) -> None:
        """Put bytes that were taken before in front again."""
        self._replace(data + self.takeRest())

    def peek(self) -> bytes:
        """Return all that is left, and leave it."""
        return bytes(memoryview(self.held)[self._start :])

    def take(self, count: int) -> bytes:
        """Take so many bytes off the front; they must be here."""
        start = self._start
        self._start = start + count
        return bytes(self.held[start : start + count])

    def takeRest(self) -> bytes:
        """Take all that is left."""
        rest = self.peek()
        self._replace(b"")
        return rest

    def letGo(self) -> None:
        """Let go of what was taken, for as long as the connection may now be idle."""
        if self._start:
            self._replace(self.peek())

    def _replace(self, data: bytes) -> None:
        self.held = data
        self._start = 0
        self.isPartial = not data


__all__ = ["HeldBytes"]
