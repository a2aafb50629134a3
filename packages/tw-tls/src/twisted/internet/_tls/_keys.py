"""Keys: public ones, and pairs that can sign.

A pair signs requests for certificates and makes certificates of its own. These are X.509 version 3
with the extensions that are checked today: a certificate names its host as a subject alternative
name (RFC 9525 section 2: the common name is not looked at any more), which is taken from the common
name if that is a host name or an address. What a request asks for beyond its name is not granted:
whoever signs has looked at the name alone.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Self, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from OpenSSL import crypto

from twisted.internet._tls._certificatefiles import encodingOf
from twisted.internet._tls._names import DistinguishedName
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from twisted.internet._tls._certificates import (
        Certificate,
        CertificateRequest,
        PrivateCertificate,
    )

YEAR = 60 * 60 * 24 * 365
"""How many seconds a certificate is valid unless told otherwise."""

SMALLEST_RSA = 2048
"""How many bits an RSA key has at least; OpenSSL accepts no certificate with fewer."""

# How far back a new certificate is valid, for peers whose clock is slow.
_SLACK = timedelta(minutes=5)

_HOST_NAME = re.compile(
    r"(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    re.ASCII | re.IGNORECASE,
)


class PublicKey:
    """A key that signatures can be checked with.

    Attributes:
        original: The key as pyOpenSSL has it.
    """

    def __init__(self, osslpkey: crypto.PKey) -> None:
        """Wrap a key of pyOpenSSL.

        Args:
            osslpkey: The key, public or private.
        """
        self.original: crypto.PKey = osslpkey

    def matches(self, otherKey: "PublicKey") -> bool:
        """Return whether another key is the same, or the other half of the same pair.

        Args:
            otherKey: The other one.
        """
        return self.keyHash() == otherKey.keyHash()

    def keyHash(self) -> str:
        """Return a hash of the public key, which is the same for both halves of a pair.

        Returns:
            SHA-256 over the key in DER (SubjectPublicKeyInfo), in hexadecimal digits.
        """
        return sha256(self._publicBytes()).hexdigest()

    def inspect(self) -> str:
        """Return a line about the key for people to read."""
        return f"Public Key with Hash: {self.keyHash()}"

    def _publicBytes(self) -> bytes:
        key = self.original.to_cryptography_key()
        if hasattr(key, "public_key"):
            key = cast(rsa.RSAPrivateKey, key).public_key()
        public = cast(rsa.RSAPublicKey, key)
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.keyHash()}>"


class KeyPair(PublicKey):
    """A key that can sign, with its public half."""

    @classmethod
    def load(cls, data: bytes, format: int = crypto.FILETYPE_ASN1) -> Self:
        """Read a pair.

        Args:
            data: The private key.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.

        Raises:
            OpenSSL.crypto.Error: It is none.
        """
        return cls(crypto.load_privatekey(format, data))

    def dump(self, format: int = crypto.FILETYPE_ASN1) -> bytes:
        """Return the private key, not encrypted.

        Args:
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
        """
        return self._signing().private_bytes(
            encodingOf(format), PrivateFormat.PKCS8, NoEncryption()
        )

    @classmethod
    def generate(cls, kind: int = crypto.TYPE_RSA, size: int = SMALLEST_RSA) -> Self:
        """Make a new pair.

        Args:
            kind: `OpenSSL.crypto.TYPE_RSA`, `TYPE_EC` or `TYPE_DSA`.
            size: The number of bits. For `TYPE_EC` 256, 384 and 521 choose NIST's curves.

        Raises:
            ValueError: The kind or the size is none that there is.
        """
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey
        if kind == crypto.TYPE_RSA:
            key = rsa.generate_private_key(public_exponent=65537, key_size=size)
        elif kind == crypto.TYPE_EC:
            # 2048 stands for "the default": no curve has so many bits.
            curves: dict[int, ec.EllipticCurve] = {
                256: ec.SECP256R1(),
                384: ec.SECP384R1(),
                521: ec.SECP521R1(),
                SMALLEST_RSA: ec.SECP256R1(),
            }
            if size not in curves:
                raise ValueError(f"an elliptic curve has 256, 384 or 521 bits, not {size}")
            key = ec.generate_private_key(curves[size])
        elif kind == crypto.TYPE_DSA:
            key = dsa.generate_private_key(key_size=size)
        else:
            raise ValueError(
                f"a kind of key is OpenSSL.crypto.TYPE_RSA, TYPE_EC or TYPE_DSA, not {kind!r}"
            )
        return cls(crypto.PKey.from_cryptography_key(key))

    def inspect(self) -> str:
        """Return a line about the pair for people to read."""
        return f"Key Pair with Hash: {self.keyHash()}"

    def newCertificate(
        self, newCertData: bytes, format: int = crypto.FILETYPE_ASN1
    ) -> "PrivateCertificate":
        """Return a certificate for this key together with it.

        Args:
            newCertData: The certificate.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.

        Raises:
            ValueError: It is for another key.
        """
        from twisted.internet._tls._certificates import PrivateCertificate

        return PrivateCertificate.load(newCertData, self, format)

    def requestObject(
        self, distinguishedName: DistinguishedName, digestAlgorithm: str = "sha256"
    ) -> "CertificateRequest":
        """Ask for a certificate for this key.

        Args:
            distinguishedName: Who it is to be about.
            digestAlgorithm: The name of the hash to sign.
        """
        from twisted.internet._tls._certificates import CertificateRequest

        builder = x509.CertificateSigningRequestBuilder().subject_name(distinguishedName.toName())
        key = self._signing()
        return CertificateRequest(builder.sign(key, _hashFor(key, digestAlgorithm)))

    def certificateRequest(
        self,
        distinguishedName: DistinguishedName,
        format: int = crypto.FILETYPE_ASN1,
        digestAlgorithm: str = "sha256",
    ) -> bytes:
        """Ask for a certificate for this key, in bytes that can be sent.

        Args:
            distinguishedName: Who it is to be about.
            format: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
            digestAlgorithm: The name of the hash to sign.
        """
        return self.requestObject(distinguishedName, digestAlgorithm).dump(format)

    def signCertificateRequest(
        self,
        issuerDistinguishedName: DistinguishedName,
        requestData: bytes,
        verifyDNCallback: Callable[[DistinguishedName], bool | Deferred[bool]],
        serialNumber: int,
        requestFormat: int = crypto.FILETYPE_ASN1,
        certificateFormat: int = crypto.FILETYPE_ASN1,
        secondsToExpiry: int = YEAR,
        digestAlgorithm: str = "sha256",
    ) -> bytes | Deferred[bytes]:
        """Grant a certificate to whoever asks for it, if somebody approves of the name.

        Args:
            issuerDistinguishedName: Who grants it.
            requestData: What was asked for.
            verifyDNCallback: Called with the name; says whether it is approved of, at once or by a
                Deferred.
            serialNumber: The number of the certificate, different for each.
            requestFormat: `OpenSSL.crypto.FILETYPE_ASN1` or `FILETYPE_PEM`.
            certificateFormat: The same, for the certificate.
            secondsToExpiry: How long it is valid.
            digestAlgorithm: The name of the hash to sign.

        Returns:
            The certificate, or a Deferred with it if the callback returned one.

        Raises:
            CertificateRequestRefused: The name was not approved of.
        """
        from twisted.internet._tls._certificates import CertificateRequest

        request = CertificateRequest.load(requestData, requestFormat)
        name = request.getSubject()

        def sign(approved: bool) -> bytes:
            if not approved:
                raise CertificateRequestRefused(
                    f"DN callback {verifyDNCallback!r} rejected request DN {name!r}"
                )
            signed = self.signRequestObject(
                issuerDistinguishedName, request, serialNumber, secondsToExpiry, digestAlgorithm
            )
            return signed.dump(certificateFormat)

        approval = verifyDNCallback(name)
        return approval.addCallback(sign) if isinstance(approval, Deferred) else sign(approval)

    def signRequestObject(
        self,
        issuerDistinguishedName: DistinguishedName,
        requestObject: "CertificateRequest",
        serialNumber: int,
        secondsToExpiry: int = YEAR,
        digestAlgorithm: str = "sha256",
    ) -> "Certificate":
        """Grant a certificate.

        Args:
            issuerDistinguishedName: Who grants it.
            requestObject: What was asked for; its signature is checked.
            serialNumber: The number of the certificate, different for each.
            secondsToExpiry: How long it is valid.
            digestAlgorithm: The name of the hash to sign.

        Raises:
            ValueError: The request is not signed by the key that it is for.
        """
        from twisted.internet._tls._certificates import Certificate

        request = requestObject.original
        if not request.is_signature_valid:
            raise ValueError("the request is not signed by the key that it asks a certificate for")
        key = self._signing()
        publicKey = request.public_key()
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(issuerDistinguishedName.toName())
            # X.509 asks for a positive number; older programs count from 0.
            .serial_number(serialNumber or x509.random_serial_number())
            .public_key(publicKey)
            .not_valid_before(now - _SLACK)
            .not_valid_after(now + timedelta(seconds=secondsToExpiry))
        )
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            # Whoever signs for itself may sign for others, others may not.
            (x509.BasicConstraints(publicKey == key.public_key(), None), True),
            (x509.SubjectKeyIdentifier.from_public_key(publicKey), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False),
        ]
        hosts = _hostsOf(request.subject)
        if hosts:
            extensions.append((x509.SubjectAlternativeName(hosts), False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        signed = builder.sign(key, _hashFor(key, digestAlgorithm))
        return Certificate(crypto.X509.from_cryptography(signed))

    def selfSignedCert(self, serialNumber: int, **kw: str | bytes) -> "PrivateCertificate":
        """Return a certificate for this key that it has signed itself, together with it.

        Args:
            serialNumber: The number of the certificate.
            kw: The attributes of the name; a `commonName` that is a host name or an address
                becomes the host that the certificate is for.
        """
        from twisted.internet._tls._certificates import PrivateCertificate

        name = DistinguishedName(**kw)
        signed = self.signRequestObject(name, self.requestObject(name), serialNumber)
        return PrivateCertificate.fromCertificateAndKeyPair(signed, self)

    def _signing(self) -> CertificateIssuerPrivateKeyTypes:
        return cast(CertificateIssuerPrivateKeyTypes, self.original.to_cryptography_key())


class CertificateRequestRefused(Exception):
    """The name in a request for a certificate was not approved of."""


def _hashFor(
    key: CertificateIssuerPrivateKeyTypes, name: str
) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """Return the hash to sign with a key; some keys know by themselves.

    Raises:
        ValueError: There is no such hash, or it is not good enough to be signed.
    """
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return None
    known: dict[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512] = {
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }
    if name not in known:
        raise ValueError(f"the hash to sign is one of {', '.join(known)}, not {name!r}")
    return known[name]


def _hostsOf(name: x509.Name) -> list[x509.GeneralName]:
    """Return the common name of a name as host name or address, if it is one."""
    hosts: list[x509.GeneralName] = []
    for attribute in name.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME):
        host = str(attribute.value)
        try:
            hosts.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            if _HOST_NAME.fullmatch(host):
                hosts.append(x509.DNSName(host))
    return hosts
