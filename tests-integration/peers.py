"""A reactor of ours with other people's programs beside it, for tests that let them talk."""

import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TypeVar

import pytest
from OpenSSL import crypto

from bench.errors import BenchError
from bench.sides import ROOT, Environments
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import (
    TCP4ClientEndpoint,
    clientFromString,
    serverFromString,
    wrapClientTLS,
)
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IListeningPort,
    IStreamClientEndpoint,
    IUDPTransport,
)
from twisted.internet.protocol import (
    ClientFactory,
    DatagramProtocol,
    Factory,
    Protocol,
    connectionDone,
)
from twisted.internet.ssl import (
    DN,
    Certificate,
    CertificateOptions,
    KeyPair,
    PrivateCertificate,
    optionsForClientTLS,
)
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.components import implementer
from twisted.python.failure import Failure

PATIENCE = 20.0


def needs(program: str, package: str = "") -> pytest.MarkDecorator:
    """Return a mark that skips where a program is missing."""
    return pytest.mark.skipif(
        shutil.which(program) is None,
        reason=f"{program} is missing: install the Debian package {package or program}",
    )


class Noting(Protocol):
    """Notes what happens to it."""

    transport: TLSMemoryBIOProtocol

    def __init__(self) -> None:
        self.received = b""
        self.reasons: list[Failure] = []
        self.onMade: Callable[[], object] = lambda: None
        self.onData: Callable[[bytes], object] = lambda data: None

    def connectionMade(self) -> None:
        self.onMade()

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        self.onData(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons.append(reason)


@implementer(IHalfCloseableProtocol)
class HalfClosing(Noting):
    """Closes the connection when its peer sends no more and all is sent."""

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Go on reading."""


NotingT = TypeVar("NotingT", bound=Noting)


class Serving(Factory[Noting]):
    """Builds protocols that echo, and keeps them."""

    noisy = False

    def __init__(self, kind: type[Noting] = Noting) -> None:
        self.kind = kind
        self.built: list[Noting] = []

    def buildProtocol(self, addr: IAddress | None) -> Noting:
        protocol = self.kind()
        protocol.onData = lambda data: protocol.transport.write(data)
        self.built.append(protocol)
        return protocol


class Only(ClientFactory[Noting]):
    """Hands out one protocol."""

    noisy = False

    def __init__(self, protocol: Noting) -> None:
        self.only = protocol

    def buildProtocol(self, addr: IAddress | None) -> Noting:
        return self.only


class Files:
    """Certificates in files, for programs that want them so."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority = KeyPair.generate(crypto.TYPE_EC, 256).selfSignedCert(1, CN="authority")
        self.root = directory / "root.pem"
        self.root.write_bytes(Certificate(self.authority.original).dumpPEM())
        self.server = self.issue("example.com")
        self.client = self.issue("client.example.com")

    def issue(self, name: str) -> PrivateCertificate:
        key = KeyPair.generate(crypto.TYPE_EC, 256)
        signed = self.authority.signRequestObject(key.requestObject(DN(CN=name)), 2)
        made = PrivateCertificate.fromCertificateAndKeyPair(signed, key)
        (self.directory / f"{name}.pem").write_bytes(made.dumpPEM())
        return made

    def options(self, **arguments: object) -> CertificateOptions:
        return CertificateOptions(
            self.server.privateKey.original,
            self.server.original,
            **arguments,  # type: ignore[arg-type]
        )

    def trusting(self, name: str = "example.com", *arguments: object) -> object:
        return optionsForClientTLS(name, Certificate(self.authority.original), *arguments)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Certificates in files."""
    return Files(tmp_path_factory.mktemp("tls"))


class House:
    """A reactor of ours, and programs beside it."""

    def __init__(self, directory: Path) -> None:
        self.reactor = EPollReactor()
        self.directory = directory
        self.processes: list[subprocess.Popen[bytes]] = []
        self._outputs: dict[int, Path] = {}

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        limit = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < limit, [
                self.printed(process)[-1500:] for process in self.processes
            ]
            self.reactor.iterate(0.02)

    def serve(self, description: str, factory: Factory[Noting] | None = None) -> IListeningPort:
        """Open a port that a description names, for an echo unless told otherwise."""
        ports: list[IListeningPort] = []
        failures: list[Failure] = []
        endpoint = serverFromString(self.reactor, description)
        endpoint.listen(factory or Serving()).addCallbacks(ports.append, failures.append)
        self.until(lambda: ports or failures)
        assert not failures, failures
        return ports[0]

    def reach(self, endpoint: IStreamClientEndpoint | str, protocol: NotingT) -> NotingT:
        """Connect a protocol, once somebody listens."""
        if isinstance(endpoint, str):
            endpoint = clientFromString(self.reactor, endpoint)
        while True:
            results: list[object] = []
            endpoint.connect(Only(protocol)).addBoth(results.append)
            self.until(results.__len__)
            if results == [protocol]:
                return protocol
            assert all(process.poll() is None for process in self.processes), results

    def listen(self, options: object) -> tuple[Serving, int]:
        """Serve, and return the factory and the port."""
        factory = Serving()
        port = self.reactor.listenSSL(0, factory, options, interface="127.0.0.1")  # type: ignore[arg-type]
        return factory, port.getHost().port

    def connect(self, port: int, options: object) -> Noting:
        """Return a client that connects by TLS, once somebody listens."""
        endpoint = TCP4ClientEndpoint(self.reactor, "127.0.0.1", port)
        return self.wrap(endpoint, options, Noting())

    def wrap(self, endpoint: IStreamClientEndpoint, options: object, protocol: NotingT) -> NotingT:
        """Connect a protocol by TLS over an endpoint, once somebody listens."""
        return self.reach(wrapClientTLS(options, endpoint, self.reactor), protocol)  # type: ignore[arg-type]

    def start(
        self, *command: object, said: bytes = b"", fed: Path | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a program.

        Args:
            command: The words of its command line.
            said: What it reads first; its standard input stays open after that.
            fed: A file that is its standard input instead.
        """
        output = self.directory / f"output-{len(self.processes)}"
        with output.open("wb") as file, (fed or Path(os.devnull)).open("rb") as feed:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE if fed is None else feed,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
            )
        self.processes.append(process)
        self._outputs[process.pid] = output
        if process.stdin is not None:
            process.stdin.write(said)
            process.stdin.flush()
        return process

    def printed(self, process: "subprocess.Popen[bytes]") -> bytes:
        """Return what a program has printed so far."""
        return self._outputs[process.pid].read_bytes()

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            process.kill()
            process.communicate()
        self.reactor.fireSystemEvent("shutdown")
        for call in self.reactor.getDelayedCalls():
            call.cancel()
        self.reactor.close()


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A reactor of ours, and programs beside it."""
    # Not `tmp_path`: its name can be longer than the path of a socket may be.
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.close()


class Mailbox(DatagramProtocol):
    """Keeps datagrams, and sends them back if it is to."""

    transport: IUDPTransport

    def __init__(self, echoing: bool = False) -> None:
        self.echoing = echoing
        self.datagrams: list[bytes] = []

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        self.datagrams.append(datagram)
        if self.echoing:
            self.transport.write(datagram, addr)


def digest(data: bytes) -> tuple[int, str]:
    """Return what tells data apart, in few letters."""
    return len(data), hashlib.sha256(data).hexdigest()


def portOf(port: IListeningPort) -> int:
    """Return the number of a port of IP."""
    address = port.getHost()
    assert isinstance(address, IPv4Address | IPv6Address)
    return address.port


def freePort() -> int:
    """Return the number of a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def incumbent() -> Path:
    """Return the interpreter of the incumbent's environment."""
    try:
        return Environments(ROOT / "build" / "bench" / "environments").python("incumbent-tls")
    except BenchError as error:
        pytest.skip(f"there is no incumbent here: {error}")
