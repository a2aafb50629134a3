"""What type checkers must understand of tw-protocols; checked by mypy and pyright, not run."""

from typing import assert_type

from twisted.internet.defer import Deferred
from twisted.protocols.basic import (
    Int16StringReceiver,
    IntNStringReceiver,
    LineReceiver,
    NetstringReceiver,
    StatefulStringProtocol,
)
from twisted.protocols.finger import Finger
from twisted.protocols.htb import Bucket, FilterByHost, ShapedProtocolFactory
from twisted.protocols.ident import IdentServer, ProcServerMixin
from twisted.protocols.memcache import MemCacheProtocol
from twisted.protocols.mice.mouseman import Button, MouseMan
from twisted.protocols.sip import InMemoryRegistry, RegisterProxy, Request, parseAddress, parseURL
from twisted.protocols.stateful import State, StatefulProtocol
from twisted.protocols.wire import QOTD, Who


class Lines(LineReceiver):
    """Answers lines."""

    delimiter = b"\n"

    def lineReceived(self, line: bytes) -> None:
        assert_type(self.clearLineBuffer(), bytes)
        self.sendLine(line)


class Strings(IntNStringReceiver):
    """Has a length of its own kind."""

    structFormat = "<H"
    prefixLength = 2

    def stringReceived(self, string: bytes) -> None:
        self.sendString(string)

    def lengthLimitExceeded(self, length: int) -> None:
        assert_type(self.recvd, bytes)
        self.transport.loseConnection()


class Login(StatefulStringProtocol, Int16StringReceiver):
    """Goes through states."""

    def proto_init(self, name: bytes) -> str:
        return "done"


class Netstrings(NetstringReceiver):
    """Takes netstrings."""

    MAX_LENGTH = 10

    def stringReceived(self, string: bytes) -> None:
        assert_type(self.brokenPeer, bool)
        assert_type(self.paused, bool)


login = Login()
assert_type(login.state, str)
assert_type(login.stringReceived(b"Ada"), None)


class Records(StatefulProtocol):
    """Takes records with a length in front."""

    def getInitialState(self) -> State:
        return self.gotLength, 1

    def gotLength(self, data: bytes) -> State:
        return self.gotBody, data[0]

    def gotBody(self, data: bytes) -> State | None:
        return None


assert_type(QOTD().getQuote(), bytes)
assert_type(list(Who().getUsers()), list[tuple[str, str, float]])


class Slow(FilterByHost):
    """Gives each host its share."""

    bucketFactory = Bucket


assert_type(ShapedProtocolFactory(Records, Slow())(), Records)


async def cached(cache: MemCacheProtocol) -> None:
    """Read and change values."""
    flags, value = await cache.get(b"key")
    assert_type(flags, int)
    assert_type(value, bytes | None)
    _, identifier, _ = await cache.get(b"key", withIdentifier=True)
    assert_type(await cache.checkAndSet(b"key", b"value", identifier), bool)
    assert_type(await cache.getMultiple([b"a"]), dict[bytes, tuple[int, bytes | None]])
    assert_type(cache.stats(), Deferred[dict[bytes, bytes]])


class Server(ProcServerMixin, IdentServer):
    """Looks into the lists of Linux."""


class Office(Finger):
    """Tells about users."""

    def getUser(self, slash_w: bool, user: bytes) -> None:
        self.sendLine(user)


class Pointer(MouseMan):
    """Looks at buttons."""

    def pressed(self, button: Button) -> None:
        name: str = button.value
        assert name


proxy = RegisterProxy(host="192.0.2.1")
proxy.registry = proxy.locator = InMemoryRegistry("example.com")
assert_type(parseURL("sip:ada@example.com").username, str | None)
assert_type(parseAddress("<sip:ada@example.com>")[2], dict[str, str])
assert_type(Request("INVITE", "sip:ada@example.com").headers, dict[str, list[str]])
