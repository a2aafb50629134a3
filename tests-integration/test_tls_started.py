"""TLS that is started in the middle, with OpenSSL's client and Python's ssl as peers."""

import os
import socket
import ssl
import threading
from collections.abc import Callable
from typing import cast

import pytest

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, ITLSTransport
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from .peers import Files, House, Noting, Only, files, house, needs

__all__ = ["files", "house"]

DATA = os.urandom(1000) * 1000


class Speaking(LineReceiver):
    """A small server of a protocol in which TLS can be started.

    Args:
        options: Says how TLS is to be spoken.
        greeting: What it says first.
        answers: What it says to each line that begins with one of these words; after the last of
            them TLS begins.
    """

    def __init__(self, options: object, greeting: bytes, answers: dict[bytes, bytes]) -> None:
        self.options, self.greeting, self.answers = options, greeting, answers
        self.secrets: list[bytes] = []
        self.started = False
        self.reasons: list[Failure] = []

    def connectionMade(self) -> None:
        if self.greeting:
            self.sendLine(self.greeting)

    def lineReceived(self, line: bytes) -> None:
        if self.started:
            self.secrets.append(line)
            self.sendLine(b"got " + line)
            return
        # IMAP has a tag before the word, which is a dot here.
        asked = line.removeprefix(b". ").split()[0]
        self.sendLine(self.answers[asked])
        if asked == list(self.answers)[-1]:
            cast(ITLSTransport, self.transport).startTLS(self.options)  # type: ignore[arg-type]
            self.started = True
            # Already on its way when the handshake begins.
            self.sendLine(b"* welcome")

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.reasons.append(reason)


class Speakers(Factory[Speaking]):
    """Builds servers of one protocol."""

    noisy = False

    def __init__(self, make: Callable[[], Speaking]) -> None:
        self.make = make
        self.built: list[Speaking] = []

    def buildProtocol(self, addr: IAddress | None) -> Speaking:
        self.built.append(self.make())
        return self.built[-1]


PROTOCOLS = {
    "smtp": (
        b"220 mail.example.com",
        {b"EHLO": b"250-mail.example.com\r\n250 STARTTLS", b"STARTTLS": b"220 ready"},
    ),
    "imap": (
        b"* OK ready",
        {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK done", b"STARTTLS": b". OK"},
    ),
    "pop3": (b"+OK ready", {b"STLS": b"+OK begin"}),
    "ftp": (
        b"220 ready",
        {b"FEAT": b"211-Features\r\n AUTH TLS\r\n211 End", b"AUTH": b"234 begin"},
    ),
}


@needs("openssl")
@pytest.mark.parametrize("name", PROTOCOLS)
def test_openssls_client_starts_tls(house: House, files: Files, name: str) -> None:
    greeting, answers = PROTOCOLS[name]
    factory = Speakers(lambda: Speaking(files.options(), greeting, answers))
    number = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    process = house.start(
        *("openssl", "s_client", "-connect", f"127.0.0.1:{number}", "-starttls", name),
        *("-CAfile", files.root, "-verify_return_error", "-verify_hostname", "example.com"),
        *("-crlf", "-ign_eof"),
        said=b"a secret\n",
    )
    house.until(lambda: b"got a secret\r\n" in house.printed(process))
    assert b"* welcome\r\n" in house.printed(process)
    assert factory.built[0].secrets == [b"a secret"]


# Python's ssl


class Peer(threading.Thread):
    """A peer that lives in a thread and waits for each answer."""

    def __init__(self, run: Callable[[socket.socket], None], skt: socket.socket) -> None:
        super().__init__()
        self.run_, self.skt = run, skt
        self.errors: list[Exception] = []

    def run(self) -> None:
        """Do what is to be done, with a limit for each answer."""
        self.skt.settimeout(20)
        try:
            with self.skt:
                self.run_(self.skt)
        except Exception as error:
            self.errors.append(error)


def test_a_client_in_another_thread_starts_tls_with_data_in_flight(
    house: House, files: Files
) -> None:
    context = ssl.create_default_context(cafile=str(files.root))
    factory = Speakers(lambda: Speaking(files.options(), b"", {b"STARTTLS": b"READY"}))
    number = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    received: list[bytes] = []

    def talk(skt: socket.socket) -> None:
        # Its handshake begins before the answer has come, in the same packet.
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="example.com")
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        skt.sendall(b"STARTTLS\r\n" + outgoing.read())
        answer = skt.recv(65536)
        ready, _, rest = answer.partition(b"\r\n")
        received.append(ready)
        incoming.write(rest)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                incoming.write(skt.recv(65536))
        tls.write(b"a secret\r\n")
        skt.sendall(outgoing.read())
        plain = b""
        while not plain.endswith(b"got a secret\r\n"):
            try:
                plain += tls.read()
            except ssl.SSLWantReadError:
                incoming.write(skt.recv(65536))
        received.append(plain)

    peer = Peer(talk, socket.create_connection(("127.0.0.1", number)))
    peer.start()
    house.until(lambda: not peer.is_alive())
    assert peer.errors == []
    assert received == [b"READY", b"* welcome\r\ngot a secret\r\n"]


def test_a_server_in_another_thread_is_asked_to_start_tls(house: House, files: Files) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.directory / "example.com.pem")
    listening = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def talk(skt: socket.socket) -> None:
        plain, _ = skt.accept()
        with plain:
            plain.settimeout(20)
            received.append(plain.recv(100))
            plain.sendall(b"READY\r\n")
            with context.wrap_socket(plain, server_side=True) as tls:
                # Both send a lot as soon as they can.
                tls.sendall(DATA)
                data = b""
                while len(data) < len(DATA):
                    data += tls.recv(65536)
                received.append(data)
                tls.unwrap().close()

    peer = Peer(talk, listening)
    peer.start()
    client = Noting()
    client.onMade = lambda: client.transport.write(b"STARTTLS\r\n")
    house.reactor.connectTCP("127.0.0.1", listening.getsockname()[1], Only(client))
    house.until(lambda: client.received == b"READY\r\n")
    client.received = b""
    client.transport.startTLS(files.trusting())  # type: ignore[arg-type]
    client.transport.write(DATA[::-1])
    house.until(lambda: client.reasons)
    peer.join()
    assert peer.errors == []
    assert received == [b"STARTTLS\r\n", DATA[::-1]]
    assert client.received == DATA
    assert client.reasons[0].check(ConnectionDone)
