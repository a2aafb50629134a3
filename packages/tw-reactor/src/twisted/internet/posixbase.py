"""`PosixReactorBase`, the reactor over a poller, under the name that existing code knows."""

from twisted.internet._pollingreactor import PollingReactor


class PosixReactorBase(PollingReactor):
    """A reactor over a poller (`twisted.internet._pollers.Poller`); pass one to make it wait."""


__all__ = ["PosixReactorBase"]
