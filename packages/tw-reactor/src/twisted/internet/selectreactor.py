"""The reactor over select(2), which every platform has."""

from twisted.internet._pollers import SelectPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet.posixbase import PosixReactorBase


class SelectReactor(PosixReactorBase):
    """A reactor that waits with select(2)."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(SelectPoller())


def install() -> None:
    """Make a `SelectReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(SelectReactor())


__all__ = ["SelectReactor", "install"]
