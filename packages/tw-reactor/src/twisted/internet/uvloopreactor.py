"""The reactor on uvloop, a faster event loop for asyncio: needs the extra `[uvloop]`."""

import asyncio

from twisted.internet._reactorinstall import installReactor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor

try:
    from uvloop import new_event_loop
except ImportError as _error:
    raise ImportError(
        "the reactor on uvloop needs uvloop: pip install 'tw-reactor[uvloop]'"
    ) from _error


class UvloopReactor(AsyncioSelectorReactor):
    """A reactor inside a loop of uvloop, which it makes and sets for this thread."""

    def __init__(self) -> None:
        """Make a reactor."""
        loop = new_event_loop()
        super().__init__(loop)
        self._ownsLoop = True
        asyncio.set_event_loop(loop)


def install() -> None:
    """Make a `UvloopReactor` the default reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    installReactor(UvloopReactor())


__all__ = ["UvloopReactor", "install"]
