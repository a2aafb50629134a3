"""Random bytes."""

import os
import random


class SecureRandomNotAvailable(RuntimeError):
    """There is no source of random bytes that cannot be guessed; no supported platform lacks it."""


def secureRandom(nbytes: int, fallback: bool = False) -> bytes:
    """Return random bytes that cannot be guessed: for keys, tokens and salts.

    Args:
        nbytes: How many.
        fallback: Whether bytes that can be guessed would do where the platform has no others.

    Raises:
        SecureRandomNotAvailable: The platform has none.
    """
    try:
        return os.urandom(nbytes)
    except NotImplementedError:
        if fallback:
            return insecureRandom(nbytes)
        raise SecureRandomNotAvailable("this platform has no source of secure random bytes")


def insecureRandom(nbytes: int) -> bytes:
    """Return random bytes that can be guessed: for tests and jitter, not for secrets."""
    return random.randbytes(nbytes)


__all__ = ["SecureRandomNotAvailable", "insecureRandom", "secureRandom"]
