"""The server and the client of RFC 1413 over transports in memory, and the lists of Linux."""

import os
import pwd
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import globalLogPublisher
from twisted.protocols.ident import (
    HiddenUser,
    IdentClient,
    IdentError,
    IdentServer,
    InvalidPort,
    NoUser,
    ProcServerMixin,
)
from twisted.python.failure import Failure

Address = tuple[str, int]


class Server(IdentServer):
    """Answers with what it was given."""

    transport: StringTransport

    def __init__(self, answer: object) -> None:
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[assignment]  # as tests do
        self.answer = answer
        self.asked: list[tuple[Address, Address]] = []
        own, others = IPv4Address("TCP", "192.0.2.1", 113), IPv4Address("TCP", "192.0.2.2", 999)
        self.makeConnection(StringTransport(own, others))

    def lookup(self, serverAddress: Address, clientAddress: Address) -> Any:
        self.asked.append((serverAddress, clientAddress))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_query_is_answered() -> None:
    server = Server(("UNIX", "ada"))
    server.dataReceived(b"6193, 23\r\n")
    assert server.asked == [(("192.0.2.1", 6193), ("192.0.2.2", 23))]
    assert server.transport.value() == b"6193, 23 : USERID : UNIX : ada\r\n"
    assert not server.transport.disconnecting


@pytest.mark.parametrize("error", [NoUser(), InvalidPort(), HiddenUser(), IdentError("what")])
def test_an_error_is_told(error: IdentError) -> None:
    server = Server(error)
    server.dataReceived(b"1,2\r\n")
    expected = f"1, 2 : ERROR : {error.identDescription}\r\n"
    assert server.transport.value() == expected.encode()


@pytest.mark.parametrize(
    "answer", [RuntimeError("a secret"), ("UNIX", "ada\r\nroot"), ("UNIX",), None, (b"UNIX", b"x")]
)
def test_a_lookup_that_fails_is_logged_and_no_detail_told(answer: object) -> None:
    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    try:
        server = Server(answer)
        server.dataReceived(b"1,2\r\n")
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert server.transport.value() == b"1, 2 : ERROR : UNKNOWN-ERROR\r\n"
    assert len(events) == 1


def test_numbers_that_are_no_ports_are_told() -> None:
    server = Server(("UNIX", "ada"))
    server.dataReceived(b"0, 70000\r\n")
    assert server.transport.value() == b"0, 70000 : ERROR : INVALID-PORT\r\n"
    assert server.asked == []


@pytest.mark.parametrize("data", [b"hello\r\n", b"1" * 1001])
def test_what_is_no_query_closes_the_connection(data: bytes) -> None:
    server = Server(("UNIX", "ada"))
    server.dataReceived(data)
    assert server.transport.disconnecting
    assert server.transport.value() == b""


def test_an_answer_may_come_later() -> None:
    deferred: Deferred[tuple[str, str]] = Deferred()
    server = Server(deferred)
    server.dataReceived(b"1,2\r\n")
    assert server.transport.value() == b""
    deferred.callback(("UNIX", "ada"))
    assert server.transport.value() == b"1, 2 : USERID : UNIX : ada\r\n"


def test_too_many_queries_at_once_close_the_connection() -> None:
    server = Server(None)
    answers: list[Deferred[tuple[str, str]]] = []
    for _ in range(16):
        server.answer = deferred = Deferred[tuple[str, str]]()
        answers.append(deferred)
        server.dataReceived(b"1,2\r\n0,0\r\n")
    assert not server.transport.disconnecting
    server.dataReceived(b"1,2\r\n")
    assert [server.transport.disconnecting] == [True]
    assert len(server.asked) == 16
    for deferred in answers:
        deferred.callback(("UNIX", "ada"))
    assert server.transport.value().count(b"USERID") == 16


def test_a_client_that_asks_nothing_loses_its_connection() -> None:
    server = Server(("UNIX", "ada"))
    server.clock.advance(179)
    server.dataReceived(b"1,2\r\n")
    server.clock.advance(179)
    assert not server.transport.disconnecting
    server.clock.advance(1)
    assert [server.transport.disconnecting] == [True]
    server.connectionLost(Failure(ConnectionDone()))
    assert server.clock.getDelayedCalls() == []


def test_a_server_has_to_say_how_to_look_up() -> None:
    with pytest.raises(NotImplementedError, match="lookup"):
        IdentServer().lookup(("192.0.2.1", 1), ("192.0.2.2", 2))


def test_addresses_that_are_none_of_ip_are_looked_up_as_texts() -> None:
    server = Server(("UNIX", "ada"))
    server.transport.hostAddr = server.transport.peerAddr = UNIXAddress("here")
    server.dataReceived(b"1,2\r\n")
    assert "here" in server.asked[0][0][0]


# The client


class Client(IdentClient):
    """A client that is connected, on a clock of its own."""

    transport: StringTransport

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[assignment]  # as tests do
        self.makeConnection(StringTransport())

    def asks(self, onServer: int, onClient: int) -> list[object]:
        """Ask; return a list that gets the answer, or the exception."""
        found: list[object] = []
        deferred = self.lookup(onServer, onClient)
        deferred.addCallbacks(found.append, lambda failure: found.append(failure.value))
        return found


def test_a_client_gets_system_and_user() -> None:
    client = Client()
    found = client.asks(6193, 23)
    assert client.transport.value() == b"6193, 23\r\n"
    client.dataReceived(b"6193, 23 : USERID : UNIX : ada\r\n")
    assert found == [("UNIX", "ada")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NO-USER", NoUser),
        ("INVALID-PORT", InvalidPort),
        ("HIDDEN-USER", HiddenUser),
        ("UNKNOWN-ERROR", IdentError),
        ("X-BROKEN", IdentError),
    ],
)
def test_a_client_gets_errors(name: str, kind: type[IdentError]) -> None:
    client = Client()
    found = client.asks(1, 2)
    client.dataReceived(f"1, 2 : ERROR : {name}\r\n".encode())
    assert type(found[0]) is kind
    assert str(found[0]) == name


def test_queries_are_sent_one_after_the_other() -> None:
    client = Client()
    one, two = client.asks(1, 2), client.asks(3, 4)
    assert client.transport.value() == b"1, 2\r\n"
    client.dataReceived(b"1,2:USERID:UNIX:ada\r\n")
    assert client.transport.value() == b"1, 2\r\n3, 4\r\n"
    client.dataReceived(b"3,4:ERROR:NO-USER\r\n")
    assert one == [("UNIX", "ada")]
    assert isinstance(two[0], NoUser)
    assert client.clock.getDelayedCalls() == []


@pytest.mark.parametrize("line", [b"hello", b"3, 4 : USERID : UNIX : ada", b"", b"1,2:USERID:UNIX"])
def test_what_is_no_reply_fails_the_query(line: bytes) -> None:
    client = Client()
    found = client.asks(1, 2)
    client.dataReceived(line + b"\r\n")
    assert type(found[0]) is IdentError


def test_a_server_that_does_not_understand_may_say_zero() -> None:
    client = Client()
    found = client.asks(1, 2)
    client.dataReceived(b"0, 0 : ERROR : INVALID-PORT\r\n")
    assert isinstance(found[0], InvalidPort)


def test_a_reply_that_nobody_waits_for_closes_the_connection() -> None:
    client = Client()
    client.dataReceived(b"1,2:USERID:UNIX:ada\r\n")
    assert client.transport.disconnecting


def test_a_lost_connection_fails_all_queries() -> None:
    client = Client()
    one, two = client.asks(1, 2), client.asks(3, 4)
    client.connectionLost(Failure(ConnectionLost()))
    late = client.asks(5, 6)
    assert [type(found[0]) for found in (one, two, late)] == [IdentError] * 3
    assert client.clock.getDelayedCalls() == []


def test_a_server_that_says_nothing_fails_all_queries() -> None:
    client = Client()
    one, two = client.asks(1, 2), client.asks(3, 4)
    client.clock.advance(60)
    assert isinstance(one[0], TimeoutError)
    assert isinstance(two[0], TimeoutError)
    assert client.transport.disconnected
    client.connectionLost(Failure(ConnectionLost()))


# The lists of Linux


class Lists(ProcServerMixin):
    """Reads lists of the test."""

    def __init__(self, *files: Path) -> None:
        self.FILES = tuple(map(str, files))


def entry(local: str, remote: str, state: str = "01", uid: int = 0) -> str:
    """Return a line of a list."""
    rest = "00000000:00000000 00:00000000 00000000"
    return f"   0: {local} {remote} {state} {rest} {uid:5}        0 1 1 0 20 4 30 10 -1\n"


def word(*octets: int) -> str:
    """Return an address as the kernel of this machine writes it."""
    return f"{int.from_bytes(bytes(octets), sys.byteorder):08X}"


def test_who_has_a_connection_is_found(tmp_path: Path) -> None:
    own, other = word(192, 0, 2, 1), word(192, 0, 2, 2)
    user = pwd.getpwuid(0)
    (tmp_path / "tcp").write_text(
        "  sl  local_address rem_address   st\n"
        + entry(f"{own}:0017", f"{other}:03E8", "0A", 99)
        + entry(f"{own}:0017", f"{other}:03E8", "06", 99)
        + entry(f"{own}:0017", f"{other}:03E9", "01", 99)
        + entry(f"{own}:0017", f"{other}:03E8", "01", 0)
    )
    lists = Lists(tmp_path / "tcp", tmp_path / "missing")
    assert lists.lookup(("192.0.2.1", 23), ("192.0.2.2", 1000)) == ("LINUX", user.pw_name)
    mapped = ("::ffff:192.0.2.1", 23), ("::ffff:192.0.2.2", 1000)
    assert lists.lookup(*mapped) == ("LINUX", user.pw_name)
    with pytest.raises(NoUser):
        lists.lookup(("192.0.2.1", 23), ("192.0.2.2", 1002))
    assert len([*lists.entries()]) == 4


def test_a_user_without_a_name_is_none() -> None:
    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    with pytest.raises(NoUser, match="4321"):
        ProcServerMixin().getUsername(4321, nobody)


def test_parts_of_a_line() -> None:
    lists = ProcServerMixin()
    assert lists.dottedQuadFromHexString(word(127, 0, 0, 1)) == "127.0.0.1"
    assert lists.unpackAddress(f"{word(127, 0, 0, 1)}:1F90") == ("127.0.0.1", 8080)
    with pytest.raises(ValueError, match="port in hexadecimal"):
        lists.unpackAddress(f"{word(127, 0, 0, 1)}:+1F9")
    line = entry(f"{word(127, 0, 0, 1)}:0001", f"{word(127, 0, 0, 2)}:0002", uid=7)
    assert lists.parseLine(line) == (("127.0.0.1", 1), ("127.0.0.2", 2), 7)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the lists are those of Linux")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_connection_of_ours_is_found(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    with listener, socket.create_connection(listener.getsockname()[:2]) as connection:
        own, other = connection.getsockname()[:2], connection.getpeername()[:2]
        expected = pwd.getpwuid(os.getuid()).pw_name
        assert ProcServerMixin().lookup(own, other) == ("LINUX", expected)
