"""Version 1 of the header: a line of text (section 2.1)."""

import re
from ipaddress import IPv4Address as IPv4
from ipaddress import IPv6Address as IPv6

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.protocols.haproxy._errors import HeaderRefused

START = b"PROXY "
"""What each such line begins with."""

LONGEST_LINE = 107
"""How many bytes a line may have, with its end: no addresses are longer."""

# One blank between two fields, no zero in front of a number.
_TCP = re.compile(
    rb"PROXY TCP([46]) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) (0|[1-9][0-9]*) (0|[1-9][0-9]*)"
)
_UNKNOWN = re.compile(rb"PROXY UNKNOWN(?: .*)?", re.DOTALL)
_LAST_PORT = 65535


def addressesFromLine(line: bytes) -> tuple[IAddress | None, IAddress | None]:
    """Return the source and the destination that a line tells of.

    Args:
        line: The line, without its end.

    Returns:
        The two; None for both if the sender did not know them.

    Raises:
        HeaderRefused: It is malformed.
    """
    if _UNKNOWN.fullmatch(line):
        # What follows is to be ignored, whatever it is.
        return None, None
    found = _TCP.fullmatch(line)
    if found is None:
        raise HeaderRefused("a malformed line")
    version, source, destination, sourcePort, destinationPort = found.groups()
    return (
        _address(version, source, sourcePort),
        _address(version, destination, destinationPort),
    )


def _address(version: bytes, host: bytes, port: bytes) -> IAddress:
    # At most 107 digits, so the number is no burden.
    number = int(port)
    if number > _LAST_PORT:
        raise HeaderRefused("a number that is no port")
    text = host.decode("ascii")
    try:
        if version == b"4":
            return IPv4Address("TCP", str(IPv4(text)), number)
        return IPv6Address("TCP", str(IPv6(text)), number)
    except ValueError:
        raise HeaderRefused("an address that is none") from None


__all__ = ["LONGEST_LINE", "START", "addressesFromLine"]
