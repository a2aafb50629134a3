"""Certificates that are made once for a run, protocols that note what happens, and connections."""

from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import cast

from OpenSSL import crypto

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IAddress, IOpenSSLClientConnectionCreator, IProtocol
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    DistinguishedName,
    KeyPair,
    PrivateCertificate,
    optionsForClientTLS,
    trustRootFromCertificates,
)
from twisted.internet.task import Clock
from twisted.internet.testing import Loopback
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from twisted.python.failure import Failure

HANGS_AFTER = 20.0
"""After so many seconds a test has failed; nothing is timed by it."""


@cache
def keyPair() -> KeyPair:
    """Return a key that all tests of a run share."""
    return KeyPair.generate(crypto.TYPE_EC, 256)


def authority(name: str = "authority") -> PrivateCertificate:
    """Return an authority, whose certificate it has signed itself."""
    return _authority(name)


@cache
def _authority(name: str) -> PrivateCertificate:
    return KeyPair.generate(crypto.TYPE_EC, 256).selfSignedCert(1, commonName=name)


def certificate(
    name: str = "example.com", issuer: str = "authority", seconds: int = 3600
) -> PrivateCertificate:
    """Return a certificate for a host, issued by an authority."""
    return _certificate(name, issuer, seconds)


@cache
def _certificate(name: str, issuer: str, seconds: int) -> PrivateCertificate:
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    request = key.requestObject(DistinguishedName(commonName=name))
    signed = authority(issuer).signRequestObject(request, 2, seconds)
    return PrivateCertificate.fromCertificateAndKeyPair(signed, key)


@cache
def serverOptions(name: str = "example.com") -> CertificateOptions:
    """Return options of a server."""
    return certificate(name).options()


@cache
def clientOptions(name: str = "example.com") -> IOpenSSLClientConnectionCreator:
    """Return options of a client that trusts the authority."""
    return optionsForClientTLS(name, trustRootFromCertificates([authority()]))


def withoutKey(private: PrivateCertificate) -> Certificate:
    """Return a certificate without its key."""
    return Certificate(private.original)


class Noting(Protocol):
    """Notes what happens to it.

    Attributes:
        received: All that was received.
        pieces: What each `dataReceived` brought.
        reasons: What each `connectionLost` was called with.
        handshakes: How often `handshakeCompleted` was called.
    """

    transport: TLSMemoryBIOProtocol

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.reasons: list[Failure] = []
        self.made = 0
        self.onMade: Callable[[], object] = lambda: None
        self.onData: Callable[[bytes], object] = lambda data: None

    @property
    def received(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def lost(self) -> bool:
        return bool(self.reasons)

    @property
    def reason(self) -> BaseException:
        """Return why the connection was lost."""
        assert len(self.reasons) == 1, self.reasons
        return self.reasons[0].value

    def connectionMade(self) -> None:
        self.made += 1
        self.onMade()

    def dataReceived(self, data: bytes) -> None:
        self.pieces.append(data)
        self.onData(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons.append(reason)


class Only(ClientFactory[IProtocol]):
    """Hands out one protocol, once, and keeps it no longer than that."""

    noisy = False

    def __init__(self, protocol: IProtocol) -> None:
        self._only = [protocol]

    def buildProtocol(self, addr: IAddress | None) -> IProtocol:
        return self._only.pop()


class Pair:
    """A server and a client that speak TLS over a connection in memory."""

    def __init__(
        self,
        server: object = None,
        client: object = None,
        protocols: Callable[[], IProtocol] = Noting,
        clock: Clock | None = None,
        timeouts: tuple[float | None, float | None] = (60.0, 10.0),
        serverFactory: Factory[IProtocol] | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.server = cast(Noting, protocols())
        self.client = cast(Noting, protocols())
        self.tlsServer = self._wrapped(
            server or serverOptions(), False, serverFactory or Only(self.server), timeouts
        )
        self.tlsClient = self._wrapped(client or clientOptions(), True, Only(self.client), timeouts)
        self.loopback: Loopback | None = None

    def _wrapped(
        self,
        options: object,
        isClient: bool,
        factory: Factory[IProtocol],
        timeouts: tuple[float | None, float | None],
    ) -> TLSMemoryBIOProtocol:
        tlsFactory = TLSMemoryBIOFactory(options, isClient, factory, self.clock)  # type: ignore[arg-type]
        tlsFactory.handshakeTimeout, tlsFactory.closeTimeout = timeouts
        built = tlsFactory.buildProtocol(None)
        assert built is not None
        return built

    def connect(self) -> "Pair":
        """Connect the two; the handshake is to come."""
        self.loopback = Loopback(self.tlsServer, self.tlsClient)
        return self

    def shake(self) -> "Pair":
        """Connect the two and let the handshake come to its end."""
        self.connect()
        self.run()
        return self

    def run(self, turns: int = 20) -> None:
        """Let bytes move."""
        assert self.loopback is not None
        for _ in range(turns):
            self.clock.advance(0)
            self.loopback.turn()

    def until(self, condition: Callable[[], object]) -> None:
        """Let bytes move until a condition holds."""
        for _ in range(2000):
            if condition():
                return
            self.run(1)
        raise AssertionError("the condition did not come to hold")


def turnUntil(reactor: PollingReactor, condition: Callable[[], object]) -> None:
    """Turn a reactor until a condition holds."""
    limit = monotonic() + HANGS_AFTER
    while not condition():
        assert monotonic() < limit, "the condition did not come to hold"
        reactor.iterate(0.02)


def discard(reactor: PollingReactor) -> None:
    """Close what a reactor has open."""
    reactor.fireSystemEvent("shutdown")
    for call in reactor.getDelayedCalls():
        call.cancel()
    reactor.close()
