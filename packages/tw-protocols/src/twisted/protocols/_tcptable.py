"""The requests and replies of Postfix's tcp_table(5) protocol, without I/O.

A request is a line, `get KEY` or `put KEY VALUE`; a reply is a line with a number and a text. Blanks,
control characters, percent signs and everything that is not ASCII are written as `%` and two
hexadecimal digits.
"""

import re
from dataclasses import dataclass

MAX_LENGTH = 4096
"""How many bytes a request or a reply may have, its end included (tcp_table(5))."""

_REQUEST = re.compile(rb"([a-z]{1,20}) +([^\x00- \x7f]+(?: +[^\x00- \x7f]+)*) *\r?")
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})?")
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/")
_QUOTED = [bytes([byte]) if byte in _SAFE else b"%%%02X" % byte for byte in range(256)]


class BadRequest(Exception):
    """What a client has sent is no request; the text says what is wrong."""


@dataclass(frozen=True)
class Request:
    """What a client wants.

    Attributes:
        name: The word in front, in lower case.
        words: What follows, quoted as it came; at least one word.
    """

    name: str
    words: bytes


def quote(s: bytes) -> bytes:
    """Return bytes as they may stand in a request or a reply.

    Args:
        s: Any bytes.
    """
    return b"".join([_QUOTED[byte] for byte in s])


def unquote(s: bytes) -> bytes:
    """Return the bytes that were quoted.

    Args:
        s: What stands in a request or a reply.

    Raises:
        BadRequest: A percent sign is not followed by two hexadecimal digits.
    """
    return _ESCAPED.sub(_unescape, s)


def _unescape(found: re.Match[bytes]) -> bytes:
    digits: bytes | None = found[1]
    if digits is None:
        raise BadRequest("a percent sign has to be followed by two hexadecimal digits")
    return bytes([int(digits, 16)])


def parseRequest(line: bytes) -> Request:
    """Return the request that a line is.

    Args:
        line: The line without its end; a return before that is let be.

    Raises:
        BadRequest: It is none.
    """
    found = _REQUEST.fullmatch(line)
    if found is None:
        raise BadRequest("a request is a word in small letters and what it is about")
    return Request(found[1].decode("ascii"), found[2])


def parsePut(words: bytes) -> tuple[bytes, bytes]:
    """Return key and value of a `put`.

    Args:
        words: What follows the word `put`.

    Raises:
        BadRequest: These are not two words, or wrongly quoted.
    """
    parts = words.split()
    if len(parts) != 2:
        raise BadRequest("put has to be followed by a key and a value")
    return unquote(parts[0]), unquote(parts[1])


def formatReply(code: int, text: bytes) -> bytes:
    """Return a reply without its end; one that would be too long says that instead.

    Args:
        code: 200 for a value, 500 if there is none, 400 for a trouble that may pass.
        text: The value, or what there is to say.
    """
    reply = b"%03d %b" % (code, quote(text))
    if len(reply) >= MAX_LENGTH:
        return b"400 " + quote(b"the reply is too long")
    return reply


__all__ = [
    "MAX_LENGTH",
    "BadRequest",
    "Request",
    "formatReply",
    "parsePut",
    "parseRequest",
    "quote",
    "unquote",
]
