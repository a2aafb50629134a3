"""Connections that send no faster than they may, by a hierarchy of token buckets.

`Bucket` says how much may be sent now, a filter such as `FilterByHost` finds the bucket for a
connection, and `ShapedProtocolFactory` puts a `ShapedTransport` between each protocol and its
transport:

    factory.protocol = ShapedProtocolFactory(factory.protocol, FilterByHost())

What is written and may not be sent yet waits, and the producers of the protocol are held back.
"""

from twisted.protocols._shaping import ShapedConsumer, ShapedProtocolFactory, ShapedTransport
from twisted.protocols._tokenbuckets import (
    Bucket,
    FilterByHost,
    FilterByServer,
    HierarchicalBucketFilter,
    IBucketFilter,
)

__all__ = [
    "Bucket",
    "FilterByHost",
    "FilterByServer",
    "HierarchicalBucketFilter",
    "IBucketFilter",
    "ShapedConsumer",
    "ShapedProtocolFactory",
    "ShapedTransport",
]
