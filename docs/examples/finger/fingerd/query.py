"""Reads the one line that a finger client sends (RFC 1288 section 2.3).

The grammar of the RFC, in words: an optional `/W` that asks for a longer answer, an optional user
name, and any number of `@host`, each of which asks to pass the query on. The line as printed there
allows a user name only after `/W`; the rest of the RFC and every client send it alone too.
"""

from dataclasses import dataclass


class MalformedQuery(Exception):
    """The line is no query; the text says why, in words for the client."""


@dataclass(frozen=True)
class Query:
    """What a client asks.

    Attributes:
        user: The name asked for; empty to ask who is there.
        verbose: Whether the long answer is wanted.
        hosts: Where to pass the query on to, the next host last; empty for an answer from here.
    """

    user: str = ""
    verbose: bool = False
    hosts: tuple[str, ...] = ()


def parseQuery(line: bytes) -> Query:
    """Return what a line asks.

    Args:
        line: The line without its end.

    Raises:
        MalformedQuery: It is not in the grammar.
    """
    if not all(0x20 <= byte < 0x7F for byte in line):
        raise MalformedQuery("a query is printable ASCII")
    words = line.decode("ascii").split()
    verbose = words[:1] == ["/W"]
    if verbose:
        del words[0]
    if len(words) > 1:
        raise MalformedQuery("a query names one user")
    user, *hosts = words[0].split("@") if words else [""]
    if user.startswith("/"):
        raise MalformedQuery("the only switch is /W, before the name")
    if "" in hosts:
        raise MalformedQuery("no host name after @")
    return Query(user, verbose, tuple(hosts))
