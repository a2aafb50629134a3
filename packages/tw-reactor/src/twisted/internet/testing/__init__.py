"""What tests of network code need: memory transports, a memory reactor, contracts.

Nothing here needs a test framework. `twisted.test.proto_helpers` names the same things.
"""

from twisted.internet.testing._datagrams import FakeDatagramTransport
from twisted.internet.testing._logging import EventLoggingObserver
from twisted.internet.testing._protocols import (
    AccumulatingProtocol,
    LineSendingProtocol,
    NonStreamingProducer,
    StringIOWithoutClosing,
)
from twisted.internet.testing._stringtransport import (
    StringTransport,
    StringTransportWithDisconnection,
)

__all__ = [
    "AccumulatingProtocol",
    "EventLoggingObserver",
    "FakeDatagramTransport",
    "LineSendingProtocol",
    "NonStreamingProducer",
    "StringIOWithoutClosing",
    "StringTransport",
    "StringTransportWithDisconnection",
]
