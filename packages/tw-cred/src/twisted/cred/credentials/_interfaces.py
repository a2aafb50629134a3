"""What a checker can ask of credentials."""

from twisted.internet.defer import Deferred
from twisted.python.components import Interface


class ICredentials(Interface):
    """Something that is shown to log in; the base of the interfaces that say what it is.

    A portal chooses the checker by the interfaces that the credentials provide, so a new kind of
    credentials has an interface of its own that extends this one.
    """


class IUsernamePassword(ICredentials, Interface):
    """A user name with the password in clear.

    A checker that keeps hashes compares them with the hash of `password`; one that keeps
    passwords, or has them from elsewhere, calls `checkPassword`.
    """

    @property
    def username(self) -> bytes:
        """Who somebody says they are."""
        ...

    @property
    def password(self) -> bytes:
        """The password that they gave."""
        ...

    def checkPassword(self, password: bytes) -> bool | Deferred[bool]:
        """Return whether a password is the one that was given.

        Args:
            password: The right one.
        """
        ...


class IUsernameHashedPassword(ICredentials, Interface):
    """A user name with a proof that the password is known; the password itself was not sent."""

    @property
    def username(self) -> bytes:
        """Who somebody says they are."""
        ...

    def checkPassword(self, password: bytes) -> bool | Deferred[bool]:
        """Return whether the proof was made with a password.

        Args:
            password: The right one, in clear.
        """
        ...


class IUsernameDigestHash(IUsernameHashedPassword, Interface):
    """A proof that can be checked against the hash of name, realm and password as well.

    So a checker of HTTP Digest need not keep passwords.
    """

    def checkHash(self, digestHash: bytes) -> bool | Deferred[bool]:
        """Return whether the proof was made with the password behind a hash.

        Args:
            digestHash: The hash of `username:realm:password`, in hexadecimal (RFC 7616,
                section 3.4.2).
        """
        ...


class IAnonymous(ICredentials, Interface):
    """Somebody who does not say who they are, and asks to be let in all the same."""


class ISSHPrivateKey(ICredentials, Interface):
    """A user name with a signature that was made by a private key (RFC 4252, section 7).

    A checker looks whether the key belongs to the user, and whether the signature is by that key.
    Without a signature it is only asked whether the key would do.
    """

    @property
    def username(self) -> bytes:
        """Who somebody says they are."""
        ...

    @property
    def algName(self) -> bytes:
        """The name of the algorithm of the key."""
        ...

    @property
    def blob(self) -> bytes:
        """The public key, as it travels."""
        ...

    @property
    def sigData(self) -> bytes:
        """What was signed."""
        ...

    @property
    def signature(self) -> bytes | None:
        """The signature; None if there is none yet."""
        ...


__all__ = [
    "IAnonymous",
    "ICredentials",
    "ISSHPrivateKey",
    "IUsernameDigestHash",
    "IUsernameHashedPassword",
    "IUsernamePassword",
]
