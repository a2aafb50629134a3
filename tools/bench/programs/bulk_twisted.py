"""A server of much data on Twisted's documented API: `bulk_twisted.py WHAT`, of `receive`, `send`.

Runs as it is on ours and on the incumbent, both on epoll. Prints the port that it listens on at
127.0.0.1.
"""

import signal
import sys

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that
CHUNK = b"x" * 65536


def main() -> None:
    """Serve until killed."""
    signal.alarm(MOST_SECONDS)
    from twisted.internet import epollreactor

    epollreactor.install()

    from zope.interface import implementer  # type: ignore[import-untyped]

    from twisted.internet import reactor
    from twisted.internet.address import IPv4Address
    from twisted.internet.interfaces import IConsumer, IPushProducer, ITCPTransport
    from twisted.internet.protocol import Factory, Protocol

    class Receive(Protocol):
        """Counts what it gets."""

        total = 0

        def dataReceived(self, data: bytes) -> None:
            self.total += len(data)

    @implementer(IPushProducer)
    class Send(Protocol):
        """Writes as much as the connection takes, from its first byte on."""

        transport: ITCPTransport
        paused = True

        def dataReceived(self, data: bytes) -> None:
            consumer: IConsumer = self.transport  # type: ignore[assignment]  # it is one
            if self.paused:
                consumer.registerProducer(self, True)
                self.resumeProducing()

        def pauseProducing(self) -> None:
            self.paused = True

        def resumeProducing(self) -> None:
            self.paused = False
            while not self.paused:
                self.transport.write(CHUNK)

        def stopProducing(self) -> None:
            self.paused = True

    factory = Factory.forProtocol({"receive": Receive, "send": Send}[sys.argv[1]])
    host = reactor.listenTCP(0, factory, 128, "127.0.0.1").getHost()
    assert isinstance(host, IPv4Address)
    print(host.port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
