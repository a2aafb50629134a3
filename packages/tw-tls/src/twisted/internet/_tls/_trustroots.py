"""Whom to trust: what a peer's certificate has to lead back to."""

import os
from collections.abc import Iterable
from pathlib import Path

import certifi
from OpenSSL import SSL, crypto

from twisted.internet._tls._certificates import CertBase, Certificate
from twisted.python.components import Interface, classImplements, registerAdapter

PLATFORM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where Linux distributions and others keep the certificates that they trust, in one file."""

PLATFORM_DIRECTORIES = ("/etc/ssl/certs",)
"""Where they keep them in one file each."""


class IOpenSSLTrustRoot(Interface):
    """Whom to trust."""

    def _addCACertsToContext(self, context: SSL.Context) -> None:
        """Let a context trust them.

        Args:
            context: The context; it has made no connection yet.
        """


class OpenSSLCertificateAuthorities:
    """Trust in a list of certificates."""

    def __init__(self, caCerts: Iterable[crypto.X509]) -> None:
        """Trust those who have the keys of some certificates.

        Args:
            caCerts: The certificates, as pyOpenSSL has them.
        """
        self._caCerts = tuple(caCerts)

    def _addCACertsToContext(self, context: SSL.Context) -> None:
        store = context.get_cert_store()
        assert store is not None, "every context has one"
        for certificate in self._caCerts:
            store.add_cert(certificate)


classImplements(OpenSSLCertificateAuthorities, IOpenSSLTrustRoot)


def trustRootFromCertificates(certificates: Iterable[CertBase]) -> IOpenSSLTrustRoot:
    """Trust a list of certificates: a peer's has to be issued by one of them, or be one of them.

    Args:
        certificates: `Certificate` or `PrivateCertificate` objects.

    Returns:
        What `trustRoot` arguments take.

    Raises:
        TypeError: One is something else.
    """
    originals = []
    for certificate in certificates:
        if not isinstance(certificate, Certificate):
            raise TypeError(
                "certificates items must be twisted.internet.ssl.Certificate or "
                f"PrivateCertificate objects, not {certificate!r}"
            )
        originals.append(certificate.original)
    return OpenSSLCertificateAuthorities(originals)


def _trustCertificate(certificate: Certificate) -> IOpenSSLTrustRoot:
    return trustRootFromCertificates([certificate])


registerAdapter(_trustCertificate, Certificate, IOpenSSLTrustRoot)


class OpenSSLDefaultPaths:
    """Trust in whom the platform trusts.

    The environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR` count, then what the operating
    system has. Where it has nothing, the collection of the package certifi stands in.
    """

    def _addCACertsToContext(self, context: SSL.Context) -> None:
        context.set_default_verify_paths()
        if not platformHasRoots():
            context.load_verify_locations(certifi.where())


classImplements(OpenSSLDefaultPaths, IOpenSSLTrustRoot)


def platformTrust() -> IOpenSSLTrustRoot:
    """Trust whom the platform trusts.

    Returns:
        What `trustRoot` arguments take.
    """
    return OpenSSLDefaultPaths()


def platformHasRoots() -> bool:
    """Return whether the platform, or the user by the environment, says whom to trust."""
    if "SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ:
        return True
    return any(Path(file).is_file() for file in PLATFORM_FILES) or any(
        _hasEntries(Path(directory)) for directory in PLATFORM_DIRECTORIES
    )


def _hasEntries(directory: Path) -> bool:
    try:
        return any(directory.iterdir())
    except OSError:
        return False


def platformStamp() -> tuple[object, ...]:
    """Return what changes when the platform trusts others than before."""
    environment = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    return (*environment, *map(_stamp, (*environment, *PLATFORM_FILES, *PLATFORM_DIRECTORIES)))


def _stamp(path: str | None) -> int:
    try:
        return Path(path).stat().st_mtime_ns if path else 0
    except OSError:
        return 0
