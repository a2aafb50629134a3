"""Runs a service for as long as its reactor runs.

The service is started when the reactor is, so that it may use all of it, and stopped before the
reactor stops, which waits for what the service still has to do. A service that cannot start stops
the reactor; whatever part of it had started is stopped too.
"""

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
    """

    def __init__(self, reactor: IReactorCore, service: IService) -> None:
        self.reactor = reactor
        self.service = service
        self._failure: Failure | None = None
        self._stopping = False

    def run(self) -> Failure | None:
        """Start the service, run the reactor, and return when both have stopped.

        Returns:
            None if it ran until it was told to stop, by a signal or by `reactor.stop`; else the
            reason why the service could not start.
        """
        self.reactor.addSystemEventTrigger("before", "shutdown", self._stop)
        self.reactor.callWhenRunning(self._start)
        self.reactor.run()
        return self._failure

    def _start(self) -> None:
        try:
            self.service.privilegedStartService()
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

    def _ebStart(self, failure: Failure) -> None:
        if self._stopping:
            # The stop gave up what was still starting.
            return
        while isinstance(failure.value, FirstError):
            failure = failure.value.subFailure
        self._failure = failure
        self._stopping = True
        try:
            self.reactor.stop()
        except ReactorNotRunning:
            # A signal was faster; the failure is told all the same.
            pass

    def _stop(self) -> Deferred[object]:
        self._stopping = True
        if self._failure is None:
            _log.info("The service stops")
        return maybeDeferred(self.service.stopService).addCallbacks(self._cbStop, self._ebStop)

    def _cbStop(self, result: object) -> None:
        if self._failure is None:
            _log.info("The service has stopped")

    def _ebStop(self, failure: Failure) -> None:
        _log.failure("The service failed to stop", failure=failure)
