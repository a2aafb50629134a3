"""TLS with others as peers: OpenSSL's programs, curl, asyncio, and the incumbent."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import monotonic

import pytest
from OpenSSL import SSL, crypto

from bench.errors import BenchError
from bench.sides import ROOT, Environments
from twisted.internet.endpoints import TCP4ClientEndpoint, serverFromString, wrapClientTLS
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.ssl import (
    DN,
    Certificate,
    CertificateOptions,
    KeyPair,
    PrivateCertificate,
    VerificationError,
    optionsForClientTLS,
)
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure

PATIENCE = 60.0

needsOpenssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is not installed"
)
needsCurl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


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


class Serving(Factory[Noting]):
    """Builds protocols that echo, and keeps them."""

    noisy = False

    def __init__(self) -> None:
        self.built: list[Noting] = []

    def buildProtocol(self, addr: IAddress | None) -> Noting:
        protocol = Noting()
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
            assert monotonic() < limit, [self.printed(process) for process in self.processes]
            self.reactor.iterate(0.02)

    def listen(self, options: object) -> tuple[Serving, int]:
        """Serve, and return the factory and the port."""
        factory = Serving()
        port = self.reactor.listenSSL(0, factory, options, interface="127.0.0.1")  # type: ignore[arg-type]
        return factory, port.getHost().port

    def connect(self, port: int, options: object) -> Noting:
        """Return a client that connects, once somebody listens."""
        while True:
            protocol = Noting()
            results: list[object] = []
            endpoint = wrapClientTLS(
                options,  # type: ignore[arg-type]
                TCP4ClientEndpoint(self.reactor, "127.0.0.1", port),
                self.reactor,
            )
            endpoint.connect(Only(protocol)).addBoth(results.append)
            self.until(results.__len__)
            if results == [protocol]:
                return protocol
            assert all(process.poll() is None for process in self.processes)

    def start(self, *command: object, said: bytes = b"") -> "subprocess.Popen[bytes]":
        """Start a program, whose standard input stays open after some words."""
        output = self.directory / f"output-{len(self.processes)}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
            )
        self.processes.append(process)
        self._outputs[process.pid] = output
        assert process.stdin is not None
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
def house(tmp_path: Path) -> Iterator[House]:
    """A reactor of ours, and programs beside it."""
    made = House(tmp_path)
    yield made
    made.close()


def freePort() -> int:
    """Return the number of a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# OpenSSL's client


def sClient(house: House, files: Files, port: int, *more: object) -> "subprocess.Popen[bytes]":
    """Start OpenSSL's client, which says hello."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", files.root]
    return house.start(
        *command, "-verify_return_error", "-servername", "example.com", *more, said=b"hello\n"
    )


@needsOpenssl
@pytest.mark.parametrize(("flag", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_openssls_client_is_served(house: House, files: Files, flag: str, version: str) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port, flag, "-verify_hostname", "example.com")
    house.until(lambda: b"\nhello\n" in house.printed(process))
    printed = house.printed(process)
    assert f"New, {version}".encode() in printed
    assert b"Verify return code: 0 (ok)" in printed
    # Forward secrecy, by default.
    assert b"Cipher is ECDHE-" in printed or b"Cipher is TLS_" in printed
    assert factory.built[0].transport.getHandle().get_servername() == b"example.com"


@needsOpenssl
def test_openssls_client_agrees_on_keys_over_a_described_field(house: House, files: Files) -> None:
    field = house.directory / "dh.pem"
    command = ["openssl", "genpkey", "-genparam", "-algorithm", "DH"]
    field.write_bytes(
        subprocess.run(
            [*command, "-pkeyopt", "group:ffdhe2048"], check=True, capture_output=True
        ).stdout
    )
    key = PrivateCertificate.fromCertificateAndKeyPair(
        *_signedWithRSA(files.authority, "example.com")
    )
    (house.directory / "rsa.pem").write_bytes(key.dumpPEM())
    description = (
        f"ssl:0:interface=127.0.0.1:privateKey={house.directory}/rsa.pem"
        f":extraCertChain={files.root}:dhParameters={field}"
    )
    ports: list[IListeningPort] = []
    serverFromString(house.reactor, description).listen(Serving()).addCallback(ports.append)
    number = ports[0].getHost().port  # type: ignore[attr-defined]  # it is of TCP
    process = sClient(house, files, number, "-tls1_2", "-cipher", "DHE", "-showcerts")
    house.until(lambda: b"\nhello\n" in house.printed(process))
    printed = house.printed(process)
    assert b"Cipher is DHE-RSA-" in printed
    assert b"Server Temp Key: DH, 2048 bits" in printed
    # The chain that the description names is sent after the server's own certificate.
    assert printed.count(b"BEGIN CERTIFICATE") >= 2


def _signedWithRSA(authority: PrivateCertificate, name: str) -> tuple[Certificate, KeyPair]:
    """Return a certificate for a key of RSA, and the key."""
    key = KeyPair.generate(crypto.TYPE_RSA, 2048)
    return authority.signRequestObject(key.requestObject(DN(CN=name)), 3), key


@needsOpenssl
@pytest.mark.parametrize("flag", ["-tls1", "-tls1_1"])
def test_openssls_client_with_an_old_version_is_refused(
    house: House, files: Files, flag: str
) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port, flag, "-cipher", "DEFAULT@SECLEVEL=0")
    house.until(lambda: factory.built and factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(SSL.Error)
    house.until(lambda: process.poll() is not None)
    assert b"alert" in house.printed(process)


@needsOpenssl
def test_openssls_client_closes_in_good_order(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    assert process.stdin is not None
    process.stdin.write(b"Q\n")
    process.stdin.close()
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionDone)


@needsOpenssl
def test_openssls_client_that_is_killed_is_a_loss(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    process.kill()
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionLost)


@needsOpenssl
def test_openssls_client_needs_a_certificate_where_one_is_asked_for(
    house: House, files: Files
) -> None:
    factory, port = house.listen(files.server.options(Certificate(files.authority.original)))
    without = sClient(house, files, port)
    house.until(lambda: factory.built and factory.built[0].reasons)
    assert factory.built[0].received == b""
    house.until(lambda: without.poll() is not None)
    pem = files.directory / "client.example.com.pem"
    process = sClient(house, files, port, "-cert", pem, "-key", pem)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    shown = Certificate.peerFromTransport(factory.built[1].transport)
    assert shown.getSubject() == DN(CN="client.example.com")


@needsOpenssl
@pytest.mark.parametrize(
    ("offered", "printed"),
    [
        ("http/1.1,h2", b"ALPN protocol: h2"),
        ("http/1.1", b"ALPN protocol: http/1.1"),
        ("spdy/3", b"no application protocol"),
        (None, b"No ALPN negotiated"),
    ],
)
def test_openssls_client_agrees_on_a_protocol(
    house: House, files: Files, offered: str | None, printed: bytes
) -> None:
    _, port = house.listen(files.options(acceptableProtocols=[b"h2", b"http/1.1"]))
    process = sClient(house, files, port, *([] if offered is None else ["-alpn", offered]))
    house.until(lambda: printed in house.printed(process))


@needsOpenssl
@pytest.mark.parametrize("flag", ["-tls1_2", "-tls1_3"])
def test_openssls_client_comes_back_with_a_ticket(house: House, files: Files, flag: str) -> None:
    _, port = house.listen(files.options(enableSessionTickets=True))
    session = house.directory / "session.pem"
    first = sClient(house, files, port, flag, "-sess_out", session)
    house.until(lambda: b"\nhello\n" in house.printed(first))
    house.until(lambda: session.exists() and session.stat().st_size)
    second = sClient(house, files, port, flag, "-sess_in", session)
    house.until(lambda: b"\nhello\n" in house.printed(second))
    assert b"\nReused, " in house.printed(second)


@needsOpenssl
def test_openssls_client_may_not_renegotiate(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port, "-tls1_2")
    house.until(lambda: b"\nhello\n" in house.printed(process))
    assert process.stdin is not None
    process.stdin.write(b"R\n")
    process.stdin.flush()
    house.until(lambda: b"no renegotiation" in house.printed(process) or process.poll() is not None)
    assert factory.built[0].transport.getHandle().total_renegotiations() == 0


# OpenSSL's server


def sServer(house: House, files: Files, *more: object) -> tuple["subprocess.Popen[bytes]", int]:
    """Start OpenSSL's server, which sends back each line the other way around."""
    pem = files.directory / "example.com.pem"
    port = freePort()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pem, "-key", pem]
    return house.start(*command, *more), port


def saying(house: House, port: int, options: object) -> Noting:
    """Return a client that has said hello."""
    protocol = house.connect(port, options)
    protocol.transport.write(b"hello\n")
    return protocol


@needsOpenssl
@pytest.mark.parametrize(("flag", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_openssls_server_answers(house: House, files: Files, flag: str, version: str) -> None:
    _, port = sServer(house, files, flag, "-rev")
    client = saying(house, port, files.trusting())
    house.until(lambda: client.received == b"olleh\n")
    assert client.transport.getHandle().get_protocol_version_name() == version
    client.transport.abortConnection()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionAborted)


@needsOpenssl
def test_openssls_server_with_another_name_hears_nothing(house: House, files: Files) -> None:
    process, port = sServer(house, files)
    client = saying(house, port, files.trusting("example.org"))
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(VerificationError)
    assert b"hello" not in house.printed(process)


@needsOpenssl
def test_openssls_server_of_another_authority_hears_nothing(
    house: House, files: Files, tmp_path_factory: pytest.TempPathFactory
) -> None:
    process, port = sServer(house, files)
    another = Files(tmp_path_factory.mktemp("another"))
    client = saying(house, port, another.trusting())
    house.until(lambda: client.reasons)
    assert "certificate verify failed" in str(client.reasons[0].value)
    assert b"hello" not in house.printed(process)


@needsOpenssl
def test_openssls_server_sees_the_certificate_of_the_client(house: House, files: Files) -> None:
    _, port = sServer(house, files, "-Verify", "1", "-CAfile", files.root, "-rev")
    client = saying(house, port, files.trusting("example.com", files.client))
    house.until(lambda: client.received == b"olleh\n")


@needsOpenssl
def test_openssls_server_refuses_a_client_without_certificate(house: House, files: Files) -> None:
    _, port = sServer(
        house, files, "-Verify", "1", "-CAfile", files.root, "-verify_return_error", "-rev"
    )
    client = saying(house, port, files.trusting())
    house.until(lambda: client.reasons)
    # TLS 1.3: the client learns of it after its own handshake is done.
    assert client.transport.handshakeDone
    assert client.received == b""
    assert client.reasons[0].check(SSL.Error, ConnectionLost)


@needsOpenssl
@pytest.mark.parametrize(
    ("spoken", "agreed"), [("h2", b"h2"), ("http/1.1,h2", b"http/1.1"), (None, None)]
)
def test_openssls_server_agrees_on_a_protocol(
    house: House, files: Files, spoken: str | None, agreed: bytes | None
) -> None:
    _, port = sServer(house, files, "-rev", *([] if spoken is None else ["-alpn", spoken]))
    client = saying(house, port, files.trusting("example.com", None, [b"h2", b"http/1.1"]))
    house.until(lambda: client.received)
    assert client.transport.negotiatedProtocol == agreed


@needsOpenssl
def test_openssls_server_that_is_killed_cuts_the_stream(house: House, files: Files) -> None:
    process, port = sServer(house, files, "-rev")
    client = saying(house, port, files.trusting())
    house.until(lambda: client.received)
    process.kill()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionLost)


# curl


@needsCurl
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_curl_is_served(house: House, files: Files, version: str) -> None:
    body = bytes(range(256)) * 8192
    factory, port = house.listen(files.options(acceptableProtocols=[b"http/1.1"]))
    process = house.start(
        *("curl", "--silent", "--show-error", "--output", "body", "--http1.1"),
        *("--cacert", files.root, f"--tlsv{version}", "--tls-max", version),
        *("--resolve", f"example.com:{port}:127.0.0.1", f"https://example.com:{port}/"),
    )
    house.until(lambda: factory.built)
    protocol = factory.built[0]

    def answer(data: bytes) -> None:
        if protocol.received.endswith(b"\r\n\r\n"):
            protocol.transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            protocol.transport.write(body)
            protocol.transport.loseConnection()

    protocol.onData = answer
    house.until(lambda: process.poll() is not None)
    assert process.returncode == 0, house.printed(process)
    assert (house.directory / "body").read_bytes() == body
    house.until(lambda: protocol.reasons)
    assert protocol.reasons[0].check(ConnectionDone)


# Python's ssl and asyncio


def test_asyncio_is_served(house: House, files: Files) -> None:
    _, port = house.listen(files.options())
    context = ssl.create_default_context(cafile=str(files.root))
    data = bytes(range(256)) * 4096
    echoed: list[bytes] = []

    async def talk() -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="example.com"
        )
        writer.write(data)
        echoed.append(await reader.readexactly(len(data)))
        writer.close()
        await writer.wait_closed()

    thread = threading.Thread(target=asyncio.run, args=(talk(),))
    thread.start()
    house.until(lambda: not thread.is_alive())
    assert echoed == [data]


def test_asyncio_serves(house: House, files: Files) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.directory / "example.com.pem")
    found: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve() -> None:
        done = asyncio.Event()
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        found.append((port, asyncio.get_running_loop(), done))
        async with server:
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    house.until(lambda: found)
    port, loop, done = found[0]
    try:
        data = bytes(range(256)) * 4096
        client = house.connect(port, files.trusting())
        client.transport.write(data)
        house.until(lambda: len(client.received) >= len(data))
        assert client.received == data
        client.transport.loseConnection()
        house.until(lambda: client.reasons)
        assert client.reasons[0].check(ConnectionDone)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()


# The incumbent

SERVER = """
import sys
from twisted.internet import reactor, ssl, protocol
from twisted.protocols.basic import LineReceiver

certificate = ssl.PrivateCertificate.loadPEM(open(sys.argv[1], "rb").read())

class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

class Starting(LineReceiver):
    def lineReceived(self, line):
        if line == b"STARTTLS":
            self.sendLine(b"READY")
            self.transport.startTLS(certificate.options())
        else:
            self.sendLine(b"got " + line)

port = reactor.listenSSL(0, protocol.Factory.forProtocol(Echo), certificate.options())
plain = reactor.listenTCP(0, protocol.Factory.forProtocol(Starting))
print(port.getHost().port, plain.getHost().port, flush=True)
reactor.run()
"""

CLIENT = """
import sys
from twisted.internet import reactor, ssl, protocol

authority = ssl.Certificate.loadPEM(open(sys.argv[1], "rb").read())
data = bytes(range(256)) * 4096

class Client(protocol.Protocol):
    received = b""
    def connectionMade(self):
        self.transport.write(data)
    def dataReceived(self, more):
        self.received += more
        if len(self.received) >= len(data):
            self.transport.loseConnection()
    def connectionLost(self, reason):
        print(self.received == data, reason.type.__name__, flush=True)
        reactor.stop()

factory = protocol.ClientFactory()
factory.protocol = Client
reactor.connectSSL("127.0.0.1", int(sys.argv[2]), factory,
                   ssl.optionsForClientTLS("example.com", authority))
reactor.run()
"""


@cache
def incumbent() -> Path:
    """Return the interpreter of the incumbent's environment."""
    try:
        return Environments(ROOT / "build" / "bench" / "environments").python("incumbent-tls")
    except BenchError as error:
        pytest.skip(f"there is no incumbent here: {error}")


def test_the_incumbents_client_is_served(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = house.start(incumbent(), "-c", CLIENT, files.root, port)
    house.until(lambda: process.poll() is not None)
    assert house.printed(process) == b"True ConnectionDone\n"
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionDone)


def test_the_incumbents_server_answers(house: House, files: Files) -> None:
    process = house.start(incumbent(), "-c", SERVER, files.directory / "example.com.pem")
    house.until(lambda: house.printed(process).endswith(b"\n"))
    port = int(house.printed(process).split()[0])
    data = bytes(range(256)) * 4096
    client = house.connect(port, files.trusting())
    client.transport.write(data)
    house.until(lambda: len(client.received) >= len(data))
    assert client.received == data
    client.transport.loseConnection()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionDone)


def test_tls_is_started_with_the_incumbents_server(house: House, files: Files) -> None:
    process = house.start(incumbent(), "-c", SERVER, files.directory / "example.com.pem")
    house.until(lambda: house.printed(process).endswith(b"\n"))
    port = int(house.printed(process).split()[1])
    client = Noting()
    house.reactor.connectTCP("127.0.0.1", port, Only(client))
    client.onMade = lambda: client.transport.write(b"STARTTLS\r\n")
    house.until(lambda: client.received == b"READY\r\n")
    client.transport.startTLS(files.trusting())  # type: ignore[arg-type]
    client.transport.write(b"a secret\r\n")
    house.until(lambda: client.received == b"READY\r\ngot a secret\r\n")
