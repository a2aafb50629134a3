"""The reactor over poll(2), for systems without a better one."""

from twisted.internet._pollers import PollPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet.posixbase import PosixReactorBase


class PollReactor(PosixReactorBase):
    """A reactor that waits with poll(2)."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(PollPoller())


def install() -> None:
    """Make a `PollReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(PollReactor())


__all__ = ["PollReactor", "install"]
