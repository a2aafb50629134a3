"""The small protocols of the RFCs 862 to 868."""

import socket
import struct
import threading
import time

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IPullProducer, IPushProducer
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.testing import StringTransport
from twisted.protocols.wire import QOTD, Chargen, Daytime, Discard, Echo, Time, Who
from twisted.python.components import verifyObject


def connect(protocol: Protocol) -> StringTransport:
    transport = StringTransport()
    protocol.makeConnection(transport)
    return transport


def test_echo_sends_back_what_it_receives() -> None:
    protocol = Echo()
    transport = connect(protocol)
    protocol.dataReceived(b"one\x00")
    protocol.dataReceived(b"two")
    assert transport.value() == b"one\x00two"
    assert not transport.disconnecting


def test_echo_does_not_receive_from_a_peer_that_does_not_read() -> None:
    protocol = Echo()
    transport = connect(protocol)
    assert transport.producer is protocol
    assert transport.streaming
    assert verifyObject(IPushProducer, protocol)
    protocol.pauseProducing()
    assert transport.producerState == "paused"
    protocol.resumeProducing()
    assert transport.producerState == "producing"
    protocol.stopProducing()


def test_echo_makes_do_with_a_transport_that_can_only_write() -> None:
    class Bare:
        written = b""

        def write(self, data: bytes) -> None:
            self.written += data

    protocol, transport = Echo(), Bare()
    protocol.makeConnection(transport)  # type: ignore[arg-type]  # what programs' own tests pass
    protocol.dataReceived(b"one")
    assert transport.written == b"one"


def test_discard_says_nothing() -> None:
    protocol = Discard()
    transport = connect(protocol)
    protocol.dataReceived(b"one")
    assert transport.value() == b""
    assert not transport.disconnecting


def test_chargen_sends_the_pattern_when_it_is_asked() -> None:
    protocol = Chargen()
    transport = connect(protocol)
    assert transport.producer is protocol
    assert not transport.streaming
    assert verifyObject(IPullProducer, protocol)
    assert transport.value() == b""
    protocol.dataReceived(b"ignored")
    protocol.resumeProducing()
    assert transport.value() == protocol.noise
    protocol.pauseProducing()
    protocol.stopProducing()
    assert transport.disconnecting


def test_chargen_has_the_lines_of_the_rfc() -> None:
    lines = Chargen.noise.split(b"\r\n")
    assert lines.pop() == b""
    # The first and the last of the figure in RFC 864, and how each line goes on from the one before.
    assert (
        lines[0] == rb""" !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg"""
    )
    assert len(lines) == 95
    for line, following in zip(lines, [*lines[1:], lines[0]], strict=True):
        assert len(line) == 72
        assert following[:-1] == line[1:]


def test_qotd_sends_its_quote_and_closes() -> None:
    class Wise(QOTD):
        def getQuote(self) -> bytes:
            return b"No rose without thorns.\r\n"

    for protocol, quote in ((Wise(), b"No rose"), (QOTD(), b"An apple a day")):
        transport = connect(protocol)
        assert transport.value().startswith(quote)
        assert transport.value().endswith(b"\r\n")
        assert transport.disconnecting


def test_who_sends_a_line_for_each_user_and_closes() -> None:
    class Two(Who):
        def getUsers(self) -> list[tuple[str, str, float]]:
            return [("ada", "tty1", 0), ("J\u00f6rg", "pts/2", 86400 + 3661.5)]

    transport = connect(Two())
    assert transport.value() == (
        b"ada on tty1 since 1970-01-01 00:00:00-UTC\r\n"
        b"J?rg on pts/2 since 1970-01-02 01:01:01-UTC\r\n"
    )
    assert transport.disconnecting


def test_who_knows_of_nobody_by_itself() -> None:
    transport = connect(Who())
    assert transport.value() == b""
    assert transport.disconnecting


def test_daytime_sends_date_and_time_and_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    # That of the example in RFC 867.
    monkeypatch.setattr(time, "time", lambda: 383_247_463.9)
    transport = connect(Daytime())
    assert transport.value() == b"Monday, February 22, 1982 17:37:43-UTC\r\n"
    assert transport.disconnecting


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        # Those of the examples in RFC 868: the first of January 1970, 1976, 1980 and May 1983.
        (0, 2_208_988_800),
        (189_302_400, 2_398_291_200),
        (315_532_800, 2_524_521_600),
        (420_595_200.7, 2_629_584_000),
        (2_085_978_496, 0),
    ],
)
def test_time_sends_seconds_since_1900_and_closes(
    now: float, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: now)
    transport = connect(Time())
    assert transport.value() == struct.pack("!I", seconds)
    assert transport.disconnecting


@pytest.mark.parametrize("kind", [QOTD, Daytime, Time, Chargen, Echo])
def test_they_serve_over_tcp(kind: type[Protocol]) -> None:
    reactor = SelectReactor()
    factory = Factory.forProtocol(kind)
    factory.noisy = False
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    heard: list[bytes] = []

    def client() -> None:
        try:
            with socket.create_connection(("127.0.0.1", address.port), timeout=60) as connection:
                if kind is Echo:
                    connection.sendall(b"x" * 100_000)
                # More of the endless one than any buffer holds.
                limit = {Echo: 100_000, Chargen: 10_000_000}.get(kind, 1000)
                heard.append(connection.makefile("rb").read(limit))
        finally:
            reactor.callFromThread(reactor.stop)

    thread = threading.Thread(target=client)
    reactor.callWhenRunning(thread.start)
    reactor.run()
    thread.join(60)
    reactor.close()
    (answer,) = heard
    if kind is Echo:
        assert answer == b"x" * 100_000
    elif kind is Chargen:
        assert answer == (Chargen.noise * 1500)[:10_000_000]
    else:
        assert 4 <= len(answer) < 1000
