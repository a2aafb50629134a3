"""The messages of SOCKS 4 and 4a, without I/O (https://www.openssh.com/txt/socks4.protocol, socks4a).

A request is a byte 4, a command, a port, an address and the name of a user that ends with a NUL.
Version 4a puts an address that cannot be (0.0.0.1 to 0.0.0.255) in place of one that the client does
not know, and the name of the host after that of the user. A reply is a byte 0, a code, a port and an
address.
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address as IPv4

from twisted.internet.address import HostnameAddress, IPv4Address
from twisted.protocols.socks._names import LONGEST_NAME, nameFrom
from twisted.protocols.socks._refusals import SOCKSError, SOCKSMalformed

VERSION = 4
CONNECT, BIND = 1, 2
GRANTED, REFUSED = 90, 91

LONGEST_USER = 255
"""How many bytes the name of a user may have, that a request of SOCKS 4 has."""

_HEAD = struct.Struct("!BBH4s")
_REPLY = struct.Struct("!BBH4s")

_WHY = {
    91: "it rejected the request",
    92: "it could not ask this machine who the user is",
    93: "it was told another name of the user by this machine",
}


@dataclass(frozen=True, slots=True)
class Request4:
    """What a client asks for.

    Attributes:
        command: `CONNECT` or `BIND`.
        host: An address, or the name that the client leaves to us to look up.
        port: The number of the port.
        user: The name of the user, which nobody has checked.
    """

    command: int
    host: str
    port: int
    user: bytes


class Request4Parser:
    """Takes a request off the front of a stream.

    Attributes:
        rest: What came after the request.
    """

    def __init__(self, longestUser: int = LONGEST_USER) -> None:
        """Make a parser of one stream.

        Args:
            longestUser: How many bytes the name of a user may have.
        """
        self.rest = b""
        self._longestUser = longestUser
        self._held = b""

    def receive(self, data: bytes) -> Request4 | None:
        """Take bytes of the stream, until the request is whole.

        Args:
            data: The bytes.

        Returns:
            The request, or None if it is not whole yet.

        Raises:
            SOCKSMalformed: It is none, or one with a name that is too long.
        """
        held = self._held = self._held + data
        if held[:1] not in (b"", b"\4"):
            raise SOCKSMalformed(f"version {held[0]} where 4 is spoken")
        if held[1:2] not in (b"", b"\1", b"\2"):
            raise SOCKSMalformed(f"the command {held[1]}")
        if len(held) < _HEAD.size:
            return None
        _, command, port, packed = _HEAD.unpack_from(held)
        endOfUser = _endOf(held, _HEAD.size, self._longestUser, "user")
        if endOfUser is None:
            return None
        user = held[_HEAD.size : endOfUser]
        host, end = str(IPv4(packed)), endOfUser + 1
        if packed[:3] == b"\0\0\0" and packed[3]:
            endOfName = _endOf(held, end, LONGEST_NAME, "host")
            if endOfName is None:
                return None
            name = nameFrom(held[end:endOfName])
            if name is None:
                raise SOCKSMalformed("a name of a host that is none")
            host, end = name, endOfName + 1
        self.rest = held[end:]
        self._held = b""
        return Request4(command, host, port, user)


def _endOf(held: bytes, start: int, longest: int, whose: str) -> int | None:
    """Return where a name ends; None if that did not come yet."""
    end = held.find(b"\0", start, start + longest + 1)
    if end >= 0:
        return end
    if len(held) > start + longest:
        raise SOCKSMalformed(f"a name of a {whose} with more than {longest} bytes")
    return None


def reply4(code: int, version: int = 0, port: int = 0, host: str = "0.0.0.0") -> bytes:
    """Return a reply.

    Args:
        code: `GRANTED`, or another one.
        version: The version of the reply, which is 0.
        port: The number of a port.
        host: An address of IPv4; one of another kind, for which there is no place, becomes 0.0.0.0.
    """
    try:
        packed = IPv4(host).packed
    except ValueError:
        packed = bytes(4)
    return _REPLY.pack(version, code, port, packed)


class Client4:
    """The client's side of SOCKS 4 and 4a.

    Attributes:
        isDone: Whether the proxy has made the connection.
        rest: What came from the host behind the proxy together with the reply.
    """

    def __init__(self, target: IPv4Address | HostnameAddress, user: bytes = b"") -> None:
        """Make a client that has said nothing yet.

        Args:
            target: Where to; a name takes a proxy that speaks 4a.
            user: The name of the user.

        Raises:
            ValueError: The name of the user is too long, or has a NUL in it.
        """
        if len(user) > LONGEST_USER or b"\0" in user:
            raise ValueError(
                f"a name of a user has at most {LONGEST_USER} bytes and no NUL, unlike {user!r}"
            )
        self.isDone = False
        self.rest = b""
        self._target = target
        self._user = user
        self._held = b""

    def begin(self) -> bytes:
        """Return what is sent first."""
        target = self._target
        if isinstance(target, IPv4Address):
            packed, name = IPv4(target.host).packed, b""
        else:
            packed, name = b"\0\0\0\1", target.hostname + b"\0"
        return _HEAD.pack(VERSION, CONNECT, target.port, packed) + self._user + b"\0" + name

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the proxy.

        Args:
            data: The bytes.

        Returns:
            What is to be sent; nothing.

        Raises:
            SOCKSMalformed: They are no reply.
            SOCKSError: The proxy does not make the connection.
        """
        held = self._held = self._held + data
        if held[:1] not in (b"", b"\0"):
            raise SOCKSMalformed(f"the version {held[0]} of a reply")
        if len(held) > 1 and held[1] != GRANTED:
            raise SOCKSError(string=_WHY.get(held[1], f"it answered with the code {held[1]}"))
        if len(held) >= _REPLY.size:
            self.isDone = True
            self.rest = held[_REPLY.size :]
            self._held = b""
        return b""


__all__ = [
    "BIND",
    "CONNECT",
    "GRANTED",
    "LONGEST_USER",
    "REFUSED",
    "VERSION",
    "Client4",
    "Request4",
    "Request4Parser",
    "reply4",
]
