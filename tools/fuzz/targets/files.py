"""Parsers of FTP: commands, replies, addresses, listings, a whole server and a whole client."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fuzz.feeding import connected, send
from fuzz.target import Target, Violation, expect, joined
from twisted.cred.checkers import AllowAnonymousAccess, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import Portal
from twisted.internet.address import IPv4Address
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.protocols import ftp
from twisted.protocols.ftp._addresses import (
    decodeExtendedAddress,
    decodeHostPort,
    extendedPassivePort,
    passiveAddress,
    plainHost,
)
from twisted.protocols.ftp._commands import parseCommand
from twisted.protocols.ftp._control import (
    MAX_COMMAND_LENGTH,
    MAX_QUEUED_COMMANDS,
    ControlConnection,
)
from twisted.protocols.ftp._errors import BadResponse, CmdSyntaxError, InvalidPath
from twisted.protocols.ftp._filelists import FTPFactListProtocol, FTPFileListProtocol
from twisted.protocols.ftp._paths import toSegments
from twisted.protocols.ftp._replyparser import ReplyParser, parsePWDResponse
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure

_COMMANDS = [
    *(b"USER anonymous\r\n", b"PASS me@example.com\r\n", b"PWD\r\n", b"CWD d\r\n", b"CDUP\r\n"),
    *(b"CWD ../..\r\n", b"MKD x\r\n", b"RMD d\r\n", b"DELE f\r\n", b"RNFR f\r\n", b"RNTO g\r\n"),
    *(b"TYPE A\r\n", b"TYPE I\r\n", b"REST 5\r\n", b"SIZE f\r\n", b"MDTM f\r\n", b"STOR g\r\n"),
    *(b"LIST\r\n", b"LIST -la d\r\n", b"NLST *\r\n", b"MLST f\r\n", b"MLSD\r\n", b"RETR f\r\n"),
    *(b"PASV\r\n", b"EPSV\r\n", b"EPSV ALL\r\n", b"EPSV 1\r\n", b"ABOR\r\n", b"NOOP\r\n"),
    *(b"PORT 192,0,2,7,7,208\r\n", b"EPRT |1|192.0.2.7|2000|\r\n", b"HELP\r\n", b"FEAT\r\n"),
    *(b"OPTS UTF8 ON\r\n", b"OPTS MLST size;\r\n", b"QUIT\r\n", b"AUTH TLS\r\n", b"PBSZ 0\r\n"),
    *(b"STRU F\r\n", b"MODE S\r\n", b"SYST\r\n", b"ALLO 5\r\n", b"PROT P\r\n", b"\xff\xf4\xf2"),
    *(b"RETR ../../etc/passwd\r\n", b"CWD \xff\r\n", b"SIZE \0\r\n", b"APPE f\r\n"),
]
_LOGIN = b"USER anonymous\r\nPASS me@example.com\r\n"


def commands(pieces: list[bytes]) -> object:
    """Parse the line of a command, and its argument as a path and an address."""
    line = b"".join(pieces).removesuffix(b"\r\n")
    try:
        name, argument = parseCommand(line)
    except CmdSyntaxError as error:
        return str(error)
    results: list[object] = [name]
    decoders: list[Callable[[str], object]] = [
        *(decodeHostPort, decodeExtendedAddress, passiveAddress, extendedPassivePort, plainHost),
        *(parsePWDResponse, lambda path: toSegments(["a", "b"], path)),
    ]
    for decode in decoders:
        try:
            results.append(decode(argument))
        except (ValueError, InvalidPath) as error:
            results.append(str(error))
    return results


class _Replies(ftp.FTPClientBasic):
    """Has small limits."""

    MAX_LENGTH: int = 200


_REPLIES = [
    *(b"220 Ready\r\n", b"331 Password\r\n", b"230 In\r\n", b'257 "/a""b" made\r\n', b"200\r\n"),
    *(b"211-Features\r\n SIZE\r\n211 End\r\n", b"211-a\r\n", b"211 b\r\n", b"500 no\r\n"),
    *(b"227 Passive (192,0,2,1,4,1)\r\n", b"229 Extended (|||1025|)\r\n", b"150 Opening\r\n"),
    *(b"226 Done\r\n", b"421 Closing\r\n", b"550 Not found\r\n", b"350 More\r\n", b"250 Ok\r\n"),
]


def replies(pieces: list[bytes]) -> object:
    """Put replies together; each line is one of the input."""
    parser = ReplyParser(20, 1000)
    events: list[object] = []
    for line in b"".join(pieces).split(b"\r\n"):
        try:
            reply = parser.receive(line)
        except BadResponse:
            return [*events, "bad"]
        expect(len(parser._lines), 20, "lines of a reply")
        expect(parser._size, 1000, "bytes of a reply")
        events.append(reply)
    return events


def _note(result: object, results: list[object]) -> None:
    results.append(
        (type(result.value), str(result.value)) if isinstance(result, Failure) else result
    )


def client(pieces: list[bytes]) -> object:
    """Answer a client that wants all sorts of things."""
    asking = ftp.FTPClient("ada", "sesame")
    asking.reactor = MemoryReactorClock()
    transport = connected(asking)
    results: list[object] = []
    asked = [
        *(asking.pwd(), asking.cwd("d"), asking.getDirectory(), asking.makeDirectory("x")),
        *(asking.removeFile("f"), asking.rename("a", "b"), asking.list(".", Protocol())),
        *(asking.queueStringCommand("NOOP"), asking.retrieveFile("f", Protocol()), asking.quit()),
    ]
    for deferred in asked:
        deferred.addBoth(_note, results)  # type: ignore[attr-defined]  # results of all types
    for piece in pieces:
        asking.dataReceived(piece)
        buffer = getattr(asking, "_lineBuffer", b"")
        expect(len(buffer), asking.MAX_LENGTH + 2, "bytes of a line")
    asking.connectionLost(connectionDone)
    for _ in range(20):
        asking.reactor.advance(60)
    if len(results) != len(asked):
        raise Violation(f"{len(asked) - len(results)} commands were never answered")
    return results, transport.value(), transport.disconnecting


@cache
def _root() -> str:
    """Return a directory with a file and a directory; it goes when the process ends."""
    root = Path(_directory().name)
    (root / "f").write_bytes(b"content\n")
    (root / "d").mkdir()
    return str(root)


@cache
def _directory() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="fuzz-")


class _Wire(StringTransport):
    """A connection of a server."""

    def __init__(self) -> None:
        client, server = IPv4Address("TCP", "192.0.2.7", 40000), IPv4Address("TCP", "192.0.2.1", 21)
        super().__init__(server, client, lenient=True)


def server(pieces: list[bytes]) -> object:
    """Ask a server, in whose files nobody can write."""
    reactor = MemoryReactorClock()
    users = InMemoryUsernamePasswordDatabaseDontUse(ada="sesame")
    realm = ftp.FTPRealm(_root(), _root())
    factory = ftp.FTPFactory(Portal(realm, [users, AllowAnonymousAccess()]))
    factory.reactor = reactor
    factory.noisy = False
    wire = _Wire()
    wrapper = factory.buildProtocol(wire.getPeer())
    assert isinstance(wrapper, ProtocolWrapper)
    wrapper.makeConnection(wire)
    control = wrapper.wrappedProtocol
    assert isinstance(control, ControlConnection)
    for piece in pieces:
        wrapper.dataReceived(piece)
        send(wire)
        held = len(getattr(control, "_lineBuffer", b""))
        # While it waits it does not read, and what came before that is kept.
        if not control.paused:
            expect(held, MAX_COMMAND_LENGTH + 2, "bytes of a command")
        expect(len(control._queue), MAX_QUEUED_COMMANDS, "commands")
    for _ in range(60):
        reactor.advance(60)
    closed = wire.disconnecting or wire.disconnected
    wrapper.connectionLost(connectionDone)
    factory.stopFactory()
    for _ in range(5):
        reactor.advance(60)
    if reactor.getDelayedCalls():
        raise Violation(f"{reactor.getDelayedCalls()} are scheduled after the end")
    return wire.value(), closed


_SESSIONS = [_LOGIN + command for command in _COMMANDS]

_LISTING = [
    *(b"-rw-r--r--   1 root     other        531 Jan 29  2026 README\r\n", b"total 4\r\n"),
    *(b"drwxr-xr-x  11 root  other  512 Jan 29 03:26 a b\r\n", b"\r\n"),
    *(
        b"lrwxrwxrwx 1 root other 7 Jan 25 00:17 bin -> usr/bin\r\n",
        b"d--------- 1 a b 5 c d 1 x\n",
    ),
]
_FACTS = [
    *(b"type=file;size=5;modify=20260101000000; name\r\n", b"type=dir; d\r\n", b" name\r\n"),
    *(b"Size=1x; f\r\n", b"=;= x\r\n", b"type=cdir;unix.mode=0755; .\r\n"),
]


def _list(protocol: FTPFileListProtocol | FTPFactListProtocol, pieces: list[bytes]) -> object:
    protocol.MAX_LENGTH = 500
    protocol.maxFiles = 20
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        expect(len(protocol._lineBuffer), 501, "bytes of a line")
        expect(len(protocol.files), 20, "files")
    return protocol.files, transport.disconnecting


def fileList(pieces: list[bytes]) -> object:
    """Read a listing."""
    return _list(FTPFileListProtocol(), pieces)


def factList(pieces: list[bytes]) -> object:
    """Read a listing of facts."""
    return _list(FTPFactListProtocol(), pieces)


_ARGUMENTS = [
    *(b"PORT 192,0,2,7,7,208", b"EPRT |2|::1|6446|", b'XPWD "a""b"', b"CWD /a/../b/./c"),
    *(b"PASV (192,0,2,1,4,1).", b"EPSV (|||1025|)", b"USER ada", b"\xff\xf4\xf2ABOR"),
]
FTP = [
    Target("ftp-commands", joined(_ARGUMENTS, 1), commands, _COMMANDS, isStream=False),
    Target("ftp-replies", joined(_REPLIES), replies, _REPLIES, isStream=False),
    Target("ftp-server", joined(_SESSIONS, 6), server, _COMMANDS, memory=2**20),
    Target("ftp-client", joined(_REPLIES, 20), client, _REPLIES),
    Target("ftp-listing", joined(_LISTING, 25), fileList, _LISTING),
    Target("ftp-facts", joined(_FACTS, 25), factList, _FACTS),
]
