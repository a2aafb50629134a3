"""The hashes of HTTP Digest authentication (RFC 7616 and, for the older algorithms, RFC 2617)."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

ALGORITHMS: Mapping[bytes, str] = MappingProxyType(
    {
        b"md5": "md5",
        b"md5-sess": "md5",
        b"sha": "sha1",
        b"sha-256": "sha256",
        b"sha-256-sess": "sha256",
    }
)
"""The hash behind the name of each algorithm, which is in lower case here."""


def hexHash(algorithm: bytes, data: bytes) -> bytes:
    """Return a hash in hexadecimal.

    Args:
        algorithm: A key of `ALGORITHMS`.
        data: What to hash.

    Raises:
        KeyError: There is no such algorithm.
    """
    return hashlib.new(ALGORITHMS[algorithm], data).hexdigest().encode("ascii")


def calcHA1(
    pszAlg: bytes,
    pszUserName: bytes | None,
    pszRealm: bytes | None,
    pszPassword: bytes | None,
    pszNonce: bytes,
    pszCNonce: bytes,
    preHA1: bytes | None = None,
) -> bytes:
    """Return the hash of who logs in (RFC 7616, section 3.4.2), in hexadecimal.

    Args:
        pszAlg: The algorithm, a key of `ALGORITHMS`.
        pszUserName: The user name; None if `preHA1` is given, as are realm and password.
        pszRealm: The realm.
        pszPassword: The password.
        pszNonce: The nonce of the server; only the algorithms of sessions need it.
        pszCNonce: The nonce of the client; likewise.
        preHA1: The hash of `name:realm:password` in hexadecimal, if that is at hand instead.

    Raises:
        TypeError: Both `preHA1` and one of what it is made of were given, or neither.
    """
    parts = (pszUserName, pszRealm, pszPassword)
    if preHA1 is not None:
        if any(part is not None for part in parts):
            raise TypeError("preHA1 is made of user name, realm and password: give it or them")
        hash1 = preHA1
    else:
        present = [part for part in parts if part is not None]
        if len(present) != len(parts):
            raise TypeError("without preHA1, user name, realm and password are needed")
        hash1 = hexHash(pszAlg, b":".join(present))
    if pszAlg.endswith(b"-sess"):
        hash1 = hexHash(pszAlg, b":".join((hash1, pszNonce, pszCNonce)))
    return hash1


def calcHA2(
    algo: bytes, pszMethod: bytes, pszDigestUri: bytes, pszQop: bytes, pszHEntity: bytes
) -> bytes:
    """Return the hash of what is asked for (RFC 7616, section 3.4.3), in hexadecimal.

    Args:
        algo: The algorithm, a key of `ALGORITHMS`.
        pszMethod: The method of the request.
        pszDigestUri: Its URI.
        pszQop: The quality of protection: `auth` or `auth-int`.
        pszHEntity: The hash of the body in hexadecimal; only `auth-int` needs it.
    """
    parts = [pszMethod, pszDigestUri]
    if pszQop == b"auth-int":
        parts.append(pszHEntity)
    return hexHash(algo, b":".join(parts))


def calcResponse(
    HA1: bytes,
    HA2: bytes,
    algo: bytes,
    pszNonce: bytes,
    pszNonceCount: bytes,
    pszCNonce: bytes,
    pszQop: bytes,
) -> bytes:
    """Return the response that a client gives (RFC 7616, section 3.4.1), in hexadecimal.

    Args:
        HA1: The hash of who logs in.
        HA2: The hash of what is asked for.
        algo: The algorithm, a key of `ALGORITHMS`.
        pszNonce: The nonce of the server.
        pszNonceCount: The eight digits that count the requests with this nonce.
        pszCNonce: The nonce of the client.
        pszQop: The quality of protection. Without it, or without the two before it, it is the
            older form of RFC 2069.
    """
    parts = [HA1, pszNonce]
    if pszNonceCount and pszCNonce and pszQop:
        parts += [pszNonceCount, pszCNonce, pszQop]
    return hexHash(algo, b":".join([*parts, HA2]))


__all__ = ["ALGORITHMS", "calcHA1", "calcHA2", "calcResponse", "hexHash"]
