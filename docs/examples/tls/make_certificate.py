"""Make a key and a certificate for example.com: python make_certificate.py [directory].

Writes server.pem, with the key and the certificate, and public.pem, with the certificate alone.
"""

import sys
from pathlib import Path

from OpenSSL import crypto

from twisted.internet.ssl import Certificate, KeyPair


def make(directory: Path) -> None:
    # An elliptic curve of 256 bits: as strong as RSA with 3072, and much faster.
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    certificate = key.selfSignedCert(1, commonName="example.com", organizationName="Example")
    (directory / "server.pem").write_bytes(certificate.dumpPEM())
    (directory / "public.pem").write_bytes(Certificate(certificate.original).dumpPEM())
    print("made", certificate)


if __name__ == "__main__":
    make(Path(sys.argv[1] if sys.argv[1:] else "."))
