"""Credentials that are just values: a password, a hash, a signature, or nothing at all."""

import hmac

from twisted.cred.credentials._interfaces import (
    IAnonymous,
    ISSHPrivateKey,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.python.components import implementer


@implementer(IUsernamePassword)
class UsernamePassword:
    """A user name and a password."""

    def __init__(self, username: bytes, password: bytes) -> None:
        """Keep what was given.

        Args:
            username: Who somebody says they are.
            password: The password that they gave.
        """
        self.username: bytes = username
        self.password: bytes = password

    def checkPassword(self, password: bytes) -> bool:
        """Return whether a password is the one that was given.

        How long it takes does not depend on where the two differ.
        """
        return hmac.compare_digest(self.password, password)


@implementer(IUsernameHashedPassword)
class UsernameHashedPassword:
    """A user name and a hash that the peer made of its password."""

    def __init__(self, username: bytes, hashed: bytes) -> None:
        """Keep what was given.

        Args:
            username: Who somebody says they are.
            hashed: What `checkPassword` is to compare with: what the checker has must be in the
                same form.
        """
        self.username: bytes = username
        self.hashed: bytes = hashed

    def checkPassword(self, password: bytes) -> bool:
        """Return whether what the checker has is the hash that was given."""
        return hmac.compare_digest(self.hashed, password)


@implementer(IAnonymous)
class Anonymous:
    """Nothing is said about who it is."""


@implementer(ISSHPrivateKey)
class SSHPrivateKey:
    """A user name, and a signature that proves that a private key is had."""

    def __init__(
        self,
        username: bytes,
        algName: bytes,
        blob: bytes,
        sigData: bytes,
        signature: bytes | None,
    ) -> None:
        """Keep what was given.

        Args:
            username: Who somebody says they are.
            algName: The name of the algorithm of the key.
            blob: The public key, as it travels.
            sigData: What was signed.
            signature: The signature; None if it is only asked whether the key would do.
        """
        self.username: bytes = username
        self.algName: bytes = algName
        self.blob: bytes = blob
        self.sigData: bytes = sigData
        self.signature: bytes | None = signature


__all__ = ["Anonymous", "SSHPrivateKey", "UsernameHashedPassword", "UsernamePassword"]
