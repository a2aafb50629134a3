"""Perspective Broker over endpoints: TCP, UNIX sockets and TLS, and connections that fail."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import crypto

from twisted.internet.defer import Deferred, ensureDeferred, fail
from twisted.internet.endpoints import clientFromString, serverFromString
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.error import ConnectionLost, ConnectionRefusedError, DNSLookupError
from twisted.internet.interfaces import IResolverSimple
from twisted.internet.ssl import KeyPair, PrivateCertificate
from twisted.python.components import implementer
from twisted.spread import pb

LIMIT = 30


class Echoer(pb.Root):
    """Answers."""

    def remote_echo(self, value: Any) -> Any:
        return value


@pytest.fixture
def reactor() -> EPollReactor:
    return EPollReactor()


def runUntil(reactor: EPollReactor, deferred: Deferred[Any]) -> Any:
    """Run a reactor until something is done, and return its result."""
    found: list[Any] = []

    def done(result: Any) -> None:
        found.append(result)
        reactor.stop()

    reactor.callWhenRunning(lambda: deferred.addTimeout(LIMIT, reactor).addBoth(done))
    reactor.run()
    return found[0]


def certificate(folder: Path) -> str:
    """Write a certificate and its key, and return where."""
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    made = PrivateCertificate.fromCertificateAndKeyPair(key.selfSignedCert(1, CN="localhost"), key)
    path = folder / "server.pem"
    path.write_bytes(made.dumpPEM())
    return str(path)


@contextmanager
def descriptions(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Give the descriptions of both ends, in which PORT stands for the port."""
    if kind == "tcp":
        yield "tcp:0:interface=127.0.0.1", "tcp:127.0.0.1:PORT"
    elif kind == "unix":
        yield f"unix:{folder}/socket", f"unix:{folder}/socket"
    else:
        path = certificate(folder)
        yield (
            f"ssl:0:interface=127.0.0.1:privateKey={path}:certKey={path}",
            f"ssl:127.0.0.1:PORT:hostname=localhost:caCertsDir={folder}",
        )


@pytest.mark.parametrize("kind", ["tcp", "unix", "ssl"])
def test_calls_over_any_stream(kind: str, tmp_path: Path, reactor: EPollReactor) -> None:
    async def call() -> Any:
        with descriptions(kind, tmp_path) as (server, client):
            factory = pb.PBServerFactory(Echoer())
            port = await serverFromString(reactor, server).listen(factory)
            number = str(getattr(port.getHost(), "port", ""))
            clientFactory = pb.PBClientFactory()
            early = clientFactory.getRootObject()
            await clientFromString(reactor, client.replace("PORT", number)).connect(clientFactory)
            root = await clientFactory.getRootObject()
            answers = [await (await early).callRemote("echo", 1)]
            answers.append(await root.callRemote("echo", "x" * 600_000) == "x" * 600_000)
            gone: Deferred[Any] = Deferred()
            root.notifyOnDisconnect(gone.callback)
            clientFactory.disconnect()
            await gone
            port.stopListening()
            return answers

    assert runUntil(reactor, ensureDeferred(call())) == [1, True]


def free() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as unbound:
        unbound.bind(("127.0.0.1", 0))
        number: int = unbound.getsockname()[1]
    return number


@pytest.mark.parametrize(
    ("through", "error"), [("connector", ConnectionRefusedError), ("endpoint", ConnectionLost)]
)
def test_root_of_a_server_that_is_not_there(
    through: str, error: type[Exception], reactor: EPollReactor
) -> None:
    factory = pb.PBClientFactory()
    found = factory.getRootObject()
    if through == "connector":
        reactor.connectTCP("127.0.0.1", free(), factory)
    else:
        endpoint = clientFromString(reactor, f"tcp:127.0.0.1:{free()}")
        endpoint.connect(factory).addErrback(lambda failure: failure.trap(ConnectionRefusedError))
    # An endpoint tells the factory only that it is done with it.
    assert runUntil(reactor, found).check(error)


@implementer(IResolverSimple)
class DummyResolver:
    """Knows no names, without asking anybody."""

    def getHostByName(self, name: str, timeout: object = ()) -> Deferred[str]:
        return fail(DNSLookupError(name))


def test_root_of_a_server_that_has_no_address(reactor: EPollReactor) -> None:
    reactor.installResolver(DummyResolver())
    factory = pb.PBClientFactory()
    found = factory.getRootObject()
    reactor.connectTCP("nobody.example", 1, factory)
    assert runUntil(reactor, found).check(DNSLookupError)
