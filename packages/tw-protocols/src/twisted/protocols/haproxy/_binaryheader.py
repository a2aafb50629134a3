"""Version 2 of the header: bytes (section 2.2).

Twelve bytes that tell it apart, a byte with the version and the command, a byte with the family of
the addresses and the kind of the connection, two with the length of what follows: the addresses,
and whatever else the sender tells, which nobody here asks for.
"""

import struct
from ipaddress import IPv4Address as IPv4
from ipaddress import IPv6Address as IPv6

from twisted.internet.address import IPv4Address, IPv6Address, TransportType, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.protocols.haproxy._errors import HeaderRefused

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
"""What each such header begins with."""

FIXED = 16
"""How many bytes stand before the addresses."""

_VERSION = 2
_LOCAL, _PROXY = 0, 1
_UNSPECIFIED, _INET, _INET6, _UNIX = range(4)
_KINDS: dict[int, TransportType | None] = {0: None, 1: "TCP", 2: "UDP"}

_IPV4 = struct.Struct("!4s4sHH")
_IPV6 = struct.Struct("!16s16sHH")
_PATHS = struct.Struct("!108s108s")
_SIZES = {_UNSPECIFIED: 0, _INET: _IPV4.size, _INET6: _IPV6.size, _UNIX: _PATHS.size}


def announced(fixed: bytes) -> int:
    """Return how many bytes follow the fixed part of a header.

    Args:
        fixed: Its first `FIXED` bytes.

    Raises:
        HeaderRefused: It has another version, or a value that has no meaning.
    """
    version, command = divmod(fixed[12], 16)
    family, kind = divmod(fixed[13], 16)
    if version != _VERSION:
        raise HeaderRefused(f"version {version} of the protocol")
    if command not in (_LOCAL, _PROXY):
        raise HeaderRefused(f"the command {command}")
    if family not in _SIZES or kind not in _KINDS:
        raise HeaderRefused(f"addresses of the unknown kind {fixed[13]:#04x}")
    return int.from_bytes(fixed[14:16])


def addressesFrom(header: bytes) -> tuple[IAddress | None, IAddress | None]:
    """Return the source and the destination that a header tells of.

    Args:
        header: All of it, after `announced` was content with its fixed part.

    Returns:
        The two; None for both if they are those of the connection itself, or not known.

    Raises:
        HeaderRefused: It is too short for its addresses.
    """
    command = header[12] % 16
    family, number = divmod(header[13], 16)
    kind = _KINDS[number]
    if command == _LOCAL:
        # The sender speaks for itself, to see whether we are well: whatever follows means nothing.
        return None, None
    if len(header) < FIXED + _SIZES[family]:
        raise HeaderRefused("a header that ends within its addresses")
    if family == _UNSPECIFIED or kind is None:
        return None, None
    if family == _UNIX:
        paths = _PATHS.unpack_from(header, FIXED)
        return _path(paths[0]), _path(paths[1])
    if family == _INET:
        source, destination, sourcePort, destinationPort = _IPV4.unpack_from(header, FIXED)
        return (
            IPv4Address(kind, str(IPv4(source)), sourcePort),
            IPv4Address(kind, str(IPv4(destination)), destinationPort),
        )
    source, destination, sourcePort, destinationPort = _IPV6.unpack_from(header, FIXED)
    return (
        IPv6Address(kind, str(IPv6(source)), sourcePort),
        IPv6Address(kind, str(IPv6(destination)), destinationPort),
    )


def _path(field: bytes) -> UNIXAddress:
    """Return the address of a UNIX socket: a path that ends at a NUL, or a name that begins with one."""
    if field.startswith(b"\0"):
        return UNIXAddress(field.rstrip(b"\0") or None)
    return UNIXAddress(field.partition(b"\0")[0])


__all__ = ["FIXED", "SIGNATURE", "addressesFrom", "announced"]
