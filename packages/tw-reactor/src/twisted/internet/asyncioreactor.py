"""The reactor on asyncio: inside any of its event loops, on the loop's own transports.

What this reactor does is done in callbacks of the loop:

- Descriptors (ports, UDP, UNIX sockets, pipes, those of users) are watched by a poller, whose own
  descriptor the loop watches. They are not given to the loop one by one: uvloop aborts the process
  when somebody closes a descriptor that it watches.
- TCP connections are transports of the loop (see `_loopconnection`) on uvloop and other loops that
  are not Python's own. On Python's, whose transports are written in Python, they are watched by the
  poller too: a message costs what it costs a Protocol of asyncio then, and a fifth more with the
  loop's transports below ours (measured with 100 connections that echo 64 bytes).
- For the timers, the loop has one alarm, which is moved only when a call is due before it.
- Calls from threads, asking for the shutdown, and writing from outside of the reactor's callbacks
  (from a Task, say) ask the loop for a turn: `runUntilCurrent` is called in the loop's next turn.

With a loop of its own, `run` runs the loop. Inside a loop that runs already, `startRunning` starts
the reactor, and `stop` ends it and leaves the loop running.
"""

import asyncio
import math
import signal
import threading
import warnings
from collections.abc import Callable
from contextvars import Context, copy_context

from twisted.internet._corereactor import LONGEST_SLEEP
from twisted.internet._pollers import EpollPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet._sockets._filedescriptor import Settling
from twisted.internet._sockets._loopconnection import LoopClient, LoopConnection, LoopServer
from twisted.internet._timers import TimerQueue
from twisted.internet.error import ReactorAlreadyRunning
from twisted.internet.interfaces import IReadDescriptor, IWriteDescriptor
from twisted.internet.posixbase import PosixReactorBase

TURNS_AT_THE_END = 10
"""So often the loop is turned for it to close what was closed; two times are enough for those of
Python and uvloop."""


class AsyncioSelectorReactor(PosixReactorBase):
    """A reactor inside an event loop of asyncio.

    Attributes:
        loop: The event loop.
        iterating: Whether the loop turns only until something happens; for its connections.
        closing: The connections that were closed, but not by the loop yet.
    """

    def __init__(self, eventloop: asyncio.AbstractEventLoop | None = None) -> None:
        """Make a reactor.

        Args:
            eventloop: The loop. If None, the one that runs in this thread, or else the one that was
                set for this thread; or else a new one, which is set then.

        Raises:
            TypeError: This is no loop of asyncio.
            ValueError: The loop was closed.
        """
        self._ownsLoop = False
        if eventloop is None:
            eventloop, self._ownsLoop = _loopOfThisThread()
        self._checkLoop(eventloop)
        self.loop: asyncio.AbstractEventLoop = eventloop
        self.iterating: bool = False
        self.closing: set[object] = set()
        # Whether the loop calls this reactor, and whether it was asked to.
        self._attached = False
        self._turnAsked = False
        self._context: Context | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarmTime = math.inf
        # Whether `run` runs the loop, and is to start the reactor; and what it is to raise.
        self._runs = self._begins = False
        self._raised: BaseException | None = None
        self._epoll = EpollPoller()
        super().__init__(self._epoll)
        self.settleSoon: Callable[[Settling], None] = self._settleSoon
        self._lifecycle.event("shutdown").addOwnStep("after", self._endSoon)
        self._chooseKinds()

    def moveTo(self, eventloop: asyncio.AbstractEventLoop) -> None:
        """Live in another loop from now on; new in tw-reactor 26.11.0.

        For whoever has to install a reactor before there is the loop that it is meant for. Timers,
        ports and what else the reactor has move along.

        Args:
            eventloop: The loop. The one that the reactor leaves is not closed.

        Raises:
            TypeError: This is no loop of asyncio.
            ValueError: The loop was closed, or connections live in the loop that the reactor is in.
            ReactorAlreadyRunning: The reactor is running.
        """
        self._checkLoop(eventloop)
        if self._lifecycle.alive:
            raise ReactorAlreadyRunning("stop the reactor before it moves to another loop")
        if self._loopConnections() or self.closing:
            raise ValueError(f"connections of the reactor live in {self.loop!r}: close them before")
        self._detach()
        self.loop = eventloop
        self._ownsLoop = False
        self._chooseKinds()

    def _checkLoop(self, eventloop: asyncio.AbstractEventLoop) -> None:
        if not isinstance(eventloop, asyncio.AbstractEventLoop):
            raise TypeError(
                f"{eventloop!r} is no event loop: pass one, such as asyncio.new_event_loop()"
            )
        if eventloop.is_closed():
            raise ValueError(f"{eventloop!r} is closed: pass a loop that is open")

    def _chooseKinds(self) -> None:
        polls = isinstance(self.loop, asyncio.SelectorEventLoop)
        self._serverKind = type(self)._serverKind if polls else LoopServer
        self._clientKind = type(self)._clientKind if polls else LoopClient

    # Life

    @property
    def _asyncioEventloop(self) -> asyncio.AbstractEventLoop:
        """The event loop, by the name that Scrapy, Daphne and Synapse look for."""
        return self.loop

    def run(self, installSignalHandlers: bool = True) -> None:
        """Run the loop until `stop` or `crash` is called.

        Args:
            installSignalHandlers: Whether SIGINT and SIGTERM stop the reactor. Without effect in
                other threads than the main one.

        Raises:
            ReactorAlreadyRunning: It is running.
            RuntimeError: A loop runs in this thread already, or the reactor's loop was closed.
        """
        if self._lifecycle.alive:
            self._lifecycle.start()
        self._checkOpen()
        self._checkNotInside("run()")
        self._raised = None
        self._runs = self._begins = True
        self.loop.call_soon(self._begin, installSignalHandlers)
        try:
            self.mainLoop()
            self._logEnd()
        finally:
            self._runs = False
            self._uninstallSignalHandlers()

    def mainLoop(self) -> None:
        """Run the loop until the reactor was stopped."""
        try:
            while True:
                self.loop.run_forever()
                if self._raised is not None:
                    raise self._raised
                if not (self._lifecycle.alive or self._begins):
                    break
                if self._lifecycle.canStop:
                    # Somebody has stopped the loop, and means the program.
                    self.stop()
        except BaseException:
            # KeyboardInterrupt, SystemExit: the loop ends with it, and can be run again.
            self.crash()
            raise
        finally:
            self._raised = None
            self._detach()
            self._letClose()

    def startRunning(self, installSignalHandlers: bool = True) -> None:
        """Start without running the loop, which runs already or is run by the caller.

        Args:
            installSignalHandlers: As in `run`; a loop that runs already keeps its own handlers.

        Raises:
            ReactorAlreadyRunning: It is running.
            RuntimeError: The reactor's loop was closed.
        """
        self._checkOpen()
        if not self._lifecycle.alive:
            self._attach()
        super().startRunning(installSignalHandlers and (self._runs or not self.loop.is_running()))
        self._askForTurn()

    def iterate(self, delay: float = 0.0) -> None:
        """Turn once; for a loop that does not run.

        Args:
            delay: How long to wait for something to happen, in seconds.

        Raises:
            RuntimeError: A loop runs in this thread already, or the reactor's loop was closed.
        """
        self._checkOpen()
        self._checkNotInside("iterate()")
        self._attach()
        alarm = self.loop.call_later(delay, self.turned) if delay > 0 else None
        self.loop.call_soon(self._iterationBegins, alarm is None)
        self.iterating = True
        try:
            self.loop.run_forever()
        finally:
            self.iterating = False
            if alarm is not None:
                alarm.cancel()
            if not self._lifecycle.alive:
                self._detach()
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised

    def stop(self) -> None:
        """Fire the shutdown event and let `run` return; a loop that others run goes on.

        Raises:
            ReactorNotRunning: It is not running, or is stopping already.
        """
        super().stop()
        self._askForTurn()

    def crash(self) -> None:
        """Let `run` return as soon as it can, without the shutdown event."""
        super().crash()
        self._endSoon()

    def close(self) -> None:
        """Free the descriptors of a reactor that is stopped and will not run again.

        A loop that the reactor made is closed too.
        """
        self._detach()
        self._letClose()
        super().close()
        if self._ownsLoop and not self.loop.is_running():
            self.loop.close()

    def _begin(self, installSignalHandlers: bool) -> None:
        """Start, inside of the loop, since what is called at the start may want it."""
        self._begins = False
        try:
            self.startRunning(installSignalHandlers)
        except BaseException as error:
            self.endWith(error)

    def _iterationBegins(self, isAll: bool) -> None:
        self._work()
        if isAll:
            self.turned()

    def _endSoon(self) -> None:
        if self._attached and not self.loop.is_closed():
            self.loop.call_soon(self._endIfStopped)

    def _endIfStopped(self) -> None:
        if self._lifecycle.alive or not self._attached:
            return
        self._detach()
        if self._runs:
            self.loop.stop()
        else:
            self._uninstallSignalHandlers()

    def _letClose(self) -> None:
        """Turn the loop until it has closed the connections that were closed."""
        if self.loop.is_closed() or self.loop.is_running() or asyncio._get_running_loop():
            return
        for _ in range(TURNS_AT_THE_END):
            if not self.closing:
                break
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def _checkOpen(self) -> None:
        if self.loop.is_closed():
            raise RuntimeError(
                f"{self.loop!r}, the event loop of the reactor, was closed: "
                "make a reactor with another loop"
            )

    def _checkNotInside(self, what: str) -> None:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError(
                f"{what} can't be called while an event loop runs in this thread: inside of a "
                "running loop call startRunning(), which returns at once"
            )

    def endWith(self, error: BaseException) -> None:
        """End `run` with what was raised and is no `Exception`: SystemExit and the like."""
        if self.iterating:
            self._raised = error
            self.turned()
        elif self._runs and self._raised is None:
            self._raised = error
            self.loop.stop()
        elif self._raised is None:
            raise error

    # Being called by the loop

    def _attach(self) -> None:
        if self._attached:
            return
        self._attached = True
        self._turnAsked = False
        # Its callbacks have the context variables of here, not those of whoever asked for a turn.
        self._context = copy_context()
        self.loop.add_reader(self._epoll.fileno(), self._somethingHappened)

    def _detach(self) -> None:
        if not self._attached:
            return
        self._attached = False
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._alarmTime = math.inf
        if not self.loop.is_closed():
            self.loop.remove_reader(self._epoll.fileno())

    def _askForTurn(self) -> None:
        if self._attached and not self._turnAsked:
            self._turnAsked = True
            self.loop.call_soon(self._turn, context=self._context)

    def _turn(self) -> None:
        """Do what the reactor was asked to."""
        self._work()
        if self.iterating:
            self.turned()

    def _somethingHappened(self) -> None:
        """Deal with descriptors; called when that of the poller is readable."""
        # Whoever asks for a turn meanwhile gets it right afterwards.
        self._turnAsked = True
        try:
            self.doIteration(0)
        except BaseException as error:
            self.endWith(error)
        self._turn()

    def _work(self) -> None:
        if not self._attached:
            return
        self._turnAsked = True
        try:
            if self._epoll.alwaysReady:
                self.doIteration(0)
            self.runUntilCurrent()
        except BaseException as error:
            self.endWith(error)
        self._turnAsked = False
        self._plan()

    def _plan(self) -> None:
        """See to it that the loop calls when there is something to do."""
        if not self._attached:
            return
        if self._epoll.alwaysReady or self._unsettled or self._lifecycle.stopAsked:
            self._askForTurn()
        due = self._timers.nextTime()
        if due is not None and due < self._alarmTime:
            self._setAlarm(due)

    def turned(self) -> None:
        """Learn that something happened while `iterating`."""
        # Once: uvloop keeps what is too much for the next time that it runs.
        if self.iterating:
            self.iterating = False
            self.loop.stop()

    # What asks for being called

    def wakeUp(self) -> None:
        """Ask the loop for a turn, in any thread and in a signal handler."""
        if self._attached:
            try:
                self.loop.call_soon_threadsafe(self._turn, context=self._context)
            except RuntimeError:
                # Closed: a thread that outlives its loop calls in vain.
                pass

    def wakeupDescriptor(self) -> int:
        """Return the descriptor for `signal.set_wakeup_fd`; -1 if the loop has set one of its own."""
        if threading.current_thread() is threading.main_thread():
            found = signal.set_wakeup_fd(-1)
            if found != -1:
                signal.set_wakeup_fd(found, warn_on_full_buffer=False)
                return -1
        return super().wakeupDescriptor()

    def _settleSoon(self, transport: Settling) -> None:
        self._unsettled.append(transport)
        if not self._turnAsked:
            self._askForTurn()

    def _makeTimers(self) -> TimerQueue:
        return TimerQueue(self.seconds, self._callFailed, self._dueEarlier)

    def _dueEarlier(self, due: float) -> None:
        # A turn that was asked for looks at the timers anyway.
        if self._attached and not self._turnAsked and due < self._alarmTime:
            self._setAlarm(due)

    def _setAlarm(self, due: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        delay = min(due - self.seconds(), LONGEST_SLEEP)
        # Whole milliseconds, since uvloop rounds and would ring before it is time.
        self._alarm = self.loop.call_later(
            max(0.0, math.ceil(delay * 1000) / 1000), self._alarmRang, context=self._context
        )
        self._alarmTime = due

    def _alarmRang(self) -> None:
        self._alarm = None
        self._alarmTime = math.inf
        self._turn()

    # Watching

    def addReader(self, reader: IReadDescriptor) -> None:
        """Call the reader's `doRead` whenever its descriptor is readable."""
        super().addReader(reader)
        if self._epoll.alwaysReady:
            self._askForTurn()

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """Call the writer's `doWrite` whenever its descriptor is writable."""
        super().addWriter(writer)
        if self._epoll.alwaysReady:
            self._askForTurn()

    def removeAll(self) -> list[IReadDescriptor | IWriteDescriptor]:
        """Stop watching and reading everything; returns what was watched or read."""
        watched = super().removeAll()
        for connection in self._loopConnections():
            connection.stopReading()
        return watched

    def getReaders(self) -> list[IReadDescriptor]:
        """Return what is watched for readability, and the connections that the loop reads."""
        read = (connection for connection in self._loopConnections() if connection.reading)
        return [*super().getReaders(), *read]

    def getWriters(self) -> list[IWriteDescriptor]:
        """Return what is watched for writability, and the connections that the loop writes."""
        written = (connection for connection in self._loopConnections() if connection.blocked)
        return [*super().getWriters(), *written]

    def _loopConnections(self) -> list[LoopConnection]:
        return [one for one in self.openTransports if isinstance(one, LoopConnection)]


def _loopOfThisThread() -> tuple[asyncio.AbstractEventLoop, bool]:
    """Return the loop that runs here or was set for this thread; or a new one, and that it is."""
    with warnings.catch_warnings(record=True) as warned:
        # Some versions of Python make a loop where there is none, and warn of that.
        warnings.simplefilter("always", DeprecationWarning)
        try:
            found = asyncio.get_event_loop()
        except RuntimeError:
            found = None
    if found is not None and not found.is_closed():
        return found, bool(warned)
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    return made, True


def install(eventloop: asyncio.AbstractEventLoop | None = None) -> None:
    """Make an `AsyncioSelectorReactor` the default reactor.

    Args:
        eventloop: The loop; chosen as by `AsyncioSelectorReactor` if None.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
        TypeError: This is no loop of asyncio.
        ValueError: The loop was closed.
    """
    installReactor(AsyncioSelectorReactor(eventloop))


__all__ = ["AsyncioSelectorReactor", "install"]
