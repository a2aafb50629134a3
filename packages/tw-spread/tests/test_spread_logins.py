"""Logging in: challenges, avatars, minds, and that each session ends once."""

from collections.abc import Callable
from typing import Any

import pytest

from twisted.cred.checkers import (
    ANONYMOUS,
    AllowAnonymousAccess,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.credentials import Anonymous, SSHPrivateKey, UsernamePassword
from twisted.cred.error import UnauthorizedLogin, UnhandledCredentials
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred, succeed
from twisted.python.components import implementer
from twisted.spread import jelly, pb

from .spread_helpers import Pair, logged, results


class Group(pb.Viewable):
    """Knows who calls."""

    def __init__(self) -> None:
        self.board = Board()

    def view_who(self, perspective: Any, text: str) -> str:
        return f"{perspective.name}: {text}"

    def view_fail(self, perspective: Any) -> Any:
        raise pb.Error("no")


class Page(pb.Copyable, pb.RemoteCopy):
    """Looks different to each user."""

    def getStateToCopyFor(self, perspective: Any) -> Any:
        return {"reader": perspective.name}


class Board(pb.Cacheable):
    """Looks different to each user, and remembers who looks."""

    def __init__(self) -> None:
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append((perspective, observer))
        return {"reader": perspective.name}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove((perspective, observer))


class CachedBoard(pb.RemoteCache):
    """The cache."""


pb.setUnjellyableForClass(Page, Page)
pb.setUnjellyableForClass(Board, CachedBoard)


class User(pb.Avatar):
    """A user."""

    def __init__(self, name: Any, mind: Any, group: Group) -> None:
        self.name = name
        self.mind = mind
        self.group = group

    def perspective_name(self) -> Any:
        return self.name

    def perspective_group(self) -> Group:
        return self.group

    def perspective_self(self) -> Any:
        return self

    def perspective_fail(self) -> Any:
        raise pb.Error("no")

    def perspective_page(self) -> Page:
        return Page()

    def perspective_board(self) -> Board:
        return self.group.board

    def remote_secret(self) -> None:
        raise AssertionError("only methods of the perspective are reached")


@implementer(IRealm)
class Realm:
    """Counts sessions."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self.loggedOut: list[User] = []
        self.group = Group()
        self.waiting: Deferred[Any] | None = None

    def requestAvatar(self, avatarId: Any, mind: object, *interfaces: Any) -> Any:
        if pb.IPerspective not in interfaces:
            raise NotImplementedError
        if avatarId == b"full":
            raise ValueError("too many connections")
        name = "Anonymous" if avatarId is ANONYMOUS else avatarId.decode()
        user = User(name, mind, self.group)
        self.users.append(user)
        login = (pb.IPerspective, user, lambda: self.loggedOut.append(user))
        if self.waiting is not None:
            return self.waiting.addCallback(lambda _: login)
        return login


class Mind(pb.Referenceable):
    """What the client gives the realm."""

    def remote_told(self, text: str) -> str:
        return text.upper()


@pytest.fixture
def realm() -> Realm:
    return Realm()


@pytest.fixture
def pair(realm: Realm) -> Pair:
    passwords = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret", full=b"x")
    return Pair(Portal(realm, [passwords]))


def login(pair: Pair, name: Any, password: Any, client: Any = None) -> Any:
    """Log in, and return the reference or the failure."""
    found = results(pair.factory.login(UsernamePassword(name, password), client))
    pair.turn()
    return found.pop()


def test_login_gives_the_avatar_of_the_user(pair: Pair, realm: Realm) -> None:
    alice = login(pair, b"alice", b"1234")
    assert isinstance(alice, pb.RemoteReference)
    assert pair.call(alice, "name") == "alice"
    assert realm.users[0].mind is None


def test_names_and_passwords_may_be_text(pair: Pair) -> None:
    assert pair.call(login(pair, "alice", "1234"), "name") == "alice"


def test_password_does_not_go_over_the_wire(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    for broker in (pair.client, pair.server):
        receive = broker.dataReceived

        def receiving(data: bytes, receive: Callable[[bytes], None] = receive) -> None:
            sent.append(data)
            receive(data)

        monkeypatch.setattr(broker, "dataReceived", receiving)
    assert pair.call(login(pair, b"bob", b"secret"), "name") == "bob"
    assert b"bob" in b"".join(sent)
    assert b"secret" not in b"".join(sent)


@pytest.mark.parametrize(
    ("name", "password"), [(b"alice", b"wrong"), (b"nobody", b"1234"), (b"", b"")]
)
def test_wrong_name_or_password(pair: Pair, realm: Realm, name: bytes, password: bytes) -> None:
    failure = login(pair, name, password)
    assert failure.check(UnauthorizedLogin) is UnauthorizedLogin
    assert failure.getErrorMessage() == login(pair, b"other", b"1").getErrorMessage()
    assert realm.users == []
    assert pair.open


def test_realm_that_refuses(pair: Pair) -> None:
    failure = login(pair, b"full", b"x")
    assert failure.check(ValueError) is ValueError
    assert failure.getErrorMessage() == "too many connections"


def test_challenge_is_answered_once(pair: Pair) -> None:
    asked, challenger = pair.call(pair.root, "login", b"alice")
    assert len(asked) == 16
    assert asked != pair.call(pair.root, "login", b"alice")[0]
    answer = pb.respond(asked, b"1234")
    assert pair.fails(challenger, "respond", b"x", None).check(UnauthorizedLogin)
    assert pair.fails(challenger, "respond", answer, None).check(UnauthorizedLogin)


@pytest.mark.parametrize("value", [5, None, ["x"], b"x" * 1025])
def test_names_and_answers_of_other_types(pair: Pair, value: Any) -> None:
    assert pair.fails(pair.root, "login", value).check(UnauthorizedLogin)
    challenger = pair.call(pair.root, "login", b"alice")[1]
    assert pair.fails(challenger, "respond", value, None).check(UnauthorizedLogin)


def test_answer_is_that_of_other_peers() -> None:
    assert pb.respond(b"c" * 16, b"pw").hex() == "31c79f8fdeb72cd11a9a8ccd166d844c"


def test_mind_can_be_called_from_the_login_on(pair: Pair, realm: Realm) -> None:
    mind = Mind()
    alice = login(pair, b"alice", b"1234", mind)
    assert pair.call(realm.users[0].mind, "told", "hello") == "HELLO"
    assert alice


def test_only_methods_of_the_perspective_are_reached(pair: Pair) -> None:
    alice = login(pair, b"alice", b"1234")
    for name in ("secret", "remote_secret", "name__", "__init__", "logout", "_unreferenced"):
        assert pair.fails(alice, name).check(pb.NoSuchMethod)
    assert pair.fails(alice, "fail").check(pb.Error)


def test_avatar_is_never_sent(pair: Pair, realm: Realm) -> None:
    mind = Mind()
    alice = login(pair, b"alice", b"1234", mind)
    assert pair.fails(alice, "self").check(jelly.InsecureJelly)
    (user,) = realm.users
    assert pair.fails(user.mind, "told", user).check(jelly.InsecureJelly)
    assert pair.fails(user.mind, "told", [user]).check(jelly.InsecureJelly)


def test_views_know_who_calls(pair: Pair) -> None:
    alice, bob = login(pair, b"alice", b"1234"), login(pair, b"bob", b"secret")
    groups = [pair.call(user, "group") for user in (alice, bob, alice)]
    assert groups[0] == groups[2] != groups[1]
    said = [pair.call(group, "who", "hi") for group in groups]
    assert said == ["alice: hi", "bob: hi", "alice: hi"]


def test_errors_for_the_user_are_not_logged(pair: Pair) -> None:
    alice = login(pair, b"alice", b"1234")
    group = pair.call(alice, "group")
    with logged() as log:
        for reference in (alice, group):
            failure = pair.fails(reference, "fail")
            assert (failure.type, failure.getErrorMessage()) == ("twisted.spread.pb.Error", "no")
    assert list(log) == []


def test_copies_and_caches_are_made_for_who_gets_them(pair: Pair, realm: Realm) -> None:
    users = [login(pair, b"alice", b"1234"), login(pair, b"bob", b"secret")]
    for user, name in zip(users, ("alice", "bob"), strict=True):
        assert pair.call(user, "page").reader == name
    boards = [pair.call(users[0], "board")]
    assert boards[0].reader == "alice"
    board = realm.group.board
    assert [perspective for perspective, _ in board.observers] == realm.users[:1]
    boards.clear()
    pair.turn()
    assert board.observers == []
    boards.append(pair.call(users[1], "board"))
    assert boards[0].reader == "bob"
    assert [perspective for perspective, _ in board.observers] == realm.users[1:]


def test_anonymous_login(realm: Realm) -> None:
    passwords = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234")
    pair = Pair(Portal(realm, [passwords, AllowAnonymousAccess()]))
    found = results(pair.factory.login(Anonymous(), Mind()))
    alice = login(pair, b"alice", b"1234")
    assert pair.call(found[0], "name") == "Anonymous"
    assert pair.call(alice, "name") == "alice"
    assert isinstance(realm.users[0].mind, pb.RemoteReference)


def test_anonymous_login_that_is_not_allowed(pair: Pair) -> None:
    found = results(pair.factory.login(Anonymous()))
    with logged() as log:
        pair.turn()
    assert found[0].check(UnauthorizedLogin)
    assert [event.get("log_failure") for event in log] == [None, None]


def test_credentials_that_are_no_password(pair: Pair) -> None:
    found = results(pair.factory.login(SSHPrivateKey(b"a", b"b", b"c", b"d", None)))
    assert found[0].check(UnhandledCredentials)


def test_session_ends_when_the_avatar_is_let_go(pair: Pair, realm: Realm) -> None:
    alice, bob = login(pair, b"alice", b"1234"), login(pair, b"bob", b"secret")
    del alice
    pair.turn()
    assert realm.loggedOut == realm.users[:1]
    pair.lose()
    assert realm.loggedOut == realm.users
    assert bob


def test_each_session_ends_once_with_the_connection(pair: Pair, realm: Realm) -> None:
    users = [login(pair, b"alice", b"1234") for _ in range(3)]
    pair.lose()
    users.clear()
    pair.turn()
    assert realm.loggedOut == realm.users
    assert len(realm.users) == 3


def test_session_that_begins_when_the_connection_is_lost_ends_at_once(
    pair: Pair, realm: Realm
) -> None:
    waiting = realm.waiting = Deferred()
    found = results(pair.factory.login(UsernamePassword(b"alice", b"1234")))
    pair.turn()
    pair.lose()
    assert found[0].check(pb.PBConnectionLost)
    with logged() as log:
        waiting.callback(None)
    assert realm.loggedOut == realm.users
    assert len(realm.users) == 1
    assert len(list(log)) <= 1


def test_session_of_an_answer_that_cannot_be_sent_ends(
    pair: Pair, realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenger = pair.call(pair.root, "login", b"alice")[1]
    asked = pair.server.localObjects[challenger.luid].obj._challenge
    monkeypatch.setattr(pb, "MAX_BROKER_REFS", 0)
    failure = pair.fails(challenger, "respond", pb.respond(asked, b"1234"), None)
    assert "Maximum PB" in failure.getErrorMessage()
    assert realm.loggedOut == realm.users


def test_own_perspective(realm: Realm) -> None:
    @implementer(pb.IPerspective)
    class Own:
        def perspectiveMessageReceived(self, broker: Any, message: str, args: Any, kw: Any) -> Any:
            return broker.serialize([message, broker.unserialize(args, self)], self)

    realm.requestAvatar = lambda *_: succeed((pb.IPerspective, Own(), lambda: None))  # type: ignore[method-assign]
    pair = Pair(Portal(realm, [AllowAnonymousAccess()]))
    found = results(pair.factory.login(Anonymous()))
    pair.turn()
    assert pair.call(found[0], "anything", 1) == ["anything", (1,)]


class LoginAtEachConnection(pb.PBClientFactory):
    """Logs in as soon as there is a connection, as the factory of Buildbot's workers does."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[Any] = []

    def clientConnectionMade(self, broker: pb.Broker) -> None:
        super().clientConnectionMade(broker)
        assert self._root is not None
        deferred = self._cbSendUsername(self._root, b"alice", b"1234", None)
        deferred.addCallback(lambda avatar: avatar.callRemote("name"))
        deferred.addCallback(self.names.append)


def test_factory_of_a_package_logs_in_at_each_connection(pair: Pair) -> None:
    pair.factory = factory = LoginAtEachConnection()
    for count in (1, 2):
        pair.connect()
        assert factory.names == ["alice"] * count
        pair.lose()
        assert factory._root is None
