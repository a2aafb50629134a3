"""Addresses: where a connection comes from and where it leads to.

Each is immutable, hashable, and equal to another with the same values. There is one for each
connection, so they have slots.
"""

import os
from dataclasses import dataclass
from typing import Literal

from twisted.internet.interfaces import IAddress
from twisted.python.components import implementer

TransportType = Literal["TCP", "UDP"]


def _checkType(type: str) -> None:
    """Refuse what is no name of a transport."""
    if type not in ("TCP", "UDP"):
        raise ValueError(f"the type of an address is 'TCP' or 'UDP', not {type!r}")


@implementer(IAddress)
@dataclass(frozen=True, slots=True, weakref_slot=True)
class IPv4Address:
    """A host and port of IPv4.

    Attributes:
        type: `"TCP"` or `"UDP"`.
        host: The address in dotted form.
        port: The number of the port.
    """

    type: TransportType
    host: str
    port: int

    def __post_init__(self) -> None:
        _checkType(self.type)


@implementer(IAddress)
@dataclass(frozen=True, slots=True, weakref_slot=True)
class IPv6Address:
    """A host and port of IPv6.

    Attributes:
        type: `"TCP"` or `"UDP"`.
        host: The address with colons (RFC 5952).
        port: The number of the port.
        flowInfo: The traffic class and flow label (RFC 3493 section 3.3).
        scopeID: The zone of a link-local address: the index of an interface, or its name.
    """

    type: TransportType
    host: str
    port: int
    flowInfo: int = 0
    scopeID: str | int = 0

    def __post_init__(self) -> None:
        _checkType(self.type)


@implementer(IAddress)
@dataclass(frozen=True, init=False, slots=True, weakref_slot=True)
class UNIXAddress:
    """The path of a UNIX socket.

    Attributes:
        name: The path as bytes; None for a socket that has none, as most clients.
    """

    name: bytes | None

    def __init__(self, name: str | bytes | None) -> None:
        """Make an address.

        Args:
            name: The path; text is encoded as the file system has it.
        """
        object.__setattr__(self, "name", None if name is None else os.fsencode(name))


@implementer(IAddress)
@dataclass(frozen=True, slots=True, weakref_slot=True)
class HostnameAddress:
    """A host by its name, which was not looked up, and a port.

    Attributes:
        hostname: The name as it is sent over the wire (ASCII, IDNA 2008).
        port: The number of the port.
    """

    hostname: bytes
    port: int


@implementer(IAddress)
@dataclass(frozen=True)
class ProcessAddress:
    """The address of a process, for the factory that builds its protocol.

    Attributes:
        executable: The path of the program.
    """

    executable: str | bytes


_ProcessAddress = ProcessAddress

__all__ = [
    "HostnameAddress",
    "IPv4Address",
    "IPv6Address",
    "ProcessAddress",
    "UNIXAddress",
    "_ProcessAddress",
]
