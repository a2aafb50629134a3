"""Addresses of data connections as they stand in commands and replies (RFC 959, RFC 2428)."""

import ipaddress
import re

_HOST_PORT = re.compile(
    r"([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3})"
)
_PASSIVE = re.compile(rf"(?<![0-9]){_HOST_PORT.pattern}(?![0-9])")
_EXTENDED_PASSIVE = re.compile(r"\(([!-/:-~])\1\1([0-9]{1,5})\1\)")
_PROTOCOL = re.compile(r"[0-9]{1,3}")
_PORT = re.compile(r"[0-9]{1,5}")


def decodeHostPort(line: str) -> tuple[str, int]:
    """Return the host and the port of the six numbers of PORT and PASV.

    Args:
        line: Such as `127,0,0,1,4,1`.

    Raises:
        ValueError: It is something else.
    """
    found = _HOST_PORT.fullmatch(line)
    numbers = [int(number) for number in found.groups()] if found else []
    if not numbers or max(numbers) > 255:
        raise ValueError(f"not six numbers from 0 to 255 with commas between: {line[:100]!r}")
    return ".".join(map(str, numbers[:4])), numbers[4] << 8 | numbers[5]


def encodeHostPort(host: str, port: int) -> str:
    """Return the six numbers for a host and a port.

    Args:
        host: An address of IPv4.
        port: The number of the port.
    """
    return ",".join([*host.split("."), str(port >> 8), str(port & 0xFF)])


def decodeExtendedAddress(address: str) -> tuple[str, str, int]:
    """Return the protocol, the host and the port of the argument of EPRT.

    Args:
        address: Such as `|2|::1|6446|`, with any delimiter.

    Raises:
        ValueError: It is something else.
    """
    delimiter = address[:1]
    parts = address.split(delimiter) if delimiter else []
    if len(parts) != 5 or parts[4] or not "!" <= delimiter <= "~":
        raise ValueError(f"not |PROTOCOL|ADDRESS|PORT|: {address[:100]!r}")
    _, protocol, host, port, _ = parts
    if not _PROTOCOL.fullmatch(protocol):
        raise ValueError(f"not a number of a network protocol: {protocol[:100]!r}")
    return protocol, host, decodePort(port)


def encodeExtendedAddress(host: str, port: int) -> str:
    """Return the argument of EPRT for a host and a port.

    Args:
        host: An address of IPv4 or IPv6.
        port: The number of the port.
    """
    return f"|{2 if ':' in host else 1}|{host}|{port}|"


def decodePort(text: str) -> int:
    """Return the number of a port.

    Args:
        text: Its digits.

    Raises:
        ValueError: It is something else.
    """
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise ValueError(f"not a number of a port: {text[:100]!r}")
    return int(text)


def passiveAddress(text: str) -> tuple[str, int]:
    """Return the host and the port in the text of the reply 227.

    Args:
        text: The text, which has the six numbers somewhere.

    Raises:
        ValueError: They are not there.
    """
    found = _PASSIVE.search(text)
    if not found:
        raise ValueError(f"no address in the reply to PASV: {text[:100]!r}")
    return decodeHostPort(found[0])


def extendedPassivePort(text: str) -> int:
    """Return the port in the text of the reply 229.

    Args:
        text: The text, which has `(|||PORT|)` somewhere.

    Raises:
        ValueError: It is not there.
    """
    found = _EXTENDED_PASSIVE.search(text)
    if not found:
        raise ValueError(f"no port in the reply to EPSV: {text[:100]!r}")
    return decodePort(found[2])


def plainHost(host: str) -> str:
    """Return an address in its one form, so that two can be compared.

    An address of IPv4 in the guise of IPv6, as a port for both has it, is the one of IPv4.

    Args:
        host: An address; what is none is returned as it is.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


__all__ = [
    "decodeExtendedAddress",
    "decodeHostPort",
    "decodePort",
    "encodeExtendedAddress",
    "encodeHostPort",
    "extendedPassivePort",
    "passiveAddress",
    "plainHost",
]
