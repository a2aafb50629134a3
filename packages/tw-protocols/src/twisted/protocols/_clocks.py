"""Where a protocol that was given no clock takes its times from."""

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorTime, ITransport
from twisted.python.components import provides


def clockOf(transport: ITransport, clock: IReactorTime | None = None) -> IReactorTime:
    """Return a clock: the one that was given, the reactor of a transport, or the default reactor.

    Args:
        transport: The transport of the protocol.
        clock: What was given; None if nothing was.
    """
    if clock is not None:
        return clock
    reactor: object = getattr(transport, "reactor", None)
    if provides(IReactorTime, reactor):
        return reactor  # type: ignore[return-value]  # as was asked
    return defaultReactor(IReactorTime)


__all__ = ["clockOf"]
