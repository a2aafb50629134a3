"""Programs that relay bytes, socat and ncat, as clients and as servers of ours, over every transport."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from twisted.internet.error import ConnectionDone, ConnectionLost

from .peers import (
    Files,
    HalfClosing,
    House,
    Mailbox,
    Serving,
    digest,
    files,
    freePort,
    house,
    needs,
    portOf,
)

__all__ = ["files", "house"]

DATA = os.urandom(1024) * 2048


@dataclass(frozen=True)
class Way:
    """A transport, and how to name its ends.

    The names hold `{port}`, `{sock}` (a path), `{name}` (an abstract one), `{dir}` (where the
    certificates are).

    Attributes:
        server: The description of our server.
        client: The description of our client.
        asClient: The command that connects to our server.
        asServer: The command that our client connects to.
        end: How the program ends a connection.
        halfCloses: Whether it goes on sending when it receives no more.
    """

    server: str
    client: str
    asClient: str
    asServer: str
    end: type[Exception] = ConnectionDone
    halfCloses: bool = True


TCP = "tcp:{port}:interface=127.0.0.1", "tcp:127.0.0.1:{port}"
TCP6 = r"tcp6:{port}:interface=\:\:1", r"tcp:\:\:1:{port}"
UNIX = "unix:{sock}", "unix:{sock}"
ABSTRACT = "unix:\0{name}", "unix:\0{name}"
TLS = (
    "ssl:{port}:interface=127.0.0.1:privateKey={dir}/example.com.pem",
    r"tls:example.com:{port}:trustRoots={dir}:endpoint=tcp\:127.0.0.1\:{port}",
)

SOCAT = {
    "TCP": Way(
        *TCP, "socat -t 60 - TCP4:127.0.0.1:{port}", "socat -t 60 - TCP4-LISTEN:{port},reuseaddr"
    ),
    "TCP6": Way(
        *TCP6, "socat -t 60 - TCP6:[::1]:{port}", "socat -t 60 - TCP6-LISTEN:{port},reuseaddr"
    ),
    "UNIX": Way(*UNIX, "socat -t 60 - UNIX-CONNECT:{sock}", "socat -t 60 - UNIX-LISTEN:{sock}"),
    "abstract": Way(
        *ABSTRACT,
        "socat -t 60 - ABSTRACT-CONNECT:{name}",
        "socat -t 60 - ABSTRACT-LISTEN:{name}",
    ),
    "TLS": Way(
        *TLS,
        "socat -t 60 - OPENSSL:127.0.0.1:{port},cafile={dir}/root.pem,commonname=example.com",
        "socat -t 60 - OPENSSL-LISTEN:{port},reuseaddr,cert={dir}/example.com.pem,verify=0",
    ),
}

NCAT = {
    "TCP": Way(*TCP, "ncat 127.0.0.1 {port}", "ncat -l 127.0.0.1 {port}"),
    "TCP6": Way(*TCP6, "ncat -6 ::1 {port}", "ncat -6 -l ::1 {port}"),
    "UNIX": Way(*UNIX, "ncat -U {sock}", "ncat -l -U {sock}"),
    "TLS": Way(
        *TLS,
        "ncat --ssl-verify --ssl-trustfile {dir}/root.pem --ssl-servername example.com"
        " 127.0.0.1 {port}",
        "ncat -l 127.0.0.1 {port} --ssl --ssl-cert {dir}/example.com.pem"
        " --ssl-key {dir}/example.com.pem",
        # It sends no close_notify, and takes the one that it gets for the end of both directions.
        ConnectionLost,
        halfCloses=False,
    ),
}

socatWays = pytest.mark.parametrize("way", SOCAT.values(), ids=list(SOCAT))
ncatWays = pytest.mark.parametrize("way", NCAT.values(), ids=list(NCAT))


class Place:
    """Names for one connection."""

    def __init__(self, house: House, files: Files) -> None:
        port = freePort()
        self._names = {
            "port": str(port),
            "sock": str(house.directory / "sock"),
            "name": f"tw-peers-{os.getpid()}-{port}",
            "dir": str(files.directory),
        }

    def fill(self, text: str) -> str:
        """Return a text with the names."""
        for name, value in self._names.items():
            text = text.replace("{" + name + "}", value)
        return text


def isServed(house: House, files: Files, way: Way) -> None:
    """Let a program send a lot, end, and get all of it back."""
    place = Place(house, files)
    factory = Serving(HalfClosing)
    house.serve(place.fill(way.server), factory)
    process = house.start(*place.fill(way.asClient).split(), fed=feed(house))
    house.until(lambda: process.poll() is not None)
    assert digest(house.printed(process)) == digest(DATA)
    house.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(way.end)


def serves(house: House, files: Files, way: Way) -> None:
    """Send a lot to a program that sends a lot at the same time, until both have ended."""
    place = Place(house, files)
    process = house.start(*place.fill(way.asServer).split(), fed=feed(house))
    client = house.reach(place.fill(way.client), HalfClosing())
    client.transport.write(DATA[::-1])
    if way.halfCloses:
        client.transport.loseWriteConnection()
    house.until(lambda: client.reasons and process.poll() is not None)
    assert digest(client.received) == digest(DATA)
    assert digest(house.printed(process)) == digest(DATA[::-1])
    assert client.reasons[0].check(way.end)


def feed(house: House) -> Path:
    """Return a file for a program to send."""
    fed = house.directory / "fed"
    fed.write_bytes(DATA)
    return fed


@needs("socat")
@socatWays
def test_socat_is_served(house: House, files: Files, way: Way) -> None:
    isServed(house, files, way)


@needs("socat")
@socatWays
def test_socat_serves(house: House, files: Files, way: Way) -> None:
    serves(house, files, way)


@needs("ncat")
@ncatWays
def test_ncat_is_served(house: House, files: Files, way: Way) -> None:
    isServed(house, files, way)


@needs("ncat")
@ncatWays
def test_ncat_serves(house: House, files: Files, way: Way) -> None:
    serves(house, files, way)


def commands(*wanted: tuple[str, str]) -> pytest.MarkDecorator:
    """Return a mark for the addresses and commands that a test is to be run with."""
    return pytest.mark.parametrize(
        ("host", "command"),
        [
            pytest.param(host, command, marks=needs(command.split()[0]), id=command)
            for host, command in wanted
        ],
    )


@commands(
    ("127.0.0.1", "socat - UDP4:127.0.0.1:{port}"),
    ("::1", "socat - UDP6:[::1]:{port}"),
    ("127.0.0.1", "ncat -u 127.0.0.1 {port}"),
    ("::1", "ncat -6 -u ::1 {port}"),
)
def test_datagrams_are_answered(house: House, host: str, command: str) -> None:
    port = house.reactor.listenUDP(0, Mailbox(echoing=True), host)
    words = command.replace("{port}", str(portOf(port))).split()
    process = house.start(*words, said=b"hello\n")
    house.until(lambda: house.printed(process) == b"hello\n")


@commands(
    ("127.0.0.1", "socat - UDP4-LISTEN:{port}"),
    ("::1", "socat - UDP6-LISTEN:{port}"),
    ("127.0.0.1", "ncat -u -l 127.0.0.1 {port}"),
    ("::1", "ncat -6 -u -l ::1 {port}"),
)
def test_datagrams_get_an_answer(house: House, host: str, command: str) -> None:
    number = freePort()
    words = command.replace("{port}", str(number)).split()
    process = house.start(*words, said=b"hello\n")
    mailbox = Mailbox()
    house.reactor.listenUDP(0, mailbox, host)

    def heard() -> bool:
        # Nobody says when the program has opened its port, and until then datagrams are lost.
        mailbox.transport.write(b"hi\n", (host, number))
        return bool(mailbox.datagrams)

    house.until(heard)
    assert mailbox.datagrams[0] == b"hello\n"
    house.until(lambda: house.printed(process).startswith(b"hi\n"))
