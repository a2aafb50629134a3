"""Cipher suites: which ones OpenSSL has, and which of them are good enough.

Choosing takes OpenSSL longer than a handshake, so each choice is made once for a process.
"""

from collections.abc import Sequence
from functools import lru_cache

from OpenSSL import SSL

from twisted.internet.interfaces import IAcceptableCiphers, ICipher
from twisted.python.components import classImplements

SERVER_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK"
"""What a server speaks in TLS 1.2 unless told otherwise: forward secrecy, and encryption that is
authenticated in one step. TLS 1.3 has its own few suites, all of them good."""

DEFAULT_CIPHERS = f"{SERVER_CIPHERS}:DHE+AESGCM:DHE+CHACHA20:!DSS"
"""The same with Diffie-Hellman over finite fields: for clients, and for servers that have
parameters for it."""

OLD_CIPHERS = f"{DEFAULT_CIPHERS}:ECDHE+AES:DHE+AES:RSA+AES:@SECLEVEL=0"
"""What is offered where a version below TLS 1.2 is allowed: those know nothing better."""


class OpenSSLCipher:
    """A cipher suite, by OpenSSL's name.

    Attributes:
        fullName: OpenSSL's name of the suite.
    """

    __slots__ = ("fullName",)

    def __init__(self, fullName: str) -> None:
        """Name a suite.

        Args:
            fullName: OpenSSL's name.
        """
        self.fullName: str = fullName

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpenSSLCipher):
            return NotImplemented
        return self.fullName == other.fullName

    def __hash__(self) -> int:
        return hash(self.fullName)

    def __repr__(self) -> str:
        return f"OpenSSLCipher({self.fullName!r})"


classImplements(OpenSSLCipher, ICipher)


class OpenSSLAcceptableCiphers:
    """A choice of cipher suites, the preferred ones first."""

    def __init__(self, ciphers: Sequence[ICipher]) -> None:
        """Make a choice.

        Args:
            ciphers: The suites, the preferred ones first.
        """
        self._ciphers: tuple[ICipher, ...] = tuple(ciphers)

    def selectCiphers(self, availableCiphers: Sequence[ICipher]) -> Sequence[ICipher]:
        """Return those of the choice that are there.

        Args:
            availableCiphers: What there is.
        """
        there = frozenset(availableCiphers)
        return tuple(cipher for cipher in self._ciphers if cipher in there)

    @classmethod
    def fromOpenSSLCipherString(cls, cipherString: str) -> "OpenSSLAcceptableCiphers":
        """Return the choice that a text in OpenSSL's own language makes.

        Args:
            cipherString: The text, see the manual page openssl-ciphers(1).
        """
        return cls(expanded(cipherString))


classImplements(OpenSSLAcceptableCiphers, IAcceptableCiphers)


@lru_cache(maxsize=64)
def expanded(cipherString: str) -> tuple[OpenSSLCipher, ...]:
    """Return the suites that a text in OpenSSL's language stands for; none if it knows none.

    Args:
        cipherString: The text.
    """
    context = SSL.Context(SSL.TLS_METHOD)
    try:
        context.set_cipher_list(cipherString.encode("ascii"))
    except SSL.Error as error:
        if "no cipher match" in str(error):
            return ()
        raise
    return tuple(map(OpenSSLCipher, SSL.Connection(context, None).get_cipher_list()))


@lru_cache(maxsize=1)
def availableCiphers() -> tuple[OpenSSLCipher, ...]:
    """Return all suites that OpenSSL has."""
    return expanded("ALL")


@lru_cache(maxsize=2)
def defaultCiphers(finiteFields: bool = True) -> OpenSSLAcceptableCiphers:
    """Return the choice that is made unless told otherwise.

    Args:
        finiteFields: Whether Diffie-Hellman over finite fields is part of it.
    """
    return OpenSSLAcceptableCiphers.fromOpenSSLCipherString(
        DEFAULT_CIPHERS if finiteFields else SERVER_CIPHERS
    )


@lru_cache(maxsize=64)
def _cipherList(ciphers: OpenSSLAcceptableCiphers) -> bytes:
    return _joined(ciphers.selectCiphers(availableCiphers()))


def cipherList(ciphers: IAcceptableCiphers) -> bytes:
    """Return a choice as OpenSSL wants it.

    Args:
        ciphers: The choice. One of ours is asked once, one of somebody else's each time.
    """
    if type(ciphers) is OpenSSLAcceptableCiphers:
        return _cipherList(ciphers)
    return _joined(ciphers.selectCiphers(availableCiphers()))


def _joined(ciphers: Sequence[ICipher]) -> bytes:
    return ":".join(cipher.fullName for cipher in ciphers).encode("ascii")
