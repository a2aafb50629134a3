"""Answer what is asked in a multicast group: python multicast_server.py [port [interface]]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IMulticastTransport, IReactorMulticast
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import react

GROUP = "239.7.8.9"  # 239.0.0.0/8 is for everybody's own use


class PingPong(DatagramProtocol):
    transport: IMulticastTransport

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        print("received", datagram, "from", *addr, flush=True)
        if datagram == b"ping":
            # The answer goes to the one who asked, not to the group.
            self.transport.write(b"pong", addr)


async def main(reactor: IReactorMulticast, port: str = "8005", interface: str = "") -> None:
    protocol = PingPong()
    # With listenMultiple several programs on this machine may take part.
    listening = reactor.listenMulticast(int(port), protocol, listenMultiple=True)
    protocol.transport.setTTL(5)  # pass up to five routers; 1 keeps to the local network
    await protocol.transport.joinGroup(GROUP, interface)
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
