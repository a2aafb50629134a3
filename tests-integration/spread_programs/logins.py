"""Logins: realms that make their avatars in different ways, and talks among those who came in."""

from collections.abc import Callable
from typing import Any

from zope.interface import implementer  # type: ignore[import-untyped]  # as users write it

from twisted.application.internet import TimerService
from twisted.cred.checkers import (
    ANONYMOUS,
    AllowAnonymousAccess,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer, reactor
from twisted.internet.task import deferLater
from twisted.spread import pb

from . import talks
from .endings import Root, close
from .voices import refused, say, until


@implementer(IRealm)
class Realm:
    """Has what a function makes of the name and the mind: an avatar, and what ends its session."""

    def __init__(self, make: Callable[[str, Any], Any]) -> None:
        self.make = make

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        assert pb.IPerspective in interfaces
        name = "Anonymous" if avatarId is ANONYMOUS else avatarId.decode()

        def complete(made: tuple[Any, Callable[[], None]]) -> tuple[Any, ...]:
            return pb.IPerspective, *made

        made = self.make(name, mind)
        return made.addCallback(complete) if isinstance(made, defer.Deferred) else complete(made)


class Counter:
    """Counts."""

    rounds = 0

    def count(self) -> int:
        self.rounds += 1
        return self.rounds


class Sailor(pb.Avatar):
    """Counts its rounds, and those who are logged in as this one."""

    present = 0

    def __init__(self, name: str, counter: Counter | None = None) -> None:
        self.name = name
        self.counter = counter or Counter()
        self.minds: list[Any] = []

    def perspective_round(self) -> str:
        return f"{self.name} {self.counter.count()}"

    def perspective_update(self, news: str) -> Any:
        return defer.gatherResults([mind.callRemote("update", news) for mind in self.minds])

    def attached(self, mind: Any) -> None:
        self.present += 1
        self.minds.append(mind)

    def detached(self, mind: Any) -> None:
        self.present -= 1
        self.minds.remove(mind)


class Bell(pb.Avatar):
    """Rings at the client."""

    ringing = 0

    def __init__(self, mind: Any) -> None:
        self.mind = mind
        self.start(3600)

    def start(self, period: float) -> None:
        self.timer = TimerService(period, self.ring)
        self.timer.startService()
        Bell.ringing += 1

    def ring(self) -> None:
        # The client may be gone before its session is over.
        self.mind.callRemote("ring", reactor.seconds()).addErrback(lambda failure: None)

    def perspective_period(self, period: float) -> None:
        self.stop()
        self.start(period)

    def stop(self) -> None:
        Bell.ringing -= 1
        self.timer.stopService()


def nothing() -> None:
    """End a session that nobody counts."""


class Office(Root):
    """Tells where the realms are, and what is in them.

    Attributes:
        realms: The functions that make avatars, by the names of their realms.
    """

    def __init__(self) -> None:
        self.sailors = {name: Sailor(name) for name in ("alice", "bob")}
        self.counters = {name: Counter() for name in ("alice", "bob")}
        self.all = Sailor("all")
        self.anybody = Sailor("anybody")
        self.realms: dict[str, Callable[[str, Any], Any]] = {
            "kept": lambda name, mind: (self.sailors[name], nothing),
            "kept counter": lambda name, mind: (Sailor(name, self.counters[name]), nothing),
            "counted": self.attach,
            "one at a time": self.attachOne,
            "bell": self.bell,
            "later": lambda name, mind: deferLater(reactor, 0, lambda: (Sailor(name), nothing)),
            "one for all": lambda name, mind: (self.all, nothing),
            "one for strangers": lambda name, mind: (
                self.sailors.get(name) or self.anybody,
                nothing,
            ),
            "each their own": lambda name, mind: (self.sailors.get(name) or Sailor(name), nothing),
            "talks": talks.Tavern().enter,
        }

    def attach(self, name: str, mind: Any) -> tuple[Any, Callable[[], None]]:
        """Count who is there."""
        sailor = self.sailors[name]
        sailor.attached(mind)
        return sailor, lambda: sailor.detached(mind)

    def attachOne(self, name: str, mind: Any) -> tuple[Any, Callable[[], None]]:
        """Let nobody in twice."""
        if self.sailors[name].present:
            raise ValueError(f"{name} is there already")
        return self.attach(name, mind)

    def bell(self, name: str, mind: Any) -> tuple[Any, Callable[[], None]]:
        """Ring until the session ends."""
        bell = Bell(mind)
        return bell, bell.stop

    def remote_port(self, realm: str) -> int:
        """Open a realm, with counters that begin anew."""
        for name in self.sailors:
            self.sailors[name] = Sailor(name)
        passwords = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret")
        portal = Portal(Realm(self.realms[realm]), [passwords, AllowAnonymousAccess()])
        port = reactor.listenTCP(0, pb.PBServerFactory(portal), interface="127.0.0.1")
        return int(port.getHost().port)

    def remote_present(self) -> int:
        return self.sailors["bob"].present

    def remote_ringing(self) -> int:
        return Bell.ringing

    def remote_talk(self, kind: str, name: str, mind: Any) -> Any:
        return talks.begin(kind, name, mind)


def served() -> Office:
    """Return what is served."""
    return Office()


class Mind(pb.Referenceable):
    """Is called by the server."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def remote_update(self, news: str) -> None:
        self.heard.append(news)

    def remote_ring(self, seconds: float) -> None:
        self.heard.append(type(seconds).__name__)

    def remote_hear(self, text: str) -> None:
        self.heard.append(text)


ALICE = UsernamePassword(b"alice", b"1234")
BOB = UsernamePassword(b"bob", b"secret")
ANYBODY = Anonymous()


class Door:
    """The client's side of a realm; each login has a connection of its own, unless told otherwise."""

    def __init__(self, office: Any, realm: str) -> None:
        self.office = office
        self.realm = realm
        self.factories: list[Any] = []
        # An avatar to which no reference is left is logged out.
        self.avatars: list[Any] = []
        self.port = 0

    async def enter(self, who: Any, mind: Any = None, again: bool = False) -> Any:
        """Log in."""
        self.port = self.port or await self.office.callRemote("port", self.realm)
        if not again:
            self.factories.append(pb.PBClientFactory())
            reactor.connectTCP("127.0.0.1", self.port, self.factories[-1])
        avatar = await self.factories[-1].login(who, client=mind)
        self.avatars.append(avatar)
        return avatar

    async def leave(self, number: int) -> None:
        """End one of the connections."""
        lost: Any = defer.Deferred()
        self.avatars[number].notifyOnDisconnect(lost.callback)
        self.factories[number].disconnect()
        await lost


async def keep(office: Any) -> None:
    """Log in again and again, in realms that keep their avatars or not."""
    for realm, others in (
        ("kept", [ALICE]),
        ("kept counter", [ALICE]),
        ("later", [ANYBODY]),
        ("one for all", [ALICE, ANYBODY]),
        ("one for strangers", [ANYBODY]),
        ("each their own", [ANYBODY]),
    ):
        rounds = []
        door = Door(office, realm)
        for who in (BOB, *others, BOB, *others):
            avatar = await door.enter(who)
            rounds.append(await avatar.callRemote("round"))
        say("avatars", realm, rounds)


async def count(office: Any) -> None:
    """Have those counted who are there, and refused who are too many."""
    door = Door(office, "counted")
    minds = [Mind(), Mind()]
    for mind in minds:
        await door.enter(BOB, mind)
    say("counted", await office.callRemote("present"))
    await door.avatars[0].callRemote("update", "we sail")
    say("attached", *(mind.heard for mind in minds))
    await door.leave(0)
    await until(lambda: office.callRemote("present"), 1)
    say("counted", "one has left")
    await door.avatars[1].callRemote("update", "we are back")
    say("attached", *(mind.heard for mind in minds))
    await door.leave(1)
    door = Door(office, "one at a time")
    await door.enter(BOB)
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", door.port, factory)
    say("limit", await factory.login(BOB).addErrback(refused))
    factory.disconnect()
    await door.leave(0)
    await until(lambda: office.callRemote("present"), 0)
    await door.enter(BOB)
    say("limit", "in again")


async def ring(office: Any) -> None:
    """Be called again and again until the end of the session."""
    door = Door(office, "bell")
    mind = Mind()
    avatar = await door.enter(BOB, mind)
    answer = office.callRemote

    def heard(least: int) -> Any:
        return answer("present").addCallback(lambda _: len(mind.heard) >= least)

    await until(lambda: heard(1), True)
    await avatar.callRemote("period", 0.01)
    await until(lambda: heard(5), True)
    say("bell", set(mind.heard), await answer("ringing"))
    await door.leave(0)
    await until(lambda: answer("ringing"), 0)
    say("bell", "is silent")


async def share(office: Any) -> None:
    """Log in as different users over one connection."""
    door = Door(office, "each their own")
    for again, who in enumerate((ANYBODY, BOB, ALICE)):
        avatar = await door.enter(who, again=bool(again))
        say("one connection", await avatar.callRemote("round"))
    wrong = UsernamePassword(b"bob", b"wrong")
    say("one connection", await door.factories[0].login(wrong).addErrback(lambda f: "refused"))
    say("one connection", await avatar.callRemote("round"))


async def callAll(office: Any) -> None:
    """Log in in all ways, and end the server."""
    await keep(office)
    await count(office)
    await ring(office)
    await share(office)
    await talks.callAll(office, Door(office, "talks"), ALICE, BOB, Mind)
    await close(office)
