"""The formats that keys and certificates are kept in: PEM and DER, by OpenSSL's numbers."""

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import crypto


def encodingOf(format: int) -> Encoding:
    """Return the encoding that one of OpenSSL's numbers stands for.

    Args:
        format: `OpenSSL.crypto.FILETYPE_ASN1` (2, which is DER) or `FILETYPE_PEM` (1).

    Raises:
        ValueError: It is neither.
    """
    if format == crypto.FILETYPE_ASN1:
        return Encoding.DER
    if format == crypto.FILETYPE_PEM:
        return Encoding.PEM
    raise ValueError(f"a format is OpenSSL.crypto.FILETYPE_ASN1 or FILETYPE_PEM, not {format!r}")
