"""Pass a port on to another: python forward.py tcp:8001:interface=127.0.0.1 HOST PORT"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import connectionDone
from twisted.internet.task import react
from twisted.protocols.portforward import ProxyFactory, ProxyServer
from twisted.python.failure import Failure


class Counting(ProxyServer):
    """Counts what clients send; the rest is done by what it inherits."""

    count = 0

    def dataReceived(self, data: bytes) -> None:
        self.count += len(data)
        super().dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        print(self.count, "bytes were sent", flush=True)
        super().connectionLost(reason)


async def main(reactor: object, description: str, host: str, port: str) -> None:
    factory = ProxyFactory(host, int(port))
    factory.protocol = Counting
    listening = await serverFromString(reactor, description).listen(factory)
    print("listening:", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
