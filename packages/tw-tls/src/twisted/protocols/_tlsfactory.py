"""The factory that makes the connections of another one speak TLS."""

from collections.abc import Sequence
from typing import Protocol, cast

from OpenSSL import SSL

from twisted.internet._tls._alpn import setAcceptableProtocols
from twisted.internet.interfaces import (
    IAddress,
    IOpenSSLClientConnectionCreator,
    IOpenSSLServerConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IProtocolNegotiationFactory,
    IReactorTime,
    TLSOptions,
)
from twisted.logger import Logger
from twisted.protocols._tlsprotocol import TLSMemoryBIOProtocol
from twisted.protocols.policies import WrappingFactory
from twisted.python.components import provides

_log = Logger(namespace="twisted.protocols.tls")

HANDSHAKE_TIMEOUT = 60.0
"""After how many seconds a handshake that is not done ends the connection."""

CLOSE_TIMEOUT = 10.0
"""After how many seconds a peer that does not answer the end of the connection is left."""


class _Creator(Protocol):
    """Makes the OpenSSL object of a connection."""

    def __call__(self, tlsProtocol: TLSMemoryBIOProtocol, /) -> SSL.Connection:
        """Make it."""
        ...


class _OfContext:
    """Makes connections from the one context of an older kind of options."""

    def __init__(self, contextFactory: object, isClient: bool) -> None:
        self._getContext = contextFactory.getContext  # type: ignore[attr-defined]  # was looked for
        self._isClient = isClient

    def __call__(self, tlsProtocol: TLSMemoryBIOProtocol, /) -> SSL.Connection:
        """Make a connection."""
        context = self._getContext()
        protocols = tlsProtocol.acceptableProtocols
        if protocols:
            try:
                setAcceptableProtocols(context, protocols)
            except ValueError:
                # It has made a connection, so it has them already or takes none.
                pass
        connection = SSL.Connection(context, None)
        if self._isClient:
            connection.set_connect_state()
        else:
            connection.set_accept_state()
        return connection


class TLSMemoryBIOFactory(WrappingFactory[TLSMemoryBIOProtocol]):
    """Makes the connections of another factory speak TLS, over whatever they are made.

    Attributes:
        isClient: Whether this side begins the handshake.
        clock: What times are taken from; the reactor of the transport if None.
        handshakeTimeout: After how many seconds a handshake that is not done ends the connection;
            None for never. Set it on the instance, or on `contextFactory` before it comes here.
        closeTimeout: After how many seconds a peer that does not answer the end of the connection
            is left; None for never. Set it like `handshakeTimeout`.
    """

    protocol = TLSMemoryBIOProtocol  # type: ignore[assignment]  # its factory is of this class
    noisy = False

    def __init__(
        self,
        contextFactory: TLSOptions,
        isClient: bool,
        wrappedFactory: IProtocolFactory,
        clock: IReactorTime | None = None,
    ) -> None:
        """Wrap a factory.

        Args:
            contextFactory: Says how TLS is to be spoken; made by `twisted.internet.ssl`.
            isClient: Whether this side begins the handshake.
            wrappedFactory: Builds the protocols that get the plaintext.
            clock: What times are taken from; the reactor of the transport if None.

        Raises:
            TypeError: `contextFactory` does not fit this side.
        """
        super().__init__(wrappedFactory)
        self.isClient: bool = isClient
        self.clock = clock
        self.handshakeTimeout: float | None = getattr(
            contextFactory, "handshakeTimeout", HANDSHAKE_TIMEOUT
        )
        self.closeTimeout: float | None = getattr(contextFactory, "closeTimeout", CLOSE_TIMEOUT)
        self._create = _creatorOf(contextFactory, isClient)
        self._negotiates = provides(IProtocolNegotiationFactory, wrappedFactory)

    def buildProtocol(self, addr: IAddress | None) -> TLSMemoryBIOProtocol | None:
        """Build a protocol and wrap it; none if the wrapped factory refuses.

        Args:
            addr: The address of the peer.
        """
        protocol = self.wrappedFactory.buildProtocol(addr)
        return None if protocol is None else self.protocol(self, protocol)

    def logPrefix(self) -> str:
        """Return the name of the wrapped factory in the log, and that it speaks TLS."""
        return super().logPrefix().replace(type(self).__name__, "TLS")

    def _createConnection(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Return the OpenSSL object for a new connection."""
        protocols: Sequence[bytes] | None = None
        if self._negotiates:
            factory = cast(IProtocolNegotiationFactory, self.wrappedFactory)
            protocols = tlsProtocol.acceptableProtocols = list(factory.acceptableProtocols())
        connection = self._create(tlsProtocol)
        if connection.get_app_data() is None:
            connection.set_app_data(tlsProtocol)
        if protocols and self.isClient:
            connection.set_alpn_protos(list(protocols))
        return connection


def _creatorOf(contextFactory: TLSOptions, isClient: bool) -> _Creator:
    """Return what makes the connections of one side.

    Raises:
        TypeError: The options are for the other side, or are no options.
    """
    getContext = getattr(contextFactory, "getContext", None)
    if callable(getContext):
        # A key that does not fit, say, is told now and not to the first peer.
        getContext()
    if isClient and provides(IOpenSSLClientConnectionCreator, contextFactory):
        return cast(_Creator, contextFactory.clientConnectionForTLS)  # type: ignore[union-attr]
    if not isClient and provides(IOpenSSLServerConnectionCreator, contextFactory):
        return cast(_Creator, contextFactory.serverConnectionForTLS)  # type: ignore[union-attr]
    if callable(getContext):
        return _OfContext(contextFactory, isClient)
    wanted = "optionsForClientTLS(...)" if isClient else "CertificateOptions(...)"
    raise TypeError(
        f"{contextFactory!r} can't be used for a TLS {'client' if isClient else 'server'}: "
        f"pass {wanted}, or an object with getContext()"
    )


def wrapped(protocol: IProtocol) -> IProtocol:
    """Return the protocol inside of however many layers of TLS.

    Args:
        protocol: What speaks TLS, or the protocol itself.
    """
    while isinstance(protocol, TLSMemoryBIOProtocol):
        protocol = protocol.wrappedProtocol
    return protocol
