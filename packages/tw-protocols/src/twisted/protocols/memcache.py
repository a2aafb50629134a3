"""A client of memcached, a server that keeps values in memory for many programs.

`MemCacheProtocol` has a method for each command of the text protocol, with a Deferred for its answer:

    cache = await connectProtocol(clientFromString(reactor, "tcp:127.0.0.1:11211"), MemCacheProtocol())
    await cache.set(b"greeting", b"hello")
    flags, value = await cache.get(b"greeting")
"""

from twisted.protocols._memcachekeys import ClientError
from twisted.protocols._memcacheprotocol import (
    BadReply,
    MemCacheProtocol,
    NoSuchCommand,
    ServerError,
)

DEFAULT_PORT = 11211
"""The port that memcached listens on."""

__all__ = [
    "DEFAULT_PORT",
    "BadReply",
    "ClientError",
    "MemCacheProtocol",
    "NoSuchCommand",
    "ServerError",
]
