"""A UDP echo server on Twisted's documented API.

Runs as it is on ours and on the incumbent, both on epoll. Prints the port that it receives on at
127.0.0.1.
"""

import signal

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that


def main() -> None:
    """Serve until killed."""
    signal.alarm(MOST_SECONDS)
    from twisted.internet import epollreactor

    epollreactor.install()

    from twisted.internet import reactor
    from twisted.internet.address import IPv4Address
    from twisted.internet.interfaces import IUDPTransport
    from twisted.internet.protocol import DatagramProtocol

    class Echo(DatagramProtocol):
        transport: IUDPTransport

        def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
            self.transport.write(datagram, addr)

    host = reactor.listenUDP(0, Echo(), "127.0.0.1").getHost()
    assert isinstance(host, IPv4Address)
    print(host.port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
