"""Several processes that serve the same ports, and one that keeps them alive.

The supervisor starts the program again as its workers. The first worker opens the ports and hands
them up, those that come later get them from the supervisor, so all accept from the same queues, and
what waits there when a worker dies is accepted by another. A worker that ends is started anew,
after a time that doubles each time that it does not live long. Workers notice when the supervisor is
gone, and end.

A restart replaces one worker after the other, each by a new process that is ready before the old
one is told to end; the supervisor stays, and its number with it.
"""

import array
import json
import os
import socket
import stat
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from twisted.application._operationoptions import MAXIMUM_WORKERS, defaultCount
from twisted.application.restarting import (
    FIRST_DESCRIPTOR,
    SCRIPT,
    VARIABLE,
    Activated,
    IReactorOfRestarting,
)
from twisted.application.runner._exit import ExitStatus
from twisted.application.runner._trouble import CannotRunError, oneLine
from twisted.application.service import Service
from twisted.internet._sockets._unixbinding import UNIXBinding
from twisted.internet.base import BasePort
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import (
    IDelayedCall,
    IProcessTransport,
    IReactorFDSet,
    IReadDescriptor,
)
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_T = TypeVar("_T")
_log = Logger("twisted.application.workers")

MAXIMUM_REPORT = 1024 * 1024
"""How long a worker's report of its ports may be, in bytes."""
MAXIMUM_SOCKETS = 250
"""How many sockets a report brings at most; the kernel takes 253 in a message."""
FIRST_DELAY = 0.1
"""After how many seconds a worker that has died is started anew for the first time."""
LONGEST_DELAY = 30.0
"""After how many seconds it is at most."""
LONG_LIFE = 10.0
"""A worker that lives for so many seconds after it was ready has not failed at once."""
PATIENCE = 60.0
"""How many seconds a worker has to become ready."""
END_PATIENCE = 10.0
"""How many seconds beyond the time for draining a worker has to end before it is killed."""


class WorkerError(CannotRunError):
    """The workers cannot be started; the text says why."""

    def __init__(self, text: str, status: int = ExitStatus.EX_SOFTWARE) -> None:
        super().__init__(status, text)


class Worker(ProcessProtocol):
    """One worker, as the supervisor sees it, from its start to its end."""

    transport: IProcessTransport

    def __init__(self, supervisor: "Workers", number: int) -> None:
        self.number = number
        self.ready: Deferred[None] = Deferred()
        self.ended: Deferred[None] = Deferred()
        self.readySince: float | None = None
        # Whether it was told to end, and is not to be started anew.
        self.dismissed: bool = False
        # What brings its report.
        self.channel: _Channel | None = None
        self._supervisor = supervisor
        self._killing: IDelayedCall | None = None
        self._refusal: WorkerError | None = None

    def becameReady(self, now: float) -> None:
        """Learn that it serves."""
        if self.readySince is None:
            self.readySince = now
            if not self.ready.called:
                self.ready.callback(None)

    def refused(self, status: int, text: str) -> None:
        """Learn why it is going to end."""
        self._refusal = WorkerError(oneLine(text), status)

    def dismiss(self, patience: float) -> Deferred[None]:
        """Tell it to end, and kill it if it does not; the Deferred fires when it has."""
        if not self.dismissed:
            self.dismissed = True
            self._signal("TERM")
            self._killing = self._supervisor.reactor.callLater(patience, self._signal, "KILL")
        return self.ended

    def giveUp(self) -> None:
        """Kill it: it did not become ready."""
        if self.readySince is None and not self.dismissed:
            _log.error("Worker {number} was not ready in time", number=self.number)
            self._signal("KILL")

    def processEnded(self, reason: Failure) -> None:
        """Learn that it has ended."""
        if self._killing is not None and self._killing.active():
            self._killing.cancel()
        if self.channel is not None:
            # Its last words may not have been read yet.
            self.channel.finish()
        if self._refusal is not None:
            reason = Failure(self._refusal)
        if not self.ready.called:
            text = f"a worker has ended: {reason.getErrorMessage()}"
            self.ready.errback(self._refusal or WorkerError(text))
        self._supervisor.workerEnded(self, reason)
        self.ended.callback(None)

    def _signal(self, name: str) -> None:
        if getattr(self.transport, "pid", None) is not None:
            self.transport.signalProcess(name)


@implementer(IReadDescriptor)
class _Channel:
    """The supervisor's end of what connects it to a worker: brings the report of its ports."""

    def __init__(self, supervisor: "Workers", worker: Worker, connection: socket.socket) -> None:
        self._supervisor = supervisor
        self._worker = worker
        self._connection = connection
        self._report = b""
        self._reported = False
        self._sockets: list[socket.socket] = []

    def fileno(self) -> int:
        """Return the number of the descriptor."""
        return self._connection.fileno()

    def logPrefix(self) -> str:
        """Return what it is called in the log."""
        return "worker"

    def doRead(self) -> Exception | None:
        """Take what has come."""
        room = socket.CMSG_SPACE(MAXIMUM_SOCKETS * array.array("i").itemsize)
        try:
            data, rights, _, _ = self._connection.recvmsg(65536, room)
        except BlockingIOError:
            return None
        except OSError:
            data, rights = b"", []
        for level, kind, content in rights:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers = array.array("i")
                numbers.frombytes(content[: len(content) - len(content) % numbers.itemsize])
                self._sockets += [socket.socket(fileno=number) for number in numbers]
        self._report += data
        if not data or len(self._report) > MAXIMUM_REPORT or len(self._sockets) > MAXIMUM_SOCKETS:
            self.connectionLost(Failure(WorkerError("the worker is gone")))
        elif self._report.endswith(b"\n"):
            self._take(self._report)
        return None

    def _take(self, report: bytes) -> None:
        """Take the whole report, the only one: a worker that says more is not heard."""
        sockets, self._sockets, self._report = self._sockets, [], b""
        match _parsed(report):
            case [*requests] if len(requests) == len(sockets) and not self._reported:
                self._reported = True
                for request, skt in zip(requests, sockets, strict=True):
                    self._supervisor.keep(str(request), skt)
                self._worker.becameReady(self._supervisor.reactor.seconds())
            case {"status": int(status), "failed": str(text)}:
                self._worker.refused(status, text)
            case _:
                _log.error("A worker said what cannot be understood, and is not heard any more")
                self._sockets = sockets
                self.connectionLost(Failure(WorkerError("the worker is not understood")))

    def finish(self) -> None:
        """Take what is left: the worker has ended."""
        while self._connection.fileno() != -1:
            left = len(self._report)
            self.doRead()
            if len(self._report) <= left:
                self.connectionLost(Failure(WorkerError("the worker is gone")))

    def connectionLost(self, reason: Failure) -> None:
        """Close it."""
        if self._connection.fileno() == -1:
            return
        self._supervisor.reactor.removeReader(self)
        self._connection.close()
        for skt in self._sockets:
            skt.close()
        self._sockets.clear()


class Workers(Service):
    """Starts a program several times, and keeps it running so.

    Args:
        reactor: Starts the processes.
        count: How many there are.
        drainTime: How many seconds a worker that is told to end may take for what is in flight.
        command: The command line; that of this process if None.
        activated: The sockets that this process was started with, which the workers get too.
        directory: The directory that the workers begin in; that of this process if None.
    """

    def __init__(
        self,
        reactor: IReactorOfRestarting,
        count: int,
        drainTime: float = 0.0,
        command: Sequence[str] | None = None,
        activated: Activated | None = None,
        directory: str | None = None,
    ) -> None:
        self.reactor = reactor
        self.count = count
        self._directory = directory
        self._patience = drainTime + END_PATIENCE
        self._command = [sys.executable, *sys.orig_argv[1:]] if command is None else list(command)
        # They stay where systemd has put them, here and in the workers.
        self._given = 0 if activated is None else len(activated.identities)
        self._workers: dict[int, Worker] = {}
        self._old: set[Worker] = set()
        self._delays: dict[int, float] = {}
        self._starting: dict[int, IDelayedCall] = {}
        self._kept: list[tuple[str, socket.socket]] = []
        self._bindings: list[UNIXBinding] = []
        self._replacing: Deferred[Any] | None = None
        self._hasServed = False

    # The life of the whole

    def startService(self) -> Deferred[Any]:
        """Start the first worker, and the others when it is ready.

        Returns:
            A Deferred that fires when all are ready, or fails if one of them cannot start.
        """
        super().startService()
        return self._spawn(0).ready.addCallback(self._cbFirst)

    def stopService(self) -> Deferred[Any]:
        """Tell the workers to end, and wait for it.

        Returns:
            A Deferred that fires when they have.
        """
        super().stopService()
        for call in self._starting.values():
            call.cancel()
        self._starting.clear()
        workers = [*self._workers.values(), *self._old]
        ended = DeferredList([worker.dismiss(self._patience) for worker in workers])
        return ended.addCallback(self._cbEnded)

    def replaceAll(self) -> Deferred[Any]:
        """Replace each worker by a new process, one after the other.

        Returns:
            A Deferred that fires when all are replaced; it fails if a new one does not become
            ready, and then the old ones that are left stay. While it has not fired, another call
            returns a Deferred that fires at the same time.
        """
        waiter: Deferred[Any] = Deferred()
        if self._replacing is not None:
            self._replacing.addBoth(_both, waiter)
            return waiter
        self._replacing = Deferred()
        self._replacing.addBoth(_both, waiter)
        self._replace(0)
        return waiter

    def _cbFirst(self, result: object) -> Deferred[Any]:
        self._hasServed = True
        rest = [self._spawn(number).ready for number in range(1, self.count)]
        return DeferredList(rest, fireOnOneErrback=True, consumeErrors=True)

    def _cbEnded(self, result: object) -> None:
        for binding in self._bindings:
            binding.free()
        for _, skt in self._kept:
            skt.close()
        self._bindings.clear()
        self._kept.clear()

    def _replace(self, number: int) -> None:
        if not self.running or number >= self.count:
            done, self._replacing = self._replacing, None
            if done is not None:
                done.callback(None)
            return
        old = self._workers.pop(number, None)
        if old is not None:
            self._old.add(old)
        waiting = self._starting.pop(number, None)
        if waiting is not None:
            waiting.cancel()
        new = self._spawn(number)
        new.ready.addCallbacks(
            self._cbReplaced,
            self._ebReplaced,
            callbackArgs=(number, old),
            errbackArgs=(number, old),
        )

    def _cbReplaced(self, result: object, number: int, old: Worker | None) -> None:
        if old is not None:
            old.dismiss(self._patience)
        self._replace(number + 1)

    def _ebReplaced(self, failure: Failure, number: int, old: Worker | None) -> None:
        if old is not None and not old.ended.called:
            # It serves on, as if nothing had been.
            self._old.discard(old)
            self._workers[number] = old
        elif self.running:
            self._startLater(number)
        done, self._replacing = self._replacing, None
        if done is not None:
            done.errback(failure)

    # Workers

    def _spawn(self, number: int) -> Worker:
        """Start a worker; it is ready later."""
        ours, its = socket.socketpair()
        ours.setblocking(False)
        worker = Worker(self, number)
        self._workers[number] = worker
        channel = FIRST_DESCRIPTOR + self._given
        descriptors = {number: number for number in range(FIRST_DESCRIPTOR, channel)}
        descriptors[channel] = its.fileno()
        ports = []
        for descriptor, (request, skt) in enumerate(self._kept, channel + 1):
            descriptors[descriptor] = skt.fileno()
            ports.append([descriptor, request])
        parent = {"parent": os.getpid(), "ready": channel, "ports": ports, "worker": number}
        try:
            worker.channel = _Channel(self, worker, ours)
            self.reactor.addReader(worker.channel)
            self.reactor.spawnProcess(
                worker,
                "/bin/sh",
                ["sh", "-c", SCRIPT, "sh", *self._command],
                env={**os.environ, VARIABLE: json.dumps(parent)},
                path=self._directory,
                childFDs={0: 0, 1: 1, 2: 2, **descriptors},
            )
        except OSError as error:
            del self._workers[number]
            worker.ready.errback(WorkerError(f"a worker cannot be started: {error}"))
            worker.ended.callback(None)
        else:
            limit = self.reactor.callLater(PATIENCE, worker.giveUp)
            worker.ready.addBoth(_cancelled, limit)
        finally:
            its.close()
        return worker

    def keep(self, request: str, skt: socket.socket) -> None:
        """Keep a socket that a worker has opened, for the others; called with each report.

        Args:
            request: What the port was asked for.
            skt: The socket.
        """
        identity = os.fstat(skt.fileno())
        for _, known in self._kept:
            if os.path.samestat(os.fstat(known.fileno()), identity):
                skt.close()
                return
        if len(self._kept) >= MAXIMUM_SOCKETS:
            _log.warn("There are too many sockets to keep one more: {request}", request=request)
            skt.close()
            return
        self._kept.append((request, skt))
        name = skt.getsockname() if skt.family == socket.AF_UNIX else b""
        # What is no socket is somebody else's, and is not removed at the end.
        if name and (os.fsencode(name).startswith(b"\0") or _isSocket(name)):
            hasLock = os.path.islink(os.fsencode(name) + b".lock")
            self._bindings.append(UNIXBinding.left(name, hasLock))

    def workerEnded(self, worker: Worker, reason: Failure) -> None:
        """Start a worker anew that has ended without being told; called by the worker.

        Args:
            worker: The worker.
            reason: How it has ended.
        """
        self._old.discard(worker)
        if self._workers.get(worker.number) is not worker:
            return
        del self._workers[worker.number]
        # If none was ever ready the whole does not start, and `startService` says so.
        if not self.running or worker.dismissed or not self._hasServed:
            return
        lived = 0.0
        if worker.readySince is not None:
            lived = self.reactor.seconds() - worker.readySince
        if lived >= LONG_LIFE:
            self._delays.pop(worker.number, None)
        _log.error(
            "Worker {number} has ended: {reason}",
            number=worker.number,
            reason=reason.getErrorMessage(),
        )
        self._startLater(worker.number)

    def _startLater(self, number: int) -> None:
        delay = self._delays.get(number, FIRST_DELAY)
        self._delays[number] = min(delay * 2, LONGEST_DELAY)
        self._starting[number] = self.reactor.callLater(delay, self._startAnew, number)

    def _startAnew(self, number: int) -> None:
        del self._starting[number]
        # What becomes of it is told by `workerEnded`.
        self._spawn(number).ready.addErrback(lambda failure: None)


@implementer(IReadDescriptor)
class SupervisorLink:
    """The worker's end: reports its ports, and notices when the supervisor is gone.

    Args:
        reactor: The worker's reactor.
        descriptor: The number of the descriptor; it belongs to this from now on.
        gone: Called when the supervisor is gone.
    """

    def __init__(self, reactor: IReactorFDSet, descriptor: int, gone: Callable[[], object]) -> None:
        self._reactor = reactor
        self._connection = socket.socket(fileno=descriptor)
        self._gone = gone

    def report(self) -> None:
        """Hand up what is open, and begin to watch.

        Raises:
            OSError: The supervisor is gone.
        """
        readers: list[object] = [*self._reactor.getReaders()]
        ports = [each for each in readers if isinstance(each, BasePort)]
        if len(ports) > MAXIMUM_SOCKETS:
            _log.warn(
                "{count} ports are more than {maximum}: the rest is that of one worker",
                count=len(ports),
                maximum=MAXIMUM_SOCKETS,
            )
            del ports[MAXIMUM_SOCKETS:]
        for port in ports:
            port.leaveTo(os.getppid())
        line = json.dumps([port.request() for port in ports]).encode() + b"\n"
        rights = array.array("i", [port.fileno() for port in ports])
        self._connection.setblocking(True)
        sent = self._connection.sendmsg(
            [line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if ports else []
        )
        self._connection.sendall(line[sent:])
        self._connection.setblocking(False)
        self._reactor.addReader(self)

    def fileno(self) -> int:
        """Return the number of the descriptor."""
        return self._connection.fileno()

    def logPrefix(self) -> str:
        """Return what it is called in the log."""
        return "supervisor"

    def doRead(self) -> Exception | None:
        """Notice the end: the supervisor never says anything."""
        self._reactor.removeReader(self)
        self._gone()
        return None

    def connectionLost(self, reason: Failure) -> None:
        """Close it."""
        self._connection.close()


def _isSocket(name: str | bytes) -> bool:
    """Return whether a path is that of a socket; a link to one does not count."""
    try:
        return stat.S_ISSOCK(os.lstat(name).st_mode)
    except (OSError, ValueError):
        return False


def _parsed(text: bytes) -> object:
    """Return what a text of JSON says; None if it is none."""
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


def _both(result: _T | Failure, waiter: Deferred[_T]) -> _T | None:
    """Tell a result to one more."""
    if isinstance(result, Failure):
        waiter.errback(result)
        return None
    waiter.callback(result)
    return result


def _cancelled(result: _T, call: IDelayedCall) -> _T:
    """Call off something when a Deferred has fired."""
    if call.active():
        call.cancel()
    return result


__all__ = ["MAXIMUM_WORKERS", "SupervisorLink", "Worker", "WorkerError", "Workers", "defaultCount"]
