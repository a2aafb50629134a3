"""A server with several certificates, which are read again when they change."""

import os
from pathlib import Path

import pytest

from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    NamedCertificates,
    PrivateCertificate,
    VerifyError,
)
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher

from .tls_helpers import Pair, authority, certificate, clientOptions, keyPair, withoutKey


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Files:
    """Files with certificates."""

    def __init__(self, directory: Path, *names: str) -> None:
        self.directory = directory
        self.seconds = Seconds()
        self.paths = [self.write(name, certificate(name)) for name in names]
        self.named = NamedCertificates(
            self.paths, [b"h2"], {"enableSessionTickets": True}, 5.0, self.seconds
        )
        self.options = self.named.options()

    def write(self, name: str, private: PrivateCertificate) -> Path:
        path = self.directory / f"{name.replace('*', 'star')}.pem"
        path.write_bytes(private.dumpPEM())
        # Two writes within one tick of the file system's clock look like one.
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000))
        return path

    def shown(self, name: str) -> Certificate:
        """Return the certificate that a client gets that asks for a name."""
        pair = Pair(server=self.options, client=clientOptions(name)).shake()
        shown = pair.tlsClient.getPeerCertificate()
        assert shown is not None
        return Certificate(shown)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path, "example.com", "example.org", "*.example.net")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("example.com", "example.com"),
        ("example.org", "example.org"),
        ("www.example.net", "*.example.net"),
        ("other.example", "example.com"),
    ],
)
def test_the_certificate_is_chosen_by_the_name(files: Files, asked: str, shown: str) -> None:
    assert files.shown(asked) == withoutKey(certificate(shown))


def test_without_a_name_it_is_the_first(files: Files) -> None:
    assert files.named.contextForServerName(None) is files.named.contextForServerName(
        b"EXAMPLE.com"
    )


def test_protocols_are_agreed_on_with_every_certificate(files: Files) -> None:
    from twisted.internet.ssl import optionsForClientTLS

    client = optionsForClientTLS("example.org", withoutKey(authority()), None, [b"h2"])
    pair = Pair(server=files.options, client=client).shake()
    assert pair.client.transport.negotiatedProtocol == b"h2"


def renewed(name: str) -> PrivateCertificate:
    """Return another certificate for a host."""
    from twisted.internet.ssl import DN

    key = keyPair()
    signed = authority().signRequestObject(key.requestObject(DN(CN=name)), 77)
    return PrivateCertificate.fromCertificateAndKeyPair(signed, key)


@pytest.mark.parametrize("name", ["example.com", "example.org"])
def test_a_changed_file_is_read_again(files: Files, name: str) -> None:
    files.shown(name)
    files.write(name, renewed(name))
    files.seconds.now = 4.9
    assert files.shown(name).serialNumber() == 2
    files.seconds.now = 5.0
    assert files.shown(name).serialNumber() == 77


def test_a_connection_that_is_open_goes_on(files: Files) -> None:
    pair = Pair(server=files.options).shake()
    files.write("example.com", renewed("example.com"))
    files.named.refresh()
    pair.client.transport.write(b"still here")
    pair.run()
    assert pair.server.received == b"still here"


def test_a_file_that_cannot_be_used_is_told_once_and_changes_nothing(files: Files) -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        files.paths[1].write_bytes(b"half of a fi")
        for _ in range(3):
            files.named.refresh()
    finally:
        globalLogPublisher.removeObserver(observer)
    assert len([event for event in observer if "can't be used" in str(event["log_format"])]) == 1
    assert files.shown("example.org").serialNumber() == 2


def test_a_file_that_is_gone_changes_nothing(files: Files) -> None:
    files.paths[1].unlink()
    files.named.refresh()
    assert files.shown("example.org").serialNumber() == 2


def test_a_chain_in_the_file_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(certificate().dumpPEM() + withoutKey(authority()).dumpPEM())
    pair = Pair(server=NamedCertificates([path]).options()).shake()
    chain = pair.tlsClient.getHandle().get_peer_cert_chain()
    assert chain is not None
    assert len(chain) == 2


def test_there_has_to_be_a_file() -> None:
    with pytest.raises(ValueError, match="at least one certificate"):
        NamedCertificates([])


def test_files_that_cannot_be_used_are_refused_at_first(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        NamedCertificates([tmp_path / "missing.pem"])
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(withoutKey(certificate()).dumpPEM() + certificate("b").dumpPEM())
    with pytest.raises(VerifyError):
        NamedCertificates([wrong])


def test_a_context_can_be_chosen_by_a_function() -> None:
    asked: list[bytes | None] = []

    def choose(name: bytes | None) -> object:
        asked.append(name)
        return certificate("example.org").options().getContext() if name else None

    mine = certificate()
    options = CertificateOptions(
        mine.privateKey.original,
        mine.original,
        contextForServerName=choose,  # type: ignore[arg-type]
    )
    pair = Pair(server=options, client=clientOptions("example.org")).shake()
    assert asked == [b"example.org"]
    assert pair.tlsClient.handshakeDone
    assert not pair.client.lost


def test_a_function_that_fails_is_told_and_the_first_certificate_is_shown() -> None:
    def choose(name: bytes | None) -> None:
        raise ZeroDivisionError

    mine = certificate()
    options = CertificateOptions(
        mine.privateKey.original, mine.original, contextForServerName=choose
    )
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        pair = Pair(server=options).shake()
    finally:
        globalLogPublisher.removeObserver(observer)
    assert pair.tlsClient.handshakeDone
    assert any("log_failure" in event for event in observer)
