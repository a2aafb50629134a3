"""Runs a service for as long as its reactor runs.

The service is started when the reactor is, so that it may use all of it, and stopped before the
reactor stops, which waits for what the service still has to do. A service that cannot start stops
the reactor; whatever part of it had started is stopped too.
"""

from collections.abc import Callable

from twisted.application.service import IService
from twisted.internet.defer import Deferred, FirstError, maybeDeferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.interfaces import IReactorCore
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger("twisted.application.runner")


class Runner:
    """Runs one service in one reactor, once.

    Args:
        reactor: The reactor; it must not be running yet.
        service: The service, without a parent.
        afterBinding: Called between the privileged start and the start, to give up the rights
            that only the first needs. If it raises, the service does not start.
        whenStarted: Called when the service has started.

    Attributes:
        failure: Why the service could not start; None as long as nothing is wrong.
    """

    def __init__(
        self,
        reactor: IReactorCore,
        service: IService,
        afterBinding: Callable[[], object] | None = None,
        whenStarted: Callable[[], object] | None = None,
    ) -> None:
        self.reactor = reactor
        self.service = service
        self.failure: Failure | None = None
        self._afterBinding = afterBinding
        self._whenStarted = whenStarted
        self._stopping = False

    def run(self) -> Failure | None:
        """Start the service, run the reactor, and return when both have stopped.

        Returns:
            None if it ran until it was told to stop, by a signal or by `reactor.stop`; else the
            reason why the service could not start.
        """
        self.schedule()
        self.reactor.run()
        return self.failure

    def schedule(self) -> None:
        """Let the service start and stop with the reactor, which somebody else runs."""
        self.reactor.addSystemEventTrigger("before", "shutdown", self._stop)
        self.reactor.callWhenRunning(self._start)

    def _start(self) -> None:
        try:
            self.service.privilegedStartService()
            if self._afterBinding is not None:
                self._afterBinding()
            ready = self.service.startService()
        except Exception:
            self._ebStart(Failure())
        else:
            if isinstance(ready, Deferred):
                ready.addCallbacks(self._cbStart, self._ebStart)
            else:
                self._cbStart(ready)

    def _cbStart(self, result: object) -> None:
        _log.info("The service has started")
        if self._whenStarted is not None and not self._stopping:
            self._whenStarted()

    def _ebStart(self, failure: Failure) -> None:
        if self._stopping:
            # The stop gave up what was still starting.
            return
        while isinstance(failure.value, FirstError):
            failure = failure.value.subFailure
        self.failure = failure
        self._stopping = True
        try:
            self.reactor.stop()
        except ReactorNotRunning:
            # A signal was faster; the failure is told all the same.
            pass

    def _stop(self) -> Deferred[object]:
        self._stopping = True
        if self.failure is None:
            _log.info("The service stops")
        return maybeDeferred(self.service.stopService).addCallbacks(self._cbStop, self._ebStop)

    def _cbStop(self, result: object) -> None:
        if self.failure is None:
            _log.info("The service has stopped")

    def _ebStop(self, failure: Failure) -> None:
        _log.failure("The service failed to stop", failure=failure)
