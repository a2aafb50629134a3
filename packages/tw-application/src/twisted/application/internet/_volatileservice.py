"""A service with attributes that mean nothing in another process."""

from typing import Any

from twisted.application.service import Service


class VolatileService(Service):
    """A service that can be pickled, but for some of its attributes.

    Attributes:
        volatile: The names of the attributes that are left out.
    """

    volatile: list[str] = []

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the service is pickled."""
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name not in self.volatile}
