"""The connections that Linux lists in /proc/net/tcp and /proc/net/tcp6, without I/O.

Each line is a socket: a number, the own and the other address, the state, and further on the user.
An address is in hexadecimal, in words of 32 bits in the order of the machine, and the port in the
usual order.
"""

import re
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

_LINE = re.compile(
    r"\s*[0-9]+: ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{2})"
    r" [0-9A-F:]+ [0-9A-F:]+ [0-9A-F]+ +([0-9]{1,10}) .*",
    re.DOTALL,
)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})")

_LISTENING = 0x0A
_WITHOUT_OWNER = {0x06, 0x07, _LISTENING}
"""In the states TIME_WAIT and CLOSE no process has the socket, and the user is said to be 0."""


@dataclass(frozen=True)
class Connection:
    """A socket of TCP.

    Attributes:
        local: The own host and port.
        remote: The other host and port.
        state: Its state, as the kernel counts them.
        uid: The number of the user whose it is.
    """

    local: tuple[str, int]
    remote: tuple[str, int]
    state: int
    uid: int

    def hasOwner(self) -> bool:
        """Return whether it is a connection whose user is known."""
        return self.state not in _WITHOUT_OWNER


def parseHost(digits: str) -> str:
    """Return the host that is written in hexadecimal.

    Args:
        digits: 8 of them for IPv4, 32 for IPv6.

    Returns:
        The host as usual; an IPv4 address that is mapped into IPv6 is one of IPv4.

    Raises:
        ValueError: It is something else.
    """
    if not _HEXADECIMAL.fullmatch(digits):
        raise ValueError(f"{digits!r} is no address in hexadecimal")
    count = len(digits) // 8
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    packed = struct.pack(f"={count}I", *words)
    if count == 1:
        return str(IPv4Address(packed))
    address = IPv6Address(packed)
    return str(address.ipv4_mapped or address)


def parseConnection(line: str) -> Connection:
    """Return the socket that a line is.

    Args:
        line: A line of the lists, but the first.

    Raises:
        ValueError: It is something else.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"{line[:80]!r} is no socket of /proc/net/tcp")
    return Connection(
        (parseHost(found[1]), int(found[2], 16)),
        (parseHost(found[3]), int(found[4], 16)),
        int(found[5], 16),
        int(found[6]),
    )


__all__ = ["Connection", "parseConnection", "parseHost"]
