"""The query of the finger protocol (RFC 1288), without I/O."""

from dataclasses import dataclass


class Malformed(Exception):
    """A line is no query."""


@dataclass(frozen=True)
class Query:
    """What a client wants to know.

    Attributes:
        slashW: Whether it wants to know more than usual.
        user: About whom; empty for all that are logged in. If the query is to be forwarded, this is
            what to forward, and may name further hosts.
        host: Where to forward it to; empty for nowhere.
    """

    slashW: bool
    user: bytes
    host: bytes


def parseQuery(line: bytes) -> Query:
    """Return the query that a line is.

    Args:
        line: The line without its end.

    Raises:
        Malformed: It is none: it has control characters in it, or a host without a name.
    """
    if any(byte < 32 and byte != 9 for byte in line):
        raise Malformed("a query has no control characters")
    words = line.split()
    slashW = bool(words) and words[0].upper() == b"/W"
    rest = b" ".join(words[slashW:])
    if b"@" not in rest:
        return Query(slashW, rest, b"")
    user, _, host = rest.rpartition(b"@")
    host = host.strip()
    if not host or b" " in host:
        raise Malformed("a host has a name without blanks")
    return Query(slashW, user.strip(), host)


__all__ = ["Malformed", "Query", "parseQuery"]
