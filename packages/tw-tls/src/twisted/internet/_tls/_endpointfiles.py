"""The files that descriptions of endpoints name: keys, certificates, and whom to trust."""

import re
from pathlib import Path

from OpenSSL import crypto

from twisted.internet._tls._certificates import Certificate, PrivateCertificate
from twisted.internet._tls._keys import KeyPair
from twisted.internet._tls._trustroots import (
    IOpenSSLTrustRoot,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.internet._tls._versions import TLSVersion
from twisted.python.constants import NamedConstant

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

CERTIFICATE_SUFFIXES = (".pem", ".crt")
"""What the names of files with certificates end in, where all those of a directory are read."""

LARGEST_FILE = 2**24
"""How many bytes a file may have: a collection of all authorities of the world has a quarter of a
million."""

_METHODS: dict[str, dict[str, NamedConstant]] = {
    "SSLv23_METHOD": {},
    "TLS_METHOD": {},
    "TLSv1_METHOD": {
        "insecurelyLowerMinimumTo": TLSVersion.TLSv1_0,
        "lowerMaximumSecurityTo": TLSVersion.TLSv1_0,
    },
    "TLSv1_1_METHOD": {
        "insecurelyLowerMinimumTo": TLSVersion.TLSv1_1,
        "lowerMaximumSecurityTo": TLSVersion.TLSv1_1,
    },
    "TLSv1_2_METHOD": {"lowerMaximumSecurityTo": TLSVersion.TLSv1_2},
    "TLSv1_3_METHOD": {"raiseMinimumTo": TLSVersion.TLSv1_3},
}


def versionsFrom(method: str | None) -> dict[str, NamedConstant]:
    """Return the arguments of `CertificateOptions` that a name of OpenSSL stands for.

    Args:
        method: The name, such as `TLSv1_2_METHOD`; None for no wish.

    Raises:
        ValueError: There is no such name.
    """
    if method is None:
        return {}
    if method not in _METHODS:
        raise ValueError(f"an sslmethod is one of {', '.join(_METHODS)}, not {method!r}")
    return _METHODS[method]


def contentOf(path: str) -> bytes:
    """Return what is in a file.

    Args:
        path: Where it is.

    Raises:
        ValueError: It can't be read, or is too large.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error
    if len(data) > LARGEST_FILE:
        raise ValueError(f"{path} is too large for certificates")
    return data


def privateCertificateFrom(privateKey: str, certificate: str | None) -> PrivateCertificate:
    """Return a certificate with its key.

    Args:
        privateKey: Where the key is, in PEM.
        certificate: Where the certificate is, in PEM; in the same file if None.

    Raises:
        ValueError: One of them is missing or damaged, or they don't belong together.
    """
    keyData = contentOf(privateKey)
    data = keyData if certificate is None else contentOf(certificate)
    try:
        key = KeyPair.load(keyData, crypto.FILETYPE_PEM)
    except (crypto.Error, ValueError) as error:
        raise ValueError(f"{privateKey} holds no private key in PEM") from error
    if not _CERTIFICATE.search(data):
        raise ValueError(f"{certificate or privateKey} holds no certificate in PEM")
    return PrivateCertificate.load(data, key, crypto.FILETYPE_PEM)


def certificatesFrom(path: str) -> list[Certificate]:
    """Return all certificates in a file.

    Args:
        path: Where it is.

    Raises:
        ValueError: There is none, or one is damaged.
    """
    try:
        found = [Certificate.loadPEM(pem) for pem in _CERTIFICATE.findall(contentOf(path))]
    except crypto.Error as error:
        raise ValueError(f"{path} holds a damaged certificate") from error
    if not found:
        raise ValueError(f"{path} holds no certificate in PEM")
    return found


def trustRootFrom(path: str | None) -> IOpenSSLTrustRoot:
    """Return whom to trust.

    Args:
        path: A directory with files of certificates, or one such file; None for whom the platform
            trusts.

    Raises:
        ValueError: There is no certificate.
    """
    if path is None:
        return platformTrust()
    if not Path(path).is_dir():
        return trustRootFromCertificates(certificatesFrom(path))
    files = [
        file
        for file in sorted(Path(path).iterdir())
        if file.suffix.lower() in CERTIFICATE_SUFFIXES and file.is_file()
    ]
    if not files:
        raise ValueError(f"{path} holds no file {' or '.join(CERTIFICATE_SUFFIXES)}")
    found = {
        certificate.dump(): certificate
        for file in files
        for certificate in certificatesFrom(str(file))
    }
    return trustRootFromCertificates(found.values())
