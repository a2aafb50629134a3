"""Hashes of passwords in the forms of crypt(5) and of Apache's htpasswd.

crypt(5) names a form by what stands between dollar signs at the beginning of a hash. The C library's
crypt(3) knows those of this machine; the two that only Apache uses are computed here.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import threading
from collections.abc import Callable
from functools import cache

MAXIMUM_PASSWORD = 4096
"""How many bytes a password may have: some of these hashes take long on purpose."""

_lock = threading.Lock()


class UnknownHashError(ValueError):
    """A stored hash is of no form that is known here."""


def hashLike(password: bytes, stored: bytes) -> bytes:
    """Return the hash of a password in the form, and with the salt, of a stored one.

    The password is right if the two are equal.

    Args:
        password: The password in clear.
        stored: The stored hash.

    Raises:
        UnknownHashError: `stored` is of no form that is known here.
        ValueError: The password has more than `MAXIMUM_PASSWORD` bytes, or a NUL.
    """
    if len(password) > MAXIMUM_PASSWORD:
        raise ValueError(f"a password may have {MAXIMUM_PASSWORD} bytes")
    if b"\0" in password:
        raise ValueError("a password has no NUL")
    if stored.startswith(b"{SHA}"):
        return b"{SHA}" + base64.b64encode(hashlib.sha1(password).digest())
    if stored.startswith(b"$apr1$"):
        return _apacheMD5(password, stored)
    return _byLibrary(password, stored)


def _byLibrary(password: bytes, stored: bytes) -> bytes:
    crypt = _crypt()
    if crypt is None:
        raise UnknownHashError(
            "the C library's crypt(3) is not on this machine: use {SHA} or $apr1$ (htpasswd -m)"
        )
    with _lock:  # the result is in memory that the next call uses again
        result = crypt(password, stored)
    # Failures begin with an asterisk (crypt(3)); a locked account's field may, too.
    if result is None or result.startswith(b"*") or stored.startswith((b"*", b"!")):
        raise UnknownHashError("the stored hash is of no form that crypt(3) knows here")
    return result


@cache
def _crypt() -> Callable[[bytes, bytes], bytes | None] | None:
    """Return the C library's crypt(3); None if there is none."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        return None
    function = ctypes.CDLL(name).crypt
    function.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    function.restype = ctypes.c_char_p
    found: Callable[[bytes, bytes], bytes | None] = function
    return found


_ALPHABET = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROUNDS = 1000

# In which order the bytes of the digest are written, three to four characters each.
_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))


def _apacheMD5(password: bytes, stored: bytes) -> bytes:
    """Return Apache's form of the MD5 hash of crypt(5), which differs by its name alone."""
    magic = b"$apr1$"
    salt = stored[len(magic) :].split(b"$")[0][:8]
    inner = hashlib.md5(password + salt + password).digest()
    start = password + magic + salt
    start += (inner * (len(password) // 16 + 1))[: len(password)]
    bits = len(password)
    while bits:
        start += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = hashlib.md5(start).digest()
    for number in range(_ROUNDS):
        first, last = (password, digest) if number & 1 else (digest, password)
        middle = (salt if number % 3 else b"") + (password if number % 7 else b"")
        digest = hashlib.md5(first + middle + last).digest()
    groups = [(digest[a] << 16 | digest[b] << 8 | digest[c], 4) for a, b, c in _ORDER]
    groups.append((digest[11], 2))
    encoded = bytes(
        _ALPHABET[value >> shift * 6 & 0x3F] for value, size in groups for shift in range(size)
    )
    return magic + salt + b"$" + encoded


__all__ = ["MAXIMUM_PASSWORD", "UnknownHashError", "hashLike"]
