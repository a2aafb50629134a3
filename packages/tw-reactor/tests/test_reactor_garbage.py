"""Hot paths leave no garbage that only a collector finds, and nothing open.

What refers to itself in a circle lives until the collector comes by, with its buffers and sockets;
under load that is late, and stops everything for a while. So each of these things is done a number
of times without the collector, and then it must have nothing to do.
"""

import gc
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._processes._reaping import reapProcessHandlers
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IProtocol, IReactorProcess
from twisted.internet.protocol import DatagramProtocol, Factory, ProcessProtocol, Protocol
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from .reactor_helpers import RecordingClient, RecordingServer, discard, turnUntil

TIMES = 20
PROCESSES = int(os.environ.get("TW_PROCESSES", "300"))
AT_ONCE = 20
"""So many processes are there at the same time."""


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    """A reactor; the pollers keep numbers alone, so one kind is enough."""
    made = EPollReactor()
    yield made
    discard(made)


Find = Callable[[Callable[[], object]], dict[str, int]]


@pytest.fixture
def garbage() -> Iterator[Find]:
    """Does something again and again, and returns what is left each time for the collector.

    Single things don't count: zope.interface makes the declarations of objects anew when nobody
    has used the same ones for a while.
    """

    def find(act: Callable[[], object]) -> dict[str, int]:
        # What is made once, and kept, is made now.
        act()
        act()
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for _ in range(TIMES):
                act()
            gc.collect()
            found = Counter(f"{type(one).__module__}.{type(one).__name__}" for one in gc.garbage)
            return {name: count for name, count in found.items() if count >= TIMES}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()

    yield find
    gc.collect()


def test_what_refers_to_itself_is_found(garbage: Find) -> None:
    class Circle:
        def __init__(self) -> None:
            self.itself = self

    assert garbage(Circle)[f"{__name__}.Circle"] == TIMES


@pytest.mark.parametrize("how", ["loseConnection", "abortConnection"])
def test_connections(reactor: PollingReactor, garbage: Find, how: str) -> None:
    server = RecordingServer()
    number = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port

    def act() -> None:
        client = RecordingClient()
        reactor.connectTCP("127.0.0.1", number, client)
        turnUntil(reactor, lambda: server.built and client.built and client.built[0].made)
        # Whoever is served belongs to the test, and would refer to its factory and back.
        protocol = client.built.pop()
        protocol.transport.write(b"hello")
        turnUntil(reactor, lambda: server.built[0].received)
        getattr(protocol.transport, how)()
        turnUntil(reactor, lambda: client.reasons and server.built[0].lost)
        server.built.clear()
        server.addresses.clear()

    assert garbage(act) == {}


def test_connections_of_endpoints(reactor: PollingReactor, garbage: Find) -> None:
    server = RecordingServer()
    number = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port

    def act() -> None:
        made: list[IProtocol] = []
        factory = Factory.forProtocol(Protocol)
        TCP4ClientEndpoint(reactor, "127.0.0.1", number).connect(factory).addCallback(made.append)
        turnUntil(reactor, lambda: made and server.built)
        cast(Protocol, made.pop()).transport.loseConnection()
        turnUntil(reactor, lambda: server.built[0].lost)
        server.built.clear()

    assert garbage(act) == {}


def test_refused_connections(reactor: PollingReactor, garbage: Find) -> None:
    number = freePort()

    def act() -> None:
        client = RecordingClient()
        reactor.connectTCP("127.0.0.1", number, client)
        turnUntil(reactor, lambda: client.reasons)

    assert garbage(act) == {}


def test_connections_that_failed_through_endpoints(reactor: PollingReactor, garbage: Find) -> None:
    number = freePort()

    def act() -> None:
        failures: list[Failure] = []
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", number)
        endpoint.connect(Factory.forProtocol(Protocol)).addErrback(failures.append)
        turnUntil(reactor, lambda: failures)

    assert garbage(act) == {}


def test_ports(reactor: PollingReactor, garbage: Find) -> None:
    def act() -> None:
        port = reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1")
        port.stopListening()
        turnUntil(reactor, lambda: not reactor.getDelayedCalls())

    assert garbage(act) == {}


def test_timers(reactor: PollingReactor, garbage: Find) -> None:
    def act() -> None:
        called: list[int] = []
        reactor.callLater(0, called.append, 1)
        reactor.callLater(1000, called.append, 2).cancel()
        moved = reactor.callLater(1000, called.append, 3)
        moved.reset(0)
        turnUntil(reactor, lambda: len(called) == 2)

    assert garbage(act) == {}


def test_calls_from_threads(reactor: PollingReactor, garbage: Find) -> None:
    def act() -> None:
        called: list[int] = []
        reactor.callFromThread(called.append, 1)
        turnUntil(reactor, lambda: called)

    assert garbage(act) == {}


@pytest.mark.parametrize("fails", [False, True], ids=["a result", "a failure"])
def test_calls_in_threads(reactor: PollingReactor, garbage: Find, fails: bool) -> None:
    pool = ThreadPool(0, 1)
    pool.start()

    def act() -> None:
        results: list[object] = []
        deferred: Deferred[int] = deferToThreadPool(reactor, pool, int, "x" if fails else "1")
        deferred.addBoth(results.append)
        turnUntil(reactor, lambda: results)

    try:
        assert garbage(act) == {}
    finally:
        pool.stop()


def test_datagrams(reactor: PollingReactor, garbage: Find) -> None:
    class Echo(DatagramProtocol):
        noisy = False

        def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
            received.append(datagram)
            if len(datagram) < 5:
                self.transport.write(datagram + b"!", addr)

    received: list[bytes] = []

    def act() -> None:
        there, here = Echo(), Echo()
        port = reactor.listenUDP(0, there, interface="127.0.0.1")
        other = reactor.listenUDP(0, here, interface="127.0.0.1")
        here.transport.write(b"1", (port.getHost().host, port.getHost().port))  # type: ignore[attr-defined]
        turnUntil(reactor, lambda: len(received) == 5)
        received.clear()
        port.stopListening()
        other.stopListening()
        turnUntil(reactor, lambda: not reactor.getDelayedCalls())

    assert garbage(act) == {}


def freePort() -> int:
    """Return the number of a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ending(ProcessProtocol):
    """Counts down when its process has ended."""

    def __init__(self, running: list[int]) -> None:
        self.running = running

    def connectionMade(self) -> None:
        self.running[0] += 1

    def processEnded(self, reason: Failure) -> None:
        self.running[0] -= 1


def spawn(reactor: IReactorProcess, running: list[int], usePTY: bool = False) -> None:
    reactor.spawnProcess(Ending(running), "/bin/true", ["true"], {}, usePTY=usePTY)


@pytest.mark.parametrize("usePTY", [False, True], ids=["pipes", "terminal"])
def test_processes(reactor: PollingReactor, garbage: Find, usePTY: bool) -> None:
    def act() -> None:
        running = [0]
        spawn(reactor, running, usePTY)
        turnUntil(reactor, lambda: not running[0])

    assert garbage(act) == {}


def test_program_that_can_not_be_started(reactor: PollingReactor, garbage: Find) -> None:
    def act() -> None:
        running = [0]
        reactor.spawnProcess(Ending(running), "/nonexistent", ["nothing"], {})
        turnUntil(reactor, lambda: not running[0])

    assert garbage(act) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has open")
def test_many_processes_leave_nothing(reactor: PollingReactor) -> None:
    def alive() -> int:
        return sum(str(type(one).__module__).startswith("twisted.") for one in gc.get_objects())

    running = [0]
    spawn(reactor, running)
    turnUntil(reactor, lambda: not running[0])
    gc.collect()
    descriptors, objects = os.listdir("/proc/self/fd"), alive()
    for _ in range(PROCESSES):
        turnUntil(reactor, lambda: running[0] < AT_ONCE)
        spawn(reactor, running)
    turnUntil(reactor, lambda: not running[0])
    gc.collect()
    assert os.listdir("/proc/self/fd") == descriptors
    assert alive() <= objects
    assert reapProcessHandlers == {}
    assert reactor.getReaders() == []
    # None is left to be waited for, so none is a zombie.
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_port_whose_factory_fails_to_start_is_closed(reactor: PollingReactor) -> None:
    class Failing(RecordingServer):
        def startFactory(self) -> None:
            raise ZeroDivisionError

    before = os.listdir("/proc/self/fd")
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            reactor.listenTCP(0, Failing(), interface="127.0.0.1")
    assert reactor.getReaders() == []
    # One descriptor may be kept in reserve.
    assert len(os.listdir("/proc/self/fd")) <= len(before) + 1
