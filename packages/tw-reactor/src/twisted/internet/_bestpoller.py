"""Which poller is the best one here: epoll on Linux, kqueue on BSD and macOS, select elsewhere."""

import select

from twisted.internet._pollers import EpollPoller, KqueuePoller, Poller, SelectPoller


def bestPoller() -> Poller:
    """Return a poller that has a descriptor, if the platform has one; else one without."""
    if hasattr(select, "epoll"):
        return EpollPoller()
    if hasattr(select, "kqueue"):
        return KqueuePoller()
    return SelectPoller()


__all__ = ["bestPoller"]
