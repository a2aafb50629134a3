"""Reads the lines that a client sends, without I/O."""

import re
from typing import NamedTuple

from twisted.protocols.ftp._errors import CmdSyntaxError

_VERB = re.compile(r"[A-Za-z]{3,8}")
# What Telnet clients put before ABOR: IAC IP, IAC DM (RFC 959 section 4.1.3), and the mark alone
# where the urgent byte was taken out of the stream.
_TELNET_SIGNALS = re.compile(rb"\A(?:\xff[\xf0-\xfa]|\xf2)+")


class Command(NamedTuple):
    """A command of a client.

    Attributes:
        name: Its name in capitals.
        argument: All that follows the first blank; empty if there is nothing.
    """

    name: str
    argument: str


def parseCommand(line: bytes) -> Command:
    """Return the command that a line is.

    Args:
        line: The line without its end. Text is UTF-8 (RFC 2640); other bytes come back as they are
            when the text is encoded with `surrogateescape`.

    Raises:
        CmdSyntaxError: It is no command, or has a NUL or a line end in it.
    """
    line = _TELNET_SIGNALS.sub(b"", line)
    if b"\0" in line or b"\r" in line or b"\n" in line:
        raise CmdSyntaxError("A line may have no NUL and no line end in it")
    name, _, argument = line.decode("utf-8", "surrogateescape").partition(" ")
    if not _VERB.fullmatch(name):
        raise CmdSyntaxError("This is no command")
    return Command(name.upper(), argument)


def parseNumber(text: str, limit: int = 2**63 - 1) -> int:
    """Return a number that a client has sent.

    Args:
        text: Its digits.
        limit: The greatest one that makes sense.

    Raises:
        ValueError: It is something else, or greater.
    """
    if not re.fullmatch("[0-9]{1,19}", text) or int(text) > limit:
        raise ValueError(f"not a number from 0 to {limit}: {text[:100]!r}")
    return int(text)


__all__ = ["Command", "parseCommand", "parseNumber"]
