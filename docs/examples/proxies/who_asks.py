"""Tell each client where it comes from: python who_asks.py haproxy:tcp:8000:interface=127.0.0.1"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react


class WhoAsks(Protocol):
    def connectionMade(self) -> None:
        # Behind a load balancer, this is the client all the same.
        client = self.transport.getPeer()
        self.transport.write(f"you come from {client.host}\r\n".encode())
        self.transport.loseConnection()


async def main(reactor: object, description: str) -> None:
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(WhoAsks))
    print("listening:", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
