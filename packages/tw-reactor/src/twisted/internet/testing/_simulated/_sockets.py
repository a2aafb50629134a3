"""Stream sockets of a simulated network, with the methods that transports use.

They behave as the sockets of Linux do, errors included: data for a socket that is closed is
answered by a reset, so is closing a socket with data that was not read; a full buffer blocks; an
attempt to connect is finished by the kernel before anybody accepts it; and after a reset the data
that has arrived may be there still, or not.
"""

import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Iterable

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

SYN_AGAIN = 1.0
"""After how many seconds a host knocks again at a port whose backlog is full."""

NO_ANSWER = 127.0
"""After how many seconds the system gives up connecting to a host that does not answer."""


class SimulatedSocket:
    """One stream socket.

    Attributes:
        family: `AF_INET` or `AF_INET6`.
        type: `SOCK_STREAM`.
        owner: The host that it belongs to.
        name: Its own address.
        connected: Whether it was connected.
        closed: Whether it was closed.
    """

    type = socket.SOCK_STREAM

    def __init__(self, wire: Wire, owner: SocketOwner, family: int) -> None:
        """Make a socket that is not connected."""
        self.family = family
        self.owner = owner
        self.name: Name = ("0.0.0.0" if family == socket.AF_INET else "::", 0)
        self.connected: bool = False
        self.closed: bool = False
        conditions = wire.conditions
        self._wire = wire
        self._timeline = wire.timeline
        self._descriptor = wire.enter(self)
        self._peer: SimulatedSocket | None = None
        self._peerName: Name | None = None
        self._capacity = self._timeline.random.randint(
            conditions.smallestBuffer, conditions.largestBuffer
        )
        self._options: dict[tuple[int, int], object] = {}
        # As a listener.
        self._backlog = 0
        self._queue: deque[SimulatedSocket] | None = None
        # As one end of a connection.
        self._received: deque[bytes] = deque()
        self._underWay = 0
        self._lastArrival = 0.0
        self._ended = False
        self._shut = False
        self._broken = False
        self._hanging = False
        self._resetOnClose = False
        self._error = 0

    def __repr__(self) -> str:
        return f"<socket {self._descriptor} of {self.name[0]}:{self.name[1]}>"

    # What the system's sockets have

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is closed."""
        return -1 if self.closed else self._descriptor

    def setblocking(self, flag: bool) -> None:
        """Do nothing: a simulated socket never blocks."""

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Keep an option; lingering for no time makes closing a reset."""
        self._checkOpen()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER) and isinstance(value, bytes):
            self._resetOnClose = struct.unpack("ii", value) == (1, 0)
        else:
            self._options[level, option] = value

    def getsockopt(self, level: int, option: int) -> int:
        """Return an option; the pending error is told once."""
        self._checkOpen()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_ERROR):
            return self._takeError()
        value = self._options.get((level, option), 0)
        return value if isinstance(value, int) else 0

    def getsockname(self) -> tuple[object, ...]:
        """Return the address of this end."""
        self._checkOpen()
        return asTuple(self.family, self.name)

    def getpeername(self) -> tuple[object, ...]:
        """Return the address of the other end."""
        self._checkOpen()
        if not self.connected or self._peerName is None:
            raise osError(errno.ENOTCONN)
        return asTuple(self.family, self._peerName)

    def bind(self, name: tuple[object, ...]) -> None:
        """Take an address of the host."""
        host, port = str(name[0]), asPort(name[1], "bind")
        own = self.owner.addresses[self.family]
        if host not in ("", own, *ANY, *LOOPBACK):
            raise osError(errno.EADDRNOTAVAIL)
        self.name = (host or self.name[0], port or self.owner.ephemeralPort())

    def listen(self, backlog: int) -> None:
        """Let others connect."""
        self._wire.places(SimulatedSocket).add(self)
        self._backlog = max(1, backlog)
        self._queue = deque()

    def accept(self) -> tuple["SimulatedSocket", tuple[object, ...]]:
        """Return the next connection and the address that it comes from."""
        self._checkOpen()
        if not self._queue:
            raise osError(errno.EAGAIN)
        accepted = self._queue.popleft()
        # As on Linux, it begins with the options of the socket that listened.
        accepted._options.update(self._options)
        return accepted, asTuple(accepted.family, accepted._peerName or ("", 0))

    def connect_ex(self, name: tuple[object, ...]) -> int:
        """Begin to connect; returns the number of the error that says so."""
        host, port = str(name[0]), asPort(name[1], "connect_ex")
        own = host if host in LOOPBACK else self.owner.addresses[self.family]
        self.name = (own, self.name[1] or self.owner.ephemeralPort())
        self._peerName = (host, port)
        wire, now = self._wire, self._timeline.now
        self._timeline.note(self, "connects to", host, port)
        if self._timeline.chance(wire.conditions.silence):
            self._timeline.at(now + NO_ANSWER, self._refused, errno.ETIMEDOUT)
        elif wire.ownerOf(host, self.owner) is None:
            self._timeline.at(now + wire.latency(), self._refused, errno.EHOSTUNREACH)
        else:
            self._timeline.at(now + wire.latency(), self._knock)
        return errno.EINPROGRESS

    def send(self, data: bytes | memoryview) -> int:
        """Send as much as there is room for."""
        self._checkConnection()
        if self._broken or self._shut:
            raise osError(errno.EPIPE)
        room = min(self._capacity - self._underWay, len(data))
        if room <= 0:
            raise osError(errno.EAGAIN)
        chance, conditions = self._timeline.chance, self._wire.conditions
        if room > 1 and chance(conditions.partialWrites):
            room = self._timeline.random.randint(1, room)
        sent = bytes(data[:room])
        self._underWay += room
        self._timeline.note(self, "sends", room, "bytes")
        while len(sent) > 1 and chance(conditions.fragmentation):
            cut = self._timeline.random.randint(1, len(sent) - 1)
            self._transmit(sent[:cut])
            sent = sent[cut:]
        self._transmit(sent)
        return room

    def sendmsg(self, pieces: Iterable[bytes | memoryview]) -> int:
        """Send as much of several pieces as there is room for."""
        return self.send(b"".join(pieces))

    def recv(self, size: int) -> bytes:
        """Return what has arrived, nothing if the peer sends no more."""
        if not self._received:
            self._checkConnection()
            if self._ended or self._broken:
                return b""
            raise osError(errno.EAGAIN)
        self._checkOpen()
        available = b"".join(self._received) if len(self._received) > 1 else self._received[0]
        self._received.clear()
        size = min(size, len(available))
        if size > 1 and self._timeline.chance(self._wire.conditions.partialReads):
            size = self._timeline.random.randint(1, size)
        if size < len(available):
            self._received.append(available[size:])
        peer = self._peer
        if peer is not None:
            peer._underWay -= size
            peer.owner.touched(peer)
        self._timeline.note(self, "reads", size, "bytes")
        return available[:size]

    def shutdown(self, how: int) -> None:
        """Send no more."""
        self._checkConnection()
        if self._broken:
            raise osError(errno.ENOTCONN)
        if how in (socket.SHUT_WR, socket.SHUT_RDWR) and not self._shut:
            self._shut = True
            self._timeline.note(self, "sends no more")
            self._sendEnd()

    def close(self) -> None:
        """Close the socket; closing it with data that nobody read resets the connection."""
        if self.closed:
            return
        self.closed = True
        del self._wire.opened[self._descriptor]
        self._timeline.note(self, "is closed")
        if self._queue is not None:
            self._wire.places(SimulatedSocket).remove(self)
            for waiting in self._queue:
                waiting._resetOnClose = True
                waiting.close()
        elif self.connected and not self._broken:
            if self._resetOnClose or self._received:
                self._sendReset()
            elif not self._shut:
                self._shut = True
                self._sendEnd()

    # What the poller asks

    def readiness(self) -> int:
        """Return what could be done now without blocking, in the bits of the poller."""
        if self._queue is not None:
            return READABLE if self._queue else 0
        if self._broken or self._error:
            return READABLE | WRITABLE | FAILED
        if not self.connected:
            return 0
        ready = READABLE if self._received or self._ended else 0
        # As Linux does it: only when a third is free, or there would be many small writes.
        free = self._shut or 3 * self._underWay <= 2 * self._capacity
        return ready | WRITABLE if free else ready

    # What the network does

    def _transmit(self, piece: bytes) -> None:
        conditions, timeline, peer = self._wire.conditions, self._timeline, self._peer
        assert peer is not None, "a socket that sends is connected"
        if timeline.chance(conditions.resets):
            timeline.at(timeline.now + self._wire.latency(), self._break, errno.ECONNRESET)
        if timeline.chance(conditions.hangs):
            self._hanging = peer._hanging = True
            timeline.at(timeline.now + conditions.giveUpAfter, self._break, errno.ETIMEDOUT)
        timeline.at(self._arrival(), peer._arrived, piece)

    def _arrival(self) -> float:
        """Return when the next piece of the stream arrives; never before the one before it."""
        time = self._timeline.now + self._wire.latency()
        self._lastArrival = max(self._lastArrival, time)
        return self._lastArrival

    def _sendEnd(self) -> None:
        assert self._peer is not None, "a socket that sends is connected"
        self._timeline.at(self._arrival(), self._peer._endArrived)

    def _sendReset(self) -> None:
        assert self._peer is not None, "a socket that resets is connected"
        self._timeline.at(
            self._timeline.now + self._wire.latency(), self._peer._failed, errno.ECONNRESET
        )

    def _arrived(self, piece: bytes) -> None:
        if self._hanging or self._broken:
            return
        if self.closed:
            self._sendReset()
            return
        self._timeline.note(self, "gets", len(piece), "bytes")
        self._received.append(piece)
        self.owner.touched(self)

    def _endArrived(self) -> None:
        if not (self._hanging or self._broken or self.closed):
            self._timeline.note(self, "gets the end")
            self._ended = True
            self.owner.touched(self)

    def _break(self, number: int) -> None:
        """Let both ends fail."""
        self._failed(number)
        if self._peer is not None:
            self._peer._failed(number)

    def _failed(self, number: int) -> None:
        if self.closed or self._broken:
            return
        self._timeline.note(self, "fails:", os.strerror(number))
        self._broken = True
        self._error = number
        if self._timeline.chance(0.5):
            self._received.clear()
        self.owner.touched(self)

    # Connecting

    def _refused(self, number: int) -> None:
        if not self.closed:
            self._timeline.note(self, "can't connect:", os.strerror(number))
            self._error = number
            self.owner.touched(self)

    def _knock(self) -> None:
        """Reach the other host."""
        if self.closed or self._peerName is None:
            return
        wire, timeline = self._wire, self._timeline
        owner = wire.ownerOf(self._peerName[0], self.owner)
        listener = wire.places(SimulatedSocket).find(owner, self.family, self._peerName)
        if listener is None or timeline.chance(wire.conditions.refusals):
            timeline.at(timeline.now + wire.latency(), self._refused, errno.ECONNREFUSED)
            return
        queue = listener._queue
        assert queue is not None, "only listeners are found"
        if len(queue) >= listener._backlog:
            timeline.at(timeline.now + SYN_AGAIN, self._knock)
            return
        other = SimulatedSocket(wire, listener.owner, self.family)
        other.name, other._peerName = self._peerName, self.name
        other._peer, self._peer = self, other
        other.connected = True
        timeline.at(other._arrival(), self._established)
        queue.append(other)
        listener.owner.touched(listener)

    def _established(self) -> None:
        if self.closed:
            self._sendReset()
        elif not self._broken:
            self._timeline.note(self, "is connected")
            self.connected = True
            self.owner.touched(self)

    # Errors

    def _takeError(self) -> int:
        number, self._error = self._error, 0
        return number

    def _checkOpen(self) -> None:
        if self.closed:
            raise osError(errno.EBADF)

    def _checkConnection(self) -> None:
        """Raise what forbids using the connection."""
        self._checkOpen()
        if self._error:
            raise osError(self._takeError())
        if not self.connected:
            raise osError(errno.ENOTCONN)
