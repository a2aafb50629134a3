"""The portal: from credentials to an avatar."""

import pytest

from twisted.cred.checkers import (
    ANONYMOUS,
    AllowAnonymousAccess,
    ICredentialsChecker,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.credentials import (
    Anonymous,
    IAnonymous,
    IUsernameHashedPassword,
    IUsernamePassword,
    UsernameHashedPassword,
    UsernamePassword,
)
from twisted.cred.error import LoginFailed, UnauthorizedLogin, UnhandledCredentials
from twisted.cred.portal import AvatarId, IRealm, Login, Portal
from twisted.internet.defer import Deferred
from twisted.python.components import implementer, verifyObject

from .cred_helpers import Door, Doors, IDoor, IWindow, errorOf, resultOf


@implementer(ICredentialsChecker)
class NotingChecker:
    """A checker that notes what it is given, and answers what it is told."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.given: list[tuple[object, ...]] = []

    def requestAvatarId(self, *credentials: object) -> AvatarId:
        self.given.append(credentials)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]  # what each test says


def login(portal: Portal, mind: object = None) -> Deferred[Login[IDoor]]:
    return portal.login(UsernamePassword(b"alice", b"sesame"), mind, IDoor)


def test_login_gives_interface_avatar_and_logout() -> None:
    realm = Doors()
    portal = Portal(realm, [NotingChecker(b"alice")])
    interface, avatar, logout = resultOf(login(portal))
    assert interface is IDoor
    assert isinstance(avatar, Door)
    assert avatar.owner == b"alice"
    logout()
    assert realm.ended == [1]


def test_realm_gets_avatar_id_mind_and_interfaces_as_they_are() -> None:
    realm = Doors()
    mind = object()
    portal = Portal(realm, [NotingChecker("ä".encode())])
    resultOf(portal.login(UsernamePassword(b"a", b"b"), mind, IWindow, IDoor))
    assert realm.asked == [("ä".encode(), mind, (IWindow, IDoor))]


def test_checker_gets_the_credentials_alone() -> None:
    checker = NotingChecker(b"alice")
    credentials = UsernamePassword(b"alice", b"sesame")
    resultOf(Portal(Doors(), [checker]).login(credentials, "mind", IDoor))
    assert checker.given == [(credentials,)]


def test_each_login_has_a_logout_of_its_own() -> None:
    realm = Doors()
    portal = Portal(realm, [NotingChecker(b"alice")])
    (_, _, first), (_, _, second) = resultOf(login(portal)), resultOf(login(portal))
    second()
    assert realm.ended == [2]
    first()
    assert realm.ended == [2, 1]


def test_credentials_that_nobody_checks_fail() -> None:
    realm = Doors()
    error = errorOf(Portal(realm).login(Anonymous(), None, IDoor))
    assert isinstance(error, UnhandledCredentials)
    assert isinstance(error, LoginFailed)
    assert "Anonymous" in str(error)
    portal = Portal(realm, [NotingChecker(b"alice")])
    assert "IUsernamePassword" in str(errorOf(portal.login(Anonymous(), None, IDoor)))
    assert realm.asked == []


@pytest.mark.parametrize("error", [UnauthorizedLogin("no"), ZeroDivisionError()])
def test_error_of_the_checker_is_the_error_of_the_login(error: Exception) -> None:
    realm = Doors()
    assert errorOf(login(Portal(realm, [NotingChecker(error)]))) is error
    assert realm.asked == []


def test_checker_may_take_its_time() -> None:
    answer: Deferred[bytes] = Deferred()
    realm = Doors()
    deferred = login(Portal(realm, [NotingChecker(answer)]))
    assert realm.asked == []
    answer.callback(b"alice")
    assert resultOf(deferred)[0] is IDoor


def test_checker_whose_deferred_fails_fails_the_login() -> None:
    answer: Deferred[bytes] = Deferred()
    deferred = login(Portal(Doors(), [NotingChecker(answer)]))
    answer.errback(UnauthorizedLogin())
    assert isinstance(errorOf(deferred), UnauthorizedLogin)


def test_checker_and_realm_may_be_coroutine_functions() -> None:
    answer: Deferred[bytes] = Deferred()

    @implementer(ICredentialsChecker)
    class Checker:
        credentialInterfaces = (IUsernamePassword,)

        async def requestAvatarId(self, credentials: IUsernamePassword) -> bytes:
            return await answer

    @implementer(IRealm)
    class Realm:
        async def requestAvatar(
            self, avatarId: AvatarId, mind: object, *interfaces: object
        ) -> Login[IDoor]:
            return IDoor, Door(avatarId), lambda: None

    deferred = login(Portal(Realm(), [Checker()]))
    answer.callback(b"alice")
    assert resultOf(deferred)[0] is IDoor


def test_realm_may_take_its_time() -> None:
    answer: Deferred[Login[IDoor]] = Deferred()

    @implementer(IRealm)
    class Realm:
        def requestAvatar(
            self, avatarId: AvatarId, mind: object, *interfaces: object
        ) -> Deferred[Login[IDoor]]:
            return answer

    deferred = login(Portal(Realm(), [NotingChecker(b"alice")]))
    door = Door(b"alice")
    answer.callback((IDoor, door, lambda: None))
    assert resultOf(deferred)[1] is door


def test_realm_without_such_an_avatar_fails_the_login() -> None:
    portal = Portal(Doors(), [NotingChecker(b"alice")])
    error = errorOf(portal.login(UsernamePassword(b"a", b"b"), None, IWindow))
    assert isinstance(error, NotImplementedError)


def test_credentials_decide_on_the_checker() -> None:
    portal = Portal(
        Doors(), [InMemoryUsernamePasswordDatabaseDontUse(a="b"), AllowAnonymousAccess()]
    )
    _, anybody, _ = resultOf(portal.login(Anonymous(), None, IDoor))
    assert isinstance(anybody, Door)
    assert anybody.owner is ANONYMOUS
    _, somebody, _ = resultOf(portal.login(UsernamePassword(b"a", b"b"), None, IDoor))
    assert isinstance(somebody, Door)
    assert somebody.owner == b"a"


def test_checker_is_registered_for_what_it_says() -> None:
    portal = Portal(Doors())
    portal.registerChecker(InMemoryUsernamePasswordDatabaseDontUse())
    assert portal.listCredentialsInterfaces() == [IUsernamePassword, IUsernameHashedPassword]


def test_checker_can_be_registered_for_some_credentials_only() -> None:
    portal = Portal(Doors())
    portal.registerChecker(InMemoryUsernamePasswordDatabaseDontUse(a="b"), IUsernamePassword)
    assert portal.listCredentialsInterfaces() == [IUsernamePassword]
    hashed = UsernameHashedPassword(b"a", b"b")
    assert isinstance(errorOf(portal.login(hashed, None, IDoor)), UnhandledCredentials)


def test_later_checker_takes_the_place_of_an_earlier_one() -> None:
    earlier, later = NotingChecker(b"earlier"), NotingChecker(b"later")
    portal = Portal(Doors(), [earlier, later])
    _, avatar, _ = resultOf(login(portal))
    assert isinstance(avatar, Door)
    assert avatar.owner == b"later"
    assert earlier.given == []


def test_anonymous_access_is_a_checker() -> None:
    assert verifyObject(ICredentialsChecker, AllowAnonymousAccess())
    assert AllowAnonymousAccess().credentialInterfaces == (IAnonymous,)
