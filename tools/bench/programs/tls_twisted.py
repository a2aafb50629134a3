"""A TLS server on Twisted's documented API: `tls_twisted.py WHAT`, of `echo`, `send`, `handshake`.

Runs as it is on ours and on the incumbent, both on epoll. Prints the port that it listens on at
127.0.0.1.
"""

import datetime
import signal
import sys

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that
CHUNK = b"x" * 65536


def main() -> None:
    """Serve until killed."""
    signal.alarm(MOST_SECONDS)
    from twisted.internet import epollreactor

    epollreactor.install()

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from OpenSSL import crypto
    from zope.interface import implementer  # type: ignore[import-untyped]

    from twisted.internet import reactor
    from twisted.internet.address import IPv4Address
    from twisted.internet.interfaces import IConsumer, IPushProducer, ITCPTransport
    from twisted.internet.protocol import Factory, Protocol
    from twisted.internet.ssl import CertificateOptions

    class Server(Protocol):
        transport: ITCPTransport

        def connectionMade(self) -> None:
            self.transport.setTcpNoDelay(True)

    class Echo(Server):
        def dataReceived(self, data: bytes) -> None:
            self.transport.write(data)

    @implementer(IPushProducer)
    class Send(Server):
        """Writes as much as the connection takes, from its first byte on."""

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

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - day, now + day
    ).sign(key, hashes.SHA256())
    options = CertificateOptions(
        crypto.PKey.from_cryptography_key(key), crypto.X509.from_cryptography(certificate)
    )
    factory = Factory.forProtocol({"echo": Echo, "send": Send, "handshake": Echo}[sys.argv[1]])
    host = reactor.listenSSL(0, factory, options, 128, "127.0.0.1").getHost()
    assert isinstance(host, IPv4Address)
    print(host.port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
