"""Who may be connected to what: the rules of SOCKS servers.

A rule is asked before each connection is made, with the address that would be connected to: a name
was looked up by then, so that no name leads around a rule about addresses.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress


@dataclass(frozen=True, slots=True)
class SOCKSRequest:
    """What a client of a SOCKS server asks for.

    Attributes:
        version: 4 or 5.
        command: `"connect"` or `"bind"`.
        address: What would be connected to; or, for `"bind"`, what may connect.
        host: The name that the client asked for, or the address.
        user: Who the client is. Version 5: as the checker says, empty if there is no checker;
            version 4: what the client claims.
        client: Where the client is.
    """

    version: int
    command: str
    address: IPv4Address | IPv6Address
    host: str
    user: bytes
    client: IAddress


Rule: TypeAlias = Callable[[SOCKSRequest], bool | Awaitable[bool]]
"""Says whether a request is granted, now or later."""


def allowLocalClients(request: SOCKSRequest) -> bool:
    """Return whether the client is on this machine: a rule for a proxy of one's own.

    Args:
        request: What is asked for.
    """
    client = request.client
    if isinstance(client, UNIXAddress):
        return True
    if not isinstance(client, IPv4Address | IPv6Address):
        return False
    address = ipaddress.ip_address(client.host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


__all__ = ["Rule", "SOCKSRequest", "allowLocalClients"]
