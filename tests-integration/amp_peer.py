"""A server and a client of AMP, written to Twisted's documented API: as they are on ours and others.

`amp_peer.py serve FOLDER` prints the port it listens on; `amp_peer.py call FOLDER PORT` makes all
kinds of calls and prints what becomes of them, a line each. The folder has certificates
(`server.pem`, `root.pem`), and gets a UNIX socket.
"""

import decimal
import os
import sys
from datetime import datetime
from typing import Any

from twisted.internet import defer, reactor, ssl
from twisted.internet.endpoints import TCP4ClientEndpoint, UNIXClientEndpoint, connectProtocol
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.logger import globalLogBeginner
from twisted.protocols import amp
from twisted.python.failure import Failure
from twisted.python.filepath import FilePath

FOLDER = sys.argv[2]
ALL = [
    (b"integer", amp.Integer()),
    (b"string", amp.String()),
    (b"text-of-it", amp.Unicode()),
    (b"class", amp.Boolean()),
    (b"real", amp.Float()),
    (b"exact", amp.Decimal()),
    (b"when", amp.DateTime()),
    (b"path", amp.Path()),
    (b"numbers", amp.ListOf(amp.ListOf(amp.Integer()))),
    (b"table", amp.AmpList([(b"x", amp.Float()), (b"y", amp.Unicode(optional=True))])),
    (b"missing", amp.Integer(optional=True)),
]
VALUES = {
    "integer": -(10**40),
    "string": bytes(range(256)) * 255,
    "text_of_it": "\N{SNOWMAN}",
    "Class": True,
    "real": 0.1,
    "exact": decimal.Decimal("-1.50E+99"),
    "when": datetime(2012, 1, 23, 12, 34, 56, 54321, tzinfo=amp.utc),
    "path": FilePath("/tmp/\N{SNOWMAN}"),
    "numbers": [[1, -2], [], [3]],
    "table": [{"x": 1.5, "y": None}, {"x": float("inf"), "y": "z"}],
    "missing": None,
}


class TooBigError(Exception):
    """A listed error."""


class GoAwayError(Exception):
    """A fatal error."""


class Echo(amp.Command):
    """Sends everything back."""

    arguments = ALL
    response = ALL


class Divide(amp.Command):
    """Fails in several ways."""

    arguments = [(b"a", amp.Integer()), (b"b", amp.Integer())]
    response = [(b"q", amp.Float())]
    errors = {ZeroDivisionError: b"ZERO_DIVISION", TooBigError: b"TOO_BIG"}
    fatalErrors = {GoAwayError: b"GO_AWAY"}


class AskBack(amp.Command):
    """Makes the server call the client."""

    response = [(b"q", amp.Float())]


class Tell(amp.Command):
    """Wants no answer."""

    arguments = [(b"text", amp.Unicode())]
    requiresAnswer = False


class Told(amp.Command):
    """Asks what was told."""

    response = [(b"text", amp.ListOf(amp.Unicode()))]


class Nobody(amp.Command):
    """Is answered by nobody."""


class Read(amp.Command):
    """Hands on an open file."""

    arguments = [(b"file", amp.Descriptor())]
    response = [(b"content", amp.String())]


class Switch(amp.ProtocolSwitchCommand):
    """Speaks something else from there on."""


class Shouting(Protocol):
    """Says a word and sends back what comes, in capitals."""

    def connectionMade(self) -> None:
        self.transport.write(b"\xffready\n")

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data.upper())


class Listening(Protocol):
    """Says a word, and waits for it in capitals."""

    def __init__(self) -> None:
        self.received = b""
        self.done: defer.Deferred[bytes] = defer.Deferred()

    def connectionMade(self) -> None:
        self.transport.write(b"a word\n")

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        if self.received.endswith(b"A WORD\n"):
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(self.received)


class Peer(amp.AMP):
    """Answers all of it, on both sides."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.lost: defer.Deferred[str] = defer.Deferred()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self.lost.callback(type(reason.value).__name__)

    @Echo.responder
    def echo(self, **everything: Any) -> dict[str, Any]:
        return everything

    @Divide.responder
    def divide(self, a: int, b: int) -> dict[str, Any]:
        if a > 1000:
            raise TooBigError("no more than 1000")
        if a < 0:
            raise GoAwayError("go away")
        if a == 1000:
            raise RuntimeError("a secret")
        return {"q": a / b}

    @AskBack.responder
    def askBack(self) -> defer.Deferred[dict[str, Any]]:
        return self.callRemote(Divide, a=3, b=2)

    @Tell.responder
    def tell(self, text: str) -> dict[str, Any]:
        self.told.append(text)
        return {}

    @Told.responder
    def tellAll(self) -> dict[str, Any]:
        return {"text": self.told}

    @Read.responder
    def read(self, file: int) -> dict[str, Any]:
        with open(file, "rb") as opened:
            return {"content": opened.read()}

    @Switch.responder
    def switch(self) -> Protocol:
        return Shouting()

    @amp.StartTLS.responder
    def startTLS(self) -> dict[str, Any]:
        with open(os.path.join(FOLDER, "server.pem"), "rb") as file:
            return {"tls_localCertificate": ssl.PrivateCertificate.loadPEM(file.read())}

    def amp_SIMPLE(self, box: amp.Box) -> defer.Deferred[amp.Box]:
        return defer.succeed(amp.Box(reversed=box[b"x"][::-1]))


def serve() -> None:
    """Listen, over TCP and over a UNIX socket."""
    factory = Factory.forProtocol(Peer)
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    reactor.listenUNIX(os.path.join(FOLDER, "socket"), factory)
    print(port.getHost().port, flush=True)


async def outcome(call: defer.Deferred[Any]) -> Any:
    """Return the result of a call, or the name and text of its error."""
    try:
        return await call
    except Exception as error:
        return f"{type(error).__name__}: {error}"


async def call(port: int) -> None:
    """Make all kinds of calls."""
    server = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
    peer = await connectProtocol(server, Peer())
    print("everything:", await peer.callRemote(Echo, **VALUES) == VALUES)
    print("quotient:", await peer.callRemote(Divide, a=1, b=2))
    print("listed:", await outcome(peer.callRemote(Divide, a=1, b=0)))
    print("another:", await outcome(peer.callRemote(Divide, a=1001, b=0)))
    print("unhandled:", (await outcome(peer.callRemote(Nobody))).split(":")[0])
    print("simple:", (await peer.callRemoteString(b"simple", x=b"abc"))[b"reversed"])
    print("back:", await peer.callRemote(AskBack))
    print("no answer:", peer.callRemote(Tell, text="hello"))
    print("told:", await peer.callRemote(Told))
    many = await defer.gatherResults(
        [peer.callRemote(Divide, a=n, b=1) for n in range(1000)], consumeErrors=True
    )
    print("many:", [one["q"] for one in many] == [float(n) for n in range(1000)])
    with open(os.path.join(FOLDER, "root.pem"), "rb") as file:
        authority = ssl.Certificate.loadPEM(file.read())
    print("TLS:", await peer.callRemote(amp.StartTLS, tls_verifyAuthorities=[authority]))
    print("in it:", await peer.callRemote(Divide, a=1, b=4))
    certificate = peer.peerCertificate
    print("peer:", certificate and certificate.getSubject().commonName)
    print("unlisted:", await outcome(peer.callRemote(Divide, a=1000, b=1)))
    print("lost:", await peer.lost)
    peer = await connectProtocol(server, Peer())
    print("fatal:", await outcome(peer.callRemote(Divide, a=-1, b=1)))
    print("lost:", await peer.lost)
    peer = await connectProtocol(server, Peer())
    inner = Listening()
    factory = ClientFactory.forProtocol(lambda: inner)
    print("switch:", await peer.callRemote(Switch, factory))
    print("inner:", await inner.done)
    local = UNIXClientEndpoint(reactor, os.path.join(FOLDER, "socket"))
    peer = await connectProtocol(local, Peer())
    for _ in range(2):
        with open(os.path.join(FOLDER, "root.pem"), "rb") as file:
            answer = await peer.callRemote(Read, file=file.fileno())
        print("file:", answer["content"].startswith(b"-----BEGIN CERTIFICATE"))
    peer.transport.loseConnection()
    print("lost:", await peer.lost)


if __name__ == "__main__":
    globalLogBeginner.beginLoggingTo([lambda event: None], redirectStandardIO=False)
    if sys.argv[1] == "serve":
        reactor.callWhenRunning(serve)
    else:
        done = defer.ensureDeferred(call(int(sys.argv[3])))
        done.addErrback(lambda failure: print("failed:", failure.getTraceback()))
        done.addBoth(lambda result: reactor.stop())
    reactor.run()
