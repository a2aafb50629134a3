"""HTTP Digest authentication (RFC 7616): challenges, and the credentials that answer them.

The server keeps nothing between challenge and response. What it has to know again (the nonce, whom
it was given to, and when) is in the field `opaque`, which the client returns as it is; a keyed hash
in front shows that it comes from here.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

from twisted.cred._digest import ALGORITHMS, calcHA1, calcHA2, calcResponse
from twisted.cred._digestfields import parseFields
from twisted.cred.credentials._interfaces import IUsernameDigestHash
from twisted.cred.error import LoginFailed
from twisted.python.components import implementer


@implementer(IUsernameDigestHash)
class DigestedCredentials:
    """A user name, and a hash that was made with the password and a challenge.

    Attributes:
        username: Who somebody says they are.
        method: The method of the request.
        realm: The realm that the password is for.
        fields: All fields of the response.
    """

    def __init__(
        self,
        username: bytes,
        method: bytes,
        realm: bytes,
        fields: Mapping[bytes, bytes] | Mapping[str, bytes],
    ) -> None:
        """Keep what was given.

        Args:
            username: Who somebody says they are.
            method: The method of the request.
            realm: The realm that the password is for.
            fields: The fields of the response, by their names in lower case.
        """
        self.username: bytes = username
        self.method: bytes = method
        self.realm: bytes = realm
        self.fields: dict[str, bytes] = {
            name.decode("ascii") if isinstance(name, bytes) else name: value
            for name, value in fields.items()
        }

    def checkPassword(self, password: bytes) -> bool:
        """Return whether the response was made with a password."""
        return self._check((self.username, self.realm, password), None)

    def checkHash(self, digestHash: bytes) -> bool:
        """Return whether the response was made with the password behind a hash."""
        return self._check((None, None, None), digestHash)

    def _check(
        self, who: tuple[bytes | None, bytes | None, bytes | None], digestHash: bytes | None
    ) -> bool:
        fields = self.fields
        algorithm = fields.get("algorithm", b"md5").lower()
        quality = fields.get("qop", b"auth")
        if algorithm not in ALGORITHMS or quality != b"auth":
            # The hash of the body, which `auth-int` needs, is known to nobody here.
            return False
        nonce, clientNonce = fields.get("nonce", b""), fields.get("cnonce", b"")
        hash1 = calcHA1(algorithm, *who, nonce, clientNonce, preHA1=digestHash)
        hash2 = calcHA2(algorithm, self.method, fields.get("uri", b""), quality, b"")
        count = fields.get("nc", b"")
        expected = calcResponse(hash1, hash2, algorithm, nonce, count, clientNonce, quality)
        return hmac.compare_digest(expected, fields.get("response", b""))


class DigestCredentialFactory:
    """Makes challenges, and credentials of the responses.

    Attributes:
        CHALLENGE_LIFETIME_SECS: For how many seconds a challenge may be answered.
        scheme: The name of the scheme in the header.
        algorithm: The algorithm that the challenges name.
        authenticationRealm: The realm that they name.
        privateKey: Proves that a challenge comes from here; random, so that it ends with this
            object.
    """

    CHALLENGE_LIFETIME_SECS: int = 15 * 60
    scheme: bytes = b"digest"

    def __init__(self, algorithm: bytes, authenticationRealm: bytes) -> None:
        """Prepare to make challenges.

        Args:
            algorithm: `md5` or `sha-256`, or one of their forms for sessions (`md5-sess`).
            authenticationRealm: What the password is for, as the user is shown it.

        Raises:
            ValueError: There is no such algorithm.
        """
        if algorithm.lower() not in ALGORITHMS:
            known = ", ".join(name.decode("ascii") for name in ALGORITHMS)
            raise ValueError(f"{algorithm!r} is no algorithm of Digest: choose one of {known}")
        self.algorithm: bytes = algorithm
        self.authenticationRealm: bytes = authenticationRealm
        self.privateKey: bytes = secrets.token_bytes(32)

    def getChallenge(self, address: bytes | str | None) -> dict[str, bytes]:
        """Return the fields of a new challenge.

        Args:
            address: The host that it is for; nobody else can answer it.
        """
        nonce = secrets.token_hex(16).encode("ascii")
        return {
            "nonce": nonce,
            "opaque": self._makeOpaque(nonce, _encoded(address)),
            "qop": b"auth",
            "algorithm": self.algorithm,
            "realm": self.authenticationRealm,
        }

    def decode(
        self, response: bytes, method: bytes, host: bytes | str | None
    ) -> DigestedCredentials:
        """Return the credentials in a response.

        Args:
            response: The value of the header after the word `Digest`.
            method: The method of the request.
            host: The host that the response came from.

        Raises:
            LoginFailed: It is malformed, or answers no challenge that this host was given here in
                the last `CHALLENGE_LIFETIME_SECS` seconds.
        """
        try:
            fields = parseFields(response)
        except ValueError as error:
            raise LoginFailed(f"the response is malformed: {error}") from error
        username = fields.get(b"username")
        if not username:
            raise LoginFailed("the response has no user name")
        if b"nonce" not in fields or b"opaque" not in fields:
            raise LoginFailed("the response has no nonce, or no opaque")
        if fields.get(b"algorithm", b"md5").lower() != self.algorithm.lower():
            raise LoginFailed("the response is by another algorithm than the challenge")
        self._checkOpaque(fields[b"opaque"], fields[b"nonce"], _encoded(host))
        return DigestedCredentials(username, method, self.authenticationRealm, fields)

    def _getTime(self) -> float:
        """Return the time in seconds; for tests to replace."""
        return time.time()

    def _makeOpaque(self, nonce: bytes, address: bytes) -> bytes:
        content = b"%s,%s,%d" % (nonce, base64.b64encode(address), self._getTime())
        return self._proof(content) + b"-" + base64.b64encode(content)

    def _proof(self, content: bytes) -> bytes:
        return hmac.new(self.privateKey, content, hashlib.sha256).hexdigest().encode("ascii")

    def _checkOpaque(self, opaque: bytes, nonce: bytes, address: bytes) -> None:
        proof, _, encoded = opaque.partition(b"-")
        try:
            content = base64.b64decode(encoded, validate=True)
        except ValueError:
            content = b""
        if not hmac.compare_digest(self._proof(content), proof):
            raise LoginFailed("the opaque is not one that was given out here")
        # The proof holds, so the content has the form that we gave it.
        ownNonce, ownAddress, made = content.split(b",")
        if ownNonce != nonce:
            raise LoginFailed("the nonce is not the one of the opaque")
        if base64.b64decode(ownAddress) != address:
            raise LoginFailed("the challenge was given to another host")
        if self._getTime() - int(made) > self.CHALLENGE_LIFETIME_SECS:
            raise LoginFailed("the challenge is too old")


def _encoded(address: bytes | str | None) -> bytes:
    if address is None:
        return b""
    return address if isinstance(address, bytes) else address.encode("utf-8")


__all__ = ["DigestCredentialFactory", "DigestedCredentials"]
