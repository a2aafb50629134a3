"""Two protocols that talk to each other in one process: in memory, over TCP, or over a UNIX socket.

They are for tests of both sides together. Each function connects a server and a client, and returns a
Deferred that fires when the connection is gone.
"""

from twisted.protocols._loopbackmemory import (
    PumpPolicy,
    PumpQueue,
    PumpTarget,
    collapsingPumpPolicy,
    identityPumpPolicy,
    loopbackAsync,
)
from twisted.protocols._loopbackrelay import LoopbackRelay
from twisted.protocols._loopbacksockets import LoopbackClientFactory, loopbackTCP, loopbackUNIX

__all__ = [
    "LoopbackClientFactory",
    "LoopbackRelay",
    "PumpPolicy",
    "PumpQueue",
    "PumpTarget",
    "collapsingPumpPolicy",
    "identityPumpPolicy",
    "loopbackAsync",
    "loopbackTCP",
    "loopbackUNIX",
]
