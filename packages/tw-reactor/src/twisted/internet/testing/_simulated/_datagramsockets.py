"""Datagram sockets of a simulated network, with the methods that transports use.

They behave as the UDP sockets of Linux do: a datagram arrives whole, cut off at the size that the
receiver asks for, twice, later than the next one, or never; what nobody receives is answered by
ICMP, which only a connected socket hears, as an error of its next call; and a connected socket
receives from its peer alone.
"""

import errno
import os
import socket
from collections import deque

from twisted.internet._pollers import FAILED, READABLE, WRITABLE
from twisted.internet.testing._simulated._wire import (
    ANY,
    LOOPBACK,
    Name,
    SocketOwner,
    Wire,
    asPort,
    asTuple,
    osError,
)

BROADCAST = frozenset(("255.255.255.255", "<broadcast>"))
"""The addresses of all hosts of the network."""


class SimulatedDatagramSocket:
    """One datagram socket.

    Attributes:
        family: `AF_INET` or `AF_INET6`.
        type: `SOCK_DGRAM`.
        owner: The host that it belongs to.
        name: Its own address.
        closed: Whether it was closed.
    """

    type = socket.SOCK_DGRAM

    def __init__(self, wire: Wire, owner: SocketOwner, family: int) -> None:
        """Make a socket that has no port yet."""
        self.family = family
        self.owner = owner
        self.name: Name = ("0.0.0.0" if family == socket.AF_INET else "::", 0)
        self.closed: bool = False
        conditions = wire.conditions
        self._wire = wire
        self._timeline = wire.timeline
        self._places = wire.places(SimulatedDatagramSocket)
        self._descriptor = wire.enter(self)
        self._peerName: Name | None = None
        self._capacity = self._timeline.random.randint(
            conditions.smallestBuffer, conditions.largestBuffer
        )
        self._options: dict[tuple[int, int], int] = {}
        self._received: deque[tuple[bytes, Name]] = deque()
        self._kept = 0
        self._arrivals: dict[Name, float] = {}
        self._error = 0

    def __repr__(self) -> str:
        return f"<datagram socket {self._descriptor} of {self.name[0]}:{self.name[1]}>"

    # What the system's sockets have

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is closed."""
        return -1 if self.closed else self._descriptor

    def setblocking(self, flag: bool) -> None:
        """Do nothing: a simulated socket never blocks."""

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Keep an option.

        Raises:
            OSError: It is one of those that join a group: a simulated network has no multicast.
        """
        self._checkOpen()
        if not isinstance(value, int):
            raise osError(errno.ENOPROTOOPT)
        self._options[level, option] = value

    def getsockopt(self, level: int, option: int) -> int:
        """Return an option; the pending error is told once."""
        self._checkOpen()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_ERROR):
            return self._takeError()
        return self._options.get((level, option), 0)

    def getsockname(self) -> tuple[object, ...]:
        """Return the address that is received on."""
        self._checkOpen()
        return asTuple(self.family, self.name)

    def getpeername(self) -> tuple[object, ...]:
        """Return the address of the one peer."""
        self._checkOpen()
        if self._peerName is None:
            raise osError(errno.ENOTCONN)
        return asTuple(self.family, self._peerName)

    def bind(self, name: tuple[object, ...]) -> None:
        """Take an address of the host, and receive on it."""
        host, port = str(name[0]), asPort(name[1], "bind")
        own = self.owner.addresses[self.family]
        if host not in ("", own, *ANY, *LOOPBACK):
            raise osError(errno.EADDRNOTAVAIL)
        self._moveTo((host or self.name[0], port or self.owner.ephemeralPort()))

    def connect(self, name: tuple[object, ...]) -> None:
        """Send to one peer, and receive from no other."""
        host, port = str(name[0]), asPort(name[1], "connect")
        self._checkOpen()
        self._moveTo((self._sourceFor(host), self.name[1] or self.owner.ephemeralPort()))
        self._peerName = (host, port)

    def send(self, data: bytes, flags: int = 0) -> int:
        """Send a datagram to the peer."""
        self._checkOpen()
        if self._peerName is None:
            raise osError(errno.EDESTADDRREQ)
        return self._send(data, self._peerName)

    def sendto(self, data: bytes, flags: int, name: tuple[object, ...]) -> int:
        """Send a datagram."""
        self._checkOpen()
        if self._places.find(self.owner, self.family, self.name) is not self:
            self.bind((self.name[0], 0))
        return self._send(data, (str(name[0]), asPort(name[1], "sendto")))

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, tuple[object, ...]]:
        """Return a datagram that has arrived, cut off at a size, and where it comes from."""
        self._checkOpen()
        if self._error:
            raise osError(self._takeError())
        if not self._received:
            raise osError(errno.EAGAIN)
        datagram, source = self._received.popleft()
        self._kept -= len(datagram)
        self._timeline.note(self, "reads", len(datagram), "bytes")
        return datagram[:size], asTuple(self.family, source)

    def close(self) -> None:
        """Close the socket; what nobody has received is lost."""
        if self.closed:
            return
        self._places.remove(self)
        self.closed = True
        del self._wire.opened[self._descriptor]
        self._wire.datagramsDue -= len(self._received)
        self._received.clear()
        self._timeline.note(self, "is closed")

    # What the poller asks

    def readiness(self) -> int:
        """Return what could be done now without blocking, in the bits of the poller."""
        if self._error:
            return READABLE | WRITABLE | FAILED
        return READABLE | WRITABLE if self._received else WRITABLE

    # What the network does

    def _moveTo(self, name: Name) -> None:
        """Be found at an address, and no more at the one before."""
        before, self.name = self.name, name
        try:
            self._places.add(self, instead=before)
        except OSError:
            self.name = before
            raise

    def _sourceFor(self, host: str) -> str:
        """Return the address from which a datagram for a host is sent."""
        if self.name[0] not in ANY:
            return self.name[0]
        return host if host in LOOPBACK else self.owner.addresses[self.family]

    def _send(self, data: bytes, target: Name) -> int:
        if self._error:
            raise osError(self._takeError())
        if len(data) > self._wire.conditions.largestDatagram:
            raise osError(errno.EMSGSIZE)
        host, port = target
        self._timeline.note(self, "sends", len(data), "bytes to", host, port)
        if host not in BROADCAST:
            self._post(data, self._sourceFor(host), target)
        elif not self._options.get((socket.SOL_SOCKET, socket.SO_BROADCAST)):
            raise osError(errno.EACCES)
        else:
            for address, owner in self._wire.hosts.items():
                if owner.addresses[self.family] == address and owner is not self.owner:
                    self._post(data, self._sourceFor(host), (address, port))
        return len(data)

    def _post(self, data: bytes, source: str, target: Name) -> None:
        """Let a datagram go its way: once, twice, or not far."""
        wire, timeline = self._wire, self._timeline
        for _ in range(2 if timeline.chance(wire.conditions.duplication) else 1):
            if timeline.chance(wire.conditions.loss):
                timeline.note(self, "loses a datagram to", *target)
            else:
                timeline.at(self._arrival(target), self._reach, data, source, target)

    def _arrival(self, target: Name) -> float:
        """Return when a datagram arrives: in order, unless it takes a longer way."""
        wire, timeline = self._wire, self._timeline
        time = timeline.now + wire.delay()
        if timeline.chance(wire.conditions.reordering):
            return time + wire.delay()
        time = self._arrivals[target] = max(self._arrivals.get(target, 0.0), time)
        return time

    def _reach(self, data: bytes, source: str, target: Name) -> None:
        """Let a datagram come to the other host."""
        wire = self._wire
        owner = wire.ownerOf(target[0], self.owner)
        name = (source, self.name[1])
        found = self._places.find(owner, self.family, target)
        if found is not None and found._peerName in (None, name):
            found._arrived(data, name)
        elif not self._timeline.chance(wire.conditions.loss):
            number = errno.EHOSTUNREACH if owner is None else errno.ECONNREFUSED
            time = self._timeline.now + wire.delay()
            self._timeline.at(time, self._refused, number, target)

    def _arrived(self, data: bytes, source: Name) -> None:
        if self._received and self._kept + len(data) > self._capacity:
            self._timeline.note(self, "has no room for", len(data), "bytes")
            return
        self._timeline.note(self, "gets", len(data), "bytes")
        self._received.append((data, source))
        self._kept += len(data)
        self._wire.datagramsDue += 1
        self.owner.touched(self)

    def _refused(self, number: int, target: Name) -> None:
        """Hear by ICMP what became of a datagram."""
        if not self.closed and self._peerName == target:
            self._timeline.note(self, "hears:", os.strerror(number))
            self._error = number
            self.owner.touched(self)

    # Errors

    def _takeError(self) -> int:
        number, self._error = self._error, 0
        return number

    def _checkOpen(self) -> None:
        if self.closed:
            raise osError(errno.EBADF)
