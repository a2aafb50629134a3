"""What joins the sockets of a simulated network: who is where, and how long the way takes."""

import errno
import os
import socket
from typing import Generic, Protocol, TypeVar, cast

from twisted.internet.testing._simulated._conditions import NetworkConditions
from twisted.internet.testing._simulated._timeline import Timeline

FIRST_DESCRIPTOR = 1_000_000
"""Descriptors of simulated sockets begin here, far from those of the system."""

ANY = frozenset(("0.0.0.0", "::"))
LOOPBACK = frozenset(("127.0.0.1", "::1"))

Name = tuple[str, int]


class SimulatedDescriptor(Protocol):
    """A socket of any kind, as the wire and the poller see it."""

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is closed."""
        ...

    def readiness(self) -> int:
        """Return what could be done now without blocking, in the bits of the poller."""
        ...


class SocketOwner(Protocol):
    """The host that a socket belongs to.

    Attributes:
        addresses: Its own addresses, by family.
    """

    addresses: dict[int, str]

    def touched(self, skt: SimulatedDescriptor) -> None:
        """Learn that a socket may have become readable or writable."""

    def ephemeralPort(self) -> int:
        """Return the number of a port that was not given out yet."""
        ...


class Placed(SimulatedDescriptor, Protocol):
    """A socket that others can find.

    Attributes:
        family: `AF_INET` or `AF_INET6`.
        owner: The host that it belongs to.
        name: Its own address.
    """

    family: int
    owner: SocketOwner
    name: Name


_S = TypeVar("_S", bound=Placed)


class Places(Generic[_S]):
    """Which socket of a kind is found at which address."""

    def __init__(self) -> None:
        """Make a table without sockets."""
        self._places: dict[tuple[int, str, int], _S] = {}

    def add(self, skt: _S, instead: Name | None = None) -> None:
        """Let others find a socket.

        Args:
            skt: The socket.
            instead: Where it was found before.

        Raises:
            OSError: Another one has the address.
        """
        host, port = skt.name
        for other in self._places.values():
            if (other is not skt and other.owner is skt.owner and other.name[1] == port) and (
                other.family == skt.family
                and (other.name[0] == host or ANY & {other.name[0], host})
            ):
                raise osError(errno.EADDRINUSE)
        if instead is not None:
            self._places.pop((id(skt.owner), *instead), None)
        self._places[id(skt.owner), host, port] = skt

    def remove(self, skt: _S) -> None:
        """Let nobody find a socket any more."""
        key = (id(skt.owner), *skt.name)
        if self._places.get(key) is skt:
            del self._places[key]

    def find(self, owner: SocketOwner | None, family: int, name: Name) -> _S | None:
        """Return the socket of a host that is found at an address.

        Args:
            owner: The host.
            family: `AF_INET` or `AF_INET6`.
            name: The address and the port that are asked for.
        """
        host, port = name
        for candidate in (host, "0.0.0.0" if family == socket.AF_INET else "::"):
            found = self._places.get((id(owner), candidate, port))
            if found is not None:
                return found
        return None


class Wire:
    """What joins the sockets of a network.

    Attributes:
        timeline: When things happen.
        conditions: How they go.
        hosts: All that have an address, by it.
        opened: The sockets that are not closed.
        datagramsDue: How many datagrams came to a socket, to be read. Those that were not read
            when it was closed don't count.
    """

    def __init__(self, timeline: Timeline, conditions: NetworkConditions) -> None:
        """Make a wire without sockets."""
        self.timeline = timeline
        self.conditions = conditions
        self.hosts: dict[str, SocketOwner] = {}
        self.opened: dict[int, SimulatedDescriptor] = {}
        self.datagramsDue: int = 0
        self._places: dict[type[Placed], Places[Placed]] = {}
        self._lastDescriptor = FIRST_DESCRIPTOR

    def places(self, kind: type[_S]) -> Places[_S]:
        """Return where the sockets of a kind are found."""
        return cast(Places[_S], self._places.setdefault(kind, Places()))

    def enter(self, skt: SimulatedDescriptor) -> int:
        """Take a new socket in, and return the number of its descriptor."""
        self._lastDescriptor += 1
        self.opened[self._lastDescriptor] = skt
        return self._lastDescriptor

    def delay(self) -> float:
        """Return how long a packet that arrives takes to the other side."""
        conditions = self.conditions
        return self.timeline.random.uniform(conditions.minimumLatency, conditions.maximumLatency)

    def latency(self) -> float:
        """Return how long a piece takes that is sent again until it has arrived."""
        conditions, timeline = self.conditions, self.timeline
        latency = self.delay()
        again = conditions.retransmitAfter
        while timeline.chance(conditions.loss):
            latency += again
            again *= 2
        return latency

    def ownerOf(self, host: str, asker: SocketOwner) -> SocketOwner | None:
        """Return whose an address is, as a host sees it; None if it is nobody's."""
        return asker if host in LOOPBACK else self.hosts.get(host)


def asPort(number: object, method: str) -> int:
    """Return the number of a port.

    Raises:
        OverflowError: It is none.
    """
    if not isinstance(number, int) or not 0 <= number <= 65535:
        raise OverflowError(f"{method}(): port must be 0-65535.")
    return number


def asTuple(family: int, name: Name) -> tuple[object, ...]:
    """Return an address as the socket functions give it."""
    return name if family == socket.AF_INET else (*name, 0, 0)


def osError(number: int) -> OSError:
    """Return the error of a number, of the class that the system's sockets raise."""
    return OSError(number, os.strerror(number))
