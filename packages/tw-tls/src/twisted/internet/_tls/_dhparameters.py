"""Parameters for the older kind of Diffie-Hellman key exchange, over finite fields.

OpenSSL reads them from their file. The look into it here is for an error that says what to do: how
long the modulus is stands in the first number of the only sequence (PKCS #3 or X9.42, in DER).
"""

import base64
import binascii
import re
from typing import Protocol

_PEM = re.compile(
    rb"-----BEGIN ((?:X9\.42 )?DH PARAMETERS)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----"
)

SMALLEST_DH = 2048
"""How many bits the modulus has at least: 1024 can be broken (weakdh.org)."""


class _File(Protocol):
    """A file, such as a `FilePath`."""

    @property
    def path(self) -> str | bytes:
        """Where it is."""
        ...

    def getContent(self) -> bytes:
        """Return what is in it."""
        ...


class OpenSSLDiffieHellmanParameters:
    """Parameters that let a server offer the suites DHE-*, for clients without elliptic curves."""

    def __init__(self, parameters: _File) -> None:
        """Take parameters from a file.

        Args:
            parameters: A `FilePath` of a PEM file, as `openssl dhparam` makes it.
        """
        self._dhFile = parameters

    @classmethod
    def fromFile(cls, filePath: _File) -> "OpenSSLDiffieHellmanParameters":
        """Take parameters from a file.

        Args:
            filePath: A `FilePath` of a PEM file, as `openssl dhparam -out FILE 2048` makes it.

        Raises:
            ValueError: There are none in it, or they are too small.
            OSError: It can't be read.
        """
        made = cls(filePath)
        made.path()
        return made

    def path(self) -> str | bytes:
        """Return where the file is, after a look into it.

        Raises:
            ValueError: There are no parameters in it, or they are too small.
        """
        bits = _modulusBits(self._dhFile.getContent())
        if bits is None:
            raise ValueError(f"{self._dhFile!r} holds no Diffie-Hellman parameters")
        if bits < SMALLEST_DH:
            raise ValueError(
                f"dh key too small: {bits} bits, not {SMALLEST_DH}; "
                f"make a file with: openssl dhparam -out FILE {SMALLEST_DH}"
            )
        return self._dhFile.path


def _modulusBits(pem: bytes) -> int | None:
    """Return how many bits the modulus in a PEM file has, None if there is none."""
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        der = base64.b64decode(b"".join(found[2].split()), validate=True)
    except binascii.Error:
        return None
    sequence = _element(der, 0x30)
    number = None if sequence is None else _element(sequence, 0x02)
    return None if number is None else int.from_bytes(number, "big").bit_length()


def _element(der: bytes, tag: int) -> bytes | None:
    """Return the content of the first element, None if it is none of a kind."""
    if len(der) < 2 or der[0] != tag:
        return None
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length] if len(der) >= start + length else None
