"""A server and a client of Perspective Broker, written to Twisted's documented API.

They run on ours and on others. `spread_peer.py serve` prints the port it listens on; `spread_peer.py
call PORT` makes all kinds of calls and prints what becomes of them, a line each.
"""

import datetime
import decimal
import gc
import sys
from importlib import import_module
from typing import Any

from zope.interface import implementer  # type: ignore[import-untyped]  # as users write it

from twisted.cred.checkers import AllowAnonymousAccess, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer, reactor
from twisted.internet.task import deferLater
from twisted.python import log
from twisted.spread import pb, util

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


pb.setUnjellyableForClass("spread_peer.Pond", Pond)
pb.setUnjellyableForClass("spread_peer.Master", Slave)


class Objects(pb.Root):
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


def serve() -> None:
    """Serve two ports, one of them with logins."""
    passwords = InMemoryUsernamePasswordDatabaseDontUse(alice=b"1234", bob=b"secret")
    portal = Portal(Realm(), [passwords, AllowAnonymousAccess()])
    ports = [
        reactor.listenTCP(0, pb.PBServerFactory(root), interface="127.0.0.1")
        for root in (Objects(), portal)
    ]
    print(*(port.getHost().port for port in ports), flush=True)
    reactor.run()


def say(what: str, value: object) -> None:
    """Print a line."""
    print(f"{what}: {value!r}", flush=True)


def name(type_: Any) -> str:
    """Return the full name of a type, or of one that a peer reported."""
    if isinstance(type_, type):
        return f"{type_.__module__}.{type_.__qualname__}"
    return type_.decode() if isinstance(type_, bytes) else str(type_)


@defer.inlineCallbacks
def failing(what: str, deferred: Any) -> Any:
    """Print how something fails."""
    failures: list[Any] = []
    result = yield deferred.addErrback(failures.append)
    failure = failures[0] if failures else None
    say(what, (name(failure.type), failure.getErrorMessage()) if failure else result)


@defer.inlineCallbacks
def until(ask: Any, wanted: Any) -> Any:
    """Wait until something is answered."""
    for _ in range(3000):
        answer = yield ask()
        if answer == wanted:
            break
        yield deferLater(reactor, 0.01, lambda: None)
    return answer


@defer.inlineCallbacks
def callAll(factory: Any, users: Any) -> Any:
    """Make all kinds of calls."""
    root = yield factory.getRootObject()
    args, kw = yield root.callRemote("echo", *VALUES, name="n", key=VALUES)
    say(
        "values", [a for a, b in zip(args, VALUES, strict=True) if a != b or type(a) is not type(b)]
    )
    say("keywords", kw == {"name": "n", "key": VALUES})
    shared: list[Any] = [1]
    circle: list[Any] = [shared, shared]
    circle.append((circle,))
    ((back,), _) = yield root.callRemote("echo", circle)
    say("identity", (back[0] is back[1], back[2][0] is back))
    say("later", (yield root.callRemote("later")))
    item = yield root.callRemote("item")
    say("reference", (yield item.callRemote("add", 1, b=2)))
    say("it comes back", (yield root.callRemote("isItem", item)))
    again = yield root.callRemote("item")
    say("equal", again == item)
    mine = Item()
    say("callback", (yield root.callRemote("callBack", mine, 3, 4)))
    ((mineAgain,), _) = yield root.callRemote("echo", mine)
    say("mine", mineAgain is mine)
    yield failing("expected", root.callRemote("fail"))
    yield failing("unexpected", root.callRemote("failBadly"))
    yield failing("no method", root.callRemote("nothing"))
    yield failing("private", root.callRemote("__class__"))
    refused = yield root.callRemote("echo", Unknown()).addErrback(rejected)
    say("unknown class", refused)
    which = yield root.callRemote("fail").addErrback(lambda f: f.trap(KeyError, pb.Error))
    say("trap", which is pb.Error)
    pond = Pond()
    pond.frogs = 7  # type: ignore[attr-defined]  # any attribute
    ((copy,), _) = yield root.callRemote("echo", pond)
    say("copy", (type(copy) is Pond, copy is pond, copy.__dict__))
    cache = yield root.callRemote("master")
    say("cache", cache.ducks)
    say("told", (yield root.callRemote("addDuck", "two")))
    say("followed", cache.ducks)
    more = yield root.callRemote("master")
    say("original", (yield root.callRemote("isMaster", more)))
    say("observers", (yield root.callRemote("observers")))
    del cache, more
    gc.collect()
    say("no observers", (yield until(lambda: root.callRemote("observers"), 0)))
    master = Master()
    say("their cache", (yield root.callRemote("keep", master)))
    yield master.observers[0].callRemote("addDuck", "three")
    say("they followed", (yield root.callRemote("kept")))
    yield root.callRemote("keep", None)
    yield until(lambda: root.callRemote("later").addCallback(lambda _: master.observers), [])
    say("they let go", master.observers)
    pages = yield util.getAllPages(root, "pages", 10_000)
    say("pages", b"".join(pages) == b"0123456789" * 10_000)
    alice = yield users.login(UsernamePassword(b"alice", b"1234"), client=mine)
    say("alice", (yield alice.callRemote("name")))
    say("her mind", (yield alice.callRemote("mind", 5, 6)))
    bob = yield users.login(UsernamePassword(b"bob", b"secret"))
    room = yield alice.callRemote("room")
    other = yield bob.callRemote("room")
    say("room", ((yield room.callRemote("say", "hi")), (yield other.callRemote("say", "ho"))))
    nobody = yield users.login(Anonymous())
    say("anonymous", (yield nobody.callRemote("name")))
    for who in ((b"alice", b"wrong"), (b"nobody", b"1234")):
        refused = yield users.login(UsernamePassword(*who)).addErrback(rejected)
        say("login", refused)


def rejected(failure: Any) -> Any:
    """Hand a failure on as a value."""
    return [name(failure.type)]


@defer.inlineCallbacks
def lastly(factory: Any, users: Any) -> Any:
    """See that sessions end with their connection, and what becomes of calls in the end."""
    root = yield factory.getRootObject()
    users.disconnect()
    say("sessions", (yield until(lambda: root.callRemote("loggedOut"), 3)))
    lost: Any = defer.Deferred()
    root.notifyOnDisconnect(lost.callback)
    root.broker.transport.write(b"\xff")
    pending = root.callRemote("later").addErrback(rejected)
    yield lost
    say("pending", (yield pending))
    try:
        yield root.callRemote("later")
    except pb.DeadReferenceError:
        say("dead", True)


def call(port: str, users: str) -> None:
    """Connect, call, and print."""
    factories = [pb.PBClientFactory(), pb.PBClientFactory()]
    for number, factory in zip((port, users), factories, strict=True):
        reactor.connectTCP("127.0.0.1", int(number), factory)
    done = callAll(*factories)
    done.addCallback(lambda _: lastly(*factories))
    done.addErrback(lambda f: print(f.getTraceback(), flush=True))
    done.addBoth(lambda _: reactor.stop())
    reactor.run()


# The names of classes are sent, and those of the main module would be others at each end.
if __name__ == "__main__":
    peer = import_module("spread_peer")
    log.startLogging(sys.stderr, setStdout=False)
    if sys.argv[1] == "serve":
        peer.serve()
    else:
        peer.call(*sys.argv[2:])
