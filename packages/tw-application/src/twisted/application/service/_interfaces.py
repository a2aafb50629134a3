"""What a service is: something that is started and stopped.

A service lives in a tree. Whoever runs the program starts the root, which starts its children in
the order in which they were added, and in the end stops the root, which stops its children in the
reverse order. All calls happen on the reactor's thread.

The life of a service: `privilegedStartService` once, `startService` once, `stopService` once, and
then perhaps again from the beginning.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from twisted.python.components import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.python.usage import Options


class IService(Interface):
    """Something that is started and stopped, and may be part of something larger."""

    name: str | None = Attribute("What its parent finds it by; no two children share one.")
    running: bool | int = Attribute("Whether it was started and not stopped since.")
    parent: "IServiceCollection | None" = Attribute("The collection that it is part of.")

    def setName(self, name: str) -> None:
        """Give the service a name.

        Raises:
            RuntimeError: It has a parent already, which knows it by the old name.
        """

    def setServiceParent(self, parent: object) -> None:
        """Become part of a collection, and of no other from then on.

        If the collection is running, the service is started before this returns.

        Args:
            parent: An `IServiceCollection`, or what can be adapted to one, such as what
                `Application` returns.

        Raises:
            TypeError: The parent is neither.
            RuntimeError: The collection has another child of the same name.
        """

    def disownServiceParent(self) -> "Deferred[Any] | None":
        """Leave the parent; if the parent is running, the service is stopped.

        Returns:
            What `stopService` returned: a Deferred that fires when the service has stopped, or
            None if nothing has to be waited for.
        """

    def startService(self) -> "Deferred[Any] | None":
        """Start.

        Returns:
            None, or a Deferred that fires when the service is ready and fails if it cannot be.
            Whoever runs the program waits for it to say so; the other services do not.

        Raises:
            Exception: It cannot start. The program that it belongs to does not start then.
        """

    def stopService(self) -> "Deferred[Any] | None":
        """Stop, and let go of everything that `startService` took.

        Returns:
            None, or a Deferred that fires when the service has stopped. The process stays alive
            until then, so it should fire within a bounded time.
        """

    def privilegedStartService(self) -> None:
        """Do what has to be done while the process still has the rights it was started with.

        Such as binding a port below 1024. Called before `startService`, for all services of the
        tree before the first of them is started.
        """


class IServiceCollection(Interface):
    """Something that services are part of."""

    def getServiceNamed(self, name: str) -> IService:
        """Return the child of that name.

        Raises:
            KeyError: There is none.
        """
        ...

    def __iter__(self) -> Iterator[IService]:
        """Go through the children in the order in which they were added."""
        ...

    def addService(self, service: IService) -> None:
        """Add a child and, if the collection is running, start it.

        Called by the service's `setServiceParent`, which is what programs use.

        Raises:
            RuntimeError: There is another child of that name.
        """

    def removeService(self, service: IService) -> "Deferred[Any] | None":
        """Take a child away and, if the collection is running, stop it.

        Called by the service's `disownServiceParent`, which is what programs use.

        Returns:
            What the child's `stopService` returned, or None.

        Raises:
            ValueError: It is no child of this collection.
        """


class IProcess(Interface):
    """What a program asks of the process that it runs in."""

    processName: str | None = Attribute("The name that the process should have; None for its own.")
    uid: int | None = Attribute("The user to run as once the ports are bound; None for no change.")
    gid: int | None = Attribute("The group to run as once the ports are bound; None for no change.")


class IServiceMaker(Interface):
    """Makes a service from a command line; as a plugin it adds a command to `twist`.

    A plugin has to provide `twisted.plugin.IPlugin` too.
    """

    @property
    def tapname(self) -> str:
        """The name of the command: `twist NAME`."""
        ...

    @property
    def description(self) -> str:
        """One line about it, for `twist --help`."""
        ...

    @property
    def options(self) -> "Callable[[], Options]":
        """What is called for an object that parses the arguments: a subclass of `usage.Options`."""
        ...

    def makeService(self, options: "Options") -> IService:
        """Make the service.

        Args:
            options: What `options` returned, after it has parsed the arguments.

        Raises:
            twisted.python.usage.UsageError: The options ask for what cannot be; the text says
                what to do.
        """
        ...


__all__ = ["IProcess", "IService", "IServiceCollection", "IServiceMaker"]
