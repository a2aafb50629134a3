"""An echo server on Twisted's documented API: `echo_twisted.py REACTOR`, e.g. `epoll`.

Runs as it is on ours and on the incumbent. Prints the port that it listens on at 127.0.0.1.
"""

import importlib
import signal
import sys

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that


def main() -> None:
    """Serve until killed."""
    signal.alarm(MOST_SECONDS)
    importlib.import_module(f"twisted.internet.{sys.argv[1]}reactor").install()

    from twisted.internet import reactor
    from twisted.internet.address import IPv4Address
    from twisted.internet.interfaces import ITCPTransport
    from twisted.internet.protocol import Factory, Protocol

    class Echo(Protocol):
        transport: ITCPTransport

        def connectionMade(self) -> None:
            self.transport.setTcpNoDelay(True)

        def dataReceived(self, data: bytes) -> None:
            self.transport.write(data)

    host = reactor.listenTCP(0, Factory.forProtocol(Echo), 128, "127.0.0.1").getHost()
    assert isinstance(host, IPv4Address)
    print(host.port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
