"""Boxes over a stream: receivers and senders of boxes, flow, switching, TCP and UNIX sockets."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IFileDescriptorReceiver, IProtocol
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.testing import StringTransport
from twisted.protocols.amp import (
    AMP,
    AmpBox,
    BinaryBoxProtocol,
    Command,
    Descriptor,
    IBoxReceiver,
    IBoxSender,
    Integer,
    OnlyOneTLS,
    ProtocolSwitchCommand,
    ProtocolSwitched,
    StartTLS,
    String,
    TooLong,
    UnknownRemoteError,
    parseString,
)
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

from .amp_helpers import Adder, Pair, Sum, box, failed, logged, results


@implementer(IBoxReceiver)
class Reflector:
    """Sends every box back, and notes what happens."""

    boxSender: IBoxSender

    def __init__(self) -> None:
        self.events: list[object] = []

    def startReceivingBoxes(self, boxSender: IBoxSender) -> None:
        self.boxSender = boxSender
        self.events.append("start")

    def ampBoxReceived(self, box: AmpBox) -> None:
        self.events.append(box)
        self.boxSender.sendBox(box)

    def stopReceivingBoxes(self, reason: Failure) -> None:
        self.events.append(reason.type)


def test_boxes_go_to_their_receiver() -> None:
    receiver = Reflector()
    amp = AMP(boxReceiver=receiver)
    amp.makeConnection(transport := StringTransport())
    stream = box(_command=b"x", _ask=b"1") + box(anything=b"2")
    for at in range(len(stream)):
        amp.dataReceived(stream[at : at + 1])
    amp.connectionLost(Failure(ConnectionDone()))
    assert receiver.events == [
        "start",
        {b"_command": b"x", b"_ask": b"1"},
        {b"anything": b"2"},
        ConnectionDone,
    ]
    assert parseString(transport.value()) == receiver.events[1:3]
    assert verifyObject(IBoxSender, amp)
    assert verifyObject(IProtocol, amp)
    assert verifyObject(IFileDescriptorReceiver, amp)
    with pytest.raises(ConnectionLost):
        amp.sendBox(AmpBox(a=b"1"))


def test_box_protocol_needs_no_commands() -> None:
    protocol = BinaryBoxProtocol(receiver := Reflector())
    protocol.makeConnection(transport := StringTransport())
    protocol.dataReceived(box(a=b"1"))
    assert transport.value() == box(a=b"1")
    assert receiver.events[1] == {b"a": b"1"}
    with logged() as events:
        protocol.unhandledError(Failure(ValueError("x")))
    assert len(events) == 1
    assert transport.disconnecting


def test_receiver_is_told_before_connection_made() -> None:
    class Calling(AMP):
        def connectionMade(self) -> None:
            self.callRemote(Sum, a=1, b=2)

    Calling().makeConnection(transport := StringTransport())
    assert len(parseString(transport.value())) == 1


def test_limits_of_boxes_are_attributes() -> None:
    for name in ("maxKeys", "maxBoxSize"):
        amp = AMP(boxReceiver=(receiver := Reflector()))
        setattr(amp, name, 1)
        amp.makeConnection(transport := StringTransport())
        with logged() as events:
            amp.dataReceived(box(a=b"1", b=b"2"))
        assert receiver.events == ["start"]
        assert transport.disconnecting
        assert "may have" in str(events[0]["error"])


def test_length_limit_can_be_answered_by_a_subclass() -> None:
    class Curious(AMP):
        def lengthLimitExceeded(self, length: int) -> None:
            self.length = length
            super().lengthLimitExceeded(length)

    amp = Curious()
    amp.makeConnection(StringTransport())
    with logged():
        amp.dataReceived(b"\1\0")
    assert amp.length == 256


# Flow


def test_paused_protocol_delivers_nothing_and_reads_nothing() -> None:
    amp = AMP(boxReceiver=(receiver := Reflector()))
    amp.makeConnection(transport := StringTransport())
    amp.pauseProducing()
    assert (amp.paused, transport.producerState) == (True, "paused")
    amp.dataReceived(box(a=b"1"))
    assert receiver.events == ["start"]
    amp.resumeProducing()
    assert (amp.paused, transport.producerState) == (False, "producing")
    assert receiver.events[1:] == [{b"a": b"1"}]
    amp.stopProducing()
    assert transport.producerState == "stopped"


def test_peer_that_reads_no_answers_is_not_read_from() -> None:
    class Fetch(Command):
        response = [("data", String())]

    class Server(AMP):
        maxUnsent = 100_000
        asked = 0

        @Fetch.responder
        def fetch(self) -> dict[str, bytes]:
            self.asked += 1
            return {"data": b"x" * 30_000}

    server = Server()
    pair = Pair(server)
    # Its answers stay unread.
    pair.loopback.client.pauseProducing()
    found = [results(pair.client.callRemote(Fetch)) for _ in range(50)]
    pair.turn()
    assert server.asked == 4
    pair.loopback.client.resumeProducing()
    for _ in range(10):
        pair.turn()
    assert server.asked == 50
    assert [one for (one,) in found] == [{"data": b"x" * 30_000}] * 50
    assert pair.loopback.server.producer is None


def test_connection_closes_when_what_was_written_is_sent() -> None:
    server = Adder()
    server.maxUnsent = 10
    pair = Pair(server)
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.loopback.client.turn()
    server.transport.loseConnection()
    pair.turn()
    assert found == [{"total": 3}]
    assert not pair.open


def test_producer_of_the_program_is_let_be() -> None:
    server = Adder()
    server.maxUnsent = 10
    server.makeConnection(transport := StringTransport())
    producer = StringTransport()
    transport.registerProducer(producer, True)
    server.dataReceived(box(_command=b"Sum", _ask=b"1", a=b"1", b=b"2"))
    assert transport.producer is producer
    assert transport.producerState == "producing"


# Switching


class Switch(ProtocolSwitchCommand):
    """Says what to speak."""

    arguments = [("number", Integer())]
    errors = {KeyError: "KEY"}


class Inner(Protocol):
    """Greets, and notes what comes."""

    def __init__(self) -> None:
        self.received = b""
        self.reasons: list[Failure] = []

    def connectionMade(self) -> None:
        self.transport.write(b"\xff hello")

    def dataReceived(self, data: bytes) -> None:
        self.received += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons.append(reason)


class Switching(AMP):
    """Switches, or refuses."""

    @Switch.responder
    def switch(self, number: int) -> Protocol:
        if number == 0:
            raise KeyError("not that")
        self.inner = Inner()
        return self.inner


class InnerFactory(ClientFactory):
    """Notes how it goes."""

    protocol = Inner

    def __init__(self) -> None:
        self.notes: list[object] = []

    def clientConnectionLost(self, connector: object, reason: Failure) -> None:
        self.notes.append(("lost", reason.type))

    def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
        self.notes.append(("failed", reason.type))


def test_connection_is_switched_on_both_sides() -> None:
    pair = Pair(server := Switching())
    factory = InnerFactory()
    found = results(pair.client.callRemote(Switch, factory, number=1))
    with pytest.raises(ProtocolSwitched):
        pair.client.callRemote(Sum, a=1, b=2)
    pair.turn()
    assert found == [{}]
    client = pair.client.innerProtocol
    assert isinstance(client, Inner)
    assert (client.received, server.inner.received) == (b"\xff hello", b"\xff hello")
    client.transport.write(b"!")
    pair.turn()
    assert server.inner.received == b"\xff hello!"
    with pytest.raises(ProtocolSwitched):
        server.callRemote(Sum, a=1, b=2)
    pair.loopback.client.loseConnection()
    pair.turn()
    assert [reason.type for reason in client.reasons] == [ConnectionDone]
    assert [reason.type for reason in server.inner.reasons] == [ConnectionDone]
    assert factory.notes == [("lost", ConnectionDone)]


def test_connection_that_is_not_switched_speaks_amp() -> None:
    pair = Pair(Switching(), Adder())
    factory = InnerFactory()
    found = results(pair.client.callRemote(Switch, factory, number=0))
    pair.turn()
    assert type(failed(found)) is KeyError
    assert factory.notes == [("failed", ConnectionLost)]
    other = results(pair.server.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert other == [{"total": 3}]


def test_responder_of_a_switch_has_to_return_a_protocol() -> None:
    class Wrong(AMP):
        @Switch.responder
        def switch(self, number: int) -> object:
            return {}

    pair = Pair(Wrong())
    with logged() as events:
        found = results(pair.client.callRemote(Switch, InnerFactory(), number=1))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError
    assert "has to return a Protocol" in str(events[0]["log_failure"].value)


def test_factory_of_a_switch_has_to_build_a_protocol() -> None:
    class Empty(InnerFactory):
        def buildProtocol(self, addr: object) -> None:
            return None

    pair = Pair(Switching())
    found = results(pair.client.callRemote(Switch, Empty(), number=1))
    pair.turn()
    assert "has to build a Protocol" in str(failed(found))
    assert not pair.open


# TLS, as far as it goes without it


def test_tls_needs_a_transport_that_can_do_it() -> None:
    pair = Pair()
    with pytest.raises(TypeError, match="cannot be turned into a TLS connection"):
        pair.client.callRemote(StartTLS)
    assert pair.client.peerCertificate is None


def test_tls_is_started_once() -> None:
    class Secure(StringTransport):
        def startTLS(self, contextFactory: object) -> None:
            raise AssertionError("the answer has not come")

    client = AMP()
    client.makeConnection(transport := Secure())
    found = results(client.callRemote(StartTLS))
    assert parseString(transport.value()) == [{b"_command": b"StartTLS", b"_ask": b"1"}]
    with pytest.raises(OnlyOneTLS):
        client.callRemote(StartTLS)
    with pytest.raises(ProtocolSwitched):
        client.callRemote(Sum, a=1, b=2)
    client.dataReceived(box(_error=b"1", _error_code=b"UNHANDLED", _error_description=b""))
    failed(found)
    client.callRemote(Sum, a=1, b=2)


def test_responder_of_tls_has_to_return_a_certificate() -> None:
    class Server(AMP):
        @StartTLS.responder
        def startTLS(self) -> dict[str, object]:
            return {}

    server = Server()
    server.makeConnection(transport := StringTransport())
    with logged() as events:
        server.dataReceived(box(_command=b"StartTLS", _ask=b"1"))
    assert "tls_localCertificate" in str(events[0]["log_failure"].value)
    assert transport.disconnecting


class SecureTransport(StringTransport):
    """Starts TLS as transports of sockets do: it takes what its protocol holds."""

    protocol: AMP
    held: bytes | None = None

    def startTLS(self, contextFactory: object) -> None:
        self.held = self.protocol.clearLineBuffer()
        self.clear()

    @classmethod
    def of(cls, protocol: AMP) -> "SecureTransport":
        """Connect a protocol."""
        transport = cls()
        transport.protocol = protocol
        protocol.makeConnection(transport)
        return transport


class Certificate:
    """Stands for one."""

    def options(self, *authorities: object) -> object:
        return self


class TLSServer(Adder):
    """Speaks TLS when it is asked to."""

    @StartTLS.responder
    def secure(self) -> dict[str, object]:
        return {"tls_localCertificate": Certificate()}


def test_box_behind_the_one_that_starts_tls_is_not_taken_for_secret() -> None:
    transport = SecureTransport.of(server := TLSServer())
    injected = box(_command=b"Tell", text=b"injected") + b"\0"
    server.dataReceived(box(_command=b"StartTLS", _ask=b"1") + injected)
    assert transport.held == injected
    assert server.told == []
    server.dataReceived(box(_command=b"Tell", text=b"secret"))
    assert server.told == ["secret"]


def test_box_that_waits_behind_the_one_that_starts_tls_is_not_taken_for_secret() -> None:
    transport = SecureTransport.of(server := TLSServer())
    server.maxBoxesInWork = 1
    server.answer = server.later
    # The peer owes an answer, so that boxes are read while others wait.
    server.callRemote(Sum, a=1, b=1).addErrback(lambda failure: None)
    server.dataReceived(box(_command=b"Sum", _ask=b"1", a=b"1", b=b"2"))
    server.dataReceived(box(_command=b"StartTLS", _ask=b"2"))
    server.dataReceived(box(_command=b"Tell", text=b"injected"))
    server.inWork[0].callback({"total": 3})
    assert transport.held == b""
    assert server.told == []


def test_what_comes_with_the_answer_belongs_to_tls() -> None:
    transport = SecureTransport.of(client := AMP())
    found = results(client.callRemote(StartTLS, tls_localCertificate=Certificate()))
    client.dataReceived(box(_answer=b"1") + b"\x16\x03\x01")
    assert transport.held == b"\x16\x03\x01"
    assert len(found) == 1
    assert not transport.disconnecting


def test_long_values_are_taken_after_tls_was_started_too() -> None:
    SecureTransport.of(server := TLSServer())
    server._takeLongValues()
    server.dataReceived(box(_command=b"StartTLS", _ask=b"1"))
    server.dataReceived(box(_command=b"Tell", text=b"a")[:-2] + box(text=b"b"))
    assert server.told == ["ab"]


@pytest.mark.parametrize("started", [False, True])
def test_answer_that_is_ready_while_tls_is_started_is_sent_afterwards(started: bool) -> None:
    transport = SecureTransport.of(client := Adder())
    client.answer = client.later
    client.dataReceived(box(_command=b"Sum", _ask=b"9", a=b"1", b=b"2"))
    found = results(client.callRemote(StartTLS, tls_localCertificate=Certificate()))
    transport.clear()
    client.inWork[0].callback({"total": 3})
    assert transport.value() == b""
    if started:
        client.dataReceived(box(_answer=b"1"))
    else:
        client.dataReceived(box(_error=b"1", _error_code=b"UNHANDLED", _error_description=b""))
    assert len(found) == 1
    assert parseString(transport.value()) == [{b"_answer": b"9", b"total": b"3"}]


def test_answer_that_is_ready_before_the_protocol_is_not_switched_is_sent() -> None:
    client = Adder()
    client.makeConnection(transport := StringTransport())
    client.answer = client.later
    client.dataReceived(box(_command=b"Sum", _ask=b"9", a=b"1", b=b"2"))
    found = results(client.callRemote(Switch, Factory(), number=1))
    transport.clear()
    client.inWork[0].callback({"total": 3})
    client.dataReceived(box(_error=b"1", _error_code=b"UNHANDLED", _error_description=b""))
    failed(found)
    assert parseString(transport.value()) == [{b"_answer": b"9", b"total": b"3"}]


# Sockets


class House:
    """A reactor that turns until something has happened."""

    def __init__(self) -> None:
        self.reactor = SelectReactor()

    def until(self, happened: Callable[[], object]) -> None:
        """Turn until a function is pleased."""
        deadline = monotonic() + 60
        while not happened():
            assert monotonic() < deadline, "it never happened"
            self.reactor.iterate(0.01)


@pytest.fixture
def house() -> Iterator[House]:
    """A reactor for one test."""
    house = House()
    yield house
    for reader in house.reactor.removeAll():
        reader.connectionLost(Failure(ConnectionDone()))
    house.reactor.fireSystemEvent("shutdown")


class Only(ClientFactory):
    """Builds one protocol."""

    noisy = False

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    def buildProtocol(self, addr: object) -> Protocol:
        return self._protocol


class Connected(AMP):
    """Notes that it is connected."""

    made = False

    def connectionMade(self) -> None:
        self.made = True


def quiet(cls: Callable[[], Protocol]) -> Factory[Protocol]:
    """Return a factory that does not log."""
    factory = Factory.forProtocol(cls)
    factory.noisy = False
    return factory


@pytest.mark.parametrize("maxUnsent", [10, 1000, 256 * 1024])
def test_calls_over_tcp(house: House, maxUnsent: int) -> None:
    class Server(Adder):
        """Reads no more until what it wrote is sent, more or less often."""

    Server.maxUnsent = maxUnsent
    port = house.reactor.listenTCP(0, quiet(Server), interface="127.0.0.1")
    client = Connected()
    house.reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    house.until(lambda: client.made)
    found = [results(client.callRemote(Sum, a=n, b=1)) for n in range(1000)]
    house.until(lambda: found[-1])
    assert [one for (one,) in found] == [{"total": n + 1} for n in range(1000)]


class Pass(Command):
    """Hands on an open file."""

    arguments = [("file", Descriptor())]
    response = [("text", String())]


class Reading(AMP):
    """Reads the file that comes, or lets it wait."""

    maxDescriptors = 2

    @Pass.responder
    def read(self, file: int) -> dict[str, bytes]:
        with open(file, "rb") as opened:
            return {"text": opened.read()}


def test_files_over_unix_sockets(house: House, tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(b"a note")
    house.reactor.listenUNIX(str(tmp_path / "socket"), quiet(Reading))
    client = Connected()
    house.reactor.connectUNIX(str(tmp_path / "socket"), Only(client))
    house.until(lambda: client.made)
    found = []
    for _ in range(3):
        with open(tmp_path / "note", "rb") as note:
            found.append(results(client.callRemote(Pass, file=note.fileno())))
    house.until(lambda: found[-1])
    assert found == [[{"text": b"a note"}]] * 3


def test_file_needs_a_unix_socket() -> None:
    pair = Pair()
    with pytest.raises(TypeError, match="UNIX sockets only"):
        pair.client.callRemote(Pass, file=0)


def test_file_that_did_not_come_is_refused() -> None:
    server = Reading()
    server.makeConnection(transport := StringTransport())
    with logged():
        server.dataReceived(box(_command=b"Pass", _ask=b"1", file=b"0"))
    assert transport.disconnecting


def test_files_that_nobody_asks_for_are_limited_and_closed() -> None:
    server = Reading()
    server.makeConnection(transport := StringTransport())
    descriptors = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    with logged():
        for descriptor in descriptors:
            server.fileDescriptorReceived(descriptor)
    assert transport.disconnecting
    server.connectionLost(Failure(ConnectionDone()))
    for descriptor in descriptors:
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(descriptor)


def test_value_that_is_too_long_leaves_the_connection() -> None:
    class Store(Command):
        arguments = [("data", String())]

    pair = Pair()
    with pytest.raises(TooLong, match="local value b'data' too long: 65536"):
        pair.client.callRemote(Store, data=b"x" * 65536)
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 3}]
