"""The reactor over epoll(7): the default on Linux."""

from twisted.internet._pollers import EpollPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet.posixbase import PosixReactorBase


class EPollReactor(PosixReactorBase):
    """A reactor that waits with epoll(7), level triggered."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(EpollPoller())


def install() -> None:
    """Make an `EPollReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(EPollReactor())


__all__ = ["EPollReactor", "install"]
