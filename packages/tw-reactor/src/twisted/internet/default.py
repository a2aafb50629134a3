"""The default reactor of the platform: epoll on Linux, poll where it is, select elsewhere."""

import select
from collections.abc import Callable


def _defaultInstall() -> Callable[[], None]:
    if hasattr(select, "epoll"):
        from twisted.internet import epollreactor

        return epollreactor.install
    if hasattr(select, "poll"):
        from twisted.internet import pollreactor

        return pollreactor.install
    from twisted.internet import selectreactor

    return selectreactor.install


install: Callable[[], None] = _defaultInstall()

__all__ = ["install"]
