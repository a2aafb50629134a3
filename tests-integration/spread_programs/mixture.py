"""All kinds of calls, and what becomes of them: values, references, caches, pages and logins."""

import datetime
import decimal
import gc
from typing import Any

from zope.interface import implementer  # type: ignore[import-untyped]  # as users write it

from twisted.cred.checkers import AllowAnonymousAccess, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer, reactor
from twisted.internet.task import deferLater
from twisted.spread import pb, util

from .endings import Root, close
from .voices import named, say, until

VALUES = [
    *(0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**447, 1 - 2**448),
    *(1.5, -0.0, float("inf"), "", "tex\xe9t \N{SNOWMAN}", b"", bytes(range(256))),
    *(None, True, False, [], [1, [2]], (), (1, (2,)), {}, {"a": {1: b"x"}}, {1, 2}),
    *(frozenset({"x"}), datetime.datetime(2012, 1, 2, 3, 4, 5, 6), datetime.date(1999, 12, 31)),
    *(datetime.time(1, 2, 3, 4), datetime.timedelta(-1, 2, 3), decimal.Decimal("-1.50E+9")),
    *(b"list", b"None", b"reference", ["unicode"], "x" * 100_000),
]


class MyError(pb.Error):
    """One that peers may expect."""


class Pond(pb.Copyable, pb.RemoteCopy):
    """Is copied."""


class Master(pb.Cacheable):
    """Is cached."""

    def __init__(self) -> None:
        self.observers: list[Any] = []
        self.ducks = ["one"]

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append(observer)
        return {"ducks": list(self.ducks)}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove(observer)


class Slave(pb.RemoteCache):
    """The cache."""

    ducks: Any

    def observe_addDuck(self, duck: str) -> int:
        self.ducks.append(duck)
        return len(self.ducks)


class Unknown(pb.Copyable):
    """The receiver does not know it."""


class Room(pb.Viewable):
    """Knows who calls."""

    def view_say(self, perspective: Any, text: str) -> str:
        return f"{perspective.name} says: {text}"


class Item(pb.Referenceable):
    """What references go to."""

    def remote_add(self, a: int, b: int = 1) -> int:
        return a + b


pb.setUnjellyableForClass(Pond, Pond)
pb.setUnjellyableForClass(Master, Slave)


class Objects(Root):
    """Answers in all ways."""

    def __init__(self) -> None:
        self.item = Item()
        self.master = Master()
        self.kept: Any = None

    def remote_echo(self, *args: Any, **kw: Any) -> Any:
        return [args, kw]

    def remote_item(self) -> Item:
        return self.item

    def remote_isItem(self, obj: Any) -> bool:
        return obj is self.item

    def remote_later(self) -> Any:
        return deferLater(reactor, 0.01, lambda: "later")

    def remote_callBack(self, obj: Any, *args: Any) -> Any:
        return obj.callRemote("add", *args)

    def remote_fail(self) -> None:
        raise MyError("fall down go boom")

    def remote_failBadly(self) -> None:
        raise ValueError("nobody expects it")

    def remote_master(self) -> Master:
        return self.master

    def remote_isMaster(self, obj: Any) -> bool:
        return obj is self.master

    def remote_addDuck(self, duck: str) -> Any:
        self.master.ducks.append(duck)
        return defer.gatherResults(
            [observer.callRemote("addDuck", duck) for observer in self.master.observers]
        )

    def remote_observers(self) -> int:
        return len(self.master.observers)

    def remote_keep(self, obj: Any) -> Any:
        self.kept = obj
        return getattr(obj, "ducks", None)

    def remote_kept(self) -> Any:
        return self.kept.ducks

    def remote_pages(self, collector: Any, size: int) -> None:
        util.StringPager(collector, b"0123456789" * size)

    def remote_loggedOut(self) -> int:
        return Realm.loggedOut

    def remote_users(self) -> int:
        """Serve logins as well, and return the port."""
        passwords = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret")
        portal = Portal(Realm(), [passwords, AllowAnonymousAccess()])
        port = reactor.listenTCP(0, pb.PBServerFactory(portal), interface="127.0.0.1")
        return int(port.getHost().port)


class User(pb.Avatar):
    """A user."""

    def __init__(self, name: str, mind: Any, room: Room) -> None:
        self.name = name
        self.mind = mind
        self.room = room

    def perspective_name(self) -> str:
        return self.name

    def perspective_room(self) -> Room:
        return self.room

    def perspective_mind(self, *args: Any) -> Any:
        return self.mind.callRemote("add", *args)


@implementer(IRealm)
class Realm:
    """Has a user for everybody."""

    loggedOut = 0

    def __init__(self) -> None:
        self.room = Room()

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        name = avatarId.decode() if avatarId else "Anonymous"
        return pb.IPerspective, User(name, mind, self.room), self.logOut

    def logOut(self) -> None:
        Realm.loggedOut += 1


def served() -> Objects:
    """Return what is served."""
    return Objects()


async def failing(what: str, deferred: Any) -> None:
    """Print how something fails."""
    failures: list[Any] = []
    result = await deferred.addErrback(failures.append)
    failure = failures[0] if failures else None
    say(what, (named(failure.type), failure.getErrorMessage()) if failure else result)


async def callAll(root: Any) -> None:
    """Make all kinds of calls, and end the server."""
    await callObjects(root)
    users = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", await root.callRemote("users"), users)
    await callUsers(root, users)
    await breakOff(root)


async def callObjects(root: Any) -> None:
    """Call, and pass everything that can be passed."""
    args, kw = await root.callRemote("echo", *VALUES, name="n", key=VALUES)
    say(
        "values", [a for a, b in zip(args, VALUES, strict=True) if a != b or type(a) is not type(b)]
    )
    say("keywords", kw == {"name": "n", "key": VALUES})
    shared: list[Any] = [1]
    circle: list[Any] = [shared, shared]
    circle.append((circle,))
    ((back,), _) = await root.callRemote("echo", circle)
    say("identity", (back[0] is back[1], back[2][0] is back))
    say("later", await root.callRemote("later"))
    item = await root.callRemote("item")
    say("reference", await item.callRemote("add", 1, b=2))
    say("it comes back", await root.callRemote("isItem", item))
    again = await root.callRemote("item")
    say("equal", again == item)
    mine = Item()
    say("callback", await root.callRemote("callBack", mine, 3, 4))
    ((mineAgain,), _) = await root.callRemote("echo", mine)
    say("mine", mineAgain is mine)
    await failing("expected", root.callRemote("fail"))
    await failing("unexpected", root.callRemote("failBadly"))
    await failing("no method", root.callRemote("nothing"))
    await failing("private", root.callRemote("__class__"))
    refused = await root.callRemote("echo", Unknown()).addErrback(rejected)
    say("unknown class", refused)
    which = await root.callRemote("fail").addErrback(lambda f: f.trap(KeyError, pb.Error))
    say("trap", which is pb.Error)
    pond = Pond()
    pond.frogs = 7  # type: ignore[attr-defined]  # any attribute
    ((copy,), _) = await root.callRemote("echo", pond)
    say("copy", (type(copy) is Pond, copy is pond, copy.__dict__))
    cache = await root.callRemote("master")
    say("cache", cache.ducks)
    say("told", await root.callRemote("addDuck", "two"))
    say("followed", cache.ducks)
    more = await root.callRemote("master")
    say("original", await root.callRemote("isMaster", more))
    say("observers", await root.callRemote("observers"))
    del cache, more
    gc.collect()
    say("no observers", await until(lambda: root.callRemote("observers"), 0))
    master = Master()
    say("their cache", await root.callRemote("keep", master))
    await master.observers[0].callRemote("addDuck", "three")
    say("they followed", await root.callRemote("kept"))
    await root.callRemote("keep", None)
    await until(lambda: root.callRemote("later").addCallback(lambda _: master.observers), [])
    say("they let go", master.observers)
    pages = await util.getAllPages(root, "pages", 10_000)
    say("pages", b"".join(pages) == b"0123456789" * 10_000)


async def callUsers(root: Any, users: Any) -> None:
    """Log in, and see that sessions end with their connection."""
    alice = await users.login(UsernamePassword(b"alice", b"1234"), client=Item())
    say("alice", await alice.callRemote("name"))
    say("her mind", await alice.callRemote("mind", 5, 6))
    bob = await users.login(UsernamePassword(b"bob", b"secret"))
    room = await alice.callRemote("room")
    other = await bob.callRemote("room")
    say("room", ((await room.callRemote("say", "hi")), (await other.callRemote("say", "ho"))))
    nobody = await users.login(Anonymous())
    say("anonymous", await nobody.callRemote("name"))
    for who in ((b"alice", b"wrong"), (b"nobody", b"1234")):
        refused = await users.login(UsernamePassword(*who)).addErrback(rejected)
        say("login", refused)
    users.disconnect()
    say("sessions", await until(lambda: root.callRemote("loggedOut"), 3))


def rejected(failure: Any) -> Any:
    """Hand a failure on as a value."""
    return [named(failure.type)]


async def breakOff(root: Any) -> None:
    """Send what is no Banana, and see what becomes of calls in the end."""
    port = root.broker.transport.getPeer().port
    lost: Any = defer.Deferred()
    root.notifyOnDisconnect(lost.callback)
    root.broker.transport.write(b"\xff")
    pending = root.callRemote("later").addErrback(rejected)
    await lost
    say("pending", await pending)
    try:
        await root.callRemote("later")
    except pb.DeadReferenceError:
        say("dead", True)
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", port, factory)
    root = await factory.getRootObject()
    await close(root)
