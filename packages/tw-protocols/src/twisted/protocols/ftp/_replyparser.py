"""Puts the replies of a server together, without I/O (RFC 959 section 4.2).

A reply is a line with a code and a blank, or several: the first has a hyphen behind the code, the
last the same code and a blank. Whatever stands between belongs to it.
"""

import re
from typing import NamedTuple

from twisted.protocols.ftp._errors import BadResponse

MAX_REPLY_LINES = 1000
"""How many lines a reply may have."""

MAX_REPLY_BYTES = 2**18
"""How many bytes a reply may have in all its lines."""

_FIRST = re.compile(rb"([1-5][0-9]{2})([ -]|\Z)")


class Reply(NamedTuple):
    """A reply that is whole.

    Attributes:
        code: Its three digits.
        lines: Its lines as they came, the code included.
    """

    code: str
    lines: list[str]


class ReplyParser:
    """Takes lines and gives replies."""

    def __init__(self, maxLines: int = MAX_REPLY_LINES, maxBytes: int = MAX_REPLY_BYTES) -> None:
        """Make a parser.

        Args:
            maxLines: How many lines a reply may have.
            maxBytes: How many bytes a reply may have.
        """
        self._maxLines = maxLines
        self._maxBytes = maxBytes
        self._lines: list[str] = []
        self._size = 0
        self._code = b""

    def receive(self, line: bytes) -> Reply | None:
        """Take a line.

        Args:
            line: The line without its end.

        Returns:
            The reply that ends with it, or None.

        Raises:
            BadResponse: It can not begin a reply, or the reply is too large; what comes next is
                not to be trusted either.
        """
        if not self._lines:
            found = _FIRST.match(line)
            if found is None:
                raise BadResponse(f"not the beginning of a reply: {line[:100]!r}")
            self._code = found[1]
            isLast = found[2] != b"-"
        else:
            isLast = line[:4] == self._code + b" "
        self._size += len(line)
        if len(self._lines) >= self._maxLines or self._size > self._maxBytes:
            raise BadResponse(
                f"a reply has more than {self._maxLines} lines or {self._maxBytes} bytes"
            )
        self._lines.append(line.decode("utf-8", "surrogateescape"))
        if not isLast:
            return None
        reply = Reply(self._code.decode("ascii"), self._lines)
        self._lines, self._size = [], 0
        return reply


_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def parsePWDResponse(response: str) -> str | None:
    """Return the path in the reply to PWD or MKD.

    Args:
        response: The line.

    Returns:
        What stands between its quotes; None if there are none.
    """
    found = _QUOTED.search(response)
    return None if found is None else found[1].replace('""', '"')


__all__ = ["MAX_REPLY_BYTES", "MAX_REPLY_LINES", "Reply", "ReplyParser", "parsePWDResponse"]
