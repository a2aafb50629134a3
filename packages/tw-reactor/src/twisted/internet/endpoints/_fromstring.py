"""Endpoints from their descriptions."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from twisted.internet.endpoints._descriptions import parse
from twisted.internet.interfaces import (
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import getPlugins

_E = TypeVar("_E")

SHOWN = 200
"""How many characters of a wrong description are shown."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Parser(Protocol):
    """What both kinds of plugins have."""

    @property
    def prefix(self) -> str:
        """The type."""
        ...


_ParserT = TypeVar("_ParserT", bound=_Parser)

_PARTS: Mapping[str, str] = {
    "ssl": "tw-tls",
    "tls": "tw-tls",
    "haproxy": "tw-protocols",
    "socks4": "tw-protocols",
    "socks4a": "tw-protocols",
    "socks5": "tw-protocols",
}
"""Which of our parts has the types that are not here."""


def _cut(description: str) -> tuple[str, list[str], dict[str, str]]:
    """Return the type, the values without a name, and those with one.

    Raises:
        ValueError: It is malformed.
    """
    positional, named = parse(description)
    if not positional or not positional[0]:
        raise ValueError("it does not begin with a type, as in tcp:80")
    return positional[0], positional[1:], named


def _parserOf(parsers: Iterable[_ParserT], prefix: str, side: str) -> _ParserT:
    """Return the parser of a type.

    Raises:
        ValueError: There is none.
    """
    known: set[str] = set()
    for parser in parsers:
        if parser.prefix == prefix:
            return parser
        known.add(parser.prefix)
    part = _PARTS.get(prefix)
    if part is not None:
        raise ValueError(f"{prefix!r} {side} endpoints are in {part}: pip install {part}")
    raise ValueError(
        f"{prefix!r} is no type of {side} endpoint; there are {', '.join(sorted(known))}"
    )


def _made(
    method: Callable[..., _E], reactor: object, args: Sequence[str], kwargs: Mapping[str, str]
) -> _E:
    """Return what a parser makes of the arguments.

    Raises:
        ValueError: They don't fit its method, or it says so.
    """
    try:
        inspect.signature(method).bind(reactor, *args, **kwargs)
    except TypeError as error:
        raise ValueError(str(error)) from error
    return method(reactor, *args, **kwargs)


def _explained(description: str, error: ValueError) -> ValueError:
    """Return an error that says which description is wrong, in one line."""
    # A path may have a line end in it, and the error quotes it as it is.
    why = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], str(error))
    return ValueError(f"{description[:SHOWN]!r} describes no endpoint: {why}")


def serverFromString(reactor: object, description: str) -> IStreamServerEndpoint:
    """Make a server endpoint from a description that the user of a program gave.

    `tcp:80`, `tcp:port=80:interface=127.0.0.1`, `tcp6:80:interface=\\:\\:1`; plugins add types.

    Args:
        reactor: What the endpoint will listen with.
        description: The description.

    Returns:
        The endpoint; nothing is opened yet.

    Raises:
        ValueError: The description is wrong. The text is one line, for the user of the program.
    """
    try:
        prefix, args, kwargs = _cut(description)
        parser = _parserOf(getPlugins(IStreamServerEndpointStringParser), prefix, "server")
        return _made(parser.parseStreamServer, reactor, args, kwargs)
    except ValueError as error:
        raise _explained(description, error) from error


def clientFromString(reactor: object, description: str) -> IStreamClientEndpoint:
    """Make a client endpoint from a description that the user of a program gave.

    `tcp:example.com:80`, `tcp:host=example.com:port=80:timeout=15`; plugins add types.

    Args:
        reactor: What the endpoint will connect with.
        description: The description.

    Returns:
        The endpoint; nothing is connected yet.

    Raises:
        ValueError: The description is wrong. The text is one line, for the user of the program.
    """
    try:
        prefix, args, kwargs = _cut(description)
        parser = _parserOf(
            getPlugins(IStreamClientEndpointStringParserWithReactor), prefix, "client"
        )
        return _made(parser.parseStreamClient, reactor, args, kwargs)
    except ValueError as error:
        raise _explained(description, error) from error
