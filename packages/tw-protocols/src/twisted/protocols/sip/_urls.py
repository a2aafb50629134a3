"""URLs of SIP, and the addresses of headers that hold them (RFC 3261, sections 19.1 and 20.10)."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address

from twisted.protocols.sip._names import headerName, parseNumber

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_.])?")
# No blanks, no control characters, and none that would end an address around it.
_PLAIN = re.compile(r"[^\x00-\x20\x7f<>\"\\^`{|}]*")
_QUOTED_NAME = re.compile(r'("(?:[^"\\]|\\.)*")\s*<', re.DOTALL)


def unq(s: str) -> str:
    r"""Return a text without the quotes around it.

    Args:
        s: A text, with or without quotes around it; within them, `\x` stands for `x`.
    """
    if len(s) > 1 and s[0] == s[-1] == '"':
        return re.sub(r"\\(.)", r"\1", s[1:-1], flags=re.DOTALL)
    return s


class URL:
    """A URL of SIP: who somebody is, or where they can be reached.

    Attributes:
        host: The host.
        username: The user; None if there is none.
        password: The password; None if there is none.
        port: The port; None for the usual one.
        transport: The protocol to use, such as `udp`; None for the usual one.
        usertype: What kind of user it is, such as `phone`.
        method: The method of the request that it is for.
        ttl: How far a multicast packet goes.
        maddr: The address to send to instead of the host.
        tag: What tells dialogs apart.
        other: Further parameters, as they are written.
        headers: Headers of the request that it is for.
    """

    def __init__(
        self,
        host: str,
        username: str | None = None,
        password: str | None = None,
        port: int | None = None,
        transport: str | None = None,
        usertype: str | None = None,
        method: str | None = None,
        ttl: int | None = None,
        maddr: str | None = None,
        tag: str | None = None,
        other: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make a URL of its parts.

        Args:
            host: The host; an address of IPv6 in brackets.
            username: The user.
            password: The password.
            port: The port.
            transport: The protocol to use.
            usertype: What kind of user it is.
            method: The method of the request that it is for.
            ttl: How far a multicast packet goes.
            maddr: The address to send to instead of the host.
            tag: What tells dialogs apart.
            other: Further parameters, as they are written.
            headers: Headers of the request that it is for.
        """
        self.host = host
        self.username = username
        self.password = password
        self.port = port
        self.transport = transport
        self.usertype = usertype
        self.method = method
        self.ttl = ttl
        self.maddr = maddr
        self.tag = tag
        self.other: list[str] = [*(other or ())]
        self.headers: dict[str, str] = {**(headers or {})}

    def toString(self) -> str:
        """Return the URL as it is written."""
        parts = ["sip:"]
        if self.username is not None:
            parts.append(self.username)
            if self.password is not None:
                parts.append(f":{self.password}")
            parts.append("@")
        parts.append(self.host)
        if self.port is not None:
            parts.append(f":{self.port}")
        parameters = {
            "user": self.usertype,
            "transport": self.transport,
            "ttl": self.ttl,
            "maddr": self.maddr,
            "method": self.method,
            "tag": self.tag,
        }
        parts += [f";{name}={value}" for name, value in parameters.items() if value is not None]
        parts += [f";{parameter}" for parameter in self.other]
        if self.headers:
            fields = [f"{headerName(name)}={value}" for name, value in self.headers.items()]
            parts.append("?" + "&".join(fields))
        return "".join(parts)

    def __str__(self) -> str:
        return self.toString()

    def __repr__(self) -> str:
        return f"<URL {self.toString()}>"


def parseURL(url: str, host: str | None = None, port: int | None = None) -> URL:
    """Return the URL that a text is.

    Args:
        url: A text that begins with `sip:`.
        host: Stands instead of its host.
        port: Stands instead of its port.

    Raises:
        ValueError: It is none, or has another scheme.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() != "sip":
        raise ValueError(f"{url[:80]!r} does not begin with sip:")
    if not _PLAIN.fullmatch(rest):
        raise ValueError(f"{url[:80]!r} has characters that no URL has")
    userinfo, at, rest = rest.rpartition("@")
    if "@" in userinfo:
        raise ValueError(f"{url[:80]!r} has more than one user")
    rest, question, fields = rest.partition("?")
    hostport, *parameters = rest.split(";")
    ownHost, ownPort = parseHostAndPort(hostport)
    made = URL(ownHost, port=ownPort)
    if at:
        made.username, _, password = userinfo.partition(":")
        if not made.username:
            raise ValueError(f"{url[:80]!r} has a user without a name")
        made.password = password if ":" in userinfo else None
    for parameter in parameters:
        _takeParameter(made, parameter)
    if question:
        made.headers = _parseHeaders(fields)
    if host is not None:
        made.host = host
    if port is not None:
        made.port = port
    return made


def parseHostAndPort(text: str) -> tuple[str, int | None]:
    """Return host and port, None if there is no port.

    Args:
        text: A host, a colon and a port; an address of IPv6 is in brackets.

    Raises:
        ValueError: It is something else.
    """
    if text.startswith("["):
        address, bracket, rest = text[1:].partition("]")
        if not bracket or "%" in address or (rest and not rest.startswith(":")):
            raise ValueError(f"{text[:80]!r} is no address of IPv6 in brackets, and no port")
        host, port = f"[{IPv6Address(address)}]", rest[1:] if rest else None
    else:
        host, colon, digits = text.partition(":")
        port = digits if colon else None
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host[:80]!r} is no name of a host")
    if port is None:
        return host, None
    number = parseNumber(port, 65535)
    if number == 0:
        raise ValueError("0 is no port")
    return host, number


def _takeParameter(url: URL, parameter: str) -> None:
    """Put a parameter where it belongs."""
    name, equals, value = parameter.partition("=")
    if not name:
        raise ValueError(f"{parameter[:80]!r} is a parameter without a name")
    match name.lower():
        case "user" if equals:
            url.usertype = value
        case "ttl" if equals:
            url.ttl = parseNumber(value, 255)
        case "transport" | "method" | "maddr" | "tag" if equals:
            setattr(url, name.lower(), value)
        case _:
            url.other.append(parameter)


def _parseHeaders(text: str) -> dict[str, str]:
    headers = {}
    for field in text.split("&"):
        name, equals, value = field.partition("=")
        if not name or not equals:
            raise ValueError(f"{field[:80]!r} is no header of a URL")
        headers[name.lower()] = value
    return headers


def cleanRequestURL(url: URL) -> None:
    """Take away what does not belong into the first line of a request.

    Args:
        url: The URL; it is changed.
    """
    url.transport = None
    url.maddr = None
    url.ttl = None
    url.headers = {}


def splitOutside(text: str, separator: str) -> list[str]:
    """Split a text where a separator is neither in quotes nor in angle brackets.

    Args:
        text: The text.
        separator: One character.
    """
    parts, start = [], 0
    quoted = escaped = bracketed = False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped = character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character in "<>":
            bracketed = character == "<"
        elif character == separator and not bracketed:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def parseParameters(text: str) -> dict[str, str]:
    """Return parameters by their names; one without a value is an empty text.

    Args:
        text: Parameters with a semicolon in front of each.

    Raises:
        ValueError: It is something else.
    """
    parameters: dict[str, str] = {}
    if not text.strip():
        return parameters
    empty, *parts = splitOutside(text, ";")
    if empty:
        raise ValueError(f"{text[:80]!r} are no parameters")
    for part in parts:
        name, _, value = part.partition("=")
        if not name.strip():
            raise ValueError(f"{part[:80]!r} is a parameter without a name")
        parameters[name.strip().lower()] = unq(value.strip())
    return parameters


def _cutAddress(address: str) -> tuple[str, str, str]:
    """Return the name, the URL and what follows it, of an address with angle brackets.

    Piece by piece: one expression for all of it would try all ways to part a row of blanks.
    """
    address = address.strip()
    quoted = _QUOTED_NAME.match(address)
    if quoted is not None:
        name, rest = unq(quoted[1]), address[quoted.end() :]
    else:
        name, _, rest = address.partition("<")
        name = name.rstrip()
    url, bracket, parameters = rest.partition(">")
    if not bracket or "<" in url or (quoted is None and ('"' in name or ">" in name)):
        raise ValueError(f"{address[:80]!r} is no address")
    return name, url, parameters.lstrip()


def parseAddress(
    address: str, host: str | None = None, port: int | None = None, clean: int = 0
) -> tuple[str, URL, dict[str, str]]:
    """Return the name, the URL and the parameters of an address in a header.

    Args:
        address: `Name <URL>;parameters`, or a URL alone, whose parameters are its own.
        host: Stands instead of the host of the URL.
        port: Stands instead of its port.
        clean: Whether to take away what does not belong into the first line of a request.

    Raises:
        ValueError: It is something else.
    """
    parameters: dict[str, str] = {}
    name = ""
    if "<" in address:
        name, text, rest = _cutAddress(address)
        parameters = parseParameters(rest)
    else:
        text = address.strip()
    url = parseURL(text, host, port)
    if clean:
        cleanRequestURL(url)
    return name, url, parameters


__all__ = [
    "URL",
    "cleanRequestURL",
    "parseAddress",
    "parseHostAndPort",
    "parseParameters",
    "parseURL",
    "splitOutside",
    "unq",
]
