"""The parts of a reactor, under the names that existing code knows."""

from twisted.internet._corereactor import CoreReactor as ReactorBase
from twisted.internet._lifecycle import ThreePhaseEvent as _ThreePhaseEvent
from twisted.internet._pluggableresolver import PluggableResolverMixin
from twisted.internet._resolver import BlockingResolver, ThreadedResolver
from twisted.internet._signals import SignalHandling
from twisted.internet._sockets._baseconnector import BaseConnector
from twisted.internet._sockets._baseport import BasePort
from twisted.internet._timers import DelayedCall

__all__ = [
    "BaseConnector",
    "BasePort",
    "BlockingResolver",
    "DelayedCall",
    "PluggableResolverMixin",
    "ReactorBase",
    "SignalHandling",
    "ThreadedResolver",
    "_ThreePhaseEvent",
]
