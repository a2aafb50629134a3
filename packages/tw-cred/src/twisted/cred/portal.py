"""The portal: where credentials go in, and the avatar of their user comes out."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar, cast

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.error import UnhandledCredentials
from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.python.components import Interface, provides

AvatarId = bytes | tuple[()]
"""Who somebody is: their name in bytes, or `checkers.ANONYMOUS`."""

_A = TypeVar("_A")

Login = tuple[Callable[..., _A], _A, Callable[[], object]]
"""What a login gives: the interface that was chosen, the avatar, and what ends the session."""


class IRealm(Interface):
    """What gives users their avatars; the part of a program that knows what its users can do."""

    # The avatar's type depends on the interfaces that a protocol asks for, of which this one
    # knows nothing.
    def requestAvatar(
        self, avatarId: AvatarId, mind: object, *interfaces: Callable[..., Any]
    ) -> Login[Any] | Deferred[Login[Any]] | Coroutine[Deferred[Any], Any, Login[Any]]:
        """Return the avatar of somebody who has logged in.

        A user who is not known here has proved who they are all the same, so it is best to make
        what they need.

        Args:
            avatarId: Who it is, as the checker says: bytes, or `checkers.ANONYMOUS`.
            mind: What the protocol passed to `Portal.login`; often None.
            interfaces: What the avatar may provide, the best first.

        Returns:
            One of the interfaces, an avatar that provides it, and a function without arguments
            that ends this session; or a Deferred or a coroutine of these three.

        Raises:
            NotImplementedError: None of the interfaces is one that this realm has avatars for.
            LoginDenied: This user gets no avatar now.
        """
        ...


class Portal:
    """Joins one realm and any number of checkers.

    Attributes:
        realm: Gives the avatars.
        checkers: The checker for each interface of credentials.
    """

    def __init__(self, realm: IRealm, checkers: Iterable[ICredentialsChecker] = ()) -> None:
        """Make a portal.

        Args:
            realm: Gives the avatars.
            checkers: Each is registered for the credentials that it says it can check.
        """
        self.realm: IRealm = realm
        self.checkers: dict[Callable[..., ICredentials], ICredentialsChecker] = {}
        for checker in checkers:
            self.registerChecker(checker)

    def listCredentialsInterfaces(self) -> list[Callable[..., ICredentials]]:
        """Return the interfaces of credentials that can be used to log in."""
        return list(self.checkers)

    def registerChecker(
        self, checker: ICredentialsChecker, *credentialInterfaces: Callable[..., ICredentials]
    ) -> None:
        """Let a checker check credentials from now on.

        Args:
            checker: The checker.
            credentialInterfaces: For which credentials; what the checker says it can check if there
                are none. A checker that was registered for one of them before is replaced.
        """
        for interface in credentialInterfaces or checker.credentialInterfaces:
            self.checkers[interface] = checker

    def login(
        self, credentials: ICredentials, mind: object, *interfaces: Callable[..., _A]
    ) -> Deferred[Login[_A]]:
        """Find out whose the credentials are, and get their avatar.

        Args:
            credentials: What the peer showed.
            mind: Passed on to the realm: whatever can tell the peer something, or None.
            interfaces: What the avatar may provide, the best first.

        Returns:
            A Deferred of three things: that of the interfaces which the realm chose, the avatar,
            and a function without arguments that ends the session. Whoever logs in calls it once,
            when the peer logs out or its connection is lost.

            It fails with `UnhandledCredentials` if no checker is there for these credentials, with
            `UnauthorizedLogin` if they are not valid, and with whatever the realm raises.
        """
        for interface, checker in self.checkers.items():
            if provides(interface, credentials):
                check = cast(
                    "Callable[[ICredentials], Deferred[AvatarId]]", checker.requestAvatarId
                )
                return maybeDeferred(check, credentials).addCallback(
                    lambda avatarId: self._requestAvatar(avatarId, mind, interfaces)
                )
        return fail(
            UnhandledCredentials(
                f"no checker of this portal is for {credentials!r}: it has some for "
                f"{', '.join(_nameOf(interface) for interface in self.checkers) or 'nothing'}"
            )
        )

    def _requestAvatar(
        self, avatarId: AvatarId, mind: object, interfaces: tuple[Callable[..., _A], ...]
    ) -> Deferred[Login[_A]]:
        return cast(
            "Deferred[Login[_A]]",
            maybeDeferred(self.realm.requestAvatar, avatarId, mind, *interfaces),
        )


def _nameOf(interface: object) -> str:
    return str(getattr(interface, "__name__", interface))


__all__ = ["AvatarId", "IRealm", "Login", "Portal"]
