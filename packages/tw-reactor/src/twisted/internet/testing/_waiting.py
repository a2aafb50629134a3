"""Waiting for the end of connections."""

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, IReactorTime
from twisted.internet.task import LoopingCall

POLL_INTERVAL = 0.01
"""After how many seconds to look again."""


def _isConnected(protocol: IProtocol) -> bool:
    """Return whether a protocol's transport says that it is connected."""
    return bool(getattr(getattr(protocol, "transport", None), "connected", False))


def waitUntilAllDisconnected(
    reactor: IReactorTime, protocols: Sequence[IProtocol]
) -> "Deferred[LoopingCall]":
    """Wait until none of some protocols is connected any more.

    Args:
        reactor: What to wait with.
        protocols: The protocols; their transports are asked for `connected`.

    Returns:
        A Deferred that fires then.
    """

    def look() -> None:
        if not any(_isConnected(protocol) for protocol in protocols):
            loop.stop()

    loop = LoopingCall(look)
    loop.clock = reactor
    return loop.start(POLL_INTERVAL)
