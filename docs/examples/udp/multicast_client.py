"""Ask a multicast group and print the answers: python multicast_client.py [port [interface]]."""

import sys

from multicast_server import GROUP

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IMulticastTransport, IReactorMulticast
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import react


class PingClient(DatagramProtocol):
    transport: IMulticastTransport

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        print("received", datagram, "from", *addr, flush=True)


async def main(reactor: IReactorMulticast, port: str = "8005", interface: str = "") -> None:
    protocol = PingClient()
    # Asking takes no membership and no certain port. On a port that two programs of one machine
    # share, it would be up to the kernel which of them gets an answer.
    reactor.listenMulticast(0, protocol)
    if interface:
        await protocol.transport.setOutgoingInterface(interface)
    protocol.transport.write(b"ping", (GROUP, int(port)))
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
