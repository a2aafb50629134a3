"""Logging in: a challenge, its answer, and the avatar.

The root object of a server with a portal has two methods. `login(username)` gives a challenge, and
an object whose `respond(answer, mind)` gives a reference to the avatar; the answer is
`md5(md5(password) + challenge)`, so that no password goes over the wire. `loginAnonymous(mind)` gives
the avatar of somebody who shows nothing.
"""

import secrets
from collections.abc import Callable
from hashlib import md5
from hmac import compare_digest
from typing import TYPE_CHECKING, cast

from twisted.cred.credentials import (
    Anonymous,
    ICredentials,
    IUsernameHashedPassword,
    IUsernamePassword,
)
from twisted.cred.error import UnauthorizedLogin, UnhandledCredentials
from twisted.cred.portal import Login, Portal
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.components import (
    Interface,
    classImplements,
    provides,
    registerAdapter,
)
from twisted.python.failure import Failure
from twisted.spread._avatars import IPerspective
from twisted.spread._pberrors import PBConnectionLost
from twisted.spread._referenceable import IPBRoot, Referenceable
from twisted.spread._references import AsReferenceable, RemoteReference
from twisted.spread.interfaces import Expression, IJellier

if TYPE_CHECKING:
    from twisted.spread._broker import Broker

CHALLENGE_SIZE = 16
"""How many bytes a challenge has."""

MAX_NAME_SIZE = 1024
"""How many bytes the name of a user may have, which is kept until the challenge is answered."""

_log = Logger("twisted.spread.pb")


class IUsernameMD5Password(ICredentials, Interface):
    """The answer to a challenge, checked with the password or with its MD5 digest."""

    def checkPassword(self, password: bytes) -> bool:
        """Return whether the answer is the one for a password.

        Args:
            password: The user's password.
        """
        ...

    def checkMD5Password(self, password: bytes) -> bool:
        """Return whether the answer is the one for the MD5 digest of a password.

        Args:
            password: The digest, 16 bytes.
        """
        ...


def challenge() -> bytes:
    """Return random bytes that nobody can foresee."""
    return secrets.token_bytes(CHALLENGE_SIZE)


def respond(challenge: bytes, password: bytes) -> bytes:
    """Return the answer to a challenge.

    Args:
        challenge: What the server sent.
        password: The user's password.
    """
    return _respond(challenge, md5(password, usedforsecurity=False).digest())


def _respond(asked: bytes, digest: bytes) -> bytes:
    return md5(digest + asked, usedforsecurity=False).digest()


class ChallengedPassword:
    """Credentials: the answer of a user to a challenge.

    Attributes:
        username: Who they say they are.
    """

    def __init__(self, username: bytes, challenge: bytes, response: bytes) -> None:
        """Keep what came."""
        self.username: bytes = username
        self._challenge = challenge
        self._response = response

    def checkPassword(self, password: bytes) -> bool:
        """Return whether the answer is the one for a password."""
        return compare_digest(respond(self._challenge, password), self._response)

    def checkMD5Password(self, password: bytes) -> bool:
        """Return whether the answer is the one for the MD5 digest of a password."""
        return compare_digest(_respond(self._challenge, password), self._response)


class AvatarReference(AsReferenceable):
    """Gives an avatar to its user, and logs the user out when it is let go."""

    def __init__(self, avatar: object, logout: Callable[[], object]) -> None:
        """Begin a session.

        Args:
            avatar: What the realm gave.
            logout: Ends the session.
        """
        super().__init__(avatar, "perspective")
        self._logout: Callable[[], object] | None = logout

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return a reference to the avatar, or log out if there cannot be one."""
        try:
            return super().jellyFor(jellier)
        except Exception:
            self._unreferenced()
            raise

    def _unreferenced(self) -> None:
        """Log out: the user has no reference any more, or no connection."""
        logout, self._logout = self._logout, None
        if logout is not None:
            logout()


class PortalLogin(Referenceable):
    """What a client gets first from a server with a portal."""

    def __init__(self, portal: Portal, broker: "Broker") -> None:
        """Begin for one connection.

        Args:
            portal: Checks who logs in.
            broker: The connection.
        """
        self._portal = portal
        self._broker = broker

    def remote_login(self, username: object) -> tuple[bytes, Referenceable]:
        """Return a challenge, and what takes the answer.

        Args:
            username: Who it is.

        Raises:
            UnauthorizedLogin: That is no name, or one of more than `MAX_NAME_SIZE` bytes.
        """
        name = _bytes(username)
        if len(name) > MAX_NAME_SIZE:
            raise UnauthorizedLogin(f"names have at most {MAX_NAME_SIZE} bytes")
        asked = challenge()
        return asked, PortalChallenge(self, name, asked)

    def remote_loginAnonymous(self, mind: object) -> Deferred[AvatarReference]:
        """Return the avatar of somebody who shows nothing.

        Args:
            mind: What the client wants the realm to have.
        """
        return self.login(Anonymous(), mind)

    def login(self, credentials: ICredentials, mind: object) -> Deferred[AvatarReference]:
        """Find out whose the credentials are, and return a reference to the avatar."""
        return (
            self._portal.login(credentials, mind, IPerspective)
            .addErrback(_unhandled)
            .addCallback(self._loggedIn)
        )

    def _loggedIn(self, login: Login[IPerspective]) -> AvatarReference:
        _, avatar, logout = login
        reference = AvatarReference(avatar, logout)
        if self._broker.disconnected:
            # Nobody is there any more who could have it.
            reference._unreferenced()
            raise PBConnectionLost("the connection was lost during the login")
        return reference


def _unhandled(failure: Failure) -> Failure:
    """Tell whoever logs in no more than that they may not; the log is told the rest."""
    if failure.check(UnhandledCredentials) is not None:
        _log.warn("a login was refused: {error}", error=failure.getErrorMessage())
        return Failure(UnauthorizedLogin("these credentials are not accepted"))
    return failure


class PortalChallenge(Referenceable):
    """Takes the answer to a challenge, once."""

    def __init__(self, login: PortalLogin, username: bytes, challenge: bytes) -> None:
        """Wait for the answer.

        Args:
            login: Goes on with it.
            username: Who it is.
            challenge: What was asked.
        """
        self._login = login
        self._username = username
        self._challenge: bytes | None = challenge

    def remote_respond(self, response: object, mind: object) -> Deferred[AvatarReference]:
        """Return the avatar, if the answer is right.

        Args:
            response: The answer.
            mind: What the client wants the realm to have.

        Raises:
            UnauthorizedLogin: An answer came before.
        """
        asked, self._challenge = self._challenge, None
        if asked is None:
            raise UnauthorizedLogin("this challenge was answered before")
        return self._login.login(ChallengedPassword(self._username, asked, _bytes(response)), mind)


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, bytes):
        raise UnauthorizedLogin("names and answers are bytes")
    return value


class PortalRoot:
    """Makes a portal a root object."""

    def __init__(self, portal: Portal) -> None:
        """Wrap a portal.

        Args:
            portal: Checks who logs in.
        """
        self._portal = portal

    def rootObject(self, broker: "Broker") -> object:
        """Return what a client logs in with.

        Args:
            broker: The connection.
        """
        return PortalLogin(self._portal, broker)


def logIn(
    root: RemoteReference, credentials: ICredentials, mind: object
) -> Deferred[RemoteReference]:
    """Log in at a server with a portal.

    Args:
        root: What the server gives first.
        credentials: `Anonymous`, or a name and a password.
        mind: What the realm is to have.

    Returns:
        A Deferred of a reference to the avatar.

    Raises:
        UnhandledCredentials: It takes other credentials.
    """
    if isinstance(credentials, Anonymous):
        return root.callRemote("loginAnonymous", mind)
    if not provides(IUsernamePassword, credentials):
        raise UnhandledCredentials(f"it takes a name and a password to log in, not {credentials!r}")
    named = cast(IUsernamePassword, credentials)
    password = _bytes(named.password)

    # Not a coroutine, which would see an error of the server without its type.
    def answer(asked: tuple[bytes, RemoteReference]) -> Deferred[RemoteReference]:
        question, challenger = asked
        return challenger.callRemote("respond", respond(question, password), mind)

    return root.callRemote("login", _bytes(named.username)).addCallback(answer)


registerAdapter(PortalRoot, Portal, IPBRoot)
classImplements(ChallengedPassword, IUsernameHashedPassword, IUsernameMD5Password)
classImplements(PortalRoot, IPBRoot)

__all__ = [
    "CHALLENGE_SIZE",
    "MAX_NAME_SIZE",
    "ChallengedPassword",
    "IUsernameMD5Password",
    "PortalLogin",
    "PortalRoot",
    "challenge",
    "logIn",
    "respond",
]
