"""Stay connected to a server that comes and goes: python staying_connected.py HOST PORT."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IConnector, IReactorTCP
from twisted.internet.protocol import Protocol, ReconnectingClientFactory
from twisted.internet.task import react
from twisted.python.failure import Failure


class Listener(Protocol):
    def dataReceived(self, data: bytes) -> None:
        print("received", data.decode("utf-8", "replace").strip(), flush=True)


class Persistent(ReconnectingClientFactory[Listener]):
    initialDelay = 0.1
    maxDelay = 30

    def startedConnecting(self, connector: IConnector) -> None:
        print("connecting", flush=True)

    def buildProtocol(self, addr: IAddress | None) -> Listener:
        self.resetDelay()  # the server is there: next time begin with short waits again
        return Listener()

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        print("lost:", reason.getErrorMessage(), flush=True)
        super().clientConnectionLost(connector, reason)


async def main(reactor: IReactorTCP, host: str, port: str) -> None:
    factory = Persistent()
    connector = reactor.connectTCP(host, int(port), factory)
    try:
        await Deferred()  # until Ctrl-C
    finally:
        factory.stopTrying()
        connector.disconnect()


if __name__ == "__main__":
    react(main, sys.argv[1:])
