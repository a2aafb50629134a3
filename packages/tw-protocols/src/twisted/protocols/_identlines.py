"""The queries and replies of the Identification Protocol (RFC 1413), without I/O."""

import re
from dataclasses import dataclass

MAX_LENGTH = 1000
"""How many bytes a line may have; the RFC asks for no more than that of a reply."""

_PORTS = re.compile(rb"[ \t]*([0-9]{1,10})[ \t]*,[ \t]*([0-9]{1,10})[ \t]*")
_TOKEN = re.compile(r"[^\x00-\x1f\x7f:]*")


class Malformed(Exception):
    """A line is no query, or no reply."""


@dataclass(frozen=True)
class Ports:
    """The two ends of the connection that is asked about.

    Attributes:
        onServer: The port on the machine that runs the server of this protocol.
        onClient: The port on the machine that asks.
    """

    onServer: int
    onClient: int

    def areValid(self) -> bool:
        """Return whether both are numbers of ports."""
        return 0 < self.onServer < 65536 and 0 < self.onClient < 65536


@dataclass(frozen=True)
class UserReply:
    """A reply that names a user.

    Attributes:
        ports: What was asked about.
        system: The operating system, which says how to take the name.
        user: The name of the user, or whatever else identifies them.
    """

    ports: Ports
    system: str
    user: str


@dataclass(frozen=True)
class ErrorReply:
    """A reply that names an error.

    Attributes:
        ports: What was asked about.
        error: The error, such as `NO-USER`.
    """

    ports: Ports
    error: str


def parsePorts(text: bytes) -> Ports:
    """Return the ports that a query is, or that a reply begins with.

    Args:
        text: Two numbers with a comma between them.

    Raises:
        Malformed: It is something else.
    """
    found = _PORTS.fullmatch(text)
    if found is None:
        raise Malformed("a query is two ports with a comma between them")
    return Ports(int(found[1]), int(found[2]))


def parseReply(line: bytes) -> UserReply | ErrorReply:
    """Return the reply that a line is.

    Args:
        line: The line without its end.

    Raises:
        Malformed: It is none.
    """
    parts = line.split(b":", 3)
    if len(parts) < 3:
        raise Malformed("a reply has at least two colons")
    ports = parsePorts(parts[0])
    kind = parts[1].strip(b" \t")
    third = _text(parts[2])
    if kind == b"ERROR" and len(parts) == 3 and third:
        return ErrorReply(ports, third)
    if kind == b"USERID" and len(parts) == 4 and third:
        # Blanks belong to the name; servers that put one after the colon mean none by it.
        return UserReply(ports, third, parts[3].strip(b" \t").decode("utf-8", "backslashreplace"))
    raise Malformed("a reply is USERID with a system and a user, or ERROR with an error")


def formatPorts(ports: Ports) -> bytes:
    """Return a query without its end.

    Args:
        ports: What to ask about.
    """
    return b"%d, %d" % (ports.onServer, ports.onClient)


def formatReply(reply: UserReply | ErrorReply) -> bytes:
    """Return a reply without its end.

    Args:
        reply: What to say.

    Raises:
        ValueError: The text has a line end or another control character in it, the system or the
            error a colon, or one of them is empty or all of it too long.
    """
    if isinstance(reply, ErrorReply):
        words = [("ERROR", reply.error)]
        line = f"{_shown(reply.ports)} : ERROR : {reply.error}"
    else:
        words = [("system", reply.system), ("user", reply.user.replace(":", ""))]
        line = f"{_shown(reply.ports)} : USERID : {reply.system} : {reply.user}"
    for name, word in words:
        if not word.strip() or not _TOKEN.fullmatch(word):
            raise ValueError(f"{word!r} cannot stand for the {name} in a reply")
    encoded = line.encode("utf-8")
    if len(encoded) > MAX_LENGTH:
        raise ValueError(f"a reply of {len(encoded)} bytes: {MAX_LENGTH} are allowed")
    return encoded


def _shown(ports: Ports) -> str:
    return formatPorts(ports).decode("ascii")


def _text(word: bytes) -> str:
    return word.strip(b" \t").decode("ascii", "backslashreplace")


__all__ = [
    "MAX_LENGTH",
    "ErrorReply",
    "Malformed",
    "Ports",
    "UserReply",
    "formatPorts",
    "formatReply",
    "parsePorts",
    "parseReply",
]
