"""The reactor of a simulated host: the real one, over a poller and sockets that are simulated.

Ports, connectors and connections are those of the real reactors, so what a simulation finds is true
of them. Only what lies under them is replaced: the poller, the waker, the sockets, the clock and the
look-up of names.
"""

import socket
from collections.abc import Callable, Sequence
from typing import cast

from twisted.internet._pollers import FAILED
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._resolver import HostResolution
from twisted.internet._sockets._addressing import literalAddress
from twisted.internet._threadcalls import Waker
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from twisted.internet.testing._simulated._datagramsockets import SimulatedDatagramSocket
from twisted.internet.testing._simulated._sockets import SimulatedSocket
from twisted.internet.testing._simulated._wire import SimulatedDescriptor, Wire
from twisted.python.components import implementer
from twisted.python.threadpool import ThreadPool

FIRST_EPHEMERAL_PORT = 49152
"""The first of the ports that a host gives out (RFC 6335, section 6)."""


_KINDS: dict[int, type[SimulatedSocket | SimulatedDatagramSocket]] = {
    socket.SOCK_STREAM: SimulatedSocket,
    socket.SOCK_DGRAM: SimulatedDatagramSocket,
}


class SimulatedWaker(Waker):
    """A waker of a reactor that never sleeps: it has no pipe."""

    def __init__(self) -> None:
        """Make a waker that takes no descriptor."""

    def fileno(self) -> int:
        """Return the number under which the poller knows it; no descriptor of the system."""
        return 0

    def senderFileno(self) -> int:
        """Return -1: signals have nothing to write to."""
        return -1

    def wake(self) -> None:
        """Do nothing: the network looks for calls of threads before each turn."""

    def drain(self) -> None:
        """Do nothing: there is nothing in it."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


class SimulatedPoller:
    """A poller that asks simulated sockets."""

    def __init__(self, wire: Wire) -> None:
        """Make a poller that watches nothing."""
        self._wire = wire
        self._watched: dict[int, int] = {}
        # What may be ready, in a fixed order; what is not leaves when it is looked at.
        self._candidates: dict[int, None] = {}

    def touch(self, fd: int) -> None:
        """Learn that a descriptor may have become ready."""
        if fd in self._watched:
            self._candidates[fd] = None

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        if events:
            self._watched[fd] = events
            self._candidates[fd] = None
        else:
            self._watched.pop(fd, None)

    def isReady(self) -> bool:
        """Return whether there is anything for `wait` to return."""
        candidates = self._candidates
        while candidates:
            fd = next(iter(candidates))
            if self._events(fd):
                return True
            del candidates[fd]
        return False

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Return what is ready now, in an order of chance."""
        happened = []
        for fd in list(self._candidates):
            events = self._events(fd)
            if events:
                happened.append((fd, events))
            else:
                del self._candidates[fd]
        if len(happened) > 1:
            self._wire.timeline.random.shuffle(happened)
        return happened

    def close(self) -> None:
        """Forget everything."""
        self._watched.clear()
        self._candidates.clear()

    def _events(self, fd: int) -> int:
        skt = self._wire.opened.get(fd)
        wanted = self._watched.get(fd)
        if skt is None or wanted is None:
            if skt is None and fd:
                # Closing a descriptor takes it out, as with epoll.
                self._watched.pop(fd, None)
            return 0
        return skt.readiness() & (wanted | FAILED)


@implementer(IHostnameResolver)
class SimulatedResolver:
    """Looks names up among the hosts of a network."""

    def __init__(self, wire: Wire, names: dict[str, "SimulatedReactor"]) -> None:
        """Make a resolver.

        Args:
            wire: Says how long it takes, and whether it goes wrong.
            names: The hosts.
        """
        self._wire = wire
        self._names = names

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Begin to look a host up."""
        resolution = HostResolution(hostName, resolutionReceiver)
        wire = self._wire
        host = self._names.get(hostName.lower())
        found: list[IAddress] = []
        if host is not None and not wire.timeline.chance(wire.conditions.lookUpFailures):
            for own in host.addresses.values():
                address = literalAddress(own, portNumber, transportSemantics)
                if address is not None and (addressTypes is None or type(address) in addressTypes):
                    found.append(address)
        wire.timeline.at(wire.timeline.now + wire.latency(), resolution.complete, found)
        return resolution


class SimulatedReactor(PollingReactor):
    """The reactor of one host of a `SimulatedNetwork`; `SimulatedNetwork.host` makes it.

    Attributes:
        name: The name of the host.
        addresses: Its addresses, by family.
    """

    def __init__(
        self,
        wire: Wire,
        name: str,
        addresses: dict[int, str],
        names: dict[str, "SimulatedReactor"],
        step: Callable[[], bool],
    ) -> None:
        """Make the reactor of a host; only the network does.

        Args:
            wire: Joins its sockets to the others.
            name: The name of the host.
            addresses: Its addresses, by family.
            names: All hosts.
            step: Lets the network do one thing; false if nothing is left to be done.
        """
        self._wire = wire
        self._step = step
        self._simulatedPoller = SimulatedPoller(wire)
        self.name = name
        self.addresses = addresses
        self._lastPort = FIRST_EPHEMERAL_PORT - 1
        super().__init__(self._simulatedPoller, SimulatedWaker())
        self.installNameResolver(SimulatedResolver(wire, names))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def seconds(self) -> float:  # type: ignore[override]  # the time of the network, not of the system
        """Return the time of the network, in seconds since the simulation began."""
        return self._wire.timeline.now

    def mainLoop(self) -> None:
        """Let the whole network go on until this reactor was stopped.

        Raises:
            RuntimeError: Nothing is left to happen, so nobody will stop it.
        """
        while self._lifecycle.alive:
            if not self._step():
                self.crash()
                raise RuntimeError(
                    f"{self.name} waits for ever: nothing is left to happen in the network"
                )

    def makeSocket(self, family: int, kind: int) -> socket.socket:
        """Return a new simulated socket.

        Args:
            family: `AF_INET` or `AF_INET6`.
            kind: `SOCK_STREAM` or `SOCK_DGRAM`; there are no others in the network.

        Raises:
            OSError: It is of another kind.
        """
        if kind not in _KINDS or family not in self.addresses:
            raise OSError("a simulated network has TCP and UDP over IPv4 and IPv6 only")
        # They have the methods that transports use, and no other.
        return cast(socket.socket, _KINDS[kind](self._wire, self, family))

    def getThreadPool(self) -> ThreadPool:
        """Refuse: what threads do can't be repeated.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError(
            "a simulated reactor has no threads: give the code under test something to call "
            "in their place"
        )

    def suggestThreadPoolSize(self, size: int) -> None:
        """Do nothing: there are no threads."""

    # What the network asks

    def touched(self, skt: SimulatedDescriptor) -> None:
        """Learn that a socket may have become ready."""
        self._simulatedPoller.touch(skt.fileno())

    def ephemeralPort(self) -> int:
        """Return the number of a port that was not given out yet, or not for long."""
        if self._lastPort == 65535:
            self._lastPort = FIRST_EPHEMERAL_PORT - 1
        self._lastPort += 1
        return self._lastPort

    def isReady(self) -> bool:
        """Return whether a turn would do something now."""
        return self.timeout() == 0.0 or self._simulatedPoller.isReady()

    def nextTime(self) -> float | None:
        """Return when the first timer is due; None if there is none."""
        return self._timers.nextTime() if self._timers else None

    def isAlive(self) -> bool:
        """Return whether it was started and has not stopped."""
        return self._lifecycle.alive
