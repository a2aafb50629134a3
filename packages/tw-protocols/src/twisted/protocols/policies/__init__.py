"""Wrappers that make protocols of any kind keep a policy, and a mixin with a timer.

Each policy is a factory that wraps another: `listen(TimeoutFactory(factory, 60))`.
"""

from twisted.protocols.policies._connectionlimits import (
    LimitConnectionsByPeer,
    LimitTotalConnectionsFactory,
)
from twisted.protocols.policies._throttling import ThrottlingFactory, ThrottlingProtocol
from twisted.protocols.policies._timeouts import TimeoutFactory, TimeoutMixin, TimeoutProtocol
from twisted.protocols.policies._trafficlogging import (
    SpewingFactory,
    SpewingProtocol,
    TrafficLoggingFactory,
    TrafficLoggingProtocol,
)
from twisted.protocols.policies._wrapping import WP, ProtocolWrapper, WrappingFactory

__all__ = [
    "WP",
    "LimitConnectionsByPeer",
    "LimitTotalConnectionsFactory",
    "ProtocolWrapper",
    "SpewingFactory",
    "SpewingProtocol",
    "ThrottlingFactory",
    "ThrottlingProtocol",
    "TimeoutFactory",
    "TimeoutMixin",
    "TimeoutProtocol",
    "TrafficLoggingFactory",
    "TrafficLoggingProtocol",
    "WrappingFactory",
]
