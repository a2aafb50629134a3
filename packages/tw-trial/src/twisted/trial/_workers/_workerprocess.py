"""One worker, as its parent sees it."""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost, ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.protocols.amp import AMP
from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyReactor
from twisted.trial._workers._commands import (
    FROM_PARENT,
    TO_PARENT,
    EventParts,
    RunTests,
    StopTests,
    Tell,
)
from twisted.trial._workers._heartbeat import READ_EVERY, Pulse

LONGEST_END = 15.0
"""How many seconds a worker has to end when there is nothing more to do."""

LONGEST_SILENCE = 2.0
"""How many seconds after the end of a worker others may hold its pipes open."""

SHOWN_OUTPUT = 8192
"""How many bytes of the output of a worker that crashed are shown."""

MOST_OUTPUT = 64 * 1024 * 1024
"""How many bytes of the output of a worker are kept in a file."""

PROGRAM = (
    "import json, sys; told = json.load(open(sys.argv[1])); sys.path[:] = told['path']; "
    "from twisted.trial._workers._workerside import main; main(told)"
)


class ParentSide(AMP):
    """The parent's end of the connection."""

    def __init__(self, gotEvent: Callable[[Any], None]) -> None:
        """Take events.

        Args:
            gotEvent: Is called with each.
        """
        super().__init__()
        self._parts = EventParts(gotEvent)

    @Tell.responder
    def tell(self, part: bytes, last: bool) -> dict[str, Any]:
        """Take a part of an event."""
        self._parts.add(part, last)
        return {}


class PipesAsTransport:
    """Two pipes of a process as a transport of AMP."""

    disconnecting = False

    def __init__(self, process: AnyObject) -> None:
        """Write to a process.

        Args:
            process: The transport of its protocol.
        """
        self._process = process

    def write(self, data: bytes) -> None:
        """Write to the worker."""
        self._process.writeToChild(FROM_PARENT, data)

    def writeSequence(self, data: "list[bytes]") -> None:
        """Write pieces to the worker."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """End the worker: AMP has found that it can't be understood."""
        self._process.signalProcess("KILL")

    def getPeer(self) -> str:
        """Return what the log calls the worker."""
        return f"worker {self._process.pid}"

    def getHost(self) -> str:
        """Return what the log calls this process."""
        return "parent"


class WorkerProcess(ProcessProtocol):
    """A process that runs tests.

    Attributes:
        alive: Whether it runs.
        ended: Fires with a text that says how it ended.
    """

    def __init__(
        self,
        reactor: AnyReactor,
        output: BinaryIO,
        gotEvent: Callable[[Any], None],
        pulse: Pulse,
    ) -> None:
        """Prepare for a process.

        Args:
            reactor: The reactor.
            output: The file that takes what the worker prints; it is closed at the end.
            gotEvent: Is called with each event.
            pulse: Tells whether the process is stuck; it is closed at the end.
        """
        self._reactor = reactor
        self._output = output
        self._pulse = pulse
        self._looking: Any = None
        self._overdue: float | None = None
        self._printed = 0
        self._tail = b""
        self.alive = True
        self.ended: Deferred[str] = Deferred()
        self._amp = ParentSide(gotEvent)
        self._calls: list[Any] = []

    def start(self, told: str, directory: str) -> None:
        """Start the process.

        Args:
            told: The file that says what to do.
            directory: The directory that it starts in.
        """
        null = os.open(os.devnull, os.O_RDONLY)
        options = [f"-W{option}" for option in sys.warnoptions]
        try:
            self._reactor.spawnProcess(
                self,
                sys.executable,
                [sys.executable, *options, "-c", PROGRAM, told],
                env=None,
                path=directory,
                childFDs={0: null, 1: "r", 2: "r", FROM_PARENT: "w", TO_PARENT: "r"},
            )
        finally:
            os.close(null)

    def connectionMade(self) -> None:
        """Begin to speak AMP."""
        transport: AnyObject = PipesAsTransport(self.transport)
        self._amp.makeConnection(transport)
        self._look()

    def _look(self) -> None:
        """Look now and then whether a test is stuck; then nothing but a kill ends it."""
        self._overdue = self._pulse.overdue(self._reactor.seconds())
        if self._overdue is None:
            self._looking = self._reactor.callLater(READ_EVERY, self._look)
        else:
            self.kill()

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Take what the worker says, or what it prints."""
        if childFD == TO_PARENT:
            self._amp.dataReceived(data)
            return
        self._tail = (self._tail + data)[-SHOWN_OUTPUT:]
        room = MOST_OUTPUT - self._printed
        self._printed += len(data)
        if room > 0:
            try:
                self._output.write(data[:room])
            except OSError:
                # A full disk costs the rest of the output only.
                self._printed = MOST_OUTPUT

    def childConnectionLost(self, childFD: int) -> None:
        """Ignore that a pipe is closed: the end of the process decides."""

    def processExited(self, reason: Failure) -> None:
        """Learn that the process is over; what it has started may hold its pipes open."""
        self._call(LONGEST_SILENCE, self._over, reason)

    def processEnded(self, reason: Failure) -> None:
        """Learn that the process is over and its pipes are read to the end."""
        self._over(reason)

    def _over(self, reason: Failure) -> None:
        if not self.alive:
            return
        self.alive = False
        for call in [*self._calls, self._looking]:
            if call.active():
                call.cancel()
        transport: AnyObject = self.transport
        transport.loseConnection()
        self._output.close()
        self._pulse.close()
        self._amp.connectionLost(Failure(ConnectionLost("the worker is over")))
        if self._overdue is None:
            how = _howItEnded(reason)
        else:
            how = (
                f"was killed: a step of the test still ran at {self._overdue} secs, and could "
                "not be interrupted"
            )
        self.ended.callback(how)

    def _call(self, seconds: float, function: Callable[..., object], *args: object) -> None:
        self._calls.append(self._reactor.callLater(seconds, function, *args))

    # What the parent asks for

    def runTests(self, tests: "Sequence[tuple[str, int]]") -> Deferred[Any]:
        """Have tests run.

        Args:
            tests: Names, each with its number among those of one name.
        """
        return self._amp.callRemote(RunTests, tests=json.dumps(tests))

    def stopTests(self) -> None:
        """Have no more tests run after the one that runs."""
        if self.alive:
            self._amp.callRemote(StopTests)

    def finish(self) -> Deferred[str]:
        """Let the worker end, and return `ended`."""
        if self.alive:
            transport: AnyObject = self.transport
            transport.closeChildFD(FROM_PARENT)
            self._call(LONGEST_END, self.kill)
        return self.ended

    def kill(self) -> None:
        """End the worker at once."""
        transport: AnyObject = self.transport
        try:
            transport.signalProcess("KILL")
        except ProcessExitedAlready:
            return

    def shownOutput(self) -> str:
        """Return the end of what the worker has printed."""
        return self._tail.decode("utf-8", "backslashreplace")


def _howItEnded(reason: Failure) -> str:
    ended: AnyObject = reason.value
    if ended.signal is not None:
        try:
            return f"was ended by {signal.Signals(ended.signal).name}"
        except ValueError:
            return f"was ended by signal {ended.signal}"
    return f"ended with status {ended.exitCode}"


__all__ = ["MOST_OUTPUT", "SHOWN_OUTPUT", "ParentSide", "PipesAsTransport", "WorkerProcess"]
