"""Random calls, caches and logins of Perspective Broker over a simulated network, each checked.

Clients connect again and again to a server with a portal, log in, call, pass references, cache an
object that changes, let go of what they have, and lose their connections as chance will have it. It
is seen that what was promised is kept:

- each call has one result: the right one, or `PBConnectionLost`;
- no call is run twice, and those of a connection are run in the order in which they were made;
- a reference or cache that comes back is the original;
- a cache begins with the state at one moment, and is told of each change after it once, in order;
- who knows the password gets the avatar, and nobody else; each session is ended once;
- an observer is let go of once, and when all is over no session, observer or object is left;
- no end refuses what the other one sent.
"""

import gc
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConnector
from twisted.internet.testing import ROUGH, SimulatedNetwork
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.spread import pb

PORT = 8787
AT_ONCE = 2
PATIENCE = 20_000

NOT_CONNECTED = (
    *(pb.PBConnectionLost, pb.DeadReferenceError),
    *(error.ConnectError, error.ConnectionLost, error.ConnectionDone, error.DNSLookupError),
)


class Refused(pb.Error):
    """What a method answers with."""


class Item(pb.Referenceable):
    """What references go to."""

    def remote_double(self, a: int) -> int:
        return 2 * a

    def remote_echo(self, obj: Any) -> Any:
        return obj


class Master(pb.Cacheable):
    """Is cached, and changes."""

    def __init__(self, traffic: "SpreadTraffic") -> None:
        self.traffic = traffic
        self.observers: list[Any] = []
        self.version = 0

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        if any(observer.broker is other.broker for other in self.observers):
            self.traffic.fault("there are two observers for one connection")
        self.observers.append(observer)
        return {"version": self.version}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        if observer in self.observers:
            self.observers.remove(observer)
        else:
            self.traffic.fault("an observer is let go of that is not there")

    def change(self) -> None:
        """Change, and tell all caches."""
        self.version += 1
        for observer in list(self.observers):
            told = observer.callRemote("changed", self.version)
            self.traffic.expect("a change", told, lambda _: True, NOT_CONNECTED)


class Slave(pb.RemoteCache):
    """The cache."""

    version: int

    def observe_changed(self, version: int) -> None:
        if version != self.version + 1:
            broker: Any = self.broker
            broker.factory.traffic.fault(f"after version {self.version} comes {version}")
        self.version = version


pb.setUnjellyableForClass(Master, Slave)


class User(pb.Avatar):
    """Sees in which order it is called."""

    def __init__(self, traffic: "SpreadTraffic", name: str, mind: Any) -> None:
        self.traffic = traffic
        self.name = name
        self.mind = mind
        self.loggedOut = 0

    def run(self, number: int) -> None:
        """See that a call is run once and in its turn."""
        order = self.traffic.order
        broker = self.mind.broker
        if self.loggedOut:
            self.traffic.fault("a call comes after its session has ended")
        if number <= order.get(broker, 0):
            self.traffic.fault(f"call {number} is run after call {order[broker]}")
        order[broker] = number
        self.traffic.ran.add(number)

    def perspective_name(self, number: int) -> str:
        self.run(number)
        return self.name

    def perspective_add(self, number: int, a: int, b: int) -> int:
        self.run(number)
        return a + b

    def perspective_later(self, number: int, after: float) -> Any:
        self.run(number)
        later: Deferred[int] = Deferred()
        self.traffic.server.callLater(after, later.callback, number)
        return later

    def perspective_refuse(self, number: int) -> None:
        self.run(number)
        raise Refused(str(number))

    def perspective_item(self, number: int) -> Item:
        self.run(number)
        item = self.traffic.items[number] = Item()
        return item

    def perspective_isItem(self, number: int, item: Item, made: int) -> bool:
        self.run(number)
        return item is self.traffic.items.get(made)

    def perspective_master(self, number: int) -> Master:
        self.run(number)
        return self.traffic.master

    def perspective_isMaster(self, number: int, master: Master) -> bool:
        self.run(number)
        return master is self.traffic.master

    def perspective_change(self, number: int) -> None:
        self.run(number)
        self.traffic.master.change()

    def perspective_callBack(self, number: int, item: Any, a: int) -> Any:
        self.run(number)
        return item.callRemote("double", a)

    def perspective_mind(self, number: int, a: int) -> Any:
        self.run(number)
        return self.mind.callRemote("double", a)

    def perspective_comesBack(self, number: int) -> Any:
        self.run(number)
        item = Item()
        # What the client has of it is let go with its answer.
        return self.mind.callRemote("echo", item).addCallback(lambda back: back is item)

    def logOut(self) -> None:
        """See that it is called once."""
        self.loggedOut += 1
        self.traffic.loggedOut += 1
        if self.loggedOut > 1:
            self.traffic.fault(f"a session of {self.name} is ended twice")


@implementer(IRealm)
class Realm:
    """Gives users, at once or later."""

    def __init__(self, traffic: "SpreadTraffic") -> None:
        self.traffic = traffic

    def requestAvatar(self, avatarId: bytes | tuple[()], mind: Any, *interfaces: Any) -> Any:
        assert isinstance(avatarId, bytes)
        user = User(self.traffic, avatarId.decode(), mind)
        self.traffic.loggedIn += 1
        found = (pb.IPerspective, user, user.logOut)
        if self.traffic.draw(2):
            return found
        later: Deferred[Any] = Deferred()
        self.traffic.server.callLater(self.traffic.network.random(), later.callback, found)
        return later


class SeeingBroker(pb.Broker):
    """One that does not expect to refuse anything."""

    def connectionReady(self) -> None:
        self.factory.traffic.connected(self)
        super().connectionReady()

    def refuse(self, error: Exception) -> None:
        self.factory.traffic.fault(f"what the peer sent is refused: {error}")
        super().refuse(error)


class Serving(pb.PBServerFactory):
    """Makes the ends of the server."""

    noisy = False
    protocol = SeeingBroker

    def __init__(self, traffic: "SpreadTraffic", portal: Portal) -> None:
        super().__init__(portal)
        self.traffic = traffic


class Caller(pb.PBClientFactory):
    """A client with one connection, which does what chance says."""

    noisy = False
    protocol = SeeingBroker

    def __init__(self, traffic: "SpreadTraffic") -> None:
        super().__init__()
        self.traffic = traffic
        self.ended = False
        self.actionsLeft = 3 + traffic.draw(40)
        self.item = Item()
        self.avatars: list[tuple[str, Any]] = []
        self.items: list[tuple[int, Any]] = []
        self.caches: list[Any] = []
        for _ in range(1 + traffic.draw(3)):
            self.logIn()
        self.later()

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        super().clientConnectionFailed(connector, reason)
        self.over()

    def clientConnectionLost(
        self, connector: IConnector, reason: Failure, reconnecting: bool | int = 0
    ) -> None:
        super().clientConnectionLost(connector, reason, reconnecting)
        self.over()

    def over(self) -> None:
        """Let go of everything, and begin another connection."""
        self.ended = True
        self.avatars.clear()
        self.items.clear()
        self.caches.clear()
        self.traffic.clientEnded()

    def later(self) -> None:
        """Do something after some time."""
        self.traffic.client.callLater(self.traffic.network.random() * 0.2, self.act)

    def act(self) -> None:
        """Do something, and something else later; end the connection at last."""
        if self.ended:
            return
        self.actionsLeft -= 1
        if self.actionsLeft < 0:
            self.end()
            return
        self.later()
        if not self.avatars:
            return
        actions = (
            *(self.add, self.add, self.add, self.refusal, self.wait, self.name, self.mind),
            *(self.getItem, self.sendItem, self.callBack, self.getMaster, self.getMaster),
            *(self.sendMaster, self.change, self.change, self.letGo, self.logIn, self.comesBack),
        )
        for _ in range(1 + self.traffic.draw(4)):
            if self.avatars:
                actions[self.traffic.draw(len(actions))]()

    def end(self) -> None:
        """End the connection, from one side or the other, in good order or not."""
        ways = [broker for broker in self.traffic.brokers if not broker.disconnected]
        ways = [broker for broker in ways if broker.factory is self] or ways
        if ways:
            transport: Any = ways[self.traffic.draw(len(ways))].transport
            if self.traffic.draw(2):
                transport.loseConnection()
            else:
                transport.abortConnection()
        # Again, if the end of the connection hangs, or was not that of this client.
        self.traffic.client.callLater(60.0, self.act)

    def logIn(self) -> None:
        """Log in, mostly with the password."""
        name = f"user {self.traffic.draw(3)}"
        knows = bool(self.traffic.draw(4))
        password = b"secret" if knows else b"guess"
        login = self.login(UsernamePassword(name.encode(), password), self.item)

        def loggedIn(avatar: Any) -> bool:
            if not self.ended:
                self.avatars.append((name, avatar))
            return knows

        allowed = NOT_CONNECTED if knows else (*NOT_CONNECTED, UnauthorizedLogin)
        self.traffic.expect("a login", login, loggedIn, allowed)

    def call(self, message: str, *args: Any, check: Callable[[str, int, Any], bool]) -> None:
        """Call an avatar, and see what is answered."""
        name, avatar = self.avatars[self.traffic.draw(len(self.avatars))]
        self.traffic.calls = number = self.traffic.calls + 1

        def answered(result: Any) -> bool:
            return number in self.traffic.ran and check(name, number, result)

        allowed: tuple[type[Exception], ...] = (pb.PBConnectionLost,)
        if message == "refuse":
            allowed = (pb.PBConnectionLost, Refused)
        result = avatar.callRemote(message, number, *args)
        self.traffic.expect(f"{message} {number}", result, answered, allowed)

    def add(self) -> None:
        """Add two numbers."""
        a, b = self.traffic.draw(10**6), self.traffic.draw(100)
        self.call("add", a, b, check=lambda name, number, result: result == a + b)

    def refusal(self) -> None:
        """Call what fails."""
        self.call("refuse", check=lambda name, number, result: False)

    def wait(self) -> None:
        """Call what takes its time."""
        after = self.traffic.network.random()
        self.call("later", after, check=lambda name, number, result: result == number)

    def name(self) -> None:
        """See that it is the right avatar."""
        self.call("name", check=lambda name, number, result: result == name)

    def mind(self) -> None:
        """Have the server call what was given to it at the login."""
        self.call("mind", 21, check=lambda name, number, result: result == 42)

    def callBack(self) -> None:
        """Have the server call an object that only it refers to."""
        self.call("callBack", Item(), 4, check=lambda name, number, result: result == 8)

    def comesBack(self) -> None:
        """Return an object that came with a call."""
        self.call("comesBack", check=lambda name, number, result: result is True)

    def getItem(self) -> None:
        """Get a reference."""

        def got(name: str, number: int, result: Any) -> bool:
            if not self.ended:
                self.items.append((number, result))
            return isinstance(result, pb.RemoteReference)

        self.call("item", check=got)

    def sendItem(self) -> None:
        """Send a reference back, and perhaps let go of it at the same time."""
        if self.items:
            made, item = self.items.pop(self.traffic.draw(len(self.items)))
            if self.traffic.draw(2):
                self.items.append((made, item))
            self.call("isItem", item, made, check=lambda name, number, result: result is True)

    def getMaster(self) -> None:
        """Get the cache, once more if it is there."""

        def got(name: str, number: int, result: Any) -> bool:
            if not self.ended:
                self.caches.append(result)
            return isinstance(result, Slave)

        self.call("master", check=got)

    def sendMaster(self) -> None:
        """Send the cache back, and perhaps let go of it at the same time."""
        if self.caches:
            cache = self.caches.pop()
            if self.traffic.draw(2):
                self.caches.append(cache)
            self.call("isMaster", cache, check=lambda name, number, result: result is True)

    def change(self) -> None:
        """Have the object changed that is cached."""
        self.call("change", check=lambda name, number, result: result is None)

    def letGo(self) -> None:
        """Let go of something; of an avatar that ends the session."""
        kept = (self.avatars, self.items, self.caches)[self.traffic.draw(3)]
        if kept is self.avatars and len(kept) < 2:
            return
        if kept is self.caches:
            self.caches.clear()
        elif kept:
            del kept[self.traffic.draw(len(kept))]


class SpreadTraffic:
    """Random traffic between two hosts.

    Attributes:
        calls: How many calls were made.
        loggedIn: How many sessions there were.
        loggedOut: How many of them have ended.
        kept: How many calls were answered.
    """

    def __init__(self, seed: int) -> None:
        self.network = SimulatedNetwork(seed, ROUGH)
        self.server = self.network.host("server.example")
        self.client = self.network.host("client.example")
        self.master = Master(self)
        self.items: WeakValueDictionary[int, Item] = WeakValueDictionary()
        self.brokers: list[pb.Broker] = []
        self.order: dict[object, int] = {}
        self.ran: set[int] = set()
        self.calls = self.kept = self.lost = self.loggedIn = self.loggedOut = 0
        self._pending: dict[int, str] = {}
        self._expected = 0
        self._faults: list[str] = []
        self._clients = 0
        self._over = False

    def run(self, steps: int) -> None:
        """Let the clients call, let all connections end, and see that every promise was kept.

        Raises:
            SimulationFailed: A promise was broken.
        """
        passwords = InMemoryUsernamePasswordDatabaseDontUse()
        for number in range(3):
            passwords.addUser(f"user {number}".encode(), b"secret")
        port = self.server.listenTCP(PORT, Serving(self, Portal(Realm(self), [passwords])))
        # Else the seed would not tell when references are let go.
        gc.disable()
        try:
            for _ in range(AT_ONCE):
                self._connect()
            limit = self.network.steps + steps
            self._runUntil(lambda: self.network.steps >= limit, 2 * steps)
            self._over = True
            self._runUntil(lambda: not self._clients, PATIENCE * AT_ONCE)
            port.stopListening()
            self.network.run(steps=PATIENCE)
        finally:
            gc.enable()
        self._seeWhatIsLeft()
        self.network.checkNothingIsLeft()

    def draw(self, below: int) -> int:
        """Return a whole number from 0 to less than a limit."""
        return int(self.network.random() * below)

    def fault(self, what: str) -> None:
        """Note that a promise is broken; the run ends with it."""
        self._faults.append(what)

    def expect(
        self,
        what: str,
        deferred: Deferred[Any],
        check: Callable[[Any], bool],
        allowed: tuple[type[Exception], ...],
    ) -> None:
        """Expect a right result, or a failure of some kinds."""
        self._expected = number = self._expected + 1
        self._pending[number] = what

        def done(result: Any) -> None:
            del self._pending[number]
            if isinstance(result, Failure):
                self.lost += 1
                if result.check(*allowed) is None:
                    self.fault(f"{what} fails with {result}")
            elif check(result):
                self.kept += 1
            else:
                self.fault(f"{what} has the wrong result {result!r}")

        deferred.addBoth(done)

    def connected(self, broker: pb.Broker) -> None:
        """Know a new end of a connection."""
        self.brokers = [one for one in self.brokers if not one.disconnected]
        self.brokers.append(broker)

    def clientEnded(self) -> None:
        """Begin another connection, unless it is over."""
        self._clients -= 1
        if not self._over:
            self.client.callLater(self.network.random() * 0.1, self._connect)

    def _connect(self) -> None:
        if not self._over:
            self._clients += 1
            self.client.connectTCP("server.example", PORT, Caller(self))

    def _runUntil(self, condition: Callable[[], bool], steps: int) -> None:
        self.network.run(lambda: self._faults or condition(), steps)
        self._raiseFaults()

    def _raiseFaults(self) -> None:
        if self._faults:
            raise self.network.failure("; ".join(self._faults))

    def _seeWhatIsLeft(self) -> None:
        self.brokers.clear()
        self.order.clear()
        gc.collect()
        if self._pending:
            self.fault(f"without a result are {sorted(self._pending.values())}")
        if self.loggedIn != self.loggedOut:
            self.fault(f"of {self.loggedIn} sessions {self.loggedOut} were ended")
        if self.master.observers:
            self.fault(f"{len(self.master.observers)} observers are left")
        if self.items:
            self.fault(f"{len(self.items)} objects are left")
        self._raiseFaults()
