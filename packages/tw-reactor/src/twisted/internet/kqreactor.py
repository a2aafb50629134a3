"""The reactor over kqueue(2), on BSD and macOS; elsewhere importing it raises ImportError."""

import select

from twisted.internet._pollers import KqueuePoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet.posixbase import PosixReactorBase

if not hasattr(select, "kqueue"):
    raise ImportError(
        "this system has no kqueue, which is of BSD and macOS: use epollreactor on Linux, "
        "pollreactor elsewhere",
        name=__name__,
    )


class KQueueReactor(PosixReactorBase):
    """A reactor that waits with kqueue(2), level triggered."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(KqueuePoller())


def install() -> None:
    """Make a `KQueueReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(KQueueReactor())


__all__ = ["KQueueReactor", "install"]
