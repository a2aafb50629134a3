"""The scope of an IPv6 address: which link a link-local address belongs to (RFC 4007).

Such an address says nothing without its link. As text it follows a percent sign, by name or by
number (`fe80::1%eth0`); the socket functions have it as a number of its own. Addresses that need
none, which are nearly all, are left as they are.
"""

import socket
from typing import Any

from twisted.internet._sockets._addressing import SocketName


def withScope(name: tuple[Any, ...]) -> tuple[str, int]:
    """Return the host and port of what the socket functions give, the scope being part of the host.

    Args:
        name: A tuple of IPv4 or IPv6.
    """
    if len(name) == 2 or not name[3]:
        return name[0], name[1]
    host, port, _, scope = name
    return f"{host.partition('%')[0]}%{_interfaceName(scope)}", port


def nameWithScope(host: str, port: int) -> SocketName:
    """Return what the socket functions take for an address and a port.

    Args:
        host: An address, of which `isIPAddress` is true.
        port: The number of the port.

    Raises:
        OSError: This machine has no such interface.
    """
    if "%" not in host:
        return host, port
    plain, _, scope = host.partition("%")
    number = int(scope) if scope.isascii() and scope.isdigit() else socket.if_nametoindex(scope)
    return plain, port, 0, number


def _interfaceName(number: int) -> str:
    """Return the name of an interface, or its number if it is gone."""
    try:
        return socket.if_indextoname(number)
    except OSError:
        return str(number)
