"""The oldest way to hold services together, kept for code that declares it."""

from typing import TYPE_CHECKING

from twisted.python.components import Interface

if TYPE_CHECKING:
    from typing import Protocol

    class _Service(Protocol):
        """What this floor knows of a service."""

        name: str | None


class IServiceCollection(Interface):
    """An object that holds services (`twisted.application.service` has the one in use)."""

    def getServiceNamed(self, serviceName: str) -> "_Service":
        """Return the service of a name.

        Raises:
            KeyError: There is none.
        """
        ...

    def addService(self, service: "_Service") -> None:
        """Take a service in."""

    def removeService(self, service: "_Service") -> None:
        """Let a service go."""
