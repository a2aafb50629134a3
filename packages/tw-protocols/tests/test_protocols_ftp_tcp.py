"""FTP over real connections: our server with Python's client, and our client with our server."""

import ftplib
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import TypeVar

import pytest

from twisted.cred.checkers import AllowAnonymousAccess, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import ClientFactory
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.testing import AccumulatingProtocol
from twisted.protocols import ftp
from twisted.protocols.basic import FileSender

T = TypeVar("T")
PATIENCE = 60.0
BIG = os.urandom(1000) * 3000
WEIRD = [
    "a b",
    "-dash",
    "ü",
    "\udcff",
    'quote"s',
    "new*",
    "...",
    "x" * 200,
    " lead",
    "trail ",
    "%41",
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


class House:
    """A server on a reactor that is made for the test."""

    def __init__(self, root: Path, host: str) -> None:
        (root / "ada").mkdir()
        (root / "ada" / "big").write_bytes(BIG)
        self.root = root
        self.home = root / "ada"
        self.host = host
        self.reactor = SelectReactor()
        users = InMemoryUsernamePasswordDatabaseDontUse(ada="sesame")
        realm = ftp.FTPRealm(str(root), str(root))
        self.factory = ftp.FTPFactory(Portal(realm, [users, AllowAnonymousAccess()]))
        self.factory.noisy = False
        self.factory.reactor = self.reactor
        self.factory.loginDelay = 0
        self.port = self.reactor.listenTCP(0, self.factory, interface=host).getHost().port

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        limit = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < limit
            self.reactor.iterate(0.02)

    def result(self, deferred: Deferred[T]) -> object:
        """Wait for a Deferred, and return its result or the exception of its failure."""
        results: list[object] = []
        deferred.addCallbacks(results.append, lambda failure: results.append(failure.value))
        self.until(results.__len__)
        return results[0]

    def talk(self, conversation: Callable[[ftplib.FTP], None]) -> None:
        """Let Python's client talk to the server, in a thread."""
        errors: list[BaseException] = []

        def run() -> None:
            try:
                with ftplib.FTP(timeout=PATIENCE) as client:
                    client.encoding = "utf-8"
                    client.connect(self.host, self.port)
                    conversation(client)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        self.until(lambda: not thread.is_alive())
        thread.join()
        if errors:
            raise errors[0]

    def client(self, **options: object) -> ftp.FTPClient:
        """Return a client of ours that is connected."""
        client = ftp.FTPClient("ada", "sesame", **options)  # type: ignore[arg-type]
        client.reactor = self.reactor

        class Only(ClientFactory[ftp.FTPClient]):
            noisy = False

            def buildProtocol(self, addr: IAddress | None) -> ftp.FTPClient:
                return client

        self.reactor.connectTCP(self.host, self.port, Only())
        return client

    def close(self) -> None:
        self.reactor.fireSystemEvent("shutdown")
        self.until(lambda: self.factory.connectionCount == 0)
        for call in self.reactor.getDelayedCalls():
            call.cancel()
        self.reactor.close()


@pytest.fixture(params=HOSTS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("passive", [True, False])
def test_pythons_client_stores_lists_and_retrieves(house: House, passive: bool) -> None:
    def conversation(client: ftplib.FTP) -> None:
        client.login("ada", "sesame")
        client.set_pasv(passive)
        client.storbinary("STOR new", io.BytesIO(BIG))
        assert client.nlst() == ["big", "new"]
        assert dict(client.mlsd())["new"]["size"] == str(len(BIG))
        client.voidcmd("TYPE I")
        assert client.size("new") == len(BIG)
        received = io.BytesIO()
        client.retrbinary("RETR new", received.write)
        assert received.getvalue() == BIG
        received = io.BytesIO()
        client.retrbinary("RETR new", received.write, rest=len(BIG) - 10)
        assert received.getvalue() == BIG[-10:]
        client.rename("new", "newer")
        client.delete("newer")
        client.mkd("d")
        client.cwd("d")
        assert client.pwd() == "/d"
        lines: list[str] = []
        client.retrlines("LIST ..", lines.append)
        assert [line.split()[-1] for line in lines] == ["big", "d"]
        client.quit()

    house.talk(conversation)
    assert sorted(path.name for path in house.home.iterdir()) == ["big", "d"]


def test_pythons_client_uses_weird_names(house: House) -> None:
    def conversation(client: ftplib.FTP) -> None:
        client.login("ada", "sesame")
        for name in WEIRD:
            # It can not send what is no text.
            if "\udcff" not in name:
                client.storbinary(f"STOR {name}", io.BytesIO(name.encode()))
                received = io.BytesIO()
                client.retrbinary(f"RETR {name}", received.write)
                assert received.getvalue() == name.encode()

    house.talk(conversation)


def test_pythons_client_is_refused(house: House) -> None:
    def conversation(client: ftplib.FTP) -> None:
        with pytest.raises(ftplib.error_perm, match="530"):
            client.login("ada", "wrong")
        client.login()
        for command in ("DELE big", "RETR ../../etc/passwd", "RETR /etc/passwd", "CWD .."):
            with pytest.raises(ftplib.error_perm, match="550"):
                client.sendcmd(command)

    house.talk(conversation)


def test_pythons_client_breaks_off(house: House) -> None:
    def conversation(client: ftplib.FTP) -> None:
        client.login("ada", "sesame")
        with client.transfercmd("STOR part") as data:
            data.sendall(b"part")
            client.putcmd("ABOR")
            assert client.getmultiline()[:3] == "426"
            assert client.getmultiline()[:3] == "226"
        assert client.sendcmd("NOOP")[:3] == "200"

    house.talk(conversation)


@pytest.mark.parametrize("passive", [1, 0])
def test_our_client_stores_lists_and_retrieves(house: House, passive: int) -> None:
    client = house.client(passive=passive)
    ready, stored = client.storeFile("new")
    sender = house.result(ready)
    assert isinstance(sender, ftp.SenderProtocol)
    sending = FileSender().beginFileTransfer(io.BytesIO(BIG), sender)
    sending.addCallback(lambda _: sender.finish())
    assert house.result(stored) == ["226 The transfer is complete"]
    assert (house.home / "new").read_bytes() == BIG

    listing = ftp.FTPFileListProtocol()
    house.result(client.list("/", listing))
    assert [(info["filename"], info["size"]) for info in listing.files] == [
        ("big", len(BIG)),
        ("new", len(BIG)),
    ]
    facts = ftp.FTPFactListProtocol()
    house.result(client.mlsd("/", facts))
    assert [file["facts"]["size"] for file in facts.files] == [str(len(BIG))] * 2

    sink = AccumulatingProtocol()
    assert house.result(client.retrieveFile("new", sink)) == ["226 The transfer is complete"]
    assert sink.data == BIG
    sink = AccumulatingProtocol()
    house.result(client.retrieveFile("new", sink, len(BIG) - 10))
    assert sink.data == BIG[-10:]
    house.result(client.quit())


def test_our_client_asks_for_many_things_at_once(house: House) -> None:
    for name in WEIRD:
        (house.home / name).write_bytes(os.fsencode(name))
    client = house.client()
    sinks = [AccumulatingProtocol() for _ in WEIRD]
    received = [
        client.retrieveFile(f"./{name}", sink) for name, sink in zip(WEIRD, sinks, strict=True)
    ]
    nothing = client.retrieveFile("nothing", AccumulatingProtocol())
    assert isinstance(house.result(nothing), ftp.CommandFailed)
    for deferred in received:
        assert house.result(deferred) == ["226 The transfer is complete"]
    assert [sink.data for sink in sinks] == [os.fsencode(name) for name in WEIRD]


def test_our_client_breaks_off(house: House) -> None:
    client = house.client()
    receiving = client.retrieveFile("big", sink := AccumulatingProtocol())
    results: list[object] = []
    receiving.addBoth(results.append)
    house.until(lambda: sink.data)
    receiving.cancel()
    assert results
    assert house.result(client.getDirectory()) == "/"


def closedPort(host: str) -> int:
    """Return the number of a port on which nobody listens."""
    with socket.create_server(
        (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
    ) as probe:
        return int(probe.getsockname()[1])


def test_port_of_pythons_client_that_is_closed(house: House) -> None:
    def conversation(client: ftplib.FTP) -> None:
        client.login("ada", "sesame")
        port = closedPort(house.host)
        (client.sendeprt if ":" in house.host else client.sendport)(house.host, port)
        assert client.sendcmd("LIST")[:3] == "150"
        with pytest.raises(ftplib.error_temp, match="425"):
            client.getresp()
        assert client.nlst() == ["big"]

    house.talk(conversation)


def test_our_client_with_a_port_that_is_closed(house: House) -> None:
    client = house.client()
    real = client.connectFactory

    def connect(host: str, port: int, *rest: object) -> object:
        return real(host, closedPort(host), *rest)  # type: ignore[arg-type]  # handed on

    client.connectFactory = connect  # type: ignore[method-assign, assignment]
    failed = house.result(client.retrieveFile("big", AccumulatingProtocol()))
    assert isinstance(failed, ConnectError)
    assert house.result(client.getDirectory()) == "/"


def test_server_that_stops_breaks_off_transfers(house: House) -> None:
    client = house.client()
    ready, stored = client.storeFile("part")
    house.result(ready)
    house.factory.doStop()
    assert isinstance(house.result(stored), ftp.FTPError)
