"""Parsers of lines of words: finger, ident, Postfix's tables, memcached."""

from random import Random

from fuzz.feeding import connected, feed
from fuzz.target import Target, expect, joined, text
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.protocols import ident, memcache, postfix
from twisted.protocols._heldbytes import HeldBytes
from twisted.protocols._memcachereplies import ReplyBuffer, ReplyRefused
from twisted.protocols._procconnections import parseConnection
from twisted.protocols.basic import LineOnlyReceiver, LineReceiver
from twisted.protocols.finger import Finger
from twisted.python.failure import Failure


def _expectLine(protocol: LineReceiver | LineOnlyReceiver) -> None:
    """Check that a protocol keeps no more than a line, unless it waits and what came was one piece."""
    held: HeldBytes | None = getattr(protocol, "_lineBuffer", None)
    if held is not None and not protocol.paused:
        expect(len(held), protocol.MAX_LENGTH + len(protocol.delimiter), "bytes of a line")


class _Finger(Finger):
    """Tells what it is asked."""

    def getUser(self, slash_w: bool, user: bytes) -> None:
        self._tell(b"user %d %r" % (slash_w, user))

    def getDomain(self, slash_w: bool) -> None:
        self._tell(b"all %d" % slash_w)

    def forwardQuery(self, slash_w: bool, user: bytes, host: bytes) -> None:
        self._tell(b"forward %d %r %r" % (slash_w, user, host))

    def _tell(self, line: bytes) -> None:
        self.transport.write(line)
        self.transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        _expectLine(self)


_FINGER = [b"/W", b"/w", b" ", b"ada", b"@", b"host", b"\r\n", b"\t", b"a@b@c\r\n", b"/W ada\r\n"]


def finger(pieces: list[bytes]) -> object:
    """Ask a finger server."""
    return feed(_Finger(), pieces)


class _Ident(ident.IdentServer):
    """Knows some users, and says of others what cannot be said."""

    def lookup(self, server: tuple[str, int], client: tuple[str, int]) -> tuple[str, str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        if server[1] == 23:
            raise ident.HiddenUser
        if server[1] == 113:
            raise ident.NoUser
        return "UNIX", f"user{client[1]}"

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        _expectLine(self)


_IDENT = [b"6191, 23\r\n", b"23,6191\r\n", b" 113 , 5 \r\n", b"0,0\r\n", b"65536,1\r\n", b"x\r\n"]
_PORTS = [b"6191, 23 : ", b"1,2:", b"0,0:"]
_IDENT_REPLIES = [
    *(ports + rest for ports in _PORTS for rest in (b"USERID : UNIX : ada\r\n", b"ERROR:")),
    *(b"1,2:USERID:OTHER,UTF-8:\xe9:x\r\n", b"1,2 : ERROR : NO-USER\r\n", b"1,2:ERROR:X\r\n"),
]


def identServer(pieces: list[bytes]) -> object:
    """Ask an ident server."""
    return feed(_Ident(), pieces)


def identClient(pieces: list[bytes]) -> object:
    """Answer an ident client that asks five times."""
    client = ident.IdentClient()
    # What is written depends on when lines end; what is looked at is what comes of it.
    results: list[object] = []
    client.timeout = None  # type: ignore[assignment]  # the base class knows no time either
    connected(client)
    for _ in range(5):
        client.lookup(1, 2).addBoth(_note, results)
    for piece in pieces:
        client.dataReceived(piece)
        _expectLine(client)
    client.connectionLost(connectionDone)
    assert len(results) == 5, "a query was never answered"
    return results


def _note(result: object, results: list[object]) -> None:
    """Note a result in a form that can be compared."""
    results.append(
        (type(result.value), str(result.value)) if isinstance(result, Failure) else result
    )


def _socketLine(local: bytes, remote: bytes, state: bytes, uid: int) -> bytes:
    return (
        b"   7: %b:0016 %b:C350 %b 00000000:00000000 02:000A 00000000 %5d        0 18 1 ff 20 4\n"
        % (local, remote, state, uid)
    )


_SOCKETS = [
    _socketLine(b"0100007F", b"0200007F", b"01", 1000),
    _socketLine(b"00000000", b"00000000", b"0A", 0),
    _socketLine(b"0000000000000000FFFF00000100007F", b"0" * 32, b"06", 4294967295),
]


def sockets(pieces: list[bytes]) -> object:
    """Read a line of /proc/net/tcp."""
    try:
        return parseConnection(text(b"".join(pieces)))
    except ValueError as error:
        return str(error)


class _Table(postfix.PostfixTCPMapServer):
    """Checks what it keeps."""

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        _expectLine(self)


_TABLE = postfix.PostfixTCPMapDictServerFactory({b"ada": b"ada@example.com", b"x y": b"\xff\0"})
_POSTFIX = [
    *(b"get ada\n", b"get x%20y\n", b"get nobody\n", b"put a b\n", b"put a%2 b\n", b"get %\n"),
    *(b"get  a b\n", b"found x\n", b"GET ada\n", b"get ada\r\n", b"\n", b"get %41%zz\n"),
]


def postfixTable(pieces: list[bytes]) -> object:
    """Ask a table of Postfix."""
    server = _Table()
    server.factory = _TABLE
    return feed(server, pieces)


_VALUES = [
    *(b"VALUE a 0 3\r\nabc\r\n", b"VALUE a 5 2 77\r\nab\r\n", b"VALUE b 0 0\r\n\r\n"),
    *(b"VALUE a 0 9\r\nabc\r\n", b"VALUE a 0 500\r\n", b"VALUE a 4294967296 1\r\nx\r\n"),
]
_REPLIES = [
    *(b"END\r\n", b"STORED\r\n", b"NOT_STORED\r\n", b"EXISTS\r\n", b"NOT_FOUND\r\n", b"OK\r\n"),
    *(b"DELETED\r\n", b"ERROR\r\n", b"CLIENT_ERROR no\r\n", b"SERVER_ERROR \xff\r\n", b"17\r\n"),
    *(b"STAT pid 1\r\n", b"STAT x\r\n", b"VERSION 1.6.24\r\n", b"18446744073709551616\r\n"),
]
_MEMCACHE = [*_VALUES, *_REPLIES]
_MOST_VALUE = 400


def memcacheReplies(pieces: list[bytes]) -> object:
    """Feed the parser of memcached's replies."""
    buffer = ReplyBuffer()
    events: list[object] = []
    for piece in pieces:
        buffer.receive(piece)
        try:
            while (reply := buffer.takeReply(100, _MOST_VALUE)) is not None:
                events.append(reply)
        except ReplyRefused:
            return [*events, "refused"]
        expect(len(buffer), _MOST_VALUE + 2, "bytes of a reply")
    return events


class _MemCache(memcache.MemCacheProtocol):
    """Has small limits."""

    MAX_LENGTH: int = 100
    MAX_VALUE_LENGTH: int = _MOST_VALUE
    MAX_STATISTICS: int = 20


def memcacheClient(pieces: list[bytes]) -> object:
    """Answer a client of memcached that has asked for all sorts of things."""
    client = _MemCache(timeOut=None)
    transport = connected(client)
    asked: list[Deferred[object]] = [
        *(client.get(b"a"), client.get(b"a", True), client.getMultiple([b"a", b"b"])),  # type: ignore[list-item]  # results of all types
        *(client.set(b"a", b"1"), client.add(b"a", b"1"), client.increment(b"a")),  # type: ignore[list-item]
        *(client.version(), client.stats(), client.delete(b"a"), client.flushAll()),  # type: ignore[list-item]
        *(client.checkAndSet(b"a", b"1", b"7"), client.decrement(b"a"), client.get(b"b")),  # type: ignore[list-item]
    ]
    results: list[object] = []
    for deferred in asked:
        deferred.addBoth(_note, results)
    for piece in pieces:
        client.dataReceived(piece)
        expect(len(client._replies), _MOST_VALUE + 2, "bytes of a reply")
    client.connectionLost(connectionDone)
    assert len(results) == len(asked), "a command was never answered"
    return results, transport.disconnecting or transport.disconnected


_ANSWERS = [
    *(b"VALUE a 0 3\r\nabc\r\nEND\r\n", b"VALUE a 5 2 77\r\nab\r\nEND\r\n"),
    *(b"VALUE b 0 0\r\n\r\nVALUE a 0 3\r\nabc\r\nEND\r\n", b"STORED\r\n", b"NOT_STORED\r\n"),
    *(b"17\r\n", b"VERSION 1.6.24\r\n", b"STAT pid 1\r\nSTAT b\r\nEND\r\n", b"DELETED\r\n"),
    *(b"OK\r\n", b"EXISTS\r\n", b"NOT_FOUND\r\n", b"END\r\n"),
]


def _answers(random: Random) -> bytes:
    """Return what a server answers to all that is asked, or to the first."""
    return b"".join(_ANSWERS[: random.randint(1, len(_ANSWERS))])


WORDS = [
    Target("finger", joined(_FINGER), finger, _FINGER),
    Target("ident-server", joined(_IDENT, 20), identServer, _IDENT),
    Target("ident-client", joined(_IDENT_REPLIES), identClient, _IDENT_REPLIES),
    Target("ident-sockets", joined(_SOCKETS, 1), sockets, _SOCKETS, isStream=False),
    Target("postfix", joined(_POSTFIX), postfixTable, _POSTFIX),
    Target("memcache-replies", joined(_MEMCACHE, 10), memcacheReplies, _MEMCACHE),
    Target("memcache-client", _answers, memcacheClient, _MEMCACHE),
]
