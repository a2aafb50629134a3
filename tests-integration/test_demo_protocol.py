"""The finger protocol and service over transports in memory, with a clock that the test turns.

They are fingerd/protocol.py, fingerd/service.py and fingerd/invitation.py.
"""

from collections.abc import Mapping

import pytest

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import Deferred, ensureDeferred, fail, succeed
from twisted.internet.error import CannotListenError, ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IStreamServerEndpoint,
)
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import LogEvent, formatEvent, globalLogPublisher
from twisted.python.components import implementer
from twisted.python.failure import Failure

from fingerd.invitation import invitation
from fingerd.protocol import FingerFactory, FingerProtocol
from fingerd.service import FingerService
from fingerd.userfile import SampleUsers
from fingerd.users import User


class Connection(StringTransport):
    """A transport that notes whether it was aborted, and loses the connection when it is told to."""

    def __init__(self) -> None:
        super().__init__(peerAddress=IPv4Address("TCP", "192.0.2.7", 4711))
        self.aborted = False

    def abortConnection(self) -> None:
        """Note it."""
        self.aborted = True


@pytest.fixture
def clock() -> Clock:
    """A clock that the test turns."""
    return Clock()


@pytest.fixture
def factory(clock: Clock) -> FingerFactory:
    """A factory with the users that are built in."""
    return FingerFactory(SampleUsers(), clock)


def connect(factory: FingerFactory) -> tuple[FingerProtocol, Connection]:
    protocol = factory.buildProtocol(IPv4Address("TCP", "192.0.2.7", 4711))
    transport = Connection()
    protocol.makeConnection(transport)
    return protocol, transport


def lose(protocol: FingerProtocol) -> None:
    protocol.connectionLost(Failure(ConnectionDone()))


@pytest.mark.parametrize("query", [b"alice\r\n", b"alice\n", b"alice \r\n"])
def test_query_is_answered_and_the_connection_closed(factory: FingerFactory, query: bytes) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(query)
    assert transport.value().startswith(b"Login: alice  Name: Alice Liddell\r\n")
    assert transport.disconnecting


def test_query_may_come_byte_by_byte(factory: FingerFactory) -> None:
    protocol, transport = connect(factory)
    for byte in b"rabbit\r\n":
        protocol.dataReceived(bytes([byte]))
    assert b"White Rabbit" in transport.value()


def test_second_query_of_a_connection_is_not_answered(factory: FingerFactory) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"alice\r\nrabbit\r\n")
    protocol.dataReceived(b"hatter\r\n")
    assert transport.value().count(b"Login:") == 1


def test_malformed_query_is_answered_with_one_line(factory: FingerFactory) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"alice\x00\r\n")
    assert transport.value() == b"Malformed query: a query is printable ASCII.\r\n"
    assert transport.disconnecting


def test_overlong_query_is_answered_with_one_line(factory: FingerFactory) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"a" * 513)
    assert transport.value() == b"Malformed query: more than 512 bytes.\r\n"
    assert transport.disconnecting


def test_client_that_asks_nothing_is_sent_away(factory: FingerFactory, clock: Clock) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"ali")
    clock.advance(29)
    assert not transport.disconnecting
    clock.advance(1)
    assert transport.value() == b"Too slow: no query came.\r\n"
    assert transport.disconnecting


def test_client_that_does_not_read_is_cut_off(factory: FingerFactory, clock: Clock) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"alice\r\n")
    clock.advance(59)
    assert not transport.aborted
    clock.advance(1)
    assert transport.aborted


def test_nothing_is_left_of_a_lost_connection(factory: FingerFactory, clock: Clock) -> None:
    for query in (b"", b"alice\r\n"):
        protocol, _ = connect(factory)
        protocol.dataReceived(query)
        lose(protocol)
    assert factory.connections == set()
    assert clock.getDelayedCalls() == []


def test_query_is_logged_without_control_characters(factory: FingerFactory) -> None:
    texts: list[str] = []

    def note(event: LogEvent) -> None:
        texts.append(formatEvent(event))

    globalLogPublisher.addObserver(note)
    try:
        connect(factory)[0].dataReceived(b"alice\rforged\x1b[31m line\r\n")
    finally:
        globalLogPublisher.removeObserver(note)
    assert len(texts) == 1
    assert texts[0].isprintable()
    assert "192.0.2.7" in texts[0]
    assert r"alice\rforged\x1b[31m line" in texts[0]


def finish(factory: FingerFactory) -> list[None]:
    """Begin to finish; the list has an element as soon as it is done."""
    done: list[None] = []
    ensureDeferred(factory.finish(10)).addCallback(done.append)
    return done


def test_finish_has_nothing_to_do_without_connections(factory: FingerFactory) -> None:
    assert finish(factory) == [None]


def test_finish_closes_connections_that_ask_nothing(factory: FingerFactory) -> None:
    protocol, transport = connect(factory)
    done = finish(factory)
    assert transport.disconnecting
    assert done == []
    lose(protocol)
    assert done == [None]


def test_finish_waits_for_answers_that_are_under_way(factory: FingerFactory, clock: Clock) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"alice\r\n")
    done = finish(factory)
    clock.advance(9)
    assert done == []
    assert not transport.aborted
    lose(protocol)
    assert done == [None]
    assert clock.getDelayedCalls() == []


def test_finish_cuts_off_what_takes_too_long(factory: FingerFactory, clock: Clock) -> None:
    protocol, transport = connect(factory)
    protocol.dataReceived(b"alice\r\n")
    done = finish(factory)
    clock.advance(10)
    assert transport.aborted
    lose(protocol)
    assert done == [None]


@implementer(IListeningPort)
class FakePort:
    """A port that stops at once."""

    def startListening(self) -> None:
        """Do nothing."""

    def stopListening(self) -> None:
        """Do nothing."""

    def getHost(self) -> IAddress:
        """Return an address."""
        return IPv4Address("TCP", "127.0.0.1", 1079)


@implementer(IStreamServerEndpoint)
class FakeEndpoint:
    """Gives out one result."""

    def __init__(self, result: Deferred[IListeningPort]) -> None:
        self.result = result

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Return the result."""
        return self.result


def test_service_says_how_to_try_it_when_it_listens(clock: Clock) -> None:
    texts: list[str] = []
    endpoint = FakeEndpoint(succeed(FakePort()))
    service = FingerService(endpoint, SampleUsers(), clock, texts.append)
    service.startService()
    assert len(texts) == 1
    assert "127.0.0.1:1079" in texts[0]


def test_service_that_cannot_listen_says_so_and_nothing_else(clock: Clock) -> None:
    texts: list[str] = []
    taken = CannotListenError("127.0.0.1", 79, OSError(98, "Address already in use"))
    service = FingerService(FakeEndpoint(fail(taken)), SampleUsers(), clock, texts.append)
    with pytest.raises(CannotListenError):
        service.startService()
    assert texts == []


def test_stop_of_the_service_finishes_its_connections(clock: Clock) -> None:
    service = FingerService(FakeEndpoint(succeed(FakePort())), SampleUsers(), clock, str)
    service.startService()
    protocol, transport = connect(service.connections)
    done: list[None] = []
    service.stopService().addCallback(done.append)
    assert transport.disconnecting
    assert done == []
    lose(protocol)
    assert done == [None]


def test_users_are_asked_for_with_each_query(clock: Clock) -> None:
    class Changing:
        def __init__(self) -> None:
            self.status = "first"

        def users(self) -> Mapping[str, User]:
            return {"bob": User("bob", status=self.status)}

    users = Changing()
    factory = FingerFactory(users, clock)
    users.status = "second"
    protocol, transport = connect(factory)
    protocol.dataReceived(b"bob\r\n")
    assert b"Status: second" in transport.value()


@pytest.mark.parametrize(
    ("address", "place", "host", "finger"),
    [
        (IPv4Address("TCP", "127.0.0.1", 1079), "127.0.0.1:1079", "'127.0.0.1', 1079", False),
        (IPv4Address("TCP", "0.0.0.0", 79), "0.0.0.0:79", "'127.0.0.1', 79", True),
        (IPv6Address("TCP", "::", 79), "[::]:79", "'::1', 79", True),
    ],
)
def test_invitation_says_what_to_type(
    address: IAddress, place: str, host: str, finger: bool
) -> None:
    text = invitation(address, "alice")
    assert place in text
    assert host in text
    assert ("    finger alice@" in text) == finger


def test_invitation_for_another_kind_of_address_names_it() -> None:
    assert "/run/finger" in invitation(UNIXAddress("/run/finger"), "alice")
