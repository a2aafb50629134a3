"""Banana over a connection: the handshake, what is delivered, and what closes the connection."""

import pytest

from twisted.internet.testing import Loopback, StringTransport
from twisted.spread import banana
from twisted.spread._bananacodec import decodeExpressions
from twisted.spread.banana import Banana, BananaError

OFFER = bytes.fromhex("02 80 02 82 70 62 04 82 6e 6f 6e 65")
CHOICE = bytes.fromhex("02 82 70 62")
PB_WORDS = (
    b"None class dereference reference dictionary function instance list module persistent tuple "
    b"unpersistable copy cache cached remote local lcache version login password challenge "
    b"logged_in not_logged_in cachemessage message answer error decref decache uncache"
)


class Recorder(Banana):
    """Keeps what comes."""

    ready = False

    def __init__(self, isClient: int = 1) -> None:
        super().__init__(isClient)
        self.received: list[object] = []

    def connectionReady(self) -> None:
        self.ready = True

    def expressionReceived(self, lst: object) -> None:
        self.received.append(lst)
        if lst == b"close":
            self.transport.loseConnection()


def connected(isClient: int, kind: type[Recorder] = Recorder) -> tuple[Recorder, StringTransport]:
    """Return a protocol on a transport in memory."""
    protocol = kind(isClient)
    transport = StringTransport()
    protocol.makeConnection(transport)
    return protocol, transport


def settle(loopback: Loopback) -> None:
    """Let all that was written arrive, and what is answered to it."""
    for _ in range(20):
        loopback.turn()


def test_server_offers_and_client_chooses() -> None:
    server, atServer = connected(False)
    client, atClient = connected(True)
    assert (atServer.value(), atClient.value()) == (OFFER, b"")
    client.dataReceived(OFFER)
    assert atClient.value() == CHOICE
    assert (client.ready, server.ready) == (True, False)
    server.dataReceived(CHOICE)
    assert server.ready
    assert server.currentDialect == client.currentDialect == b"pb"


@pytest.mark.parametrize("profile", [b"pb", b"none"])
def test_words_are_short_in_the_profile_pb_only(profile: bytes) -> None:
    class One(Recorder):
        knownDialects = [profile]

    client, transport = connected(True, One)
    client.dataReceived(OFFER)
    transport.clear()
    client.sendEncoded([b"None", b"uncache"])
    expected = {b"pb": b"\x01\x87\x1f\x87", b"none": b"\x04\x82None\x07\x82uncache"}
    assert transport.value() == b"\x02\x80" + expected[profile]


def test_words_of_the_profile_pb_have_the_numbers_of_the_specification() -> None:
    client, transport = connected(True)
    client.dataReceived(OFFER)
    for number, word in enumerate(PB_WORDS.split(), 1):
        transport.clear()
        client.sendEncoded(word)
        assert transport.value() == bytes((number, 0x87))
    assert (number, word) == (0x1F, b"uncache")


def test_all_words_of_the_profile_pb() -> None:
    assert len(Banana.incomingVocabulary) == 31
    client, transport = connected(True)
    client.dataReceived(OFFER)
    transport.clear()
    client.sendEncoded(list(Banana.incomingVocabulary.values()))
    assert transport.value() == b"\x1f\x80" + b"".join(bytes((n, 0x87)) for n in range(1, 32))
    client.dataReceived(transport.value())
    assert client.received == [list(Banana.outgoingVocabulary)]


def test_what_follows_the_choice_is_read_with_its_vocabulary() -> None:
    server, _ = connected(False)
    server.dataReceived(CHOICE + b"\x01\x80\x01\x87\x05")
    server.dataReceived(b"\x81")
    assert server.received == [[b"None"], 5]


@pytest.mark.parametrize(
    ("isClient", "sent"),
    [
        (True, banana.encode([b"other"])),
        (True, banana.encode([])),
        (True, banana.encode([1, [b"pb"]])),
        (True, banana.encode(b"pb")),
        (True, b"\xff"),
        (False, banana.encode(b"other")),
        (False, banana.encode(1)),
        (False, banana.encode([b"pb"])),
        (False, b"\x01\x87"),
        (False, b"GET / HTTP/1.0\r\n\r\n" + b"\xff"),
    ],
)
def test_failed_handshake_closes_the_connection(isClient: int, sent: bytes) -> None:
    protocol, transport = connected(isClient)
    protocol.dataReceived(sent)
    assert transport.disconnecting
    assert not protocol.ready


def test_illegal_message_closes_after_what_was_complete() -> None:
    client, transport = connected(True)
    client.dataReceived(OFFER + b"\x01\x81\x02\x81\xff\x03\x81")
    assert client.received == [1, 2]
    assert transport.disconnecting
    client.dataReceived(b"\x04\x81")
    assert client.received == [1, 2]


def test_nothing_is_delivered_after_closing() -> None:
    client, _ = connected(True)
    client.dataReceived(OFFER + b"\x05\x82close\x02\x81")
    assert client.received == [b"close"]


def test_messages_that_come_byte_by_byte() -> None:
    client, _ = connected(True)
    for byte in OFFER + banana.encode([b"x" * 300, 1.5, [2**40]]) * 2:
        client.dataReceived(bytes((byte,)))
    assert client.received == [[b"x" * 300, 1.5, [2**40]]] * 2
    assert client.buffer == b""


def test_long_string_is_not_looked_at_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = connected(True)
    client.dataReceived(OFFER)
    calls: list[None] = []

    def counting(*arguments: object) -> tuple[int, int]:
        calls.append(None)
        return decodeExpressions(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr("twisted.spread.banana.decodeExpressions", counting)
    for at in range(0, 100_003, 100):
        client.dataReceived(banana.encode(b"x" * 100_000)[at : at + 100])
    assert len(calls) == 2
    assert client.received == [b"x" * 100_000]


def test_data_that_comes_while_delivering_waits() -> None:
    class Nested(Recorder):
        def expressionReceived(self, lst: object) -> None:
            if lst == 1:
                self.dataReceived(b"\x03\x81")
            super().expressionReceived(lst)

    client, _ = connected(True, Nested)
    client.dataReceived(OFFER + b"\x01\x81\x02\x81")
    assert client.received == [1, 2, 3]


def test_nothing_of_what_cannot_be_sent_goes_out() -> None:
    client, transport = connected(True)
    client.dataReceived(OFFER)
    transport.clear()
    with pytest.raises(BananaError):
        client.sendEncoded([1, "text"])
    assert transport.value() == b""


def test_limits_of_one_connection() -> None:
    class Tight(Recorder):
        sizeLimit = 20
        prefixLimit = 2
        depthLimit = 2
        elementLimit = 5
        messageLimit = 50

    for item in (b"x" * 21, 2**21, [[[1]]], [1] * 6, [b"x" * 20] * 3):
        client, transport = connected(True, Tight)
        client.dataReceived(OFFER)
        with pytest.raises(BananaError):
            client.sendEncoded(item)
        client.dataReceived(banana.encode(item))
        assert transport.disconnecting, item
    client, transport = connected(True, Tight)
    client.dataReceived(OFFER)
    client.setPrefixLimit(4)
    client.dataReceived(banana.encode(2**21))
    assert client.received == [2**21]


def test_limits_of_the_module_hold_for_new_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(banana, "SIZE_LIMIT", 10)
    client, transport = connected(True)
    client.dataReceived(OFFER + banana.encode(b"x" * 10))
    assert client.received == [b"x" * 10]
    client.dataReceived(b"\x0b\x82")
    assert transport.disconnecting


def test_both_sides_send_without_waiting() -> None:
    server, client = Recorder(False), Recorder(True)
    loopback = Loopback(server, client)
    settle(loopback)
    server.sendEncoded([1])
    client.sendEncoded([2])
    client.sendEncoded([3])
    settle(loopback)
    assert (server.received, client.received) == ([[2], [3]], [[1]])
