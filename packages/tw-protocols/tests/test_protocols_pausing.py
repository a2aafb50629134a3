"""Pausing in a protocol of somebody else, which takes it from `basic`."""

from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.protocols import basic


class Words(Protocol, basic._PauseableMixin):
    """Delivers words, and is paused by each that says so."""

    transport: StringTransport

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self._held = b""

    def dataReceived(self, data: bytes) -> None:
        self._held += data
        while not self.paused and b" " in self._held:
            word, _, self._held = self._held.partition(b" ")
            self.words.append(word)
            if word == b"pause":
                self.pauseProducing()


def connected() -> Words:
    """Return a protocol with a transport."""
    words = Words()
    words.makeConnection(StringTransport())
    return words


def test_what_was_held_back_is_delivered_and_the_transport_goes_on() -> None:
    words = connected()
    words.dataReceived(b"one pause two ")
    assert words.words == [b"one", b"pause"]
    assert words.transport.producerState == "paused"
    words.resumeProducing()
    assert words.words == [b"one", b"pause", b"two"]
    assert words.transport.producerState == "producing"


def test_protocol_that_pauses_again_leaves_the_transport_paused() -> None:
    words = connected()
    words.dataReceived(b"pause pause two ")
    words.resumeProducing()
    assert words.words == [b"pause", b"pause"]
    assert words.transport.producerState == "paused"


def test_stopping_closes_the_connection() -> None:
    words = connected()
    words.stopProducing()
    assert words.paused
    assert words.transport.producerState == "stopped"
