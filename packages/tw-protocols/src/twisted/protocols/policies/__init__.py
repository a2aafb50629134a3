"""Wrappers that make protocols of any kind keep a policy, and a mixin with a timer.

Each policy is a factory that wraps another: `listen(TimeoutFactory(factory, 60))`.
"""

from twisted.protocols.policies._timeouts import TimeoutFactory, TimeoutMixin, TimeoutProtocol
from twisted.protocols.policies._wrapping import WP, ProtocolWrapper, WrappingFactory

__all__ = [
    "WP",
    "ProtocolWrapper",
    "TimeoutFactory",
    "TimeoutMixin",
    "TimeoutProtocol",
    "WrappingFactory",
]
