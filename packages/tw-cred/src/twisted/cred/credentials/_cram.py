"""CRAM-MD5 (RFC 2195): the server asks with a challenge, the client answers with a keyed hash of it."""

import hmac
import secrets
import socket
import time

from twisted.cred.credentials._interfaces import IUsernameHashedPassword
from twisted.cred.error import LoginFailed
from twisted.python.components import implementer

MAXIMUM_RESPONSE = 1024
"""How many bytes a response may have: a user name and 32 digits."""


@implementer(IUsernameHashedPassword)
class CramMD5Credentials:
    """The server's side of one CRAM-MD5 login.

    Attributes:
        challenge: What was asked; empty before `getChallenge`.
        response: The keyed hash that came back, in hexadecimal; empty before `setResponse`.
        username: Who somebody says they are; None before `setResponse`.
    """

    challenge: bytes = b""
    response: bytes = b""
    username: bytes | None = None

    def __init__(self, host: bytes | str | None = None) -> None:
        """Prepare a login; nothing was asked yet.

        Args:
            host: The name of this host, which the challenge mentions; the machine's if None.
        """
        self.host: bytes = _encoded(socket.gethostname() if host is None else host)

    def getChallenge(self) -> bytes:
        """Return what the client is to hash; the same each time."""
        if not self.challenge:
            number = secrets.randbits(64)
            self.challenge = b"<%d.%d@%s>" % (number, time.time(), self.host)
        return self.challenge

    def setResponse(self, response: bytes) -> None:
        """Take the client's answer.

        Args:
            response: The user name, a blank, and the hash in hexadecimal.

        Raises:
            LoginFailed: It is something else, or longer than `MAXIMUM_RESPONSE`.
        """
        # A user name may have blanks in it; a hash has none.
        username, blank, proof = response.rpartition(b" ")
        if len(response) > MAXIMUM_RESPONSE or not blank or not username or len(proof) != 32:
            raise LoginFailed("a CRAM-MD5 response is a user name, a blank and 32 digits")
        self.username, self.response = username, proof

    def moreChallenges(self) -> bool:
        """Return whether there is more to ask; there is not."""
        return False

    def checkPassword(self, password: bytes) -> bool:
        """Return whether the response was made with a password; not before there is one."""
        if not self.challenge or not self.response:
            return False
        expected = hmac.new(password, self.challenge, "md5").hexdigest().encode("ascii")
        return hmac.compare_digest(expected, self.response.lower())


def _encoded(host: bytes | str) -> bytes:
    return host if isinstance(host, bytes) else host.encode("utf-8")


__all__ = ["MAXIMUM_RESPONSE", "CramMD5Credentials"]
