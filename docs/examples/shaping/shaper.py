"""Serve a file, but not too fast: python shaper.py FILE [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.sendfile import sendFile
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.protocols.htb import Bucket, FilterByHost, FilterByServer, ShapedProtocolFactory


class Download(LineReceiver):
    """Sends the file after an empty line, as HTTP/0.9 had it."""

    factory: "Downloads"

    def lineReceived(self, line: bytes) -> None:
        if not line:
            with open(self.factory.path, "rb") as file:
                sendFile(self.transport, file).addBoth(self.sent)

    def sent(self, result: object) -> None:
        self.transport.loseConnection()


class Downloads(Factory[Download]):
    def __init__(self, path: str) -> None:
        self.path = path


class ClientBucket(Bucket):
    """What one client gets."""

    maxburst = 10_000  # at once
    rate = 50_000  # each second


class PortBucket(Bucket):
    """What all clients get together."""

    maxburst = 50_000
    rate = 200_000


class ByPort(FilterByServer):
    bucketFactory = PortBucket


class ByClient(FilterByHost):
    bucketFactory = ClientBucket


async def main(reactor, path: str, description: str = "tcp:8126:interface=127.0.0.1") -> None:
    factory = Downloads(path)
    factory.protocol = ShapedProtocolFactory(Download, ByClient(ByPort()))
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
