"""What the tutorials build of a line receiver and a factory, over TCP connections."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, ServerFactory
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.logger import globalLogPublisher
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

PATIENCE = 60


class Client:
    """A client that talks in lines."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._file = self._socket.makefile("rwb", buffering=0)

    def say(self, data: bytes) -> None:
        self._file.write(data)

    def hear(self) -> bytes:
        """Return a line, or nothing if the connection was closed."""
        return self._file.readline()

    def leave(self) -> None:
        self._file.close()
        self._socket.close()


def serve(factory: Factory[Any], clients: Callable[[Callable[[], Client]], object]) -> None:
    """Serve while a function is run that gets a way to connect clients."""
    reactor = SelectReactor()
    factory.noisy = False
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    troubles: list[BaseException] = []
    made: list[Client] = []

    def connect() -> Client:
        made.append(Client(address.port))
        return made[-1]

    def run() -> None:
        try:
            clients(connect)
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            for client in made:
                client.leave()
            reactor.callFromThread(reactor.stop)

    thread = threading.Thread(target=run)
    reactor.callWhenRunning(thread.start)
    reactor.run()
    thread.join(PATIENCE)
    reactor.close()
    assert not troubles, troubles


class Answer(LineReceiver):
    """Knows one question."""

    answers = {b"How are you?": b"Fine", None: b"I don't know what you mean"}

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(self.answers.get(line, self.answers[None]))


def test_questions_are_answered() -> None:
    def clients(connect: Callable[[], Client]) -> None:
        client = connect()
        client.say(b"How are you?\r\nHow")
        assert client.hear() == b"Fine\r\n"
        client.say(b" old are you?\r\n")
        assert client.hear() == b"I don't know what you mean\r\n"

    serve(Factory.forProtocol(Answer), clients)


class Logging(LineReceiver):
    """Writes what it hears to the file of its factory."""

    factory: "LogFile"

    def lineReceived(self, line: bytes) -> None:
        self.factory.file.write(line + b"\n")
        self.sendLine(b"noted")


class LogFile(Factory[Logging]):
    """Has a file open as long as a port is."""

    protocol = Logging
    file: IO[bytes]

    def __init__(self, path: Path) -> None:
        self.path = path

    def startFactory(self) -> None:
        self.file = self.path.open("ab")

    def stopFactory(self) -> None:
        self.file.close()


def test_lines_are_appended_to_a_file_that_is_closed_in_the_end(tmp_path: Path) -> None:
    def clients(connect: Callable[[], Client]) -> None:
        for line in (b"one\r\n", b"two\r\n"):
            client = connect()
            client.say(line)
            assert client.hear() == b"noted\r\n"

    factory = LogFile(tmp_path / "log")
    (tmp_path / "log").write_bytes(b"before\n")
    serve(factory, clients)
    assert (tmp_path / "log").read_bytes() == b"before\none\ntwo\n"
    assert factory.file.closed


class Dropping(LineReceiver):
    """Closes the connection after a line."""

    lines: list[bytes]

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line)
        self.transport.loseConnection()


class Finger(LineReceiver):
    """Answers one line by its factory."""

    factory: "Users"

    def lineReceived(self, line: bytes) -> None:
        self.transport.write(self.factory.getUser(line) + b"\r\n")
        self.transport.loseConnection()


class Users(ServerFactory[Finger]):
    """Knows users, which are given as keywords."""

    protocol = Finger

    def __init__(self, **users: str) -> None:
        self.users = {name.encode(): text.encode() for name, text in users.items()}

    def getUser(self, user: bytes) -> bytes:
        return self.users.get(user, b"No such user")


def test_one_line_is_read_and_the_connection_closed() -> None:
    def clients(connect: Callable[[], Client]) -> None:
        client = connect()
        client.say(b"alice\r\nbob\r\n")
        assert client.hear() == b""

    class Once(Dropping):
        lines: list[bytes] = []

    serve(Factory.forProtocol(Once), clients)
    assert Once.lines == [b"alice"]


@pytest.mark.parametrize(
    ("users", "answer"), [({}, b"No such user\r\n"), ({"moshez": "Happy"}, b"Happy\r\n")]
)
def test_a_factory_knows_the_users(users: dict[str, str], answer: bytes) -> None:
    def clients(connect: Callable[[], Client]) -> None:
        for name, expected in ((b"moshez", answer), (b"alice", b"No such user\r\n")):
            client = connect()
            client.say(name + b"\r\n")
            assert [client.hear(), client.hear()] == [expected, b""]

    serve(Users(**users), clients)


class Adding(LineReceiver):
    """Adds two numbers."""

    def lineReceived(self, line: bytes) -> None:
        a, b = line.split()
        self.sendLine(b"%d" % (int(a) + int(b)))


def test_an_error_in_a_protocol_is_logged_and_closes_its_connection_alone() -> None:
    def clients(connect: Callable[[], Client]) -> None:
        wrong, right = connect(), connect()
        right.say(b"1 2\r\n")
        assert right.hear() == b"3\r\n"
        wrong.say(b"1 2 3\r\n4 5\r\n")
        assert wrong.hear() == b""
        right.say(b"4 5\r\n")
        assert right.hear() == b"9\r\n"
        late = connect()
        late.say(b"6 7\r\n")
        assert late.hear() == b"13\r\n"

    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    try:
        serve(Factory.forProtocol(Adding), clients)
    finally:
        globalLogPublisher.removeObserver(events.append)
    failures = [event["log_failure"] for event in events if "log_failure" in event]
    assert [failure.type for failure in failures] == [ValueError]


class NotInTime(Exception):
    """A server has not answered."""


class Calculator(LineReceiver, TimeoutMixin):
    """Has a server calculate, and waits a minute."""

    def __init__(self) -> None:
        self.results: list[Deferred[int]] = []

    def add(self, a: int, b: int) -> Deferred[int]:
        result: Deferred[int] = Deferred()
        self.results.append(result)
        self.sendLine(b"add %d %d" % (a, b))
        self.setTimeout(60)
        return result

    def lineReceived(self, line: bytes) -> None:
        self.setTimeout(None)
        self.results.pop(0).callback(int(line))

    def timeoutConnection(self) -> None:
        for result in self.results:
            result.errback(NotInTime())
        self.transport.loseConnection()


def test_a_clock_of_the_test_ends_the_wait() -> None:
    clock, transport, calculator = Clock(), StringTransportWithDisconnection(), Calculator()
    lost: list[Failure] = []
    calculator.callLater = clock.callLater  # type: ignore[method-assign, assignment]  # as users do
    calculator.connectionLost = lost.append  # type: ignore[method-assign, assignment]  # the same
    transport.protocol = calculator
    calculator.makeConnection(transport)
    found: list[object] = []
    calculator.add(7, 6).addCallback(found.append)
    calculator.dataReceived(b"13\r\n")
    assert (found, clock.getDelayedCalls()) == ([13], [])
    failed = calculator.add(9, 4)
    failed.addErrback(lambda failure: found.append(failure.type))
    assert calculator.timeOut is not None
    clock.advance(calculator.timeOut)
    assert found == [13, NotInTime]
    assert len(lost) == 1
