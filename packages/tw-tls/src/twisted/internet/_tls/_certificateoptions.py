"""How TLS is to be spoken: what is shown to the peer, what is asked of it, and which TLS it is.

A `CertificateOptions` makes one OpenSSL context, when it is needed first, and all its connections
share that.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from OpenSSL.crypto import X509, PKey

from twisted.internet._tls._alpn import checkedNames, setAcceptableProtocols
from twisted.internet._tls._certificates import Certificate
from twisted.internet._tls._ciphers import (
    OLD_CIPHERS,
    cipherList,
    defaultCiphers,
)
from twisted.internet._tls._dhparameters import OpenSSLDiffieHellmanParameters
from twisted.internet._tls._trustroots import (
    IOpenSSLTrustRoot,
    OpenSSLCertificateAuthorities,
)
from twisted.internet._tls._versions import versionRange
from twisted.internet.interfaces import (
    IAcceptableCiphers,
    IOpenSSLClientConnectionCreator,
    IOpenSSLContextFactory,
    IOpenSSLServerConnectionCreator,
    IProtocol,
)
from twisted.logger import Logger
from twisted.python.components import adapt, classImplements
from twisted.python.constants import NamedConstant

_log = Logger(namespace="twisted.internet.ssl")

OP_NO_RENEGOTIATION = 1 << 30
"""OpenSSL's number for: a peer that wants to begin a new handshake on the same connection is told
no (pyOpenSSL has no name for it)."""

_MODE_ENABLE_PARTIAL_WRITE = 1

VERIFY_DEPTH = 9
"""How many certificates may lie between the peer's and one that is trusted."""

_EXCLUSIVE = (
    ("trustRoot", "requireCertificate"),
    ("trustRoot", "verify"),
    ("trustRoot", "caCerts"),
    ("method", "insecurelyLowerMinimumTo"),
    ("method", "raiseMinimumTo"),
    ("method", "lowerMaximumSecurityTo"),
    ("raiseMinimumTo", "insecurelyLowerMinimumTo"),
)

ServerNameCallback = Callable[[bytes | None], SSL.Context | None]
"""Chooses a context by the name that a client asks for; None stands for the options' own."""


class CertificateOptions:
    """How TLS is to be spoken, by a server, or by a client that does not look at names.

    A client should rather use `optionsForClientTLS`, which checks that the server is the one it
    wants to talk to.

    Attributes:
        handshakeTimeout: After how many seconds a handshake that is not done ends the connection;
            None for never.
        closeTimeout: After how many seconds a peer that does not answer the end of the connection
            is left; None for never.
    """

    handshakeTimeout: float | None = 60.0
    closeTimeout: float | None = 10.0

    # Tests of older programs put another class here.
    _contextFactory: Callable[[int], SSL.Context] = SSL.Context

    def __init__(
        self,
        privateKey: PKey | None = None,
        certificate: X509 | None = None,
        method: int | None = None,
        verify: bool | None = None,
        caCerts: Sequence[X509] | None = None,
        verifyDepth: int = VERIFY_DEPTH,
        requireCertificate: bool | None = None,
        verifyOnce: bool = True,
        enableSingleUseKeys: bool = True,
        enableSessions: bool = False,
        fixBrokenPeers: bool = False,
        enableSessionTickets: bool = False,
        extraCertChain: Sequence[X509] | None = None,
        acceptableCiphers: IAcceptableCiphers | None = None,
        dhParameters: OpenSSLDiffieHellmanParameters | None = None,
        trustRoot: "IOpenSSLTrustRoot | Certificate | None" = None,
        acceptableProtocols: Sequence[bytes] | None = None,
        raiseMinimumTo: NamedConstant | None = None,
        insecurelyLowerMinimumTo: NamedConstant | None = None,
        lowerMaximumSecurityTo: NamedConstant | None = None,
        contextForServerName: ServerNameCallback | None = None,
    ) -> None:
        """Make options; without arguments they are enough for a client, which trusts everybody.

        Args:
            privateKey: The key of the certificate.
            certificate: What is shown to the peer; both or neither.
            method: One of OpenSSL's numbers for versions of TLS; deprecated, use the arguments
                with TLS versions.
            verify: Whether the peer's certificate is verified by `caCerts`; use `trustRoot`.
            caCerts: Whom to trust; use `trustRoot`.
            verifyDepth: How many certificates may lie between the peer's and a trusted one.
            requireCertificate: Whether a peer without a certificate is refused; yes, unless told
                otherwise together with `verify`.
            verifyOnce: Whether a client is asked for its certificate once only.
            enableSingleUseKeys: Whether each connection gets a Diffie-Hellman key of its own.
            enableSessions: Whether a server remembers sessions, for shorter handshakes.
            fixBrokenPeers: Whether to work around known bugs of peers.
            enableSessionTickets: Whether a server lets its clients remember sessions (RFC 8446
                section 4.6.1, RFC 5077).
            extraCertChain: What lies between `certificate` and one that peers trust, beginning with
                the one that issued it.
            acceptableCiphers: Chooses the cipher suites for TLS 1.2; a good choice is made if None.
            dhParameters: For Diffie-Hellman over finite fields; elliptic curves need none.
            trustRoot: Whom to trust: peers have to show a certificate that leads there. Without
                it, peers are not verified.
            acceptableProtocols: The names of the protocols that can be spoken inside (ALPN), the
                preferred ones first.
            raiseMinimumTo: The lowest version of TLS; not below the default.
            insecurelyLowerMinimumTo: The lowest version of TLS, even below the default.
            lowerMaximumSecurityTo: The highest version of TLS; the newest if None.
            contextForServerName: Called in each handshake of a server with the name that the client
                asks for (SNI, RFC 6066 section 3), or None; what it returns counts from there on
                for the certificate and for the protocols.

        Raises:
            ValueError: A key without its certificate or the other way around, a chain without
                them, versions that leave none, `verify` without `caCerts` or the other way around.
            TypeError: Two arguments exclude each other.
        """
        given = {
            name
            for name, value in (
                ("trustRoot", trustRoot),
                ("requireCertificate", requireCertificate),
                ("verify", verify),
                ("caCerts", caCerts),
                ("method", method),
                ("raiseMinimumTo", raiseMinimumTo),
                ("insecurelyLowerMinimumTo", insecurelyLowerMinimumTo),
                ("lowerMaximumSecurityTo", lowerMaximumSecurityTo),
            )
            if value is not None
        }
        for one, other in _EXCLUSIVE:
            if one in given and other in given:
                raise TypeError(f"{one} and {other} exclude each other: pass one of them")
        if (privateKey is None) != (certificate is None):
            raise ValueError("Specify neither or both of privateKey and certificate")
        if extraCertChain and privateKey is None:
            raise ValueError("A private key and a certificate are required for an extraCertChain")
        if bool(verify) != bool(caCerts):
            raise ValueError(
                "Specify client CA certificate information if and only if enabling "
                "certificate verification"
            )
        if method is not None:
            warnings.warn(
                "Passing method to twisted.internet.ssl.CertificateOptions is deprecated: pass a "
                "combination of insecurelyLowerMinimumTo, raiseMinimumTo and "
                "lowerMaximumSecurityTo instead",
                DeprecationWarning,
                stacklevel=2,
            )
        self.privateKey = privateKey
        self.certificate = certificate
        self.method: int = SSL.TLS_METHOD if method is None else method
        self._versions: tuple[int, int] | None = None
        # The named versions say themselves which they are.
        if method is None or method in (SSL.TLS_METHOD, SSL.SSLv23_METHOD):
            self._versions = versionRange(
                raiseMinimumTo, insecurelyLowerMinimumTo, lowerMaximumSecurityTo
            )
        root: object = OpenSSLCertificateAuthorities(caCerts) if caCerts else trustRoot
        self.trustRoot: IOpenSSLTrustRoot | None = (
            None if root is None else adapt(IOpenSSLTrustRoot, root)
        )
        self.verify: bool = root is not None
        self.verifyDepth: int = verifyDepth
        self.requireCertificate: bool = requireCertificate is not False
        self.verifyOnce: bool = verifyOnce
        self.enableSingleUseKeys: bool = enableSingleUseKeys
        self.enableSessions: bool = enableSessions
        self.enableSessionTickets: bool = enableSessionTickets
        self.fixBrokenPeers: bool = fixBrokenPeers
        self.extraCertChain: list[X509] = list(extraCertChain or ())
        self.dhParameters = dhParameters
        self.contextForServerName = contextForServerName
        self._acceptableProtocols = checkedNames(acceptableProtocols or ())
        if acceptableCiphers is None:
            old = self._versions is None or self._versions[0] < SSL.TLS1_2_VERSION
            finiteFields = certificate is None or dhParameters is not None
            self._ciphers = (
                OLD_CIPHERS.encode("ascii") if old else cipherList(defaultCiphers(finiteFields))
            )
        else:
            self._ciphers = cipherList(acceptableCiphers)
        self._context: SSL.Context | None = None

    def __getstate__(self) -> dict[str, object]:
        """Return what is kept when this is pickled or copied; a context can't be."""
        return {**vars(self), "_context": None}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Take what was kept.

        Args:
            state: What `__getstate__` returned.
        """
        vars(self).update(state)

    def getContext(self) -> SSL.Context:
        """Return the OpenSSL context, always the same."""
        if self._context is None:
            self._context = self._makeContext()
        return self._context

    def clientConnectionForTLS(self, tlsProtocol: IProtocol) -> SSL.Connection:
        """Return a new OpenSSL connection for a client.

        Args:
            tlsProtocol: The protocol that will feed it.
        """
        connection = SSL.Connection(self.getContext(), None)
        connection.set_app_data(tlsProtocol)
        connection.set_connect_state()
        return connection

    def serverConnectionForTLS(self, tlsProtocol: IProtocol) -> SSL.Connection:
        """Return a new OpenSSL connection for a server.

        Args:
            tlsProtocol: The protocol that will feed it.
        """
        connection = SSL.Connection(self.getContext(), None)
        connection.set_app_data(tlsProtocol)
        connection.set_accept_state()
        return connection

    def _makeContext(self) -> SSL.Context:
        """Return a new context that is all that the options say."""
        context = self._contextFactory(self.method)
        if self._versions is not None:
            context.set_min_proto_version(self._versions[0])
            context.set_max_proto_version(self._versions[1])
        context.set_options(self._flags())
        # Memory is freed while a connection is idle, and all records of a write are made at once.
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        context.clear_mode(_MODE_ENABLE_PARTIAL_WRITE)
        context.set_cipher_list(self._ciphers)
        if self.certificate is not None and self.privateKey is not None:
            context.use_certificate(self.certificate.to_cryptography())
            context.use_privatekey(_signingKey(self.privateKey))
            for certificate in self.extraCertChain:
                context.add_extra_chain_cert(certificate.to_cryptography())
            context.check_privatekey()
        self._setVerification(context)
        self._setSessions(context)
        if self.dhParameters is not None:
            context.load_tmp_dh(self.dhParameters.path())
        setAcceptableProtocols(context, self._acceptableProtocols)
        if self.contextForServerName is not None:
            context.set_tlsext_servername_callback(self._serverNameReceived)
        return context

    def _flags(self) -> int:
        flags = (
            SSL.OP_NO_SSLv2
            | SSL.OP_NO_SSLv3
            | SSL.OP_NO_COMPRESSION
            | SSL.OP_CIPHER_SERVER_PREFERENCE
            | OP_NO_RENEGOTIATION
        )
        if self.enableSingleUseKeys:
            flags |= SSL.OP_SINGLE_DH_USE | SSL.OP_SINGLE_ECDH_USE
        if self.fixBrokenPeers:
            flags |= SSL.OP_ALL
        if not self.enableSessionTickets:
            flags |= SSL.OP_NO_TICKET
        return flags

    def _setVerification(self, context: SSL.Context) -> None:
        flags = SSL.VERIFY_NONE
        if self.trustRoot is not None:
            flags = SSL.VERIFY_PEER
            if self.requireCertificate:
                flags |= SSL.VERIFY_FAIL_IF_NO_PEER_CERT
            if self.verifyOnce:
                flags |= SSL.VERIFY_CLIENT_ONCE
            self.trustRoot._addCACertsToContext(context)
        context.set_verify(flags)
        context.set_verify_depth(self.verifyDepth)

    def _setSessions(self, context: SSL.Context) -> None:
        """Say whether sessions are remembered.

        OpenSSL wants a name for the context that they belong to, so that a session of one service
        cannot be used with another: whoever shows the same certificate is the same service.
        """
        if not self.enableSessions:
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        if self.certificate is not None:
            context.set_session_id(
                bytes.fromhex(self.certificate.digest("sha256").replace(b":", b"").decode("ascii"))
            )
        else:
            context.set_session_id(sha256(repr(id(self)).encode("ascii")).digest())

    def _serverNameReceived(self, connection: SSL.Connection) -> None:
        """Let the context be chosen by the name that the client asks for; called by OpenSSL."""
        choose = cast(ServerNameCallback, self.contextForServerName)
        try:
            context = choose(connection.get_servername())
            if context is not None:
                connection.set_context(context)
        except Exception:
            # An exception would be printed and end the handshake; the client checks the name of
            # the certificate that it gets anyway.
            _log.failure("Choosing a certificate by the name of the server failed")


def _signingKey(key: PKey) -> ec.EllipticCurvePrivateKey:
    """Return a key as cryptography has it; it may be of any kind that can sign."""
    return cast(ec.EllipticCurvePrivateKey, key.to_cryptography_key())


classImplements(
    CertificateOptions,
    IOpenSSLClientConnectionCreator,
    IOpenSSLContextFactory,
    IOpenSSLServerConnectionCreator,
)
