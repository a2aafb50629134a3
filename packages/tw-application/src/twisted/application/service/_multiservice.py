"""A service made of services.

It starts its children in the order in which they were added and stops them in the reverse order,
all at once: none waits for another to have stopped, the whole waits for all. A child that fails to
stop is reported in the log and holds up no other.

When a child fails to start, the later ones are not started and the error goes to whoever started
the whole, who then stops it. Every child is stopped then, for a port may have been bound before
the start; what a child says that was never started is of no interest to anybody.
"""

from collections.abc import Iterator
from typing import Any

from twisted.application.service._interfaces import IService, IServiceCollection
from twisted.application.service._service import Service
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger("twisted.application.service")


@implementer(IServiceCollection)
class MultiService(Service):
    """A service that starts and stops other services.

    Subclasses call `__init__`.

    Attributes:
        services: The children in the order in which they were added.
        namedServices: Those that have a name, by their name.
    """

    def __init__(self) -> None:
        self.services: list[IService] = []
        self.namedServices: dict[str, IService] = {}
        self._startedChildren: list[IService] = []

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the services are pickled."""
        return {**super().__getstate__(), "_startedChildren": []}

    def __iter__(self) -> Iterator[IService]:
        """See `IServiceCollection.__iter__`; children may come and go meanwhile."""
        return iter(list(self.services))

    def getServiceNamed(self, name: str) -> IService:
        """See `IServiceCollection.getServiceNamed`."""
        return self.namedServices[name]

    def addService(self, service: IService) -> None:
        """See `IServiceCollection.addService`; a service that fails to start is not added."""
        if service.name is not None and service.name in self.namedServices:
            raise RuntimeError(f"there is another service named {service.name!r} here")
        self._insertChild(service)
        if not self.running:
            return
        try:
            service.privilegedStartService()
            ready = self._startChild(service)
        except BaseException:
            self._dropChild(service)
            raise
        if ready is not None:
            ready.addErrback(self._ebChildStart, service)

    def removeService(self, service: IService) -> Deferred[Any] | None:
        """See `IServiceCollection.removeService`."""
        self._dropChild(service)
        return service.stopService() if self.running else None

    def privilegedStartService(self) -> None:
        """See `IService.privilegedStartService`."""
        super().privilegedStartService()
        for service in self:
            service.privilegedStartService()

    def startService(self) -> Deferred[Any] | None:
        """Start the children in order.

        Returns:
            None, or a Deferred if a child returned one: it fires when all children are ready, or
            fails with a `FirstError` as soon as one of them cannot be.
        """
        super().startService()
        started = [self._startChild(service) for service in self]
        waiting = [ready for ready in started if ready is not None]
        if not waiting:
            return None
        return DeferredList(waiting, fireOnOneErrback=True, consumeErrors=True)

    def stopService(self) -> Deferred[list[tuple[bool, Any]]]:
        """Stop the children in the reverse order.

        Returns:
            A Deferred that fires when all of them have stopped or failed to, with a pair for each:
            whether it stopped well, and what it returned. It never fails.
        """
        super().stopService()
        stopped = [
            maybeDeferred(service.stopService).addErrback(
                self._ebChildStop, service, any(service is child for child in self._startedChildren)
            )
            for service in reversed(self.services)
        ]
        self._startedChildren = []
        return DeferredList(stopped, consumeErrors=True)

    def _insertChild(self, service: IService) -> None:
        if service.name is not None:
            self.namedServices[service.name] = service
        self.services.append(service)

    def _dropChild(self, service: IService) -> None:
        self.services.remove(service)
        if service.name is not None:
            del self.namedServices[service.name]
        if service in self._startedChildren:
            self._startedChildren.remove(service)

    def _startChild(self, service: IService) -> Deferred[Any] | None:
        ready = service.startService()
        self._startedChildren.append(service)
        return ready if isinstance(ready, Deferred) else None

    def _ebChildStart(self, failure: Failure, service: IService) -> None:
        _log.failure("Service {service} failed to start", failure=failure, service=service)

    def _ebChildStop(self, failure: Failure, service: IService, started: bool) -> Failure:
        if started:
            _log.failure("Service {service} failed to stop", failure=failure, service=service)
        return failure
