"""A service that has nothing to do yet: the base class of those that have."""

from typing import Any

from twisted.application.service._interfaces import IService, IServiceCollection
from twisted.internet.defer import Deferred
from twisted.python.components import adapt, implementer


@implementer(IService)
class Service:
    """Keeps the name, the parent and whether it is running.

    Subclasses extend `startService` and `stopService` and call these. They need not call
    `__init__`, for there is none.
    """

    name: str | None = None
    running: bool | int = False
    parent: IServiceCollection | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the service is pickled: it is not running when it returns."""
        state = self.__dict__.copy()
        state.pop("running", None)
        return state

    def setName(self, name: str) -> None:
        """See `IService.setName`."""
        if self.parent is not None:
            raise RuntimeError("a service is named before it gets a parent; disown it first")
        self.name = name

    def setServiceParent(self, parent: object) -> None:
        """See `IService.setServiceParent`."""
        collection = adapt(IServiceCollection, parent, None)
        if collection is None:
            raise TypeError(
                f"{parent!r} cannot be the parent of a service: "
                "it takes a MultiService, an Application or another IServiceCollection"
            )
        if self.parent is not None:
            self.disownServiceParent()
        self.parent = collection
        try:
            collection.addService(self)
        except BaseException:
            if not any(child is self for child in collection):
                self.parent = None
            raise

    def disownServiceParent(self) -> Deferred[Any] | None:
        """See `IService.disownServiceParent`."""
        if self.parent is None:
            raise RuntimeError("this service has no parent to leave")
        stopped = self.parent.removeService(self)
        self.parent = None
        return stopped

    def privilegedStartService(self) -> None:
        """See `IService.privilegedStartService`."""

    def startService(self) -> Deferred[Any] | None:
        """See `IService.startService`."""
        self.running = True
        return None

    def stopService(self) -> Deferred[Any] | None:
        """See `IService.stopService`."""
        self.running = False
        return None
