"""The examples of the how-to on TLS, with each other and with OpenSSL's own client."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "tls"

TIMEOUT = 60

NAMES = [
    "check_server_certificate.py",
    "echoclient.py",
    "echoclient_ssl.py",
    "echoserv.py",
    "echoserv_ssl.py",
    "make_certificate.py",
    "several_hosts.py",
    "ssl_clientauth_client.py",
    "ssl_clientauth_server.py",
    "starttls_client.py",
    "starttls_server.py",
    "tls_alpn_npn_client.py",
    "tls_alpn_npn_server.py",
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the certificates."""
    made = tmp_path_factory.mktemp("tls")
    ran = subprocess.run(
        [sys.executable, EXAMPLES / "make_certificate.py"],
        cwd=made,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert ran.stdout.startswith("made <PrivateCertificate Subject=example.com"), ran.stderr
    return made


@contextmanager
def server(name: str, directory: Path, *arguments: str) -> Iterator[tuple[str, list[str]]]:
    """Run a server, give its port and the list of what it prints, and end it as its user would."""
    process = subprocess.Popen(
        [sys.executable, EXAMPLES / name, "0", *arguments],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed: list[str] = []
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"port=([0-9]+)", line)
        assert found, line + process.stdout.read()
        yield found[1], printed
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 0
        printed += process.stdout.read().splitlines()
    finally:
        process.kill()
        process.communicate()


def client(name: str, directory: Path, *arguments: str) -> str:
    """Run a client to its end, and return what it prints."""
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


ECHOED = "receive: A first line to be echoed.\nreceive: And a last one.\n"
CLEAN = "connection lost: Connection was closed cleanly."


def test_every_example_is_run() -> None:
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == NAMES


@pytest.mark.parametrize(
    ("serving", "asking"),
    [
        ("echoserv.py", "echoclient.py"),
        ("echoserv_ssl.py", "echoclient_ssl.py"),
        ("ssl_clientauth_server.py", "ssl_clientauth_client.py"),
    ],
)
def test_lines_are_echoed(directory: Path, serving: str, asking: str) -> None:
    with server(serving, directory) as (port, _):
        printed = client(asking, directory, port)
    assert printed.startswith(ECHOED)
    assert "connection lost:" in printed


def test_a_client_without_certificate_gets_nothing(directory: Path) -> None:
    with server("ssl_clientauth_server.py", directory) as (port, _):
        printed = client("echoclient_ssl.py", directory, port)
    assert "receive" not in printed
    assert "connection lost:" in printed


def test_a_server_with_another_certificate_gets_nothing(directory: Path, tmp_path: Path) -> None:
    client("make_certificate.py", tmp_path)
    with server("echoserv_ssl.py", tmp_path) as (port, _):
        printed = client("echoclient_ssl.py", directory, port)
    assert "certificate verify failed" in printed
    assert "receive" not in printed


def test_openssl_gets_its_lines_back(directory: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    with server("echoserv_ssl.py", directory) as (port, _):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet"]
        command += ["-CAfile", "public.pem", "-verify_return_error", "-verify_hostname"]
        process = subprocess.Popen(
            [*command, "example.com"],
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("hello\n")
            process.stdin.flush()
            assert process.stdout.readline() == "hello\n"
        finally:
            process.kill()
            process.communicate()


def test_tls_is_started_in_the_middle(directory: Path) -> None:
    with server("starttls_server.py", directory) as (port, served):
        assert client("starttls_client.py", directory, port) == "received: READY\n"
    assert served == [
        "received: plain text",
        "received: STARTTLS",
        "-- Switching to TLS",
        "received: secure text",
    ]


@pytest.mark.parametrize(
    ("offered", "agreed"), [([], "b'h2'"), (["http/1.1"], "b'http/1.1'"), (["spdy/3"], None)]
)
def test_the_sides_agree_on_a_protocol(
    directory: Path, offered: list[str], agreed: str | None
) -> None:
    with server("tls_alpn_npn_server.py", directory) as (port, served):
        printed = client("tls_alpn_npn_client.py", directory, port, *offered)
    if agreed is None:
        assert "no agreement:" in printed
        assert "no application protocol" in printed
        assert served == []
    else:
        assert printed == f"agreed on {agreed}\n"
        assert served == [f"agreed on {agreed}"]


def test_a_certificate_is_looked_at(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server("echoserv_ssl.py", directory) as (port, _):
        monkeypatch.setenv("SSL_CERT_FILE", str(directory / "nothing.pem"))
        untrusted = client("check_server_certificate.py", directory, "127.0.0.1", port)
        monkeypatch.setenv("SSL_CERT_FILE", str(directory / "public.pem"))
        misnamed = client("check_server_certificate.py", directory, "127.0.0.1", port)
    assert untrusted.startswith("BAD: ")
    assert "certificate verify failed" in untrusted
    assert misnamed.startswith("BAD: ")
    assert "IPAddressMismatch" in misnamed
    assert untrusted.endswith("Lost.\n")


def test_a_good_certificate_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twisted.internet.ssl import Certificate, KeyPair

    mine = KeyPair.generate().selfSignedCert(1, commonName="127.0.0.1")
    (tmp_path / "server.pem").write_bytes(mine.dumpPEM())
    (tmp_path / "public.pem").write_bytes(Certificate(mine.original).dumpPEM())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "public.pem"))
    with server("echoserv_ssl.py", tmp_path) as (port, _):
        printed = client("check_server_certificate.py", tmp_path, "127.0.0.1", port)
    assert printed == "OK: <Certificate Subject=127.0.0.1 Issuer=127.0.0.1>\nLost.\n"


def test_several_hosts_are_served(tmp_path: Path) -> None:
    import ssl

    from twisted.internet.ssl import KeyPair

    for name in ("one.example", "two.example"):
        certificate = KeyPair.generate().selfSignedCert(1, commonName=name)
        (tmp_path / f"{name}.pem").write_bytes(certificate.dumpPEM())
    with server("several_hosts.py", tmp_path, "one.example.pem", "two.example.pem") as (port, _):
        for name in ("one.example", "two.example"):
            context = ssl.create_default_context(cafile=str(tmp_path / f"{name}.pem"))
            with (
                socket.create_connection(("127.0.0.1", int(port)), TIMEOUT) as plain,
                context.wrap_socket(plain, server_hostname=name) as connection,
            ):
                assert connection.recv(100) == b"hello\n"
