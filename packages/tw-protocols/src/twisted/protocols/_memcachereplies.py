"""Cuts what a memcached server sends into replies, without I/O.

A reply is a line, and a `VALUE` line is followed by as many bytes as it says and another line end
(memcached's doc/protocol.txt, the text protocol). The lengths are checked before the bytes are
waited for. Which reply belongs to which command is not known here.
"""

from dataclasses import dataclass

from twisted.protocols._heldbytes import HeldBytes

_WORDS = frozenset(b"OK END STORED NOT_STORED EXISTS NOT_FOUND DELETED TOUCHED RESET ERROR".split())
# These are followed by a text.
_BEGINNINGS = frozenset(b"VALUE STAT VERSION CLIENT_ERROR SERVER_ERROR".split())

MAX_NUMBER = 2**64 - 1
"""The greatest number of the protocol: counters and identifiers have 64 bits."""

MAX_FLAGS = 2**32 - 1
"""The greatest flags of a value."""


class ReplyRefused(Exception):
    """What a server has sent is no reply, or too long a one."""


@dataclass(frozen=True)
class Reply:
    """What a server has said.

    Attributes:
        name: The first word of its line; empty for a number.
        text: What follows the name.
        value: The bytes that follow a `VALUE` line; empty for the others.
    """

    name: bytes
    text: bytes = b""
    value: bytes = b""


@dataclass(frozen=True)
class ValueLine:
    """What a `VALUE` line says.

    Attributes:
        key: The key.
        flags: What whoever stored it has put beside it.
        length: How many bytes the value has.
        identifier: Which version of the value it is; empty if it was not asked for.
    """

    key: bytes
    flags: int
    length: int
    identifier: bytes


def parseNumber(digits: bytes, greatest: int) -> int:
    """Return the number that digits say.

    Args:
        digits: ASCII digits and nothing else.
        greatest: The greatest number that is allowed.

    Raises:
        ReplyRefused: It is none, or a greater one.
    """
    # The length first: the time that it takes to read a number grows with the square of it.
    if not digits.isdigit() or len(digits) > len(str(greatest)) or int(digits) > greatest:
        raise ReplyRefused(f"{digits[:40]!r} is no number from 0 to {greatest}")
    return int(digits)


def parseValueLine(text: bytes, maxLength: int) -> ValueLine:
    """Return what a `VALUE` line says.

    Args:
        text: What follows the word.
        maxLength: How many bytes the value may have.

    Raises:
        ReplyRefused: It says something else, or the value has more bytes.
    """
    parts = text.split(b" ")
    if len(parts) not in (3, 4) or not parts[0]:
        raise ReplyRefused(f"VALUE has to be followed by key, flags and length, not {text[:80]!r}")
    identifier = parts[3] if len(parts) == 4 else b""
    if identifier:
        parseNumber(identifier, MAX_NUMBER)
    flags = parseNumber(parts[1], MAX_FLAGS)
    length = parseNumber(parts[2], MAX_NUMBER)
    if length > maxLength:
        raise ReplyRefused(f"a value of {length} bytes: {maxLength} are allowed")
    return ValueLine(parts[0], flags, length, identifier)


def parseLine(line: bytes) -> Reply:
    """Return the reply that a line is, or that it begins.

    Args:
        line: The line without its end.

    Raises:
        ReplyRefused: It is none.
    """
    if line.isdigit():
        parseNumber(line, MAX_NUMBER)
        return Reply(b"", line)
    name, blank, text = line.partition(b" ")
    if name in _BEGINNINGS or (name in _WORDS and not blank):
        return Reply(name, text)
    if name == b"ERROR":
        # So it says that there are too many connections.
        return Reply(b"SERVER_ERROR", text)
    raise ReplyRefused(f"{line[:80]!r} is no reply of memcached")


class ReplyBuffer(HeldBytes):
    """The bytes that a server has sent and that were not taken yet."""

    __slots__ = ("_began", "_searched", "_value")

    def __init__(self) -> None:
        super().__init__()
        # The VALUE line that was taken, while its value is not complete.
        self._began: Reply | None = None
        self._value: ValueLine | None = None
        # How many of the bytes that are held have no line end in them.
        self._searched = 0

    def takeReply(self, maxLine: int, maxValue: int) -> Reply | None:
        """Take the next reply off the front.

        Args:
            maxLine: How many bytes a line may have.
            maxValue: How many bytes a value may have.

        Returns:
            The reply, or None if its end was not received yet.

        Raises:
            ReplyRefused: What comes next is no reply, or a longer one. Nothing can be taken any
                more.
        """
        if self._value is None:
            line = self._takeLine(maxLine)
            if line is None:
                return None
            reply = parseLine(line)
            if reply.name != b"VALUE":
                return reply
            self._began = reply
            self._value = parseValueLine(reply.text, maxValue)
        return self._takeValue(self._value)

    def _takeLine(self, maxLine: int) -> bytes | None:
        """Take a line with its end off the front, and return it without."""
        start = self._start
        end = self.held.find(b"\r\n", start + self._searched, start + maxLine + 2)
        if end < 0:
            size = len(self)
            if size > maxLine + 1 or (size > maxLine and self.held[start + maxLine] != _RETURN):
                raise ReplyRefused(f"a line of more than {maxLine} bytes")
            # A return at the end may be half of a line end.
            self._searched = max(0, size - 1)
            self.letGo()
            return None
        self._searched = 0
        line = self.take(end - start)
        self.take(2)
        return line

    def _takeValue(self, value: ValueLine) -> Reply | None:
        """Take a value with the line end behind it off the front, and return its reply."""
        held, end = self.held, self._start + value.length
        behind = held[end : end + 2]
        if not b"\r\n".startswith(behind):
            raise ReplyRefused(f"the value of {value.key!r} has more bytes than were announced")
        if len(behind) < 2:
            self.letGo()
            return None
        assert self._began is not None
        reply = Reply(b"VALUE", self._began.text, self.take(value.length))
        self.take(2)
        self._began = self._value = None
        return reply


_RETURN = ord("\r")


__all__ = [
    "MAX_FLAGS",
    "MAX_NUMBER",
    "Reply",
    "ReplyBuffer",
    "ReplyRefused",
    "ValueLine",
    "parseLine",
    "parseNumber",
    "parseValueLine",
]
