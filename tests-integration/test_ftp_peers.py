"""FTP with other people's programs: curl, lftp and Python's client with our server, and vsftpd.

In the clear and by AUTH TLS, over IPv4 and IPv6, with passive and active data connections.
"""

import ftplib
import hashlib
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote_from_bytes

import pytest

from twisted.cred.checkers import AllowAnonymousAccess, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import ClientFactory
from twisted.internet.testing import AccumulatingProtocol
from twisted.protocols import ftp
from twisted.protocols.basic import FileSender

from .peers import Files, House, digest, files, freePort, house, needs

__all__ = ["files", "house"]

T = TypeVar("T")

BIG = os.urandom(2**20) * 8
WEIRD = [
    b"a b",
    b"-dash",
    "ü€".encode(),
    b'quote"s',
    b"new*",
    b"...",
    b"%41",
    b"semi;colon",
    b"a\\b",
]


def hasIPv6() -> bool:
    """Return whether this machine has the loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


HOSTS = [
    "127.0.0.1",
    pytest.param("::1", marks=pytest.mark.skipif(not hasIPv6(), reason="there is no IPv6 here")),
]


class Served:
    """A server of ours.

    Attributes:
        home: The directory of the user `ada`, whose password is `sesame`.
    """

    def __init__(self, house: House, files: Files, root: Path, host: str = "127.0.0.1") -> None:
        self.house = house
        self.home = root / "ada"
        self.home.mkdir()
        users = InMemoryUsernamePasswordDatabaseDontUse(ada="sesame")
        realm = ftp.FTPRealm(str(root), str(root))
        self.factory = ftp.FTPFactory(Portal(realm, [users, AllowAnonymousAccess()]))
        self.factory.noisy = False
        self.factory.reactor = house.reactor
        self.factory.loginDelay = 0
        self.factory.tlsOptions = files.options()
        self.host = f"[{host}]" if ":" in host else host
        self.port = house.reactor.listenTCP(0, self.factory, interface=host).getHost().port

    def url(self, path: str = "", user: str = "ada:sesame@") -> str:
        """Return the URL of a file."""
        return f"ftp://{user}{self.host}:{self.port}/{path}"

    def run(self, *command: object) -> tuple[int, bytes]:
        """Run a program to its end, and return its status and what it printed."""
        process = self.house.start(*command)
        if process.stdin is not None:
            process.stdin.close()
        self.house.until(lambda: process.poll() is not None)
        return process.returncode, self.house.printed(process)

    def curl(self, *arguments: object) -> bytes:
        """Run curl, which is to succeed, and return what it printed."""
        status, printed = self.run("curl", "-sS", "-q", *arguments)
        assert status == 0, printed[-1000:]
        return printed

    def lftp(self, script: str, settings: str = "set ftp:ssl-allow no") -> bytes:
        """Run a script of lftp, which is to succeed, and return what it printed."""
        opening = f"set net:max-retries 1; {settings}; open -u ada,sesame {self.url(user='')}"
        status, printed = self.run("lftp", "--norc", "-e", f"{opening}; {script}; bye")
        assert status == 0, printed[-1000:]
        return printed


@pytest.fixture(params=HOSTS)
def served(house: House, files: Files, tmp_path: Path, request: pytest.FixtureRequest) -> Served:
    return Served(house, files, tmp_path, request.param)


# The options of curl for the four ways to open data connections.
WAYS = {
    "EPSV": (),
    "PASV": ("--disable-epsv",),
    "EPRT": ("--ftp-port", "-"),
    "PORT": ("--ftp-port", "-", "--disable-eprt"),
}


@needs("curl")
@pytest.mark.parametrize("way", WAYS)
def test_curl_stores_lists_and_retrieves(served: Served, tmp_path: Path, way: str) -> None:
    if served.host == "[::1]" and way in ("PASV", "PORT"):
        pytest.skip("these commands have addresses of IPv4")
    (tmp_path / "big").write_bytes(BIG)
    served.curl(*WAYS[way], "-T", tmp_path / "big", served.url("new"))
    assert digest((served.home / "new").read_bytes()) == digest(BIG)
    assert served.curl(*WAYS[way], "--list-only", served.url()) == b"new\n"
    assert served.curl(*WAYS[way], served.url()).split()[4:5] == [str(len(BIG)).encode()]
    served.curl(*WAYS[way], "-o", tmp_path / "back", served.url("new"))
    assert digest((tmp_path / "back").read_bytes()) == digest(BIG)


@needs("curl")
def test_curl_resumes(served: Served, tmp_path: Path) -> None:
    (served.home / "down").write_bytes(BIG)
    (tmp_path / "down").write_bytes(BIG[:1_000_000])
    served.curl("-C", "-", "-o", tmp_path / "down", served.url("down"))
    assert digest((tmp_path / "down").read_bytes()) == digest(BIG)

    (tmp_path / "up").write_bytes(BIG)
    (served.home / "up").write_bytes(BIG[:1_000_000])
    served.curl("-C", "-", "-T", tmp_path / "up", served.url("up"))
    assert digest((served.home / "up").read_bytes()) == digest(BIG)

    assert served.curl("-r", "100-199", served.url("down")) == BIG[100:200]


@needs("curl")
def test_curl_uses_weird_names(served: Served, tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(b"content")
    for name in [*WEIRD, b"bytes \xff\xfe"]:
        url = served.url(quote_from_bytes(name))
        served.curl("-g", "-T", tmp_path / "content", url)
        assert (served.home / os.fsdecode(name)).read_bytes() == b"content"
        assert served.curl("-g", url) == b"content"


@needs("curl")
def test_curl_gives_commands(served: Served) -> None:
    (served.home / "old").write_bytes(b"")
    served.curl("-Q", "MKD d", "-Q", "RNFR old", "-Q", "RNTO d/new", served.url())
    assert (served.home / "d" / "new").exists()
    served.curl("-Q", "DELE d/new", "-Q", "RMD d", served.url())
    assert list(served.home.iterdir()) == []


@needs("curl")
@pytest.mark.parametrize("path", ["//etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "a%0d%0aDELE%20x"])
def test_curl_gets_nothing_from_outside(served: Served, path: str) -> None:
    status, printed = served.run("curl", "-sS", "-q", "--path-as-is", served.url(path))
    assert status != 0
    assert b"root:" not in printed


@needs("curl")
def test_curl_as_a_guest_reads_and_changes_nothing(served: Served, tmp_path: Path) -> None:
    (tmp_path / "public").write_bytes(b"for all")
    assert served.curl(served.url("public", "")) == b"for all"
    status, _ = served.run("curl", "-sS", "-q", "-T", tmp_path / "public", served.url("new", ""))
    assert status != 0
    assert not (tmp_path / "new").exists()


@needs("curl")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_curl_speaks_tls(served: Served, files: Files, tmp_path: Path, version: str) -> None:
    served.factory.requireTLS = True
    status, printed = served.run("curl", "-sS", "-q", served.url())
    assert status != 0, printed
    (tmp_path / "big").write_bytes(BIG)
    secure = [
        *("--ssl-reqd", "--cacert", files.root, f"--tlsv{version}", "--tls-max", version),
        *("--resolve", f"example.com:{served.port}:{served.host}"),
    ]
    url = f"ftp://ada:sesame@example.com:{served.port}/new"
    served.curl(*secure, "-T", tmp_path / "big", url)
    assert digest((served.home / "new").read_bytes()) == digest(BIG)
    served.curl(*secure, "-o", tmp_path / "back", url)
    assert digest((tmp_path / "back").read_bytes()) == digest(BIG)


@needs("lftp")
@pytest.mark.parametrize("passive", ["on", "off"])
def test_lftp_mirrors_both_ways(served: Served, tmp_path: Path, passive: str) -> None:
    here = tmp_path / "here"
    for name in WEIRD:
        (here / "d" / "e").mkdir(parents=True, exist_ok=True)
        (here / "d" / os.fsdecode(name)).write_bytes(name * 1000)
    (here / "big").write_bytes(BIG)
    served.lftp(f"set ftp:passive-mode {passive}; mirror -R --parallel=3 {here} there")
    served.lftp(f"set ftp:passive-mode {passive}; mirror --parallel=3 there {tmp_path / 'back'}")
    for where in (served.home / "there", tmp_path / "back"):
        assert _contents(where) == _contents(here)


def _contents(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


@needs("lftp")
def test_lftp_resumes(served: Served, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(BIG)
    (served.home / "up").write_bytes(BIG[:1_000_000])
    served.lftp(f"put -c {tmp_path / 'big'} -o up")
    assert digest((served.home / "up").read_bytes()) == digest(BIG)
    (tmp_path / "down").write_bytes(BIG[:1_000_000])
    served.lftp(f"get -c up -o {tmp_path / 'down'}")
    assert digest((tmp_path / "down").read_bytes()) == digest(BIG)


@needs("lftp")
def test_lftp_manages_files(served: Served) -> None:
    (served.home / "a file").write_bytes(b"12345")
    listing = served.lftp("mkdir d; mv 'a file' 'd/a file'; cls -l d; cd d; pwd")
    assert b"a file" in listing
    assert b"/d" in listing
    served.lftp("rm 'd/a file'; rmdir d")
    assert list(served.home.iterdir()) == []


@needs("lftp")
@pytest.mark.parametrize("passive", ["on", "off"])
def test_lftp_speaks_tls(served: Served, files: Files, tmp_path: Path, passive: str) -> None:
    served.factory.requireTLS = True
    (tmp_path / "big").write_bytes(BIG)
    # With TLS 1.3 it closes without reading the tickets of the server: the kernel then drops what
    # it has not sent yet.
    served.lftp(
        f"put {tmp_path / 'big'}; get big -o {tmp_path / 'back'}",
        f"set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:ca-file {files.root}; "
        f"set ssl:check-hostname no; set ssl:priority NORMAL:-VERS-TLS1.3; "
        f"set ftp:passive-mode {passive}",
    )
    assert digest((served.home / "big").read_bytes()) == digest(BIG)
    assert digest((tmp_path / "back").read_bytes()) == digest(BIG)


def test_pythons_client_speaks_tls(house: House, files: Files, tmp_path: Path) -> None:
    served = Served(house, files, tmp_path)
    (served.home / "big").write_bytes(BIG)
    context = ssl.create_default_context(cafile=str(files.root))
    context.check_hostname = False
    received: list[bytes] = []
    errors: list[BaseException] = []

    def talk() -> None:
        try:
            with ftplib.FTP_TLS(context=context, timeout=60) as client:
                client.connect("127.0.0.1", served.port)
                client.login("ada", "sesame")
                client.prot_p()
                client.retrbinary("RETR big", received.append)
                # And in the clear again.
                client.prot_c()
                assert client.nlst() == ["big"]
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=talk)
    thread.start()
    house.until(lambda: not thread.is_alive())
    thread.join()
    assert errors == []
    assert digest(b"".join(received)) == digest(BIG)


# Our client


class Only(ClientFactory[ftp.FTPClient]):
    """Hands out one client."""

    noisy = False

    def __init__(self, client: ftp.FTPClient) -> None:
        self.client = client

    def buildProtocol(self, addr: IAddress | None) -> ftp.FTPClient:
        return self.client


class Guest:
    """A client of ours, as a guest of a server that may not listen yet."""

    def __init__(self, house: House, port: int, tls: object = None, passive: int = 1) -> None:
        self.house = house
        self.client = ftp.FTPClient("anonymous", "guest@example.com", passive)
        self.client.reactor = house.reactor
        self.client.tlsOptions = tls  # type: ignore[assignment]
        while True:
            results: list[object] = []
            endpoint = TCP4ClientEndpoint(house.reactor, "127.0.0.1", port)
            endpoint.connect(Only(self.client)).addBoth(results.append)
            house.until(results.__len__)
            if results[0] is self.client:
                return
            assert all(process.poll() is None for process in house.processes), results

    def result(self, deferred: Deferred[T]) -> object:
        """Wait for a Deferred, and return its result or the exception of its failure."""
        results: list[object] = []
        deferred.addCallbacks(results.append, lambda failure: results.append(failure.value))
        self.house.until(results.__len__)
        return results[0]

    def retrieve(self, path: str, offset: int = 0) -> bytes:
        """Return the content of a file."""
        sink = AccumulatingProtocol()
        lines = self.result(self.client.retrieveFile(path, sink, offset))
        assert isinstance(lines, list), lines
        return sink.data

    def store(self, path: str, file: Path, offset: int = 0) -> None:
        """Store a file."""
        ready, stored = self.client.storeFile(path, offset)
        sender = self.result(ready)
        assert isinstance(sender, ftp.SenderProtocol), sender
        with file.open("rb") as content:
            content.seek(offset)
            self.result(
                FileSender()
                .beginFileTransfer(content, sender)
                .addCallback(lambda _: sender.finish())
            )
        lines = self.result(stored)
        assert isinstance(lines, list), lines


@pytest.fixture(params=["clear", "tls"])
def vsftpd(
    house: House, files: Files, tmp_path: Path, request: pytest.FixtureRequest
) -> tuple[int, Path, object]:
    """The port of a server that takes guests, their directory, and how to speak TLS with it."""
    root = tmp_path / "guests"
    (root / "incoming").mkdir(parents=True)
    port = freePort()
    settings = {
        "listen": "YES",
        "listen_address": "127.0.0.1",
        "listen_port": port,
        "background": "NO",
        "run_as_launching_user": "YES",
        "anonymous_enable": "YES",
        "no_anon_password": "NO",
        "anon_root": root,
        "anon_upload_enable": "YES",
        "anon_mkdir_write_enable": "YES",
        "anon_other_write_enable": "YES",
        "anon_umask": "022",
        "write_enable": "YES",
        "port_enable": "YES",
        "seccomp_sandbox": "NO",
        "connect_from_port_20": "NO",
        "vsftpd_log_file": tmp_path / "vsftpd.log",
        "secure_chroot_dir": tmp_path,
        "ftp_username": "root" if os.getuid() == 0 else os.environ.get("USER", "ftp"),
    }
    if request.param == "tls":
        settings |= {
            "ssl_enable": "YES",
            "allow_anon_ssl": "YES",
            "force_anon_logins_ssl": "YES",
            "force_anon_data_ssl": "YES",
            "require_ssl_reuse": "NO",
            "rsa_cert_file": files.directory / "example.com.pem",
            "rsa_private_key_file": files.directory / "example.com.pem",
            "ssl_tlsv1": "YES",
            "ssl_ciphers": "HIGH",
        }
    config = tmp_path / "vsftpd.conf"
    config.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    house.start("vsftpd", config)
    return port, root, files.trusting() if request.param == "tls" else None


@needs("vsftpd")
@pytest.mark.parametrize("passive", [1, 0])
def test_our_client_with_vsftpd(
    house: House, vsftpd: tuple[int, Path, object], tmp_path: Path, passive: int
) -> None:
    port, root, tls = vsftpd
    (tmp_path / "big").write_bytes(BIG)
    (root / "big").write_bytes(BIG)
    guest = Guest(house, port, tls, passive)
    assert digest(guest.retrieve("big")) == digest(BIG)
    assert guest.retrieve("big", len(BIG) - 10) == BIG[-10:]

    assert guest.result(guest.client.cwd("incoming"))
    assert str(guest.result(guest.client.getDirectory())).endswith("/incoming")
    guest.store("new", tmp_path / "big")
    assert digest((root / "incoming" / "new").read_bytes()) == digest(BIG)
    guest.result(guest.client.rename("new", "newer"))
    guest.result(guest.client.makeDirectory("d"))

    listing = ftp.FTPFileListProtocol()
    guest.result(guest.client.list("", listing))
    found = {info["filename"]: (info["filetype"], info["size"]) for info in listing.files}
    assert found["newer"] == ("-", len(BIG))
    assert found["d"][0] == "d"

    guest.result(guest.client.removeFile("newer"))
    guest.result(guest.client.removeDirectory("d"))
    assert list((root / "incoming").iterdir()) == []
    assert isinstance(guest.result(guest.client.cwd("nothing")), ftp.CommandFailed)
    guest.result(guest.client.quit())


@needs("vsftpd")
def test_our_client_uses_weird_names_with_vsftpd(
    house: House, vsftpd: tuple[int, Path, object]
) -> None:
    port, root, tls = vsftpd
    guest = Guest(house, port, tls)
    for name in WEIRD:
        (root / os.fsdecode(name)).write_bytes(name)
        assert guest.retrieve(name.decode()) == name


@needs("vsftpd")
def test_our_client_is_refused_by_vsftpd(house: House, vsftpd: tuple[int, Path, object]) -> None:
    port, _, tls = vsftpd
    guest = Guest(house, port, tls)
    sink = AccumulatingProtocol()
    failed = guest.result(guest.client.retrieveFile("nothing", sink))
    assert isinstance(failed, ftp.CommandFailed)
    assert guest.result(guest.client.pwd())


def test_our_client_speaks_tls_with_our_server(house: House, files: Files, tmp_path: Path) -> None:
    served = Served(house, files, tmp_path)
    served.factory.requireTLS = True
    (tmp_path / "big").write_bytes(BIG)
    for passive in (1, 0):
        guest = Guest(house, served.port, files.trusting(), passive)
        assert digest(guest.retrieve("big")) == digest(BIG)


def test_our_client_does_not_log_in_to_another_server(
    house: House, files: Files, tmp_path: Path
) -> None:
    served = Served(house, files, tmp_path)
    guest = Guest(house, served.port, files.trusting("other.example.com"))
    assert isinstance(guest.result(guest.client.pwd()), ftp.FTPError)
    house.until(lambda: not served.factory.connectionCount)


def test_what_comes_with_auth_in_the_clear_is_not_done(
    house: House, files: Files, tmp_path: Path
) -> None:
    served = Served(house, files, tmp_path)
    done: list[bool] = []

    def talk() -> None:
        with socket.create_connection(("127.0.0.1", served.port), 60) as peer:
            peer.sendall(b"AUTH TLS\r\nUSER ada\r\nPASS sesame\r\nMKD injected\r\n")
            while peer.recv(1000):
                pass
        done.append(True)

    thread = threading.Thread(target=talk)
    thread.start()
    house.until(lambda: not thread.is_alive())
    thread.join()
    assert done == [True]
    assert list(served.home.iterdir()) == []
