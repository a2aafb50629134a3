"""Credentials: what somebody shows to prove who they are.

The interfaces say what a checker can ask of credentials, and each kind of credentials provides one
of them. Some are a value that was sent; others (`CramMD5Credentials`, `DigestCredentialFactory`)
carry on a small conversation first: a challenge, and the response to it.

User names and secrets are bytes.
"""

from twisted.cred._digest import calcHA1, calcHA2, calcResponse
from twisted.cred.credentials._cram import CramMD5Credentials
from twisted.cred.credentials._digestcredentials import (
    DigestCredentialFactory,
    DigestedCredentials,
)
from twisted.cred.credentials._interfaces import (
    IAnonymous,
    ICredentials,
    ISSHPrivateKey,
    IUsernameDigestHash,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.cred.credentials._plain import (
    Anonymous,
    SSHPrivateKey,
    UsernameHashedPassword,
    UsernamePassword,
)

__all__ = [
    "Anonymous",
    "CramMD5Credentials",
    "DigestCredentialFactory",
    "DigestedCredentials",
    "IAnonymous",
    "ICredentials",
    "ISSHPrivateKey",
    "IUsernameDigestHash",
    "IUsernameHashedPassword",
    "IUsernamePassword",
    "SSHPrivateKey",
    "UsernameHashedPassword",
    "UsernamePassword",
    "calcHA1",
    "calcHA2",
    "calcResponse",
]
