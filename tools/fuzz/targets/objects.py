"""Parsers of Perspective Broker: Banana, jelly, and a server with all that a client can do to it.

No class may be built that is not registered, and no module imported: one that counts its instances
and modules that nobody needs are among the words that inputs are made of, and every object that
comes out is looked at.
"""

import datetime
import decimal
import re
import struct
import sys
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from fuzz.feeding import connected
from fuzz.target import Target, Violation, expect
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.cred.portal import IRealm, Login, Portal
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.internet.testing import Loopback, StringTransport
from twisted.python.components import implementer
from twisted.spread import _logins, banana, jelly, pb

# Banana

_MOST_SIZE, _MOST_DEPTH, _MOST_ELEMENTS, _MOST_MESSAGE = 400, 20, 300, 3000


class _Banana(banana.Banana):
    """Notes what it receives, with small limits."""

    sizeLimit: int | None = _MOST_SIZE
    depthLimit: int | None = _MOST_DEPTH
    elementLimit: int | None = _MOST_ELEMENTS
    messageLimit: int | None = _MOST_MESSAGE

    def __init__(self, isClient: int) -> None:
        super().__init__(isClient)
        self.events: list[object] = []

    def expressionReceived(self, lst: object) -> None:
        # There are floats that are not equal to themselves.
        self.events.append(repr(lst))


def _receive(isClient: int, pieces: list[bytes]) -> object:
    protocol = _Banana(isClient)
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        # A number that is too large takes some more digits.
        expect(protocol._gathered, _MOST_MESSAGE + 70, "bytes of an expression")
        expect(protocol._unfinished.elements, _MOST_ELEMENTS, "elements of an expression")
        expect(len(protocol._unfinished.lists), _MOST_DEPTH, "lists in each other")
    return protocol.events, transport.value(), transport.disconnecting


def bananaServer(pieces: list[bytes]) -> object:
    """Feed a server."""
    return _receive(0, pieces)


def bananaClient(pieces: list[bytes]) -> object:
    """Feed a client."""
    return _receive(1, pieces)


def bananaBytes(pieces: list[bytes]) -> object:
    """Decode bytes; what comes of it can be encoded and decoded again."""
    try:
        expression = banana.decode(b"".join(pieces))
    except banana.BananaError as error:
        return str(error)
    encoded = banana.encode(expression)
    if repr(banana.decode(encoded)) != repr(expression):
        raise Violation(f"{expression!r} comes back as {banana.decode(encoded)!r}")
    return repr(expression)


_PB, _NONE = b"\x02\x82pb", b"\x04\x82none"
_ATOMS = [
    *(b"\0\x81", b"\x7f\x81", b"\0\1\x81", b"\5\x83", b"\0\0\0\0\x08\x85", b"\1\0\0\0\x08\x86"),
    *(b"\x84" + struct.pack(">d", number) for number in (1.5, float("nan"), float("-inf"))),
    *(b"\0\x82", b"\5\x82hello", b"\x01\x87", b"\x13\x87", b"\x20\x87", b"\0\x87", b"\0\x80"),
    *(b"\x10\3\x82" + b"x" * 400, b"\x11\3\x82" + b"x" * 401, b"\x7f" * 10 + b"\x85"),
]
_BANANA_WORDS = [*_ATOMS, _PB, _NONE, b"\x80", b"\2\x80", b"\x81", b"\x88", b"\x7f" * 70, b"\1\x80"]


def _expression(random: Random, depth: int) -> bytes:
    if depth == 0 or random.random() < 0.5:
        return random.choice(_ATOMS)
    count = random.randint(0, 4)
    inner = b"".join(_expression(random, depth - 1) for _ in range(count))
    return bytes([count]) + b"\x80" + inner


def _expressions(random: Random) -> bytes:
    return b"".join(_expression(random, 4) for _ in range(random.randint(1, 5)))


def _afterChoice(random: Random) -> bytes:
    return random.choice([_PB, _PB, _NONE]) + _expressions(random)


def _afterOffer(random: Random) -> bytes:
    offered = random.choice([_PB + _NONE, _NONE + _PB, _NONE + b"\1\x82x", b"\1\x81\1\x81"])
    return b"\2\x80" + offered + _expressions(random)


# Jelly


class Plain:
    """Is registered nowhere."""

    built = 0

    def __new__(cls) -> "Plain":
        """Count."""
        cls.built += 1
        return super().__new__(cls)


class Copied(pb.Copyable, pb.RemoteCopy):
    """Is copied."""


class Cached(pb.Cacheable):
    """Is cached."""

    def getStateToCacheAndObserveFor(self, perspective: object, observer: Any) -> object:  # noqa: ANN401 - as declared
        """Note who observes."""
        _observers.append(observer)
        return {"x": 1}

    def stoppedObserving(self, perspective: object, observer: Any) -> None:  # noqa: ANN401 - as declared
        """Note who does not any more."""
        _observers.remove(observer)


class Cache(pb.RemoteCache):
    """Its cache."""

    def observe_changed(self, *args: object, **kw: object) -> None:
        """Take anything."""


_observers: list[Any] = []
# Modules that are on each machine, and that nothing here needs.
_UNWANTED = ("antigravity", "this", "colorsys", "sndhdr", "nturl2path")
_HERE = __name__.encode()
_NAMES = [
    *(_HERE + b".Plain", _HERE + b".Copied", _HERE + b".Cached", _HERE + b".Cache"),
    *(b"os.system", b"antigravity.fly", b"this", b"colorsys", b"builtins.object", b"builtins.eval"),
    *(b"twisted.spread.pb.Root", b"twisted.internet.defer.Deferred", b"fuzz.target.Target"),
    *(b"collections.OrderedDict", b"twisted.spread.pb.CopyableFailure", b"decimal.Decimal"),
]
_KINDS = [
    *(b"None", b"boolean", b"unicode", b"datetime", b"date", b"time", b"timedelta", b"decimal"),
    *(b"list", b"tuple", b"set", b"frozenset", b"dictionary", b"reference", b"dereference"),
    *(b"instance", b"class", b"module", b"function", b"method", b"persistent", b"unpersistable"),
    *(b"copy", b"cache", b"cached", b"lcache", b"remote", b"local", b"true", b"false"),
]
_ALLOWED = (
    *(int, float, bytes, str, bool, type(None), list, tuple, set, frozenset, dict),
    *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal),
    *(Copied, Cache, Cached, jelly.Unpersistable, pb.RemoteReference, pb.CopiedFailure),
)


def _lookAt(objects: object) -> None:
    """Check that nothing was built, and nothing imported, that is not accepted."""
    seen: set[int] = set()
    waiting = [objects]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if type(each) not in _ALLOWED and not isinstance(each, pb.Referenceable):
            raise Violation(f"a {type(each)} came, which is not registered")
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        elif isinstance(each, Copied):
            waiting += each.__dict__.values()
    _nothingElse()


def _nothingElse() -> None:
    if Plain.built:
        raise Violation("a class that is not registered was built")
    for name in _UNWANTED:
        if name in sys.modules:
            raise Violation(f"the module {name} was imported")


def unjelly(pieces: list[bytes]) -> object:
    """Make an object of the bytes of an expression."""
    try:
        expression = banana.decode(b"".join(pieces))
    except banana.BananaError as error:
        return str(error)
    try:
        made = jelly.unjelly(expression, jelly.globalSecurity)
    except jelly.InsecureJelly as error:
        _nothingElse()
        return type(error)
    except TypeError:
        # The state of an instance is what its class does not take.
        _nothingElse()
        return TypeError
    _lookAt(made)
    return type(made)


def _shared() -> object:
    circle: list[object] = [1, "text", b"bytes"]
    circle.append((circle, {"me": circle, 2.5: None}))
    return circle


_OBJECTS = [
    *([1, [2, (3,)]], {"a": {1, 2}, b"b": frozenset([3])}, "t\xe9xt", None, True, -(2**70)),
    *(datetime.datetime(2012, 1, 2, 3, 4, 5, 6), datetime.date(2012, 1, 2), datetime.time(1)),
    *(datetime.timedelta(-1, 2, 3), decimal.Decimal("-1.5E+99"), decimal.Decimal("NaN")),
    *(_shared(), [1.5, [], (), {}], {(1, (2,)): [()]}, [[{"k": [{"k": [{}]}]}]]),
]


@cache
def _jellied() -> list[Any]:
    """Return the expressions of objects."""
    copied = [_HERE + b".Copied", [b"dictionary", [[b"unicode", b"x"], [b"list", 1]]]]
    circle = [b"reference", 1, [_HERE + b".Copied", [b"dictionary", [b"me", [b"dereference", 1]]]]]
    return [*(jelly.jelly(each) for each in _OBJECTS), copied, circle]


def _part(random: Random, depth: int = 3) -> Any:  # noqa: ANN401 - any expression
    """Return any expression."""
    kind = random.random()
    if kind < 0.3 or depth == 0:
        return random.choice([*_KINDS, *_NAMES, 0, 1, 2, 7, -1, 2**70, 1.5, b"", b"\xff", b"1 2 3"])
    if kind < 0.5:
        return random.choice(_jellied())
    head = random.choice(_KINDS if random.random() < 0.7 else _NAMES)
    return [head, *(_part(random, depth - 1) for _ in range(random.randint(0, 3)))]


def _changed(random: Random, expression: Any) -> Any:  # noqa: ANN401 - any expression
    """Return an expression with another part."""
    if not isinstance(expression, list) or not expression or random.random() < 0.15:
        return _part(random)
    at = int(random.random() * len(expression))
    kind = random.random()
    if kind < 0.1:
        return [*expression[:at], *expression[at + 1 :]]
    if kind < 0.2:
        return [*expression[:at], _part(random, 1), *expression[at:]]
    return [*expression[:at], _changed(random, expression[at]), *expression[at + 1 :]]


def _jelly(random: Random) -> bytes:
    expression = random.choice(_jellied())
    for _ in range(random.randint(0, 4)):
        expression = _changed(random, expression)
    return banana.encode(expression)


# Brokers


class Viewed(pb.Viewable):
    """Is viewed."""

    def view_look(self, perspective: object, *args: object, **kw: object) -> object:
        """Return what comes."""
        _lookAt([args, kw])
        return args


class Root(pb.Root):
    """Answers in all ways."""

    def __init__(self) -> None:
        self.cached = Cached()
        self.viewed = Viewed()
        self.kept: list[object] = []

    def remote_echo(self, *args: object, **kw: object) -> object:
        """Return what comes."""
        _lookAt([args, kw])
        return [args, kw]

    def remote_cached(self, *_: object, **__: object) -> object:
        """Return what is cached."""
        return self.cached

    def remote_viewed(self, *_: object, **__: object) -> object:
        """Return what is viewed."""
        return self.viewed

    def remote_keep(self, *args: object, **kw: object) -> None:
        """Keep what comes."""
        _lookAt([args, kw])
        self.kept.append((args, kw))

    def remote_call(self, obj: object, *args: object, **kw: object) -> object:
        """Call back."""
        if not isinstance(obj, pb.RemoteReference):
            raise pb.Error("this is no reference")
        return obj.callRemote("echo", *args)

    def remote_drop(self, *_: object, **__: object) -> None:
        """Forget what was kept."""
        self.kept.clear()

    def remote_fail(self, *_: object, **__: object) -> None:
        """Fail."""
        raise pb.Error("no")


@implementer(IRealm)
class _Realm:
    """Counts sessions."""

    open = 0

    def requestAvatar(
        self,
        avatarId: bytes | tuple[()],
        mind: object,
        *interfaces: Callable[..., object],
    ) -> Login[object]:
        """Return an avatar."""
        self.open += 1
        return pb.IPerspective, pb.Avatar(), self._logOut

    def _logOut(self) -> None:
        self.open -= 1


_PASSWORDS = InMemoryUsernamePasswordDatabaseDontUse(user=b"password")


@cache
def _prepare() -> None:
    """Register the classes, and let challenges be the same in each session."""
    pb.setUnjellyableForClass(Copied, Copied)
    pb.setUnjellyableForClass(Cached, Cache)
    _logins.challenge = lambda: b"challenge"


def _session(
    root: pb.Root | Portal, talk: Callable[[pb.PBClientFactory, Callable[[], None]], None]
) -> Any:  # noqa: ANN401 - messages are anything
    """Return the messages that a client sends in a session."""
    _prepare()
    sent: list[bytes] = []
    factory = pb.PBClientFactory()
    server, client = pb.PBServerFactory(root).buildProtocol(None), factory.buildProtocol(None)
    receive = server.dataReceived

    def receiving(data: bytes) -> None:
        sent.append(data)
        receive(data)

    server.dataReceived = receiving  # type: ignore[method-assign]  # a witness
    loopback = Loopback(server, client)

    def turn() -> None:
        for _ in range(20):
            loopback.turn()

    turn()
    talk(factory, turn)
    turn()

    class Recorder(_Banana):
        """Takes any size."""

        sizeLimit = depthLimit = elementLimit = messageLimit = None

        def expressionReceived(self, lst: object) -> None:
            found.append(lst)

    found: list[Any] = []
    recorder = Recorder(0)
    connected(recorder)
    for data in sent:
        recorder.dataReceived(data)
    return found


@cache
def _calls() -> Any:  # noqa: ANN401 - messages are anything
    """Return the messages of a session with calls."""

    def talk(factory: pb.PBClientFactory, turn: Callable[[], None]) -> None:
        def outcome(deferred: Deferred[Any]) -> Any:  # noqa: ANN401 - whatever comes
            results: list[Any] = []
            deferred.addBoth(results.append)
            turn()
            return results.pop()

        root = outcome(factory.getRootObject())
        mine = Root()
        shared = [1, {"x": 2.5}, "text", b"bytes", None, {3}]
        sent: list[tuple[object, ...]] = [
            *((shared, shared), (mine, [mine]), (Copied(), (Copied(),)), (root,), (-(2**40),)),
        ]
        for args in sent:
            outcome(root.callRemote("echo", *args, key=1))
        outcome(root.callRemote("keep", mine))
        outcome(root.callRemote("call", mine, 5))
        cached = outcome(root.callRemote("cached"))
        outcome(root.callRemote("echo", cached))
        outcome(root.callRemote("keep", Cached()))
        viewed = outcome(root.callRemote("viewed"))
        outcome(viewed.callRemote("look", viewed))
        outcome(root.callRemote("fail"))
        outcome(root.callRemote("drop"))

    return _session(Root(), talk)


@cache
def _loginMessages() -> Any:  # noqa: ANN401 - messages are anything
    """Return the messages of a session with logins."""

    def talk(factory: pb.PBClientFactory, turn: Callable[[], None]) -> None:
        for credentials in (UsernamePassword(b"user", b"password"), Anonymous()):
            for mind in (Root(), None):
                results: list[Any] = []
                factory.login(credentials, mind).addBoth(results.append)
                turn()
                if isinstance(results[0], pb.RemoteReference):
                    results[0].callRemote("nothing", 1).addErrback(lambda failure: None)
                    turn()

    return _session(Portal(_Realm(), [_PASSWORDS]), talk)


_MESSAGE_WORDS = [
    *(b"message", b"answer", b"error", b"decref", b"decache", b"uncache", b"cachemessage"),
    *(b"version", b"didNotUnderstand", b"root", b"echo", b"login", b"loginAnonymous", b"respond"),
    *(b"keep", b"drop", b"call", b"cached", b"viewed", b"look", b"changed", b"__class__"),
]
_BROKER_WORDS = [banana.encode(word) for word in [*_MESSAGE_WORDS, *_NAMES, 0, 1, 2, 3, 7]]


def _said(messages: Callable[[], Any]) -> Callable[[Random], bytes]:
    """Return what makes sessions: messages, some of which are changed, left out or repeated."""

    def make(random: Random) -> bytes:
        said = list(messages())
        for _ in range(random.randint(0, 3)):
            at = int(random.random() * len(said))
            kind = random.random()
            if kind < 0.6:
                said[at] = _changed(random, said[at])
            elif kind < 0.75:
                said[at:at] = [said[int(random.random() * len(said))]]
            elif kind < 0.9 and len(said) > 1:
                del said[at]
            else:
                said[at:at] = [[random.choice(_MESSAGE_WORDS), *(_part(random) for _ in "xyz")]]
        return _PB + b"".join(map(banana.encode, said))

    return make


def _serve(root: pb.Root | Portal, realm: _Realm, pieces: list[bytes]) -> object:
    _prepare()
    broker = pb.PBServerFactory(root).buildProtocol(None)
    broker.messageLimit, broker.sizeLimit, broker.elementLimit = 20_000, 5000, 3000
    transport = StringTransport(lenient=True)
    broker.makeConnection(transport)
    for piece in pieces:
        broker.dataReceived(piece)
        expect(broker._gathered, 20_070, "bytes of a message")
    closed = transport.disconnecting
    broker.connectionLost(connectionDone)
    _nothingElse()
    kept = {
        "sessions": realm.open,
        "local objects": len(broker.localObjects),
        "caches of the peer": len(broker.remotelyCachedObjects),
        "caches": len(broker.locallyCachedObjects),
        "observers": len([each for each in _observers if each.broker is broker]),
    }
    if any(kept.values()):
        raise Violation(f"after the connection there are {kept}")
    return _COUNT.sub(b"", transport.value()), closed


# Failures are counted in the whole process.
_COUNT = re.compile(rb"\x05\x82count[\x00-\x7f]+\x81")


def broker(pieces: list[bytes]) -> object:
    """Feed a broker whose root can be called."""
    return _serve(Root(), _Realm(), pieces)


def brokerWithLogin(pieces: list[bytes]) -> object:
    """Feed a broker that wants a login."""
    realm = _Realm()
    return _serve(Portal(realm, [_PASSWORDS]), realm, pieces)


SPREAD = [
    Target("banana-server", _afterChoice, bananaServer, _BANANA_WORDS),
    Target("banana-client", _afterOffer, bananaClient, _BANANA_WORDS),
    Target("banana-bytes", _expressions, bananaBytes, _BANANA_WORDS, isStream=False),
    Target("jelly", _jelly, unjelly, _BROKER_WORDS, isStream=False, mutated=0.2),
    Target("broker", _said(_calls), broker, _BROKER_WORDS, mutated=0.4, memory=2**21),
    Target(
        "broker-login",
        _said(_loginMessages),
        brokerWithLogin,
        _BROKER_WORDS,
        mutated=0.4,
        memory=2**21,
    ),
]
