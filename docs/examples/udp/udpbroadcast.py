"""Find others of its kind on the local network: python udpbroadcast.py [port [address]]."""

import random
import sys

from twisted.internet.interfaces import IReactorMulticast, IReactorTime
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import LoopingCall, react
from twisted.python.components import Interface


class IThisReactor(IReactorMulticast, IReactorTime, Interface):
    """What this program needs of the reactor."""


class Announcer(DatagramProtocol):
    """Calls out once a second, and tells of others that do.

    Attributes:
        name: Tells this program's own calls, which come back to it, from those of others.
    """

    def __init__(self, port: int, address: str) -> None:
        self.receivers = (address, port)
        self.name = b"%08x" % random.getrandbits(32)

    def startProtocol(self) -> None:
        self.transport.setBroadcastAllowed(True)  # without it the system refuses to send
        print("my name is", self.name.decode(), flush=True)

    def announce(self) -> None:
        self.transport.write(b"here is " + self.name, self.receivers)

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        if not datagram.endswith(self.name):
            print("received", datagram, "from", *addr, flush=True)


async def main(reactor: IThisReactor, port: str = "8555", address: str = "<broadcast>") -> None:
    protocol = Announcer(int(port), address)
    # As listenUDP, but several programs on one machine may have the port.
    reactor.listenMulticast(int(port), protocol, listenMultiple=True)
    calling = LoopingCall(protocol.announce)
    calling.clock = reactor
    await calling.start(1)  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
