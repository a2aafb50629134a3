"""Lets what is in flight come to an end before the process does.

At the end of a program its ports are closed and its connections are cut. `drain` closes the ports,
after accepting the connections that wait there, and then gives the connections of the ports time: a
protocol that provides `IDrainable` is told, ends what it is doing, and loses its connection; of any
other protocol nobody knows when it has nothing in flight, so its connection stays until the peer or
the protocol ends it. Whatever is left at the deadline is aborted.
"""

from typing import cast

from twisted.internet import tcp, unix
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IReactorFDSet, IReactorTime, ITCPTransport
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.components import Interface, provides
from twisted.python.failure import Failure

_log = Logger("twisted.application.draining")

LOOK_EVERY = 0.05
"""How many seconds there are between two looks at what is still open."""
MAXIMUM_ACCEPTED = 65536
"""How many waiting connections a port accepts at most before it is closed."""
MAXIMUM_WRAPPINGS = 16
"""How many protocols inside each other are looked at: TLS, a policy, what they wrap."""

StreamPort = tcp.Port | unix.Port


class IDrainable(Interface):
    """A protocol that can end what it is doing and begin nothing more."""

    def drain(self) -> None:
        """Lose the connection as soon as nothing is in flight: at once, if nothing is.

        Called once on the reactor's thread, when the program is about to end.
        """


class IReactorOfDraining(IReactorFDSet, IReactorTime, Interface):
    """What draining needs of a reactor."""


def streamPorts(reactor: IReactorFDSet) -> list[StreamPort]:
    """Return the ports of a reactor that accept connections."""
    readers = reactor.getReaders()
    return [each for each in readers if isinstance(each, tcp.Port | unix.Port)]


def serverConnections(reactor: IReactorFDSet) -> list[ITCPTransport]:
    """Return the connections of a reactor that its ports have accepted, and that are open."""
    open_: dict[object, None] | None = getattr(reactor, "openTransports", None)
    if open_ is None:
        # Not one of our reactors: what neither reads nor writes is not found.
        open_ = dict.fromkeys([*reactor.getReaders(), *reactor.getWriters()])
    return [
        cast(ITCPTransport, each)
        for each in list(open_)
        if isinstance(getattr(each, "server", None), tcp.Port | unix.Port)
    ]


def drain(reactor: IReactorOfDraining, seconds: float) -> Deferred[int]:
    """Close the ports that accept connections, and wait for their connections to end.

    Args:
        reactor: The reactor of the ports; it has to go on running.
        seconds: How long to wait before what is left is aborted.

    Returns:
        A Deferred that fires when no connection is left, with how many were aborted; to cancel it
        aborts them at once.
    """
    return _Drain(reactor, seconds).begin()


class _Drain:
    """One time of draining."""

    def __init__(self, reactor: IReactorOfDraining, seconds: float) -> None:
        self._reactor = reactor
        self._deadline = reactor.seconds() + seconds
        self._told: set[object] = set()
        self._looking = LoopingCall(self._look)
        self._looking.clock = reactor
        self._done: Deferred[int] = Deferred(lambda done: self._end())

    def begin(self) -> Deferred[int]:
        """Close the ports and begin to wait."""
        for port in streamPorts(self._reactor):
            acceptWaiting(port)
            # At once, not in the next turn: who connects in between would be reset.
            port.connectionLost(Failure(ConnectionDone()))
        left = serverConnections(self._reactor)
        if left:
            _log.info("{count} connections are given time to end", count=len(left))
        self._looking.start(LOOK_EVERY)
        return self._done

    def _look(self) -> None:
        """Tell those that were not told, and end if nothing is left or the time is over."""
        left = serverConnections(self._reactor)
        for transport in left:
            if transport not in self._told:
                self._told.add(transport)
                self._tell(transport)
        left = serverConnections(self._reactor)
        if not left or self._reactor.seconds() >= self._deadline:
            self._end()

    def _tell(self, transport: ITCPTransport) -> None:
        """Tell the protocol of a connection, if it wants to know."""
        protocol = _drainable(transport)
        if protocol is None:
            return
        try:
            protocol.drain()
        except Exception:
            _log.failure("{protocol} failed to drain", protocol=protocol)
            transport.abortConnection()

    def _end(self) -> None:
        """Abort what is left."""
        if self._looking.running:
            self._looking.stop()
        left = serverConnections(self._reactor)
        if left:
            _log.warn("{count} connections did not end in time and are aborted", count=len(left))
        for transport in left:
            transport.abortConnection()
        if not self._done.called:
            self._done.callback(len(left))


def acceptWaiting(port: StreamPort) -> None:
    """Accept the connections that wait at a port: the kernel would reset them with it."""
    limit = port.sessionno + MAXIMUM_ACCEPTED
    before = -1
    while before < port.sessionno < limit:
        before = port.sessionno
        port.doRead()


def _drainable(transport: object) -> IDrainable | None:
    """Return the protocol that wants to know, which others may wrap."""
    protocol: object = getattr(transport, "protocol", None)
    for _ in range(MAXIMUM_WRAPPINGS):
        if protocol is None or provides(IDrainable, protocol):
            return cast(IDrainable | None, protocol)
        protocol = getattr(protocol, "wrappedProtocol", None)
    return None


__all__ = [
    "LOOK_EVERY",
    "MAXIMUM_ACCEPTED",
    "MAXIMUM_WRAPPINGS",
    "IDrainable",
    "drain",
    "serverConnections",
    "streamPorts",
]
