"""The examples of the how-to on FTP, with each other and with curl and lftp."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from OpenSSL import crypto

from twisted.internet.ssl import DN, Certificate, KeyPair, PrivateCertificate

from .running import ROOT, run, running

EXAMPLES = ROOT / "docs" / "examples" / "ftp"

needsCurl = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is missing: install the Debian package curl"
)
needsLFTP = pytest.mark.skipif(
    shutil.which("lftp") is None, reason="lftp is missing: install the Debian package lftp"
)


@contextmanager
def serving(name: str, directory: Path, *arguments: str) -> Iterator[str]:
    """Run a server in a directory, and give its port."""
    with running([sys.executable, str(EXAMPLES / name), *arguments], directory) as program:
        program.waitFor(lambda text: text.endswith("\n"))
        found = re.search(r"port ([0-9]+)\n", "".join(program.out))
        assert found
        yield found[1]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with public files, passwords, and the homes of users."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "readme").write_bytes(b"for all\n")
    (tmp_path / "passwords").write_text("ada:sesame\n")
    (tmp_path / "homes" / "ada").mkdir(parents=True)
    (tmp_path / "homes" / "ada" / "poem").write_bytes(b"x\n" * 100_000)
    (tmp_path / "here").mkdir()
    return tmp_path


@contextmanager
def fileServer(place: Path, *arguments: str) -> Iterator[str]:
    options = [
        "--endpoint=tcp:0:interface=127.0.0.1",
        f"--passwords={place / 'passwords'}",
        f"--homes={place / 'homes'}",
    ]
    with serving("ftpserver.py", place / "public", *options, *arguments) as port:
        yield port


def curl(*arguments: str) -> tuple[int, str]:
    status, out, _ = run(["curl", "-sS", "-q", *arguments])
    return status, out


@needsCurl
def test_guests_read_the_working_directory(place: Path) -> None:
    with fileServer(place) as port:
        assert curl("--list-only", f"ftp://127.0.0.1:{port}/") == (0, "readme\n")
        assert curl(f"ftp://127.0.0.1:{port}/readme") == (0, "for all\n")
        status, _ = curl("-T", str(place / "passwords"), f"ftp://127.0.0.1:{port}/new")
        assert status != 0
        status, out = curl("--path-as-is", f"ftp://127.0.0.1:{port}/../passwords")
        assert (status != 0, out) == (True, "")
    assert [path.name for path in (place / "public").iterdir()] == ["readme"]


@needsCurl
def test_users_have_their_own_files(place: Path) -> None:
    with fileServer(place) as port:
        url = f"ftp://ada:sesame@127.0.0.1:{port}/"
        assert curl("--list-only", url) == (0, "poem\n")
        assert curl("-T", str(place / "passwords"), f"{url}new") == (0, "")
        assert (place / "homes" / "ada" / "new").read_text() == "ada:sesame\n"
        assert curl(f"ftp://ada:open@127.0.0.1:{port}/")[0] != 0


@needsLFTP
def test_lftp_reads_the_working_directory(place: Path) -> None:
    with fileServer(place) as port:
        status, out, err = run(
            ["lftp", "--norc", "-e", "cat readme; bye", f"ftp://127.0.0.1:{port}"]
        )
        assert (status, out) == (0, "for all\n"), err


def test_client_lists_and_retrieves(place: Path) -> None:
    with fileServer(place) as port:
        client = [sys.executable, str(EXAMPLES / "ftpclient.py"), "127.0.0.1", port]
        status, out, err = run([*client, "ada", "sesame", "poem"], place / "here")
        assert (status, err) == (0, "")
        assert out == "    200000 poem\ngot poem\n"
        assert (place / "here" / "poem").read_bytes() == b"x\n" * 100_000
        status, out, err = run([*client, "ada", "open"], place / "here")
        assert (status, out) == (1, "")
        assert err == "The server refused: 530 No such user, or not this password\n"


def test_upload_is_encrypted(place: Path) -> None:
    authority = KeyPair.generate(crypto.TYPE_EC, 256).selfSignedCert(1, CN="authority")
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    signed = authority.signRequestObject(key.requestObject(DN(CN="localhost")), 2)
    server = PrivateCertificate.fromCertificateAndKeyPair(signed, key)
    (place / "server.pem").write_bytes(server.dumpPEM())
    (place / "authority.pem").write_bytes(Certificate(authority.original).dumpPEM())
    (place / "here" / "letter").write_bytes(b"dear\n")
    with fileServer(place, f"--certificate={place / 'server.pem'}") as port:
        client = [sys.executable, str(EXAMPLES / "ftpupload.py"), "localhost", port]
        trusted = str(place / "authority.pem")
        status, out, err = run([*client, "ada", "sesame", trusted, "letter"], place / "here")
        assert (status, out, err) == (0, "226 The transfer is complete\n", "")
        assert (place / "homes" / "ada" / "letter").read_bytes() == b"dear\n"
        plain = [sys.executable, str(EXAMPLES / "ftpclient.py"), "127.0.0.1", port]
        status, _, err = run([*plain, "ada", "sesame"], place / "here")
        assert (status, err) == (1, "The server refused: 530 Begin TLS first, by AUTH TLS\n")


@needsCurl
def test_notes_are_read_and_stored(tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(b"my note\n")
    (tmp_path / "long").write_bytes(b"x" * 100_000)
    with serving("notes_server.py", tmp_path, "tcp:0:interface=127.0.0.1") as port:
        url = f"ftp://127.0.0.1:{port}/"
        assert curl("-T", str(tmp_path / "note"), f"{url}mine.txt") == (0, "")
        assert curl(f"{url}mine.txt") == (0, "my note\n")
        assert curl("--list-only", url) == (0, "mine.txt\nwelcome.txt\n")
        assert curl("-Q", "DELE mine.txt", "--list-only", url) == (0, "welcome.txt\n")
        assert curl("-T", str(tmp_path / "long"), f"{url}long.txt")[0] != 0
        assert curl("-Q", "MKD d", url)[0] != 0


def test_every_example_is_run() -> None:
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == [
        *("ftpclient.py", "ftpserver.py", "ftpupload.py", "notes_server.py"),
    ]
