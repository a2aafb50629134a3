"""What a type checker knows of TLS; read by mypy and pyright."""

from typing import assert_type

from OpenSSL import SSL
from OpenSSL.crypto import X509

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    SSL4ClientEndpoint,
    SSL4ServerEndpoint,
    TCP4ClientEndpoint,
    connectProtocol,
    wrapClientTLS,
)
from twisted.internet.interfaces import (
    INegotiated,
    IOpenSSLClientConnectionCreator,
    IReactorSSL,
    IReactorTCP,
    ISSLTransport,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITCPListeningPort,
    ITLSTransport,
    ITransport,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import (
    DN,
    Certificate,
    CertificateOptions,
    KeyPair,
    NamedCertificates,
    PrivateCertificate,
    TLSVersion,
    optionsForClientTLS,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from twisted.python.constants import NamedConstant


class Greeting(Protocol):
    """Says hello."""

    def connectionMade(self) -> None:
        """Do it."""
        self.transport.write(b"hello")


def certificates() -> None:
    """Load, make and show certificates."""
    mine = PrivateCertificate.loadPEM(b"")
    assert_type(mine, PrivateCertificate)
    assert_type(mine.options(), CertificateOptions)
    assert_type(mine.privateKey, KeyPair)
    assert_type(Certificate.loadPEM(b""), Certificate)
    assert_type(KeyPair.generate().selfSignedCert(1, CN="x"), PrivateCertificate)
    assert_type(DN(CN="x").CN, bytes)
    assert_type(mine.original, X509)
    Certificate(b"")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def options(mine: PrivateCertificate) -> None:
    """Say how TLS is to be spoken."""
    client = optionsForClientTLS("example.com", mine, mine, [b"h2"])
    assert_type(client, IOpenSSLClientConnectionCreator)
    optionsForClientTLS("example.com", trustRootFromCertificates([mine]))
    optionsForClientTLS("example.com", platformTrust(), sendServerName=False)
    assert_type(TLSVersion.TLSv1_3, NamedConstant)
    CertificateOptions(raiseMinimumTo=TLSVersion.TLSv1_3, trustRoot=mine)
    assert_type(NamedCertificates(["a.pem"]).options(), CertificateOptions)
    assert_type(CertificateOptions().getContext(), SSL.Context)
    optionsForClientTLS(b"example.com")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def connections(
    reactor: IReactorSSL, tcp: IReactorTCP, mine: PrivateCertificate, transport: ITransport
) -> None:
    """Serve and connect."""
    factory = Factory.forProtocol(Greeting)
    assert_type(reactor.listenSSL(0, factory, mine.options()), ITCPListeningPort)
    server: IStreamServerEndpoint = SSL4ServerEndpoint(reactor, 0, mine.options())
    server.listen(factory)
    client: IStreamClientEndpoint = SSL4ClientEndpoint(reactor, "h", 1, CertificateOptions())
    assert_type(connectProtocol(client, Greeting()), Deferred[Greeting])
    below = TCP4ClientEndpoint(tcp, "h", 1)
    assert_type(wrapClientTLS(optionsForClientTLS("h"), below), IStreamClientEndpoint)
    tls = TLSMemoryBIOFactory(mine.options(), False, factory)
    assert_type(tls.buildProtocol(None), TLSMemoryBIOProtocol | None)


def transports(tls: TLSMemoryBIOProtocol) -> None:
    """Look at a connection."""
    negotiated: INegotiated = tls
    ssl: ISSLTransport = tls
    start: ITLSTransport = tls
    start.startTLS(CertificateOptions())
    assert_type(negotiated.negotiatedProtocol, bytes | None)
    assert_type(tls.getPeerCertificate(), X509 | None)
    assert_type(tls.getHandle(), SSL.Connection)
    ssl.loseWriteConnection()
