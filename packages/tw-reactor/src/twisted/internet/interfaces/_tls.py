"""TLS as the reactor's floor sees it.

The implementation lives in tw-tls. What is handed through here without being looked at (OpenSSL's
contexts and connections, certificates) is named by small Protocols, so that this floor needs
nothing from that one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from twisted.internet.interfaces._addresses import BindAddress
from twisted.internet.interfaces._protocols import IProtocol, IProtocolFactory
from twisted.internet.interfaces._tcp import IConnector, ITCPListeningPort
from twisted.internet.interfaces._transports import ITCPTransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.protocol import ClientFactory


class OpenSSLContext(Protocol):
    """What this floor knows of an `OpenSSL.SSL.Context`."""

    def get_cert_store(self) -> object:
        """Return the certificates that the context trusts."""
        ...


class OpenSSLConnection(Protocol):
    """What this floor knows of an `OpenSSL.SSL.Connection`."""

    def get_context(self) -> OpenSSLContext:
        """Return the context that the connection was made with."""
        ...

    def do_handshake(self) -> None:
        """Go on with the handshake."""


class IOpenSSLContextFactory(Interface):
    """The older way to say how TLS is to be spoken: one context for all connections."""

    def getContext(self) -> OpenSSLContext:
        """Return the context, the same one in each call if it can be shared.

        Called when a TLS connection begins.
        """
        ...


class IOpenSSLClientConnectionCreator(Interface):
    """What makes the OpenSSL object of a connection that this side began."""

    def clientConnectionForTLS(self, tlsProtocol: IProtocol) -> OpenSSLConnection:
        """Return a new OpenSSL connection, in connect state and without a socket.

        Args:
            tlsProtocol: The protocol that will feed it.
        """
        ...


class IOpenSSLServerConnectionCreator(Interface):
    """What makes the OpenSSL object of a connection that the peer began."""

    def serverConnectionForTLS(self, tlsProtocol: IProtocol) -> OpenSSLConnection:
        """Return a new OpenSSL connection, in accept state and without a socket.

        Args:
            tlsProtocol: The protocol that will feed it.
        """
        ...


TLSOptions = (
    IOpenSSLContextFactory | IOpenSSLClientConnectionCreator | IOpenSSLServerConnectionCreator
)
"""Everything that says how TLS is to be spoken on a connection."""


class ITLSTransport(ITCPTransport, Interface):
    """A TCP connection that can be turned into a TLS connection."""

    def startTLS(self, contextFactory: TLSOptions) -> None:
        """Speak TLS from here on, in both directions.

        What was written before is sent in the clear, what is written after is encrypted.

        Args:
            contextFactory: Says how; made by `twisted.internet.ssl`.

        Raises:
            ImportError: tw-tls is not installed; the text says how to install it.
        """


class ISSLTransport(ITCPTransport, Interface):
    """A connection that speaks TLS."""

    def getPeerCertificate(self) -> object | None:
        """Return the peer's certificate (an `OpenSSL.crypto.X509`), or None if it showed none."""
        ...


class INegotiated(ISSLTransport, Interface):
    """A TLS connection that may have agreed on a protocol (ALPN, RFC 7301)."""

    @property
    def negotiatedProtocol(self) -> bytes | None:
        """The name of the protocol agreed on; None if there is none, or none as yet."""
        ...


class IHandshakeListener(Interface):
    """A protocol that wants to know when the TLS handshake is done."""

    def handshakeCompleted(self) -> None:
        """Learn that the handshake is done and the peer's certificate, if any, was verified.

        Called once, after `connectionMade` and before any `dataReceived`.
        """


class IProtocolNegotiationFactory(Interface):
    """A factory whose protocols can speak several protocols, to be agreed on with ALPN."""

    def acceptableProtocols(self) -> Sequence[bytes]:
        """Return the names of the protocols, the preferred ones first.

        Called before each TLS handshake.
        """
        ...


class ICipher(Interface):
    """A cipher suite."""

    @property
    def fullName(self) -> str:
        """OpenSSL's name of the suite."""
        ...


class IAcceptableCiphers(Interface):
    """What chooses cipher suites."""

    def selectCiphers(self, availableCiphers: Sequence[ICipher]) -> Sequence[ICipher]:
        """Return those suites that are good enough, the preferred ones first.

        Args:
            availableCiphers: All that OpenSSL has on this machine.
        """
        ...


class IReactorSSL(Interface):
    """A reactor that speaks TLS over TCP; one does when tw-tls is installed."""

    def connectSSL(
        self,
        host: str,
        port: int,
        factory: "ClientFactory",
        contextFactory: TLSOptions,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port and speak TLS at once.

        Args:
            host: A name or an address.
            port: The number of the port, 1 to 65535.
            factory: Builds the protocol and learns about each step, as in `connectTCP`.
            contextFactory: Says how TLS is to be spoken.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone.

        Raises:
            ImportError: tw-tls is not installed; the text says how to install it.
        """
        ...

    def listenSSL(
        self,
        port: int,
        factory: IProtocolFactory,
        contextFactory: TLSOptions,
        backlog: int = 50,
        interface: str = "",
    ) -> ITCPListeningPort:
        """Take TLS connections on a TCP port, from now on.

        Args:
            port: The number of the port, 0 to 65535; 0 lets the system choose a free one.
            factory: Builds the protocol for each connection.
            contextFactory: Says how TLS is to be spoken.
            backlog: How many connections may wait to be accepted.
            interface: The address to listen on; empty stands for all IPv4 addresses.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
            ImportError: tw-tls is not installed; the text says how to install it.
        """
        ...
