"""How a registrar finds out who somebody is."""

from twisted.cred.credentials import DigestCredentialFactory, DigestedCredentials
from twisted.protocols.sip._base import Address
from twisted.python.components import Interface, implementer


class IAuthorizer(Interface):
    """Makes challenges of one scheme, and credentials of the responses."""

    def getChallenge(self, peer: Address) -> str | None:
        """Return what a challenge says after the name of the scheme, or None for a realm alone.

        Args:
            peer: Host and port that it is for.
        """
        ...

    def decode(self, response: str) -> object:
        """Return the credentials in a response.

        Args:
            response: What the client says after the name of the scheme.

        Raises:
            LoginFailed: It is malformed, or answers no challenge of ours.
        """
        ...


class IContact(Interface):
    """A user of a registrar or a proxy, as a realm makes them."""


@implementer(IAuthorizer)
class DigestAuthorizer:
    """Lets clients prove that they know a password, by Digest (RFC 3261, section 22.4).

    It keeps nothing between challenge and response, so a response counts for a quarter of an hour,
    also if somebody who has overheard it sends it again.

    Attributes:
        realm: What the password is for, as users are shown it.
    """

    def __init__(self, realm: str, algorithm: str = "md5") -> None:
        """Prepare to make challenges.

        Args:
            realm: What the password is for; no quotes.
            algorithm: `md5`, which all clients know, or `sha-256` (RFC 8760).

        Raises:
            ValueError: There is no such algorithm, or the realm has a quote in it.
        """
        if '"' in realm or "\\" in realm:
            raise ValueError(f"the realm {realm!r} has a quote or a backslash in it")
        self.realm = realm
        self._factory = DigestCredentialFactory(algorithm.encode(), realm.encode())

    def getChallenge(self, peer: Address) -> str:
        """Return what a challenge says after the name of the scheme.

        Args:
            peer: Host and port that it is for; not looked at, since users move between hosts.
        """
        fields = self._factory.getChallenge(None)
        texts = {name: value.decode() for name, value in fields.items()}
        texts["algorithm"] = texts["algorithm"].upper()
        bare = ("algorithm",)
        return ", ".join(
            f"{name}={text}" if name in bare else f'{name}="{text}"' for name, text in texts.items()
        )

    def decode(self, response: str) -> DigestedCredentials:
        """Return the credentials in a response to a challenge of a REGISTER request.

        Args:
            response: What the client says after the word `Digest`.

        Raises:
            LoginFailed: It is malformed, or answers no challenge of ours.
        """
        return self._factory.decode(response.encode(), b"REGISTER", None)


__all__ = ["DigestAuthorizer", "IAuthorizer", "IContact"]
