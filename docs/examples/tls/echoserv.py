"""Send back what each client sends, over TCP: python echoserv.py [port]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react


class Echo(Protocol):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


async def main(reactor: IReactorTCP, port: str = "8000") -> None:
    listening = reactor.listenTCP(int(port), Factory.forProtocol(Echo), interface="127.0.0.1")
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
