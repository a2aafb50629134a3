"""Addresses as text, as the socket functions have them, and as our objects."""

import socket
from collections.abc import Callable
from typing import Literal

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ServiceNameUnknownError

SocketName = tuple[object, ...]
"""What `getsockname` gives: host and port, for IPv6 also flow information and scope."""


def _transportType(semantics: str) -> Literal["TCP", "UDP"]:
    return "UDP" if semantics == "UDP" else "TCP"


def isIPAddress(addr: str, family: int = socket.AF_INET) -> bool:
    """Return whether a text is an IP address in the form of a family.

    Args:
        addr: The text. An IPv6 address may name a scope after a percent sign.
        family: `AF_INET` or `AF_INET6`.

    Raises:
        ValueError: The family has no such form.
    """
    if family == socket.AF_INET6:
        addr = addr.split("%", 1)[0]
    elif family != socket.AF_INET:
        raise ValueError(f"there are no addresses of the family {family!r} as text")
    try:
        socket.inet_pton(family, addr)
    except (OSError, ValueError):
        # ValueError: it has characters that no address has (NUL, or none of ASCII).
        return False
    return True


def isIPv6Address(addr: str) -> bool:
    """Return whether a text is an IPv6 address; it may name a scope after a percent sign."""
    return isIPAddress(addr, socket.AF_INET6)


def familyOfLiteral(host: str) -> socket.AddressFamily | None:
    """Return the family of an address that is given as text, None for anything else."""
    if isIPAddress(host):
        return socket.AF_INET
    return socket.AF_INET6 if ":" in host and isIPv6Address(host) else None


def literalAddress(
    host: str, port: int, semantics: str = "TCP"
) -> IPv4Address | IPv6Address | None:
    """Return the address that a text is; None if it is none."""
    family = familyOfLiteral(host)
    if family is None:
        return None
    kind = _transportType(semantics)
    if family == socket.AF_INET:
        return IPv4Address(kind, host, port)
    plain, _, scope = host.partition("%")
    return IPv6Address(kind, plain, port, 0, scope or 0)


def addressFromName(
    family: int, name: SocketName, semantics: str = "TCP"
) -> IPv4Address | IPv6Address | None:
    """Return the address that the socket functions have as a tuple.

    Args:
        family: `AF_INET` or `AF_INET6`; others have no address here, so None is returned.
        name: The tuple.
        semantics: `"TCP"` or `"UDP"`.
    """
    kind = _transportType(semantics)
    match name:
        case (str(host), int(port)) if family == socket.AF_INET:
            return IPv4Address(kind, host, port)
        case (str(host), int(port), int(flow), int(scope)) if family == socket.AF_INET6:
            return IPv6Address(kind, host.split("%", 1)[0], port, flow, scope)
    return None


def nameForLiteral(family: int, host: str, port: int) -> tuple[object, ...]:
    """Return the tuple that the socket functions take for a literal; asks nobody.

    Raises:
        OSError: The scope of an IPv6 address is not one of this machine's.
    """
    if family == socket.AF_INET:
        return host, port
    # Only getaddrinfo turns the scope's name into its number; told that the host is a literal, it
    # neither blocks nor asks.
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, flags)[0][4]


def portNumber(port: int | str, protocol: str = "tcp") -> int:
    """Return the number of a port that may be given by the name of its service.

    Raises:
        ServiceNameUnknownError: No service has this name.
    """
    if isinstance(port, int):
        return port
    try:
        return socket.getservbyname(port, protocol)
    except OSError as error:
        raise ServiceNameUnknownError(string=f"no {protocol} service is called {port!r}") from error


def newSocket(reactor: object, family: int, kind: int = socket.SOCK_STREAM) -> socket.socket:
    """Return a new socket, of the reactor's own making if it makes its own.

    Args:
        reactor: Has a method `makeSocket(family, kind)` if it does not live on the system's
            sockets, as a simulated one.
        family: `AF_INET` or `AF_INET6`.
        kind: `SOCK_STREAM` or `SOCK_DGRAM`.

    Raises:
        OSError: There can't be one more.
    """
    make: Callable[[int, int], socket.socket] = getattr(reactor, "makeSocket", socket.socket)
    return make(family, kind)
