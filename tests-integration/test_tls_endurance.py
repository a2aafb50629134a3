"""TLS with peers that are silent, flood, or show odd certificates; OpenSSL plays them."""

import socket
import subprocess
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL, crypto

from twisted.internet.endpoints import TCP4ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectionDone, ConnectionLost, TimeoutError
from twisted.internet.ssl import (
    DN,
    Certificate,
    CertificateRequest,
    KeyPair,
    NamedCertificates,
    PrivateCertificate,
)

from .peers import Files, House, Noting, files, freePort, house, needs, portOf

__all__ = ["files", "house"]

pytestmark = needs("openssl")


def serving(house: House, files: Files, *more: object) -> tuple["subprocess.Popen[bytes]", int]:
    """Start OpenSSL's server, which sends back each line the other way around if told to."""
    port = freePort()
    command = ("openssl", "s_server", "-accept", f"127.0.0.1:{port}")
    own = files.directory / "example.com.pem"
    identity = () if "-cert" in more else ("-cert", own, "-key", own)
    process = house.start(*command, *identity, *more)
    house.until(lambda: b"ACCEPT" in house.printed(process))
    return process, port


def asking(house: House, files: Files, port: int, *more: object) -> "subprocess.Popen[bytes]":
    """Start OpenSSL's client, which says hello."""
    command = ("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", files.root)
    return house.start(*command, *more, said=b"hello\n")


def say(process: "subprocess.Popen[bytes]", words: bytes) -> None:
    """Let a program read something."""
    assert process.stdin is not None
    process.stdin.write(words)
    process.stdin.flush()


# Silence


def test_a_silent_client_is_left(house: House, files: Files) -> None:
    options = files.options()
    options.handshakeTimeout = 0.05
    factory, port = house.listen(options)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        house.until(lambda: factory.built and factory.built[0].reasons)
        assert factory.built[0].reasons[0].check(TimeoutError)
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_silent_server_is_left(house: House, files: Files) -> None:
    options = files.trusting()
    options.handshakeTimeout = 0.05  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = house.connect(silent.getsockname()[1], options)
        house.until(lambda: client.reasons)
    assert client.reasons[0].check(TimeoutError)
    assert not house.reactor.getDelayedCalls()


# Floods


def test_a_thousand_tickets_are_swallowed(house: House, files: Files) -> None:
    _, port = serving(house, files, "-num_tickets", 1000, "-rev")
    client = house.connect(port, files.trusting())
    client.transport.write(b"hello\n")
    house.until(lambda: client.received == b"olleh\n")


def told(process: "subprocess.Popen[bytes]", client: Noting) -> bool:
    """Let a program say something, unless the client has heard of it."""
    if not client.received:
        say(process, b"go on\n")
    return bool(client.received)


def heard(house: House, process: "subprocess.Popen[bytes]", words: bytes) -> bool:
    """Return whether a program has printed some words."""
    return words in house.printed(process)


def test_new_keys_are_taken_from_the_server(house: House, files: Files) -> None:
    process, port = serving(house, files)
    client = house.connect(port, files.trusting())
    client.transport.write(b"hello\n")
    house.until(lambda: b"hello" in house.printed(process))
    # With k it only takes new keys, with K it asks the client for some as well.
    for number, command in enumerate((b"k\n", b"K\n")):
        say(process, command)
        # What it reads together with a command is lost, so it is told again.
        client.received = b""
        house.until(partial(told, process, client))
        client.transport.write(b"heard %d\n" % number)
        house.until(partial(heard, house, process, b"heard %d\n" % number))
    assert client.reasons == []


def hasAsked(house: House, process: "subprocess.Popen[bytes]", times: int) -> bool:
    """Return whether a program has asked for new keys so often, or is over."""
    return house.printed(process).count(b"KEYUPDATE") == times or process.poll() is not None


def test_a_client_that_asks_for_new_keys_again_and_again_is_left(
    house: House, files: Files
) -> None:
    factory, port = house.listen(files.options())
    process = asking(house, files, port)
    house.until(lambda: b"\nhello\n" in house.printed(process))
    asked = 0
    while not factory.built[0].reasons:
        asked += 1
        say(process, b"K\n")
        # One at a time: the program looks for commands only where it begins to read.
        house.until(partial(hasAsked, house, process, asked))
    assert asked > 100
    assert "too often" in str(factory.built[0].reasons[0].value)


def test_a_server_may_not_renegotiate(house: House, files: Files) -> None:
    process, port = serving(house, files, "-tls1_2")
    client = house.connect(port, files.trusting())
    client.transport.write(b"hello\n")
    house.until(lambda: b"hello" in house.printed(process))
    say(process, b"R\n")
    house.until(lambda: client.reasons)
    assert client.transport.getHandle().total_renegotiations() == 0
    assert client.reasons[0].check(SSL.Error, ConnectionLost)


def test_a_server_of_an_old_version_is_refused(house: House, files: Files) -> None:
    _, port = serving(house, files, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    client = house.connect(port, files.trusting())
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(SSL.Error)


# Chains


class Chain:
    """A certificate that leads to the authority over several others."""

    def __init__(self, files: Files, length: int) -> None:
        issuer = files.authority
        self.between: list[PrivateCertificate] = []
        for number in range(length):
            key = KeyPair.generate(crypto.TYPE_EC, 256)
            made = key.selfSignedCert(number + 10, CN=f"between {number}")
            # The extensions of an authority, signed by the one before.
            made = _signed(made, issuer)
            self.between.insert(0, made)
            issuer = made
        key = KeyPair.generate(crypto.TYPE_EC, 256)
        request: CertificateRequest = key.requestObject(DN(CN="example.com"))
        signed = issuer.signRequestObject(request, 9)
        self.end = PrivateCertificate.fromCertificateAndKeyPair(signed, key)

    def write(self, directory: Path) -> tuple[Path, Path]:
        """Write the certificate with its key into a file, and what lies between into another."""
        end, between = directory / "end.pem", directory / "between.pem"
        end.write_bytes(self.end.dumpPEM())
        between.write_bytes(b"".join(Certificate(each.original).dumpPEM() for each in self.between))
        return end, between


def _signed(subject: PrivateCertificate, issuer: PrivateCertificate) -> PrivateCertificate:
    """Return a certificate with another issuer, and its signature."""
    own = subject.original.to_cryptography()
    above = issuer.original.to_cryptography()
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.subject)
        .issuer_name(above.subject)
        .public_key(own.public_key())
        .serial_number(own.serial_number)
        .not_valid_before(own.not_valid_before_utc)
        .not_valid_after(own.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    key = issuer.privateKey.original.to_cryptography_key()
    made = builder.sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return PrivateCertificate.fromCertificateAndKeyPair(
        Certificate(crypto.X509.from_cryptography(made)), subject.privateKey
    )


def test_a_chain_of_nine_is_followed_by_both(house: House, files: Files) -> None:
    end, between = Chain(files, 9).write(house.directory)
    # Ours serves.
    port = portOf(
        house.serve(f"ssl:0:interface=127.0.0.1:privateKey={end}:extraCertChain={between}")
    )
    process = asking(
        *(house, files, port, "-showcerts", "-verify_return_error", "-servername"),
        "example.com",
    )
    house.until(lambda: b"\nhello\n" in house.printed(process))
    assert house.printed(process).count(b"BEGIN CERTIFICATE") >= 10
    # And ours asks.
    _, number = serving(house, files, "-rev", "-cert", end, "-key", end, "-cert_chain", between)
    client = house.connect(number, files.trusting())
    client.transport.write(b"hello\n")
    house.until(lambda: client.received == b"olleh\n")


def test_a_chain_of_ten_is_too_long(house: House, files: Files) -> None:
    end, between = Chain(files, 10).write(house.directory)
    _, number = serving(house, files, "-rev", "-cert", end, "-key", end, "-cert_chain", between)
    client = house.connect(number, files.trusting())
    house.until(lambda: client.reasons)
    assert "certificate verify failed" in str(client.reasons[0].value)


def test_a_chain_that_has_no_end_is_refused(house: House, files: Files) -> None:
    endless = house.directory / "endless.pem"
    endless.write_bytes(Certificate(files.authority.original).dumpPEM() * 500)
    _, port = serving(house, files, "-cert_chain", endless)
    client = house.connect(port, files.trusting())
    house.until(lambda: client.reasons)
    assert "excessive message size" in str(client.reasons[0].value)


# Names


def test_the_certificate_is_chosen_by_the_name_and_renewed_without_a_restart(
    house: House, files: Files
) -> None:
    def write(name: str) -> Path:
        path = house.directory / f"{name}.pem"
        path.write_bytes(files.issue(name).dumpPEM())
        return path

    paths = [write("example.org"), write("example.net")]
    named = NamedCertificates(paths, checkEvery=0)
    _, port = house.listen(named.options())

    def shown(*more: str) -> bytes:
        process = asking(house, files, port, *more, "-verify_return_error")
        house.until(lambda: b"\nhello\n" in house.printed(process))
        return house.printed(process)

    assert b"subject=CN = example.net" in shown("-servername", "example.net")
    assert b"subject=CN = example.org" in shown("-servername", "other.example")
    before = shown("-noservername")
    assert b"subject=CN = example.org" in before
    write("example.org")
    after = shown("-noservername")
    assert b"subject=CN = example.org" in after
    pem = slice(before.index(b"-----BEGIN"), before.index(b"-----END"))
    assert before[pem] != after[pem]


# Over other things


@needs("socat")
def test_tls_in_tls(house: House, files: Files) -> None:
    _, inner = serving(house, files, "-rev")
    pem = files.directory / "example.com.pem"
    outer = freePort()
    house.start(
        "socat", f"OPENSSL-LISTEN:{outer},reuseaddr,cert={pem},verify=0", f"TCP4:127.0.0.1:{inner}"
    )
    endpoint = TCP4ClientEndpoint(house.reactor, "127.0.0.1", outer)
    wrapped = wrapClientTLS(files.trusting(), endpoint, house.reactor)  # type: ignore[arg-type]
    client = house.wrap(wrapped, files.trusting(), Noting())
    client.transport.write(b"hello\n")
    house.until(lambda: client.received == b"olleh\n")
    client.transport.loseConnection()
    house.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionDone)


@needs("socat")
def test_a_description_names_the_endpoint_below(house: House, files: Files) -> None:
    _, port = serving(house, files, "-rev")
    path = house.directory / "sock"
    house.start("socat", f"UNIX-LISTEN:{path}", f"TCP4:127.0.0.1:{port}")
    client = house.reach(
        rf"tls:example.com:443:trustRoots={files.directory}:endpoint=unix\:{path}", Noting()
    )
    client.transport.write(b"hello\n")
    house.until(lambda: client.received == b"olleh\n")
