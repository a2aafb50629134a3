"""What surrounds a service in a process of its own, whichever command runs it.

An `Operation` tells the supervisor of the process how it is doing (`notify`), lets what is in
flight come to an end (`draining`), starts the program anew on a signal (`restarting`), and shows
what it is doing to those who ask (`inspection`). A command makes one before it makes its service,
and runs what `around` returns in its place; or, if it `supervises`, what `supervisor` returns.
"""

import os
import signal
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, cast

from twisted.application._operationoptions import MAXIMUM_DRAIN_TIME, RESTART_SIGNALS
from twisted.application.draining import IReactorOfDraining, drain
from twisted.application.inspection import Inspection, InspectionService
from twisted.application.notify import Notifier, Watchdog
from twisted.application.restarting import (
    Activated,
    IReactorOfRestarting,
    Predecessor,
    Restart,
    RestartError,
    takeOver,
)
from twisted.application.service import IService, Service
from twisted.application.workers import SupervisorLink, WorkerError, Workers
from twisted.internet._sockets._handedover import handedOver
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.defer.waiting import recordWaiting
from twisted.internet.error import ReactorNotRunning
from twisted.internet.interfaces import (
    IReactorCore,
    IReactorFromThreads,
    IReactorTime,
    IReactorUNIX,
)
from twisted.logger import Logger, LogLevelFilterPredicate
from twisted.python.components import Interface
from twisted.python.failure import Failure

_log = Logger("twisted.application.operation")


class IReactorOfOperation(
    IReactorCore,
    IReactorOfDraining,
    IReactorOfRestarting,
    IReactorFromThreads,
    IReactorUNIX,
    Interface,
):
    """What an operation may need of a reactor."""


class Operation:
    """How a process is supervised, stopped and restarted.

    Make it before the ports are opened, and before the service is made.

    Args:
        reactor: The reactor that the service runs in.
        drainTime: How many seconds connections have to come to an end when the process does.
        restartSignal: The signal on which the program is started anew; None for none.
        notifier: Tells the supervisor; the one of the environment if None.
        restartCommand: The command line of the new process; that of this one if None.
        inspectAt: The path of the socket where `twisted-inspect` can ask; empty for none. What
            waits is recorded then. Each worker has its number at the end of its own path.
        levels: The levels of the log, for those who ask; None if they cannot be changed.
        workers: How many processes are to serve; 0 for this one alone.

    Attributes:
        predecessor: The process that this one takes the place of, or is a worker of.
        belongings: Descriptors that a new process gets besides the ports, by the names that it
            finds them by (`Predecessor.take`).
        whenReplaced: Called with the number of the new process when that has taken over, before
            this one ends.

    Raises:
        ValueError: A former process has left something that cannot be understood.
    """

    def __init__(
        self,
        reactor: IReactorCore,
        drainTime: float = 0.0,
        restartSignal: int | None = None,
        notifier: Notifier | None = None,
        restartCommand: Sequence[str] | None = None,
        inspectAt: str = "",
        levels: LogLevelFilterPredicate | None = None,
        workers: int = 0,
    ) -> None:
        self.reactor: IReactorOfOperation = cast(IReactorOfOperation, reactor)
        self.drainTime = drainTime
        self.restartSignal = restartSignal
        self.notifier: Notifier = Notifier.takeFromEnvironment() if notifier is None else notifier
        self.activated: Activated = Activated.fromEnvironment()
        self.predecessor: Predecessor = takeOver()
        self.restartCommand = restartCommand
        self.workers = workers
        if self.predecessor.worker is not None and inspectAt:
            inspectAt = f"{inspectAt}.{self.predecessor.worker}"
        self.inspectAt = inspectAt
        self.levels = levels
        self.belongings: dict[str, int] = {}
        self.whenReplaced: Callable[[int], object] | None = None
        # The service may go elsewhere, and the command line is read where this process began.
        self._directory = _workingDirectory()
        self._process = os.getpid()
        if inspectAt:
            recordWaiting()

    @property
    def supervises(self) -> bool:
        """Whether this process only watches over workers, which run the service."""
        return self.workers > 0 and self.predecessor.worker is None

    def around(self, service: IService) -> IService:
        """Return the service to run, which starts and stops the one that is given."""
        return _OperatedService(self, service)

    def supervisor(self) -> IService:
        """Return the service to run where this process `supervises`."""
        # Workers know that they are some by what the supervisor tells them, not by the environment.
        workers = Workers(
            self.reactor,
            self.workers,
            self.drainTime,
            self.restartCommand,
            self.activated,
            self._directory,
        )
        return _OperatedService(self, workers)

    def restart(self) -> Restart:
        """Return an attempt to have a new process take the place of this one."""
        return Restart(
            self.reactor,
            self.restartCommand,
            self.activated,
            self.notifier.environment(),
            self._directory,
            self.belongings,
        )

    def tellReady(self) -> None:
        """Tell the supervisor that the service is ready, and who it is if that has changed."""
        process = os.getpid()
        # It has gone into the background since.
        self.notifier.ready(mainProcess=None if process == self._process else process)


class _OperatedService(Service):
    """A service with what surrounds it."""

    def __init__(self, operation: Operation, service: IService) -> None:
        self._operation = operation
        self._service = service
        self._inspecting: InspectionService | None = None
        self._watchdog: Watchdog | None = None
        self._restarting: Deferred[Any] | None = None
        self._ready = False
        self._replaced = False

    def privilegedStartService(self) -> None:
        """Do the same for the service inside."""
        number = self._operation.restartSignal
        if number is not None:
            # From now on others can know the number of this process; the signal must not kill it.
            isWorker = self._operation.predecessor.worker is not None
            signal.signal(number, _heedless if isWorker else self._signaled)
        self._service.privilegedStartService()

    def startService(self) -> Deferred[Any] | None:
        """Start the service inside, and tell everybody when it is ready."""
        super().startService()
        self._inspect()
        ready = self._service.startService()
        if isinstance(ready, Deferred):
            return ready.addCallback(self._cbStarted)
        self._started()
        return None

    def stopService(self) -> Deferred[Any]:
        """Let what is in flight end, then stop the service inside."""
        super().stopService()
        operation = self._operation
        if self._watchdog is not None:
            self._watchdog.stop()
        if not self._replaced:
            operation.notifier.stopping()
        self._ignoreSignal()
        if self._restarting is not None:
            self._restarting.cancel()
        if operation.drainTime <= 0:
            return maybeDeferred(self._stopInside)
        return drain(operation.reactor, operation.drainTime).addCallback(self._stopInside)

    def _stopInside(self, aborted: int = 0) -> Deferred[Any] | None:
        if self._inspecting is not None:
            self._inspecting.stopService()
        return self._service.stopService()

    def _inspect(self) -> None:
        """Open the socket for inspection; also a service that hangs in its start can be asked."""
        operation = self._operation
        if operation.inspectAt:
            inspection = Inspection(operation.reactor, self._service, operation.levels)
            self._inspecting = InspectionService(operation.reactor, operation.inspectAt, inspection)
            self._inspecting.startService()

    def _cbStarted(self, result: object) -> object:
        if self.running:
            self._started()
        return result

    def _started(self) -> None:
        operation = self._operation
        if operation.predecessor.worker is not None:
            self._startedAsWorker()
            return
        # First: whoever is told that this process is ready may send the signal at once.
        self._ready = True
        # The process before this one has the supervisor's ear, and speaks for both.
        replaces = bool(operation.predecessor)
        operation.predecessor.ready()
        if not replaces:
            operation.tellReady()
        if operation.notifier.watchdogInterval is not None:
            self._watchdog = Watchdog(operation.notifier, cast(IReactorTime, operation.reactor))
            self._watchdog.start()

    def _startedAsWorker(self) -> None:
        """Tell the supervisor, which alone restarts workers, and speaks to its own supervisor."""
        operation = self._operation
        handedOver.closeRest()
        link = SupervisorLink(
            operation.reactor, operation.predecessor.detach(), self._supervisorLost
        )
        link.report()

    def _supervisorLost(self) -> None:
        if self.running:
            _log.warn("The supervisor is gone, and this worker ends")
            self._end()

    def _end(self) -> None:
        """Stop the reactor, which stops this."""
        try:
            self._operation.reactor.stop()
        except ReactorNotRunning:
            # A signal was faster.
            pass

    def _ignoreSignal(self) -> None:
        number = self._operation.restartSignal
        if number is not None and signal.getsignal(number) == self._signaled:
            # A signal that comes once more must not kill a process that drains.
            signal.signal(number, _heedless)

    def _signaled(self, number: int, frame: FrameType | None) -> None:
        self._operation.reactor.callFromThread(self._restart)

    def _restart(self) -> None:
        if not self._ready or not self.running or self._restarting is not None:
            _log.info("The program starts, is being restarted or stops: the signal changes nothing")
            return
        operation = self._operation
        operation.notifier.reloading()
        if isinstance(self._service, Workers):
            _log.info("The workers are replaced")
            replacing = self._restarting = self._service.replaceAll()
            replacing.addCallbacks(self._cbWorkers, self._ebNotReplaced)
            return
        _log.info("The program is started anew")
        starting = self._restarting = operation.restart().begin()
        starting.addCallbacks(self._cbReplaced, self._ebNotReplaced)

    def _cbReplaced(self, process: int) -> None:
        _log.info("Process {process} has taken over, this one ends", process=process)
        self._replaced = True
        self._restarting = None
        if self._operation.whenReplaced is not None:
            self._operation.whenReplaced(process)
        self._operation.notifier.ready(mainProcess=process)
        self._end()

    def _cbWorkers(self, result: object) -> None:
        _log.info("The workers are replaced by new ones")
        self._restarting = None
        self._operation.notifier.ready()

    def _ebNotReplaced(self, failure: Failure) -> None:
        self._restarting = None
        if not self.running:
            return
        self._operation.notifier.ready()
        if failure.check(RestartError, WorkerError):
            _log.error(
                "The new process failed, and this one goes on: {reason}",
                reason=failure.getErrorMessage(),
            )
        else:
            _log.failure("The restart failed, and this process goes on", failure=failure)


def _workingDirectory() -> str | None:
    """Return the directory that this process is in; None if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return None


def _heedless(number: int, frame: FrameType | None) -> None:
    """Do nothing about a signal; unlike SIG_IGN, this is not inherited by other programs."""


__all__ = ["MAXIMUM_DRAIN_TIME", "RESTART_SIGNALS", "Operation"]
