"""The test helpers of `twisted.internet.testing`, by their older name."""

from twisted.internet.testing import (
    AccumulatingProtocol,
    EventLoggingObserver,
    FakeDatagramTransport,
    LineSendingProtocol,
    NonStreamingProducer,
    StringIOWithoutClosing,
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
