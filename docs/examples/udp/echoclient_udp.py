"""Send a server three datagrams, one for each answer: python echoclient_udp.py [host [port]]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorCore, IReactorTime, IReactorUDP
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import react
from twisted.python.components import Interface


class IThisReactor(IReactorCore, IReactorTime, IReactorUDP, Interface):
    """What this program needs of the reactor."""


class EchoClient(DatagramProtocol):
    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.datagrams = iter([b"one", b"two", b"three"])
        self.done: Deferred[str] = Deferred()

    def startProtocol(self) -> None:
        # From here on nobody else's datagrams are received, and no receiver is named.
        self.transport.connect(*self.server)
        self.sendNext()

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        print("received", datagram, "from", *addr, flush=True)
        self.sendNext()

    def sendNext(self) -> None:
        try:
            self.transport.write(next(self.datagrams))
        except StopIteration:
            self.finish("done")

    def connectionRefused(self) -> None:
        self.finish("nobody listens there")

    def finish(self, result: str) -> None:
        if not self.done.called:
            self.done.callback(result)


async def main(reactor: IThisReactor, host: str = "localhost", port: str = "8000") -> None:
    client = EchoClient(await reactor.resolve(host), int(port))
    listening = reactor.listenUDP(0, client)
    # A datagram may be lost, so nobody must wait for an answer for ever.
    patience = reactor.callLater(10, client.finish, "no answer came")
    print(await client.done)
    if patience.active():
        patience.cancel()
    listening.stopListening()


if __name__ == "__main__":
    react(main, sys.argv[1:])
