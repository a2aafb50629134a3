"""Send each datagram back to its sender: python echoserv_udp.py [port [interface]]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorUDP
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import react


class Echo(DatagramProtocol):
    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        # The address begins with host and port; over IPv6 two more numbers may follow.
        print("received", datagram, "from", *addr[:2], flush=True)
        self.transport.write(datagram, addr)


async def main(reactor: IReactorUDP, port: str = "8000", interface: str = "127.0.0.1") -> None:
    listening = reactor.listenUDP(int(port), Echo(), interface)
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
