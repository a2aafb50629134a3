"""The names of hosts in SOCKS messages, and the addresses that are not names."""

import ipaddress
import re

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address

LONGEST_NAME = 255
"""How many bytes the name of a host may have: as many as one byte can count (RFC 1928 section 5)."""

_NAME = re.compile(rb"[A-Za-z0-9_.-]{1,%d}" % LONGEST_NAME)


def nameFrom(field: bytes) -> str | None:
    """Return the name that a field of a message has; None if it is none.

    Args:
        field: The bytes.
    """
    return field.decode("ascii") if _NAME.fullmatch(field) else None


def addressOf(host: str, port: int) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is; None if it is a name.

    Args:
        host: The text.
        port: The port that the address gets.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return IPv4Address("TCP", str(address), port)
    if address.scope_id is not None:
        # A zone means nothing on another machine.
        return None
    if address.ipv4_mapped is not None:
        # The same host: no rule about addresses shall be led around by another way to write one.
        return IPv4Address("TCP", str(address.ipv4_mapped), port)
    return IPv6Address("TCP", str(address), port)


def targetOf(host: str | bytes, port: int) -> IPv4Address | IPv6Address | HostnameAddress:
    """Return where a client wants to be connected to.

    Args:
        host: A name or an address.
        port: The number of the port.

    Raises:
        ValueError: The host or the port is none.
    """
    if not 1 <= port <= 65535:
        raise ValueError(f"a port is a number from 1 to 65535, not {port}")
    text = host.decode("ascii") if isinstance(host, bytes) else host
    literal = addressOf(text, port)
    if literal is not None:
        return literal
    try:
        # UnicodeError is a ValueError.
        name = text.encode("ascii" if text.isascii() else "idna")
    except UnicodeError:
        name = b""
    if nameFrom(name) is None:
        raise ValueError(
            f"{text[:LONGEST_NAME]!r} is no name or address that a proxy can be asked for"
        )
    return HostnameAddress(name, port)


__all__ = ["LONGEST_NAME", "addressOf", "nameFrom", "targetOf"]
