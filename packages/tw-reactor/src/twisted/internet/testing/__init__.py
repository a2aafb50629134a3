"""What tests of network code need: memory transports, a memory reactor, contracts.

Nothing here needs a test framework. `twisted.test.proto_helpers` names the same things.
"""

from twisted.internet.testing._datagrams import FakeDatagramTransport
from twisted.internet.testing._logging import EventLoggingObserver
from twisted.internet.testing._memoryports import MemoryNameResolver, _FakeConnector, _FakePort
from twisted.internet.testing._memoryreactor import MemoryReactor, MemoryReactorClock
from twisted.internet.testing._protocols import (
    AccumulatingProtocol,
    LineSendingProtocol,
    NonStreamingProducer,
    StringIOWithoutClosing,
)
from twisted.internet.testing._raisingreactor import RaisingMemoryReactor
from twisted.internet.testing._stringtransport import (
    StringTransport,
    StringTransportWithDisconnection,
)
from twisted.internet.testing._waiting import waitUntilAllDisconnected

__all__ = [
    "AccumulatingProtocol",
    "EventLoggingObserver",
    "FakeDatagramTransport",
    "LineSendingProtocol",
    "MemoryNameResolver",
    "MemoryReactor",
    "MemoryReactorClock",
    "NonStreamingProducer",
    "RaisingMemoryReactor",
    "StringIOWithoutClosing",
    "StringTransport",
    "StringTransportWithDisconnection",
    "_FakeConnector",
    "_FakePort",
    "waitUntilAllDisconnected",
]
