"""TLS for clients that know whom they want to talk to.

The name of the server is sent in the handshake (SNI) and looked for in the certificate that comes
back (RFC 9525, by the package service_identity), after OpenSSL has followed the certificate to one
that is trusted, and before anything that was written is sent.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import idna
from OpenSSL import SSL
from service_identity.pyopenssl import verify_hostname, verify_ip_address

from twisted.internet._tls._certificateoptions import CertificateOptions
from twisted.internet._tls._certificates import Certificate, PrivateCertificate
from twisted.internet._tls._trustroots import (
    IOpenSSLTrustRoot,
    OpenSSLDefaultPaths,
    platformStamp,
    platformTrust,
)
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IProtocol
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class _Verifying(Protocol):
    """What feeds a connection, as far as verifying needs it."""

    def failVerification(self, reason: Failure) -> None:
        """End the connection."""


class ClientTLSOptions:
    """Makes the connections of a client to one server.

    Attributes:
        handshakeTimeout: After how many seconds a handshake that is not done ends the connection;
            None for never.
        closeTimeout: After how many seconds a peer that does not answer the end of the connection
            is left; None for never.
    """

    handshakeTimeout: float | None = CertificateOptions.handshakeTimeout
    closeTimeout: float | None = CertificateOptions.closeTimeout

    def __init__(self, hostname: str, ctx: SSL.Context, sendServerName: bool | None = None) -> None:
        """Choose a server.

        Args:
            hostname: Its name, or its address.
            ctx: The context; it says whom to trust.
            sendServerName: Whether the name is sent in the handshake; an address never is. None
                stands for yes.

        Raises:
            ValueError: The name is none.
        """
        self._ctx = ctx
        self._hostname = hostname
        self._hostnameIsDnsName = not _isAddress(hostname)
        self._hostnameBytes: bytes = (
            encodedName(hostname) if self._hostnameIsDnsName else hostname.encode("ascii")
        )
        self._hostnameASCII: str = self._hostnameBytes.decode("ascii")
        self._sendServerName = self._hostnameIsDnsName and sendServerName is not False

    def clientConnectionForTLS(self, tlsProtocol: IProtocol) -> SSL.Connection:
        """Return a new OpenSSL connection.

        Args:
            tlsProtocol: The protocol that will feed it; its `failVerification` is called if the
                server is another one.
        """
        connection = SSL.Connection(self._ctx, None)
        connection.set_app_data(tlsProtocol)
        connection.set_info_callback(self._identityVerifyingInfoCallback)
        if self._sendServerName:
            connection.set_tlsext_host_name(self._hostnameBytes)
        connection.set_connect_state()
        return connection

    # Subclasses of older programs override it by this name.
    def _identityVerifyingInfoCallback(
        self, connection: SSL.Connection, where: int, ret: int
    ) -> None:
        """Verify the server when the handshake is done; called by OpenSSL in each of its steps."""
        if not where & SSL.SSL_CB_HANDSHAKE_DONE:
            return
        try:
            if self._hostnameIsDnsName:
                verify_hostname(connection, self._hostnameASCII)
            else:
                verify_ip_address(connection, self._hostnameASCII)
        except Exception:
            cast(_Verifying, connection.get_app_data()).failVerification(Failure())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self._hostname}>"


classImplements(ClientTLSOptions, IOpenSSLClientConnectionCreator)


def optionsForClientTLS(
    hostname: str,
    trustRoot: "IOpenSSLTrustRoot | Certificate | None" = None,
    clientCertificate: PrivateCertificate | None = None,
    acceptableProtocols: Sequence[bytes] | None = None,
    *,
    extraCertificateOptions: Mapping[str, Any] | None = None,
    sendServerName: bool | None = None,
) -> IOpenSSLClientConnectionCreator:
    """Say how a client is to speak TLS with one server.

    Args:
        hostname: The name of the server, as people write it, or its address. Its certificate has
            to be for that.
        trustRoot: Whom to trust; whom the platform trusts if None.
        clientCertificate: What is shown to a server that asks for a certificate.
        acceptableProtocols: The names of the protocols that can be spoken inside (ALPN), the
            preferred ones first.
        extraCertificateOptions: More arguments for `CertificateOptions`.
        sendServerName: Whether the name is sent in the handshake (SNI); None stands for yes.

    Returns:
        What endpoints, `connectSSL` and `startTLS` take.

    Raises:
        TypeError: `hostname` is not text, or an extra option is unknown or excluded.
        ValueError: `hostname` is no name.
    """
    if not isinstance(hostname, str):
        raise TypeError(
            "optionsForClientTLS requires text for host names, not "
            f"{type(hostname).__name__}: pass it as people write it"
        )
    extra = dict(extraCertificateOptions or {})
    if trustRoot is None and clientCertificate is None and not extra:
        options = _platformOptions(tuple(acceptableProtocols or ()), platformStamp())
    else:
        if clientCertificate is not None:
            extra.update(
                privateKey=clientCertificate.privateKey.original,
                certificate=clientCertificate.original,
            )
        options = CertificateOptions(
            trustRoot=platformTrust() if trustRoot is None else trustRoot,
            acceptableProtocols=acceptableProtocols,
            **extra,
        )
    return ClientTLSOptions(hostname, options.getContext(), sendServerName)


@lru_cache(maxsize=16)
def _platformOptions(protocols: tuple[bytes, ...], stamp: tuple[object, ...]) -> CertificateOptions:
    """Return the options of clients that ask for nothing special.

    Reading whom the platform trusts takes longer than a handshake, so those share a context until
    that changes.
    """
    return CertificateOptions(trustRoot=OpenSSLDefaultPaths(), acceptableProtocols=protocols)


def _isAddress(hostname: str) -> bool:
    try:
        ipaddress.ip_address(hostname)
    except ValueError:
        return False
    return True


def encodedName(hostname: str) -> bytes:
    """Return a host name as it is sent over the wire (RFC 5891).

    Args:
        hostname: The name as people write it.

    Raises:
        ValueError: It is none.
    """
    try:
        return idna.encode(hostname.rstrip("."), uts46=True)
    except idna.IDNAError as error:
        # Names that DNS carries and IDNA does not know (underscores, hyphens in odd places).
        if hostname and hostname.isascii() and hostname.isprintable() and " " not in hostname:
            return hostname.encode("ascii")
        raise ValueError(f"{hostname!r} is no host name: {error}") from error
