"""Count visits with memcached: python visits.py NAME [endpoint]."""

import sys

from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.task import react
from twisted.protocols.memcache import MemCacheProtocol


async def main(reactor, name: str, description: str = "tcp:127.0.0.1:11211") -> None:
    cache = await connectProtocol(
        clientFromString(reactor, description), MemCacheProtocol(timeOut=5)
    )
    key = name.encode()

    # Several commands may be on their way at once; each has a Deferred of its own.
    version = cache.version()
    added = cache.add(b"visits:" + key, b"0", expireTime=3600)
    print("memcached", (await version).decode(), "knows me" if not await added else "is new to me")
    print("visit number", await cache.increment(b"visits:" + key))

    # A value that others may change at the same time: read it, and write it if it is the same.
    while True:
        _, identifier, value = await cache.get(b"visitors", withIdentifier=True)
        names = value.split() if value else []
        if key in names:
            break
        changed = b" ".join([*names, key])
        if value is None and await cache.add(b"visitors", changed):
            break
        if value is not None and await cache.checkAndSet(b"visitors", changed, identifier):
            break
    print("visitors:", (await cache.get(b"visitors"))[1].decode())
    cache.transport.loseConnection()


if __name__ == "__main__":
    react(main, sys.argv[1:])
