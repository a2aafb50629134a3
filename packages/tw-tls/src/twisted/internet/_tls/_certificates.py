"""Certificates, requests for them, and certificates with their keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Self, cast

from cryptography import x509
from OpenSSL import crypto

from twisted.internet._tls._certificatefiles import encodingOf
from twisted.internet._tls._keys import YEAR, KeyPair, PublicKey
from twisted.internet._tls._names import DistinguishedName
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from twisted.internet._tls._certificateoptions import CertificateOptions


class CertBase:
    """What certificates and requests have in common: somebody whom they are about.

    Attributes:
        original: What is wrapped.
    """

    def __init__(self, original: "crypto.X509 | x509.CertificateSigningRequest") -> None:
        """Wrap a certificate of pyOpenSSL, or a request of cryptography.

        Args:
            original: The certificate or the request.
        """
        self.original = original

    def getSubject(self) -> DistinguishedName:
        """Return whom it is about."""
        original = self.original
        if isinstance(original, crypto.X509):
            return DistinguishedName.fromName(original.to_cryptography().subject)
        return DistinguishedName.fromName(original.subject)


class CertificateRequest(CertBase):
    """Somebody asks for a certificate for a key.

    Attributes:
        original: The request as cryptography has it.
    """

    original: x509.CertificateSigningRequest

    @classmethod
    def load(cls, requestData: bytes, requestFormat: int = crypto.FILETYPE_ASN1) -> Self:
        """Read a request.

        Args:
            requestData: The request (PKCS #10, RFC 2986).
            requestFormat: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.

        Raises:
            ValueError: It is none, or not signed by the key that it is for.
        """
        if encodingOf(requestFormat) is encodingOf(crypto.FILETYPE_PEM):
            request = x509.load_pem_x509_csr(requestData)
        else:
            request = x509.load_der_x509_csr(requestData)
        if not request.is_signature_valid:
            raise ValueError("the request is not signed by the key that it asks a certificate for")
        return cls(request)

    def dump(self, format: int = crypto.FILETYPE_ASN1) -> bytes:
        """Return the request in bytes.

        Args:
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
        """
        return self.original.public_bytes(encodingOf(format))


class Certificate(CertBase):
    """A certificate: somebody says whose a key is.

    Attributes:
        original: The certificate as pyOpenSSL has it.
    """

    original: crypto.X509

    def __init__(self, original: crypto.X509) -> None:
        """Wrap a certificate of pyOpenSSL, such as `transport.getPeerCertificate()` returns.

        Args:
            original: The certificate.
        """
        super().__init__(original)

    def __repr__(self) -> str:
        subject = _commonName(self.getSubject())
        issuer = _commonName(self.getIssuer())
        return f"<{type(self).__name__} Subject={subject} Issuer={issuer}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.dump() == other.dump()

    def __hash__(self) -> int:
        return hash(self.dump())

    @classmethod
    def load(
        cls, requestData: bytes, format: int = crypto.FILETYPE_ASN1, args: tuple[object, ...] = ()
    ) -> Self:
        """Read a certificate.

        Args:
            requestData: The certificate.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
            args: What the class takes beside the certificate, for subclasses.

        Raises:
            OpenSSL.crypto.Error: It is none.
        """
        return cls(crypto.load_certificate(format, requestData), *args)

    @classmethod
    def loadPEM(cls, data: bytes) -> Self:
        """Read a certificate from PEM.

        Args:
            data: The text of the file, which may hold other things as well; the first certificate
                counts.

        Raises:
            OpenSSL.crypto.Error: There is none in it.
        """
        return cls.load(data, crypto.FILETYPE_PEM)

    def dump(self, format: int = crypto.FILETYPE_ASN1) -> bytes:
        """Return the certificate in bytes.

        Args:
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
        """
        return crypto.dump_certificate(format, self.original)

    def dumpPEM(self) -> bytes:
        """Return the certificate in PEM."""
        return self.dump(crypto.FILETYPE_PEM)

    @classmethod
    def peerFromTransport(cls, transport: object) -> Self:
        """Return the certificate that the peer of a TLS connection showed.

        Args:
            transport: The own end of the connection.

        Raises:
            CertificateError: It showed none, or speaks no TLS.
        """
        return cls(_shown(transport, "get_peer_certificate", "peer"))

    @classmethod
    def hostFromTransport(cls, transport: object) -> Self:
        """Return the certificate that this side of a TLS connection showed.

        Args:
            transport: The own end of the connection.

        Raises:
            CertificateError: It showed none, or speaks no TLS.
        """
        return cls(_shown(transport, "get_certificate", "host"))

    def getIssuer(self) -> DistinguishedName:
        """Return who says so."""
        return DistinguishedName.fromName(self.original.to_cryptography().issuer)

    def getPublicKey(self) -> PublicKey:
        """Return the key that it is about."""
        return PublicKey(self.original.get_pubkey())

    def serialNumber(self) -> int:
        """Return the number that the issuer has given to it."""
        return self.original.get_serial_number()

    def digest(self, method: str = "md5") -> bytes:
        """Return a fingerprint of the certificate.

        Args:
            method: The name of the hash. Where the fingerprint stands for the certificate, ask for
                "sha256": with MD5 two certificates can be made to have the same.

        Returns:
            Hexadecimal digits, two by two, with colons between.
        """
        return self.original.digest(method)

    def options(self, *authorities: "Certificate") -> "CertificateOptions":
        """Return the options for a connection; for that, a key is needed too.

        Args:
            authorities: Whom to trust.

        Raises:
            TypeError: Always; a `PrivateCertificate` has options.
        """
        raise TypeError(
            "a certificate without its key can't be shown to a peer: use a PrivateCertificate"
        )

    def inspect(self) -> str:
        """Return all about the certificate for people to read, in several lines."""
        return "\n".join(
            [
                f"Certificate For Subject:\n{self.getSubject().inspect()}",
                f"\nIssuer:\n{self.getIssuer().inspect()}",
                f"\nSerial Number: {self.serialNumber()}",
                f"Digest: {self.digest('sha256').decode('ascii')}",
                self.getPublicKey().inspect(),
            ]
        )


class PrivateCertificate(Certificate):
    """A certificate with the key that it is about: what one shows a peer.

    Attributes:
        privateKey: The key.
    """

    privateKey: KeyPair

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]} with {self.privateKey!r}>"

    def _setPrivateKey(self, privateKey: KeyPair) -> Self:
        if not privateKey.matches(self.getPublicKey()):
            raise VerifyError(
                f"the certificate of {_commonName(self.getSubject())} is for another key"
            )
        self.privateKey = privateKey
        return self

    def newCertificate(
        self, newCertData: bytes, format: int = crypto.FILETYPE_ASN1
    ) -> "PrivateCertificate":
        """Return another certificate for the same key, with the key.

        Args:
            newCertData: The certificate.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.

        Raises:
            VerifyError: It is for another key.
        """
        return self.load(newCertData, self.privateKey, format)

    @classmethod
    def load(  # type: ignore[override]  # a private certificate is made of two things
        cls, data: bytes, privateKey: KeyPair, format: int = crypto.FILETYPE_ASN1
    ) -> Self:
        """Read a certificate and put it together with its key.

        Args:
            data: The certificate.
            privateKey: The key.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.

        Raises:
            OpenSSL.crypto.Error: It is no certificate.
            VerifyError: It is for another key.
        """
        return cls(crypto.load_certificate(format, data))._setPrivateKey(privateKey)

    @classmethod
    def fromCertificateAndKeyPair(
        cls, certificateInstance: Certificate, privateKey: KeyPair
    ) -> Self:
        """Put a certificate together with its key.

        Args:
            certificateInstance: The certificate.
            privateKey: The key.

        Raises:
            VerifyError: It is for another key.
        """
        return cls(certificateInstance.original)._setPrivateKey(privateKey)

    @classmethod
    def loadPEM(cls, data: bytes) -> Self:
        """Read a key and its certificate from PEM.

        Args:
            data: The text of the file, which holds both.

        Raises:
            OpenSSL.crypto.Error: One of them is missing or damaged.
            VerifyError: They don't belong together.
        """
        key = KeyPair.load(data, crypto.FILETYPE_PEM)
        return cls.load(data, key, crypto.FILETYPE_PEM)

    def dumpPEM(self) -> bytes:
        """Return the key and the certificate in PEM; the key is not encrypted."""
        return self.dump(crypto.FILETYPE_PEM) + self.privateKey.dump(crypto.FILETYPE_PEM)

    def inspect(self) -> str:
        """Return all about the certificate and its key for people to read."""
        return f"{super().inspect()}\n{self.privateKey.inspect()}"

    def options(self, *authorities: Certificate) -> "CertificateOptions":
        """Return the options for connections on which this certificate is shown.

        Args:
            authorities: Peers have to show a certificate that one of these has issued; without
                any, peers are not asked for one.
        """
        from twisted.internet._tls._certificateoptions import CertificateOptions
        from twisted.internet._tls._trustroots import trustRootFromCertificates

        if not authorities:
            return CertificateOptions(self.privateKey.original, self.original)

        return CertificateOptions(
            self.privateKey.original,
            self.original,
            trustRoot=trustRootFromCertificates(authorities),
        )

    def certificateRequest(
        self, format: int = crypto.FILETYPE_ASN1, digestAlgorithm: str = "sha256"
    ) -> bytes:
        """Ask for a new certificate for the same key and name.

        Args:
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
            digestAlgorithm: The name of the hash to sign.
        """
        return self.privateKey.certificateRequest(self.getSubject(), format, digestAlgorithm)

    def signCertificateRequest(
        self,
        requestData: bytes,
        verifyDNCallback: Callable[[DistinguishedName], bool | Deferred[bool]],
        serialNumber: int,
        requestFormat: int = crypto.FILETYPE_ASN1,
        certificateFormat: int = crypto.FILETYPE_ASN1,
    ) -> bytes | Deferred[bytes]:
        """Grant a certificate in the name of this one; see `KeyPair.signCertificateRequest`.

        Args:
            requestData: What was asked for.
            verifyDNCallback: Says whether a name is approved of.
            serialNumber: The number of the certificate, different for each.
            requestFormat: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
            certificateFormat: The same, for the certificate.
        """
        return self.privateKey.signCertificateRequest(
            self.getSubject(),
            requestData,
            verifyDNCallback,
            serialNumber,
            requestFormat,
            certificateFormat,
        )

    def signRequestObject(
        self,
        certificateRequest: CertificateRequest,
        serialNumber: int,
        secondsToExpiry: int = YEAR,
        digestAlgorithm: str = "sha256",
    ) -> Certificate:
        """Grant a certificate in the name of this one; see `KeyPair.signRequestObject`.

        Args:
            certificateRequest: What was asked for.
            serialNumber: The number of the certificate, different for each.
            secondsToExpiry: How long it is valid.
            digestAlgorithm: The name of the hash to sign.
        """
        return self.privateKey.signRequestObject(
            self.getSubject(), certificateRequest, serialNumber, secondsToExpiry, digestAlgorithm
        )


class CertificateError(Exception):
    """A certificate was asked for where there is none."""


class VerifyError(ValueError):
    """A certificate and a key don't belong together."""


def _shown(transport: object, method: str, who: str) -> crypto.X509:
    """Return the certificate that one side of a connection showed."""
    getHandle = getattr(transport, "getHandle", None)
    handle = None if getHandle is None else getHandle()
    if not hasattr(handle, method):
        raise CertificateError(f"{transport!r} speaks no TLS")
    certificate = getattr(handle, method)()
    if certificate is None:
        raise CertificateError(f"the {who} showed no certificate")
    return cast(crypto.X509, certificate)


def _commonName(name: DistinguishedName) -> str:
    return name.get("commonName", b"").decode("utf-8", "replace")


__all__ = [
    "CertBase",
    "Certificate",
    "CertificateError",
    "CertificateRequest",
    "PrivateCertificate",
    "VerifyError",
]
