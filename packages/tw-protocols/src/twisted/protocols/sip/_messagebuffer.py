"""Cuts a stream, or a datagram, into messages of SIP, without I/O (RFC 3261, sections 7 and 18.3).

A message begins with a head: a first line, headers, an empty line. Line ends before it are let be,
since some peers send them to keep the connection alive. The head is read when it is complete. Then
as many bytes follow as it says; if it says nothing, all that follows up to the end of the datagram
is the body.
"""

from dataclasses import dataclass

from twisted.protocols._heldbytes import HeldBytes
from twisted.protocols.sip._messages import Message, Request, Response, decodeBody
from twisted.protocols.sip._names import VERSION, parseNumber, shortHeaders
from twisted.protocols.sip._urls import splitOutside

_END = b"\r\n\r\n"


class MessageRefused(Exception):
    """What has come is no message, or too large a one; the text says why."""


@dataclass(frozen=True)
class Limits:
    """How large a message may be.

    Attributes:
        line: How many bytes a line of the head may have, together with those that go on with it.
        headers: How many headers there may be.
        head: How many bytes the head may have.
        body: How many bytes the body may have.
    """

    line: int = 16384
    headers: int = 256
    head: int = 65536
    body: int = 2**20


def parseFirstLine(line: str) -> Request | Response:
    """Return the message that a line begins.

    Args:
        line: The first line of a message.

    Raises:
        MessageRefused: It is none.
    """
    try:
        first, second, third = line.split(" ", 2)
        if first == VERSION:
            code = parseNumber(second, 699)
            if len(second) != 3 or code < 100:
                raise MessageRefused(f"{second!r} is no status")
            return Response(code, third)
        if third != VERSION:
            raise MessageRefused(f"{line[:80]!r} is no message of {VERSION}")
        return Request(first, second)
    except ValueError as error:
        raise MessageRefused(f"{line[:80]!r} begins no message: {error}") from None


def parseHead(head: bytes, limits: Limits) -> Request | Response:
    """Return the message that a head is, without its body.

    Args:
        head: The first line and the headers, without the empty line.
        limits: How large it may be.

    Raises:
        MessageRefused: It is none, or too large.
    """
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        raise MessageRefused("the head is not UTF-8") from None
    first, *rest = text.split("\r\n")
    if "\r" in text.replace("\r\n", "") or "\n" in text.replace("\r\n", "") or "\0" in text:
        raise MessageRefused("the head has a bare line end or a NUL in it")
    if len(first) > limits.line:
        raise MessageRefused(f"a line of more than {limits.line} bytes")
    message = parseFirstLine(first)
    for line in _unfolded(rest, limits):
        name, colon, value = line.partition(":")
        if not colon:
            raise MessageRefused(f"{line[:80]!r} is no header")
        _addHeader(message, name.rstrip(" \t"), value.strip(" \t"))
    return message


def _addHeader(message: Message, name: str, value: str) -> None:
    lowered = shortHeaders.get(name.lower(), name.lower())
    # Each station has a header of its own, so that the first of them can be taken off.
    values = splitOutside(value, ",") if lowered == "via" else [value]
    try:
        for each in values:
            message.addHeader(name, each)
    except ValueError as error:
        raise MessageRefused(str(error)) from None


def _unfolded(lines: list[str], limits: Limits) -> list[str]:
    """Join lines that begin with a blank to those before them."""
    joined: list[list[str]] = []
    for line in lines:
        if not line.startswith((" ", "\t")):
            joined.append([line])
        elif joined:
            joined[-1].append(line.strip(" \t"))
        else:
            raise MessageRefused("a header goes on that did not begin")
    if len(joined) > limits.headers:
        raise MessageRefused(f"more than {limits.headers} headers")
    found = [" ".join(parts) for parts in joined]
    if any(len(line.encode()) > limits.line for line in found):
        raise MessageRefused(f"a line of more than {limits.line} bytes")
    return found


class MessageBuffer(HeldBytes):
    """The bytes that have come and were not taken yet.

    Attributes:
        limits: How large a message may be.
        begun: The message whose head was taken, while its body is not complete.
    """

    __slots__ = ("_searched", "begun", "limits")

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.begun: Request | Response | None = None
        # How many of the bytes that are held have no end of a head in them.
        self._searched = 0

    def takeMessage(self, ended: bool = False) -> Request | Response | None:
        """Take the next message off the front.

        Args:
            ended: Whether no more bytes follow.

        Returns:
            The message, or None if its end was not received yet; if none follow, there is nothing.

        Raises:
            MessageRefused: What comes next is no message, or too large. Nothing can be taken any
                more.
        """
        if self.begun is None:
            head = self._takeHead()
            if head is None:
                if ended and len(self):
                    raise MessageRefused("the message ends within its head")
                return None
            self.begun = parseHead(head, self.limits)
        message = self.begun
        if (message.length or 0) > self.limits.body:
            raise MessageRefused(f"a body of more than {self.limits.body} bytes")
        if message.length is None:
            if len(self) > self.limits.body:
                raise MessageRefused(f"a body of more than {self.limits.body} bytes")
            if not ended:
                self.letGo()
                return None
            message.bodyDataReceived(decodeBody(self.takeRest()))
        elif len(self) >= message.length:
            message.bodyDataReceived(decodeBody(self.take(message.length)))
        elif ended:
            raise MessageRefused(f"the body is shorter than {message.length} bytes")
        else:
            self.letGo()
            return None
        message.creationFinished()
        self.begun = None
        return message

    def _takeHead(self) -> bytes | None:
        """Take a head with the empty line off the front, and return it without."""
        if not self._searched:
            while self.held[self._start : self._start + 2] == b"\r\n":
                self.take(2)
        start = self._start
        end = self.held.find(_END, start + self._searched, start + self.limits.head + len(_END))
        if end < 0:
            size = len(self)
            if size >= self.limits.head + len(_END):
                raise MessageRefused(f"a head of more than {self.limits.head} bytes")
            # The last three may begin the end.
            self._searched = max(0, size - len(_END) + 1)
            self.letGo()
            return None
        self._searched = 0
        head = self.take(end - start)
        self.take(len(_END))
        return head


__all__ = [
    "Limits",
    "MessageBuffer",
    "MessageRefused",
    "parseFirstLine",
    "parseHead",
]
