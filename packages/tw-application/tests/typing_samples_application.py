"""What type checkers make of services; never run."""

from typing import Any, assert_type

from twisted.application.internet import StreamServerEndpointService, TimerService
from twisted.application.service import (
    Application,
    IService,
    IServiceCollection,
    MultiService,
    Service,
)
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort
from twisted.python.components import Componentized, adapt


class Mine(Service):
    """A service whose stop needs time."""

    def startService(self) -> None:
        """Start."""
        super().startService()

    def stopService(self) -> Deferred[int]:
        """Stop."""
        super().stopService()
        return Deferred()


def services(
    parent: MultiService, listening: StreamServerEndpointService, as_declared: IService
) -> None:
    """The types of what services return."""
    mine = Mine()
    parent.addService(mine)
    mine.setServiceParent(parent)
    mine.setServiceParent(Application("demo"))
    assert_type(mine.stopService(), Deferred[int])
    assert_type(as_declared.stopService(), Deferred[Any] | None)
    assert_type(parent.getServiceNamed("web"), IService)
    assert_type([child for child in parent], list[IService])  # noqa: C416 - the type of a child
    assert_type(listening.whenListening(), Deferred[IListeningPort])
    assert_type(listening.startService(), Deferred[IListeningPort] | None)
    assert_type(Application("demo"), Componentized)
    assert_type(adapt(IServiceCollection, Application("demo")), IServiceCollection)


def step(count: int, *, name: str) -> None:
    """Called by a timer."""


TimerService(1.0, step, 3, name="x")
TimerService(1.0, step, "3", name="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number is wanted
TimerService(1.0, step, 3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the name is missing
