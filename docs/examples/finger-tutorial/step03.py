"""Take connections, and end them at once: python step03.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Protocol, ServerFactory
from twisted.internet.task import react


class Finger(Protocol):
    def connectionMade(self) -> None:
        self.transport.loseConnection()


async def main(reactor: IReactorTCP, description: str = "tcp:1079:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(ServerFactory.forProtocol(Finger))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
