"""TLS with others as peers: OpenSSL's programs, curl, asyncio, and the incumbent."""

import asyncio
import ssl
import subprocess
import threading

import pytest
from OpenSSL import SSL

from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.ssl import (
    DN,
    Certificate,
    VerificationError,
)

from .peers import (
    Files,
    House,
    Noting,
    Only,
    files,
    freePort,
    house,
    incumbent,
    needs,
)

__all__ = ["files", "house"]


# OpenSSL's client


def sClient(house: House, files: Files, port: int, *more: object) -> "subprocess.Popen[bytes]":
    """Start OpenSSL's client, which says hello."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", files.root]
    return house.start(
        *command, "-verify_return_error", "-servername", "example.com", *more, said=b"hello\n"
    )


@needs("openssl")
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


@needs("openssl")
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


@needs("openssl")
def test_openssls_client_closes_in_good_order(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    assert process.stdin is not None
    process.stdin.write(b"Q\n")
    process.stdin.close()
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionDone)


@needs("openssl")
def test_openssls_client_that_is_killed_is_a_loss(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    process = sClient(house, files, port)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    process.kill()
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionLost)


@needs("openssl")
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


@needs("openssl")
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


@needs("openssl")
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


@needs("openssl")
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


@needs("openssl")
@pytest.mark.parametrize(("flag", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_openssls_server_answers(house: House, files: Files, flag: str, version: str) -> None:
    _, port = sServer(house, files, flag, "-rev")
    client = saying(house, port, files.trusting())
    house.until(lambda: client.received == b"olleh\n")
    assert client.transport.getHandle().get_protocol_version_name() == version
    client.transport.abortConnection()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionAborted)


@needs("openssl")
def test_openssls_server_with_another_name_hears_nothing(house: House, files: Files) -> None:
    process, port = sServer(house, files)
    client = saying(house, port, files.trusting("example.org"))
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(VerificationError)
    assert b"hello" not in house.printed(process)


@needs("openssl")
def test_openssls_server_of_another_authority_hears_nothing(
    house: House, files: Files, tmp_path_factory: pytest.TempPathFactory
) -> None:
    process, port = sServer(house, files)
    another = Files(tmp_path_factory.mktemp("another"))
    client = saying(house, port, another.trusting())
    house.until(lambda: client.reasons)
    assert "certificate verify failed" in str(client.reasons[0].value)
    assert b"hello" not in house.printed(process)


@needs("openssl")
def test_openssls_server_sees_the_certificate_of_the_client(house: House, files: Files) -> None:
    _, port = sServer(house, files, "-Verify", "1", "-CAfile", files.root, "-rev")
    client = saying(house, port, files.trusting("example.com", files.client))
    house.until(lambda: client.received == b"olleh\n")


@needs("openssl")
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


@needs("openssl")
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


@needs("openssl")
def test_openssls_server_that_is_killed_cuts_the_stream(house: House, files: Files) -> None:
    process, port = sServer(house, files, "-rev")
    client = saying(house, port, files.trusting())
    house.until(lambda: client.received)
    process.kill()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionLost)


# curl


@needs("curl")
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
