"""Who has a connection, as its machine says: the Identification Protocol (RFC 1413).

`IdentServer` answers such questions and `IdentClient` asks them. `ProcServerMixin` finds the answers
in the lists that Linux keeps:

    class Server(ProcServerMixin, IdentServer):
        pass

What a server says is as good as its machine is; it is no authentication.
"""

import pwd
from collections.abc import Callable, Iterator
from pathlib import Path

from twisted.protocols._identprotocols import (
    HiddenUser,
    IdentClient,
    IdentError,
    IdentServer,
    InvalidPort,
    NoUser,
)
from twisted.protocols._procconnections import parseConnection, parseHost


class ProcServerMixin:
    """Looks up who has a connection in the lists of Linux, for an `IdentServer`.

    Attributes:
        SYSTEM_NAME: The operating system, as the replies name it.
        FILES: The lists.
    """

    SYSTEM_NAME: str = "LINUX"
    FILES: tuple[str, ...] = ("/proc/net/tcp", "/proc/net/tcp6")

    def entries(self) -> Iterator[str]:
        """Return the lines of the lists, one for each socket."""
        for name in self.FILES:
            path = Path(name)
            # A kernel without IPv6 has but one.
            if path.exists():
                with path.open(encoding="ascii") as lines:
                    next(lines, None)
                    yield from lines

    def dottedQuadFromHexString(self, hexstr: str) -> str:
        """Return the host that the lists write in hexadecimal.

        Args:
            hexstr: 8 digits for IPv4, or 32 for IPv6.

        Raises:
            ValueError: It is something else.
        """
        return parseHost(hexstr)

    def unpackAddress(self, packed: str) -> tuple[str, int]:
        """Return the host and the port that the lists write in hexadecimal.

        Args:
            packed: Both, with a colon between them.

        Raises:
            ValueError: It is something else.
        """
        host, _, port = packed.partition(":")
        if len(port) != 4 or not all(digit in "0123456789abcdefABCDEF" for digit in port):
            raise ValueError(f"{packed!r} does not end with a port in hexadecimal")
        return parseHost(host), int(port, 16)

    def parseLine(self, line: str) -> tuple[tuple[str, int], tuple[str, int], int]:
        """Return the own address, the other one and the number of the user.

        Args:
            line: A line of the lists.

        Raises:
            ValueError: It is something else.
        """
        connection = parseConnection(line)
        return connection.local, connection.remote, connection.uid

    def getUsername(
        self, uid: int, getpwuid: Callable[[int], pwd.struct_passwd] = pwd.getpwuid
    ) -> str:
        """Return the name of a user.

        Args:
            uid: Their number.
            getpwuid: Returns their entry in the list of users.

        Raises:
            NoUser: The list has no such number.
        """
        try:
            return getpwuid(uid)[0]
        except KeyError:
            raise NoUser(f"there is no user {uid}") from None

    def lookup(
        self, serverAddress: tuple[str, int], clientAddress: tuple[str, int]
    ) -> tuple[str, str]:
        """Return who has a connection.

        Args:
            serverAddress: Host and port at this end.
            clientAddress: Host and port at the other end.

        Returns:
            The operating system and the name of the user.

        Raises:
            NoUser: There is no such connection, or nobody has it.
        """
        wanted = _plain(serverAddress), _plain(clientAddress)
        for line in self.entries():
            connection = parseConnection(line)
            if (connection.local, connection.remote) == wanted and connection.hasOwner():
                return self.SYSTEM_NAME, self.getUsername(connection.uid)
        raise NoUser(f"no connection from {serverAddress} to {clientAddress}")


def _plain(address: tuple[str, int]) -> tuple[str, int]:
    """Return an address as the lists have it: mapped ones as those of IPv4, and without scopes."""
    host, port = address
    host = host.partition("%")[0]
    return host[7:] if host.startswith("::ffff:") and "." in host else host, port


__all__ = [
    "HiddenUser",
    "IdentClient",
    "IdentError",
    "IdentServer",
    "InvalidPort",
    "NoUser",
    "ProcServerMixin",
]
