"""The reactor over a poller: who watches what, and what happens when something happens.

Two tables tell whose `doRead` and `doWrite` belong to a descriptor. Transports of this house take
care of their own errors, so the loop calls them and looks at nothing that they return. Everything
else (descriptors of users, subclasses) goes in wrapped in a `ForeignDescriptor`, which does what
`IReactorFDSet` promises: exceptions, returned or raised, end the descriptor, and so does a hang-up
that it does not notice.

After each callback the transports that gathered something in it settle (see `_filedescriptor`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from twisted.internet._corereactor import CoreReactor
from twisted.internet._pollers import (
    INVALID,
    READABLE,
    WRITABLE,
    Poller,
    notOpen,
)
from twisted.internet._processes._pipes import ProcessReader, ProcessWriter
from twisted.internet._processes._reaping import ExitDescriptor
from twisted.internet._processes._spawning import ProcessSpawning
from twisted.internet._processes._stdio import InputReader
from twisted.internet._sockets._baseconnector import BaseAttempt, IReactorOfConnectors
from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._connection import Connection, Server
from twisted.internet._sockets._connector import Attempt, Client
from twisted.internet._sockets._datagramport import DatagramPort
from twisted.internet._sockets._filedescriptor import Settling
from twisted.internet._sockets._multicastport import MulticastPort
from twisted.internet._sockets._opening import SocketOpening
from twisted.internet._sockets._port import Port
from twisted.internet._sockets._streamconnection import StreamConnection
from twisted.internet._sockets._streamport import StreamPort
from twisted.internet._sockets._udpport import UDPPort
from twisted.internet._sockets._unixconnection import UNIXClient, UNIXServer
from twisted.internet._sockets._unixconnector import UNIXAttempt
from twisted.internet._sockets._unixdatagramport import (
    ConnectedUNIXDatagramPort,
    UNIXDatagramPort,
)
from twisted.internet._sockets._unixport import UNIXPort
from twisted.internet._threadcalls import Waker
from twisted.internet._tlsdoor import tlsIsThere
from twisted.internet.error import (
    ConnectionDone,
    ConnectionFdescWentAway,
    ConnectionLost,
)
from twisted.internet.interfaces import (
    IFileDescriptor,
    IHalfCloseableDescriptor,
    IReactorFDSet,
    IReactorSSL,
    IReadDescriptor,
    ITLSTransport,
    IWriteDescriptor,
)
from twisted.logger import Logger, serving
from twisted.python.components import adapt, alsoProvides, classImplements, implementer, implements
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.posixbase")

_BOTH = READABLE | WRITABLE

_T = TypeVar("_T")


class WakeupReader:
    """What reads the bytes that woke the reactor up."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker

    def fileno(self) -> int:
        """Return the descriptor that becomes readable."""
        return self._waker.fileno()

    def logPrefix(self) -> str:
        """Return the name in the log."""
        return "waker"

    def doRead(self) -> None:
        """Take the bytes out; what they announce is looked for in every turn anyway."""
        self._waker.drain()

    def connectionLost(self, reason: Failure) -> None:
        """Do nothing: the reactor keeps its waker."""


class ForeignDescriptor:
    """A descriptor that does not belong to this house, as the loop calls it."""

    def __init__(self, reactor: "PollingReactor", descriptor: IFileDescriptor) -> None:
        self._reactor = reactor
        self.descriptor = descriptor

    def logPrefix(self) -> str:
        """Return the descriptor's name in the log."""
        return self.descriptor.logPrefix()

    def doRead(self) -> None:
        """Call `doRead` and see how it went."""
        self._do(cast(IReadDescriptor, self.descriptor).doRead, True)

    def doWrite(self) -> None:
        """Call `doWrite` and see how it went."""
        self._do(cast(IWriteDescriptor, self.descriptor).doWrite, False)

    def hungUp(self) -> None:
        """Learn of a hang-up that leaves nothing to be read."""
        self._lost(ConnectionLost("the other side hung up"), False)

    def invalid(self) -> None:
        """Learn that the descriptor is not open."""
        self._lost(ConnectionFdescWentAway(), False)

    def _do(self, method: Callable[[], Exception | None], reading: bool) -> None:
        try:
            reason = method()
        except Exception as error:
            _log.failure("{descriptor} failed", descriptor=self.descriptor)
            reason = error
        if reason is None and self._descriptorNumber() == -1:
            reason = ConnectionFdescWentAway()
        if reason is not None:
            self._lost(reason, reading)

    def _descriptorNumber(self) -> int:
        try:
            return self.descriptor.fileno()
        except Exception:
            _log.failure("fileno of {descriptor} failed", descriptor=self.descriptor)
            return -1

    def _lost(self, reason: Exception, reading: bool) -> None:
        """Stop watching and tell the descriptor why."""
        descriptor = self.descriptor
        self._reactor._stopWatching(descriptor, reading=True, writing=False)
        halfCloseable = None
        if reading and isinstance(reason, ConnectionDone):
            halfCloseable = adapt(IHalfCloseableDescriptor, descriptor, None)
        try:
            if halfCloseable is not None:
                halfCloseable.readConnectionLost(Failure(reason))
            else:
                self._reactor._stopWatching(descriptor, reading=False, writing=True)
                descriptor.connectionLost(Failure(reason))
        except Exception:
            _log.failure("{descriptor} failed to end", descriptor=descriptor)


# Exact types: a subclass may do anything in its `doRead`.
_OWN_TYPES = frozenset(
    (
        Connection,
        Server,
        Client,
        Port,
        Attempt,
        UNIXServer,
        UNIXClient,
        UNIXPort,
        UNIXAttempt,
        UNIXDatagramPort,
        ConnectedUNIXDatagramPort,
        UDPPort,
        MulticastPort,
        WakeupReader,
        ProcessReader,
        ProcessWriter,
        InputReader,
        ExitDescriptor,
    )
)

_Reader = StreamConnection | StreamPort | DatagramPort | WakeupReader | ForeignDescriptor
_Writer = StreamConnection | BaseAttempt | ForeignDescriptor


@implementer(IReactorFDSet, IReactorOfPorts, IReactorOfConnectors)
class PollingReactor(CoreReactor, SocketOpening, ProcessSpawning):
    """A reactor that waits with a poller.

    Attributes:
        settleSoon: Has `settle` called right after the current callback.
        openTransports: What is to be disconnected when the reactor shuts down: the keys, in the
            order in which they were opened; there are no values.
    """

    def __init__(self, poller: Poller, waker: Waker | None = None) -> None:
        """Make a reactor.

        Args:
            poller: What it waits with; nobody else uses it.
            waker: What ends the poller's waiting; one over a pipe if None.
        """
        self._waker = Waker() if waker is None else waker
        super().__init__()
        self._poller = poller
        self._wait = poller.wait
        self._readers: dict[int, _Reader] = {}
        self._writers: dict[int, _Writer] = {}
        self._unsettled: list[Settling] = []
        self.settleSoon: Callable[[Settling], None] = self._unsettled.append
        self.openTransports: dict[object, None] = {}
        self._wakeupReader = WakeupReader(self._waker)
        self.addReader(cast(IReadDescriptor, self._wakeupReader))
        if tlsIsThere():
            alsoProvides(self, IReactorSSL)
            for kind in (Connection, UNIXServer, UNIXClient):
                if not implements(ITLSTransport, kind):
                    classImplements(kind, ITLSTransport)

    # Waiting

    def wakeUp(self) -> None:
        """End the waiting, in any thread and in a signal handler."""
        self._waker.wake()

    def wakeupDescriptor(self) -> int:
        """Return the descriptor for `signal.set_wakeup_fd`."""
        return self._waker.senderFileno()

    def runUntilCurrent(self) -> None:
        """Make the calls that are due, those from other threads first."""
        CoreReactor.runUntilCurrent(self)
        if self._unsettled:
            self._settle()

    def timeout(self) -> float | None:
        """Return how many seconds may be waited until there is something to do."""
        return 0.0 if self._unsettled else CoreReactor.timeout(self)

    def doIteration(self, delay: float | None) -> None:
        """Wait until something happens, and deal with it."""
        try:
            happened = self._wait(delay)
        except (OSError, ValueError):
            self._loseBadDescriptors()
            return
        if not happened:
            return
        readers = self._readers
        writers = self._writers
        unsettled = self._unsettled
        turn = serving  # of this thread; messages of the log say who it is
        for fd, events in happened:
            # A `try` costs nothing until something is raised.
            try:
                if events == READABLE:
                    reader = readers.get(fd)
                    if reader is not None:
                        turn.source = reader
                        reader.doRead()
                        if unsettled:
                            if len(unsettled) == 1:
                                unsettled.pop().settle()
                            else:
                                self._settle()
                    continue
                if events & ~_BOTH:
                    turn.source = readers.get(fd) or writers.get(fd)
                    self._failed(fd, events)
                    continue
                if events & READABLE:
                    reader = readers.get(fd)
                    if reader is not None:
                        turn.source = reader
                        reader.doRead()
                        if unsettled:
                            self._settle()
                if events & WRITABLE:
                    writer = writers.get(fd)
                    if writer is not None:
                        turn.source = writer
                        writer.doWrite()
                        if unsettled:
                            self._settle()
            except Exception:
                # They deal with their own errors, so this is one that nobody foresaw. One
                # connection is not to end the others.
                _log.failure("Dealing with the descriptor {fd} failed", fd=fd)
                self._loseConnection(fd)
        turn.source = None

    def _settle(self) -> None:
        """Let those settle that asked for it.

        Those that ask while this goes on (a producer that writes its next chunk) are settled after
        the next callback, so that they don't keep everybody else waiting.
        """
        unsettled = self._unsettled
        batch = unsettled[:]
        unsettled.clear()
        for transport in batch:
            try:
                transport.settle()
            except Exception:
                _log.failure("{transport} failed", transport=transport)

    def _failed(self, fd: int, events: int) -> None:
        """Deal with a descriptor that failed or was hung up (what poll and epoll tell unasked)."""
        reader, writer = self._readers.get(fd), self._writers.get(fd)
        if events & INVALID:
            self._lose(fd)
            return
        if reader is not None:
            if isinstance(reader, ForeignDescriptor) and not events & READABLE:
                reader.hungUp()
            else:
                # What is still there is read first; then the error shows.
                reader.doRead()
            if self._unsettled:
                self._settle()
        if writer is not None and self._writers.get(fd) is writer:
            if isinstance(writer, ForeignDescriptor) and not events & WRITABLE:
                writer.hungUp()
            else:
                writer.doWrite()
            if self._unsettled:
                self._settle()

    def _loseBadDescriptors(self) -> None:
        """Find those descriptors for which the poller refused to wait, and lose them."""
        for fd in notOpen({*self._readers, *self._writers}):
            self._lose(fd)

    def _loseConnection(self, fd: int) -> None:
        """Lose the connection that has a descriptor, if it is one."""
        for descriptor in (self._readers.get(fd), self._writers.get(fd)):
            if isinstance(descriptor, StreamConnection):
                descriptor.connectionLost(Failure(ConnectionLost("the reactor failed to serve it")))

    def _lose(self, fd: int) -> None:
        """Lose whoever has a descriptor that is not open."""
        for descriptor in (self._readers.get(fd), self._writers.get(fd)):
            if descriptor is None or descriptor is self._wakeupReader:
                continue
            if isinstance(descriptor, ForeignDescriptor):
                descriptor.invalid()
            else:
                self._forget(fd, READABLE | WRITABLE)
                descriptor.connectionLost(Failure(ConnectionFdescWentAway()))

    # Watching

    def addReader(self, reader: IReadDescriptor) -> None:
        """Call the reader's `doRead` whenever its descriptor is readable."""
        fd = reader.fileno()
        watched = cast(
            _Reader, reader if type(reader) in _OWN_TYPES else ForeignDescriptor(self, reader)
        )
        if fd in self._readers:
            self._readers[fd] = watched
            return
        self._poller.watch(fd, _BOTH if fd in self._writers else READABLE)
        self._readers[fd] = watched

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """Call the writer's `doWrite` whenever its descriptor is writable."""
        fd = writer.fileno()
        watched = cast(
            _Writer, writer if type(writer) in _OWN_TYPES else ForeignDescriptor(self, writer)
        )
        if fd in self._writers:
            self._writers[fd] = watched
            return
        self._poller.watch(fd, _BOTH if fd in self._readers else WRITABLE)
        self._writers[fd] = watched

    def removeReader(self, reader: IReadDescriptor) -> None:
        """Stop watching for readability; harmless for one that is not watched."""
        self._stopWatching(reader, reading=True, writing=False)

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """Stop watching for writability; harmless for one that is not watched."""
        if self._writers:
            self._stopWatching(writer, reading=False, writing=True)

    def removeAll(self) -> list[IReadDescriptor | IWriteDescriptor]:
        """Stop watching everything but the waker; returns what was watched."""
        watched: list[IReadDescriptor | IWriteDescriptor] = [*self.getReaders()]
        watched += _without(watched, self.getWriters())
        for fd in {*self._readers, *self._writers}:
            if self._readers.get(fd) is not self._wakeupReader:
                self._forget(fd, _BOTH)
        return watched

    def getReaders(self) -> list[IReadDescriptor]:
        """Return what is watched for readability."""
        return [
            cast(IReadDescriptor, _unwrapped(reader))
            for reader in self._readers.values()
            if reader is not self._wakeupReader
        ]

    def getWriters(self) -> list[IWriteDescriptor]:
        """Return what is watched for writability."""
        return [cast(IWriteDescriptor, _unwrapped(writer)) for writer in self._writers.values()]

    def _stopWatching(self, descriptor: IFileDescriptor, reading: bool, writing: bool) -> None:
        fd = descriptor.fileno()
        if reading:
            found = _numberOf(descriptor, fd, self._readers)
            if found is not None:
                self._forget(found, READABLE)
        if writing:
            found = _numberOf(descriptor, fd, self._writers)
            if found is not None:
                self._forget(found, WRITABLE)

    def _forget(self, fd: int, events: int) -> None:
        if events & READABLE:
            self._readers.pop(fd, None)
        if events & WRITABLE:
            self._writers.pop(fd, None)
        left = (READABLE if fd in self._readers else 0) | (WRITABLE if fd in self._writers else 0)
        try:
            self._poller.watch(fd, left)
        except OSError:
            # It was closed behind our back, and what is left is noticed by the one who has it.
            pass

    # Shutting down

    def close(self) -> None:
        """Free the descriptors of a reactor that is stopped and will not run again.

        Reactors come and go in tests and in threads; the default one lives as long as the process.
        """
        self._poller.close()
        self._waker.close()

    def disconnectAll(self) -> None:
        """Lose everything that is open: ports, connections, attempts, descriptors of others."""
        if self._unsettled:
            # What was written is on its way before its connection is closed.
            self._settle()
        everything: list[object] = [*self.removeAll()]
        everything += _without(everything, self.openTransports)
        for descriptor in everything:
            try:
                cast(IFileDescriptor, descriptor).connectionLost(
                    Failure(ConnectionLost("the reactor shuts down"))
                )
            except Exception:
                _log.failure("{descriptor} failed to end", descriptor=descriptor)


def _unwrapped(watched: object) -> object:
    return watched.descriptor if isinstance(watched, ForeignDescriptor) else watched


def _numberOf(descriptor: object, fd: int, table: Mapping[int, object]) -> int | None:
    """Return the number under which a descriptor is watched.

    It is the one that the descriptor says, unless it was closed meanwhile.
    """
    watched = table.get(fd)
    if watched is not None and _unwrapped(watched) is descriptor:
        return fd
    if fd == -1:
        for number, watched in table.items():
            if _unwrapped(watched) is descriptor:
                return number
    return None


def _without(known: Iterable[object], things: Iterable[_T]) -> list[_T]:
    """Return those things that are not known yet; they may be unhashable, and equal to others."""
    identities = {id(thing) for thing in known}
    return [thing for thing in things if id(thing) not in identities]
