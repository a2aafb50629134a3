"""The receivers of strings over a transport in memory."""

import os
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import (
    Int8StringReceiver,
    Int16StringReceiver,
    Int32StringReceiver,
    IntNStringReceiver,
    NetstringReceiver,
    StatefulStringProtocol,
    StringTooLongError,
)

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class Notes:
    """Notes the strings that a receiver gets; some are orders. To be mixed in."""

    MAX_LENGTH = 20

    def __init__(self) -> None:
        self.events: list[object] = []

    def stringReceived(self, string: bytes) -> None:
        self.events.append(string)
        assert isinstance(self, IntNStringReceiver | NetstringReceiver)
        match string:
            case b"close":
                self.transport.loseConnection()
            case b"pause":
                self.pauseProducing()
            case b"more":
                self.dataReceived(encode(self, b"inner"))
            case b"fail":
                raise RuntimeError("bad string")
            case b"shrink":
                self.MAX_LENGTH = 4


class Int8(Notes, Int8StringReceiver):
    """Strings with a length of a byte."""


class Int16(Notes, Int16StringReceiver):
    """Strings with a length of two bytes."""


class Int32(Notes, Int32StringReceiver):
    """Strings with a length of four bytes."""


class LittleEndian(Notes, IntNStringReceiver):
    """Strings with a length that a subclass packs in its own way."""

    structFormat = "<Q"
    prefixLength = 8


class Netstrings(Notes, NetstringReceiver):
    """Netstrings."""


Receiver = Int8 | Int16 | Int32 | LittleEndian | Netstrings
PREFIXED: list[type[Int8 | Int16 | Int32 | LittleEndian]] = [Int8, Int16, Int32, LittleEndian]
ALL: list[type[Receiver]] = [*PREFIXED, Netstrings]


def encode(receiver: object, *strings: bytes) -> bytes:
    """Return what stands for strings in a stream; written apart from the parsers."""
    if isinstance(receiver, IntNStringReceiver):
        return b"".join(struct.pack(receiver.structFormat, len(s)) + s for s in strings)
    return b"".join(str(len(s)).encode() + b":" + s + b"," for s in strings)


@pytest.fixture(params=ALL)
def receiver(request: pytest.FixtureRequest) -> Receiver:
    """A protocol of each class, connected."""
    protocol: Receiver = request.param()
    protocol.makeConnection(StringTransport())
    return protocol


def transportOf(receiver: Receiver) -> StringTransport:
    """Return its transport in memory."""
    transport = receiver.transport
    assert isinstance(transport, StringTransport)
    return transport


def test_strings_are_received(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"one", b"", b"three"))
    receiver.dataReceived(encode(receiver, b"four"))
    assert receiver.events == [b"one", b"", b"three", b"four"]


def test_string_is_received_when_its_end_is(receiver: Receiver) -> None:
    stream = encode(receiver, b"one")
    for byte in stream[:-1]:
        receiver.dataReceived(bytes([byte]))
    assert receiver.events == []
    receiver.dataReceived(stream[-1:])
    assert receiver.events == [b"one"]


def test_strings_after_lose_connection_are_not_received(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"one", b"close", b"two"))
    receiver.dataReceived(encode(receiver, b"three"))
    assert receiver.events == [b"one", b"close"]


def test_nothing_is_kept_after_lose_connection(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"close") + encode(receiver, b"two")[:-1])
    receiver.dataReceived(b"x" * 1000)
    assert receiver._received().peek() == b""


def test_data_that_comes_during_a_string_waits_for_its_turn(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"more", b"outer"))
    assert receiver.events == [b"more", b"outer", b"inner"]
    receiver.dataReceived(encode(receiver, b"more"))
    assert receiver.events[3:] == [b"more", b"inner"]


def test_exception_in_string_received_reaches_the_transport(receiver: Receiver) -> None:
    for before in ([], [b"zero"]):
        receiver.events.clear()
        with pytest.raises(RuntimeError, match="bad string"):
            receiver.dataReceived(encode(receiver, *before, b"fail", b"one"))
        receiver.dataReceived(encode(receiver, b"two"))
        assert receiver.events == [*before, b"fail", b"one", b"two"]


def test_exception_while_a_held_string_is_delivered(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"pause", b"fail", b"one"))
    with pytest.raises(RuntimeError, match="bad string"):
        receiver.resumeProducing()
    receiver.dataReceived(encode(receiver, b"two"))
    assert receiver.events == [b"pause", b"fail", b"one", b"two"]


def test_lower_limit_holds_for_the_next_string_of_the_packet(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"shrink", b"four", b"seven", b"one"))
    assert receiver.events == [b"shrink", b"four"]
    assert transportOf(receiver).disconnecting


def test_pause_holds_back_strings_of_the_same_packet(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"pause", b"one"))
    assert receiver.events == [b"pause"]
    assert transportOf(receiver).producerState == "paused"


def test_resume_delivers_what_was_held_back(receiver: Receiver) -> None:
    stream = encode(receiver, b"pause", b"one", b"two", b"three")
    receiver.dataReceived(stream[:-2])
    receiver.dataReceived(stream[-2:])
    receiver.resumeProducing()
    assert receiver.events == [b"pause", b"one", b"two", b"three"]
    assert transportOf(receiver).producerState == "producing"


def test_resume_stops_at_the_next_pause(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"pause", b"one", b"pause", b"two"))
    receiver.resumeProducing()
    assert receiver.events == [b"pause", b"one", b"pause"]
    assert transportOf(receiver).producerState == "paused"


def test_resume_with_nothing_held_delivers_nothing(receiver: Receiver) -> None:
    receiver.pauseProducing()
    receiver.resumeProducing()
    assert receiver.events == []
    assert transportOf(receiver).producerState == "producing"


def test_resume_that_delivers_the_end_resumes_no_transport(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"pause", b"close", b"one"))
    receiver.resumeProducing()
    assert receiver.events == [b"pause", b"close"]


def test_stop_producing_closes_and_delivers_nothing_more(receiver: Receiver) -> None:
    receiver.stopProducing()
    receiver.dataReceived(encode(receiver, b"one"))
    assert transportOf(receiver).producerState == "stopped"
    assert receiver.events == []


def test_string_of_the_greatest_length_is_received(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"x" * 20))
    assert receiver.events == [b"x" * 20]
    assert not transportOf(receiver).disconnecting


def test_string_too_long_closes_the_connection(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"one", b"x" * 21, b"two"))
    receiver.dataReceived(encode(receiver, b"three"))
    assert receiver.events == [b"one"]
    assert transportOf(receiver).disconnecting


def test_transport_without_disconnecting_will_do(receiver: Receiver) -> None:
    class Bare:
        def loseConnection(self) -> None:
            """Close nothing."""

    receiver.makeConnection(Bare())  # type: ignore[arg-type]  # what programs' own tests pass
    stream = encode(receiver, b"one", b"two")
    receiver.dataReceived(stream[:4])
    receiver.dataReceived(stream[4:])
    assert receiver.events == [b"one", b"two"]


@pytest.mark.parametrize("base", ALL)
def test_send_string_is_what_is_received(base: type[Receiver]) -> None:
    sender, receiver = base(), base()
    transport = StringTransport()
    sender.makeConnection(transport)
    receiver.makeConnection(StringTransport())
    for string in (b"one", b"", b"x" * 20):
        sender.sendString(string)
    assert transport.value() == encode(sender, b"one", b"", b"x" * 20)
    receiver.dataReceived(transport.value())
    assert receiver.events == [b"one", b"", b"x" * 20]


def test_send_string_asks_the_transport_for_one_write(receiver: Receiver) -> None:
    class Writer(StringTransport):
        def __init__(self) -> None:
            super().__init__()
            self.writes: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.writes.append(data)

    transport = Writer()
    receiver.makeConnection(transport)
    receiver.sendString(b"one")
    assert transport.writes == [encode(receiver, b"one")]


def test_send_string_refuses_text(receiver: Receiver) -> None:
    with pytest.raises(TypeError, match="encode text first"):
        receiver.sendString("one")  # type: ignore[arg-type]  # what is refused
    assert transportOf(receiver).value() == b""


def test_send_string_refuses_more_than_the_length_can_say() -> None:
    for base, most in ((Int8StringReceiver, 2**8 - 1), (Int16StringReceiver, 2**16 - 1)):
        protocol = base()
        transport = StringTransport()
        protocol.makeConnection(transport)
        with pytest.raises(StringTooLongError, match=f"{most + 1} bytes are more than"):
            protocol.sendString(b"x" * (most + 1))
        assert transport.value() == b""
        protocol.sendString(b"x" * most)
        assert len(transport.value()) == protocol.prefixLength + most


def test_lower_limit_holds_for_the_string_that_has_begun(receiver: Receiver) -> None:
    receiver.dataReceived(encode(receiver, b"one"))
    receiver.dataReceived(encode(receiver, b"shrink") + encode(receiver, b"three")[:-2])
    assert receiver.events == [b"one", b"shrink"]
    assert transportOf(receiver).disconnecting


@pytest.mark.parametrize("base", [Int32StringReceiver, NetstringReceiver])
def test_default_limit_is_99999_bytes(
    base: type[Int32StringReceiver | NetstringReceiver],
) -> None:
    assert base.MAX_LENGTH == 99999


@pytest.mark.parametrize("base", [Int32StringReceiver, NetstringReceiver])
def test_subclass_without_string_received_is_told_so(
    base: type[Int32StringReceiver | NetstringReceiver],
) -> None:
    class Forgetful(base):  # type: ignore[misc,valid-type]  # the base is a parameter
        pass

    protocol = Forgetful()
    protocol.makeConnection(StringTransport())
    with pytest.raises(NotImplementedError, match=r"Forgetful has to define stringReceived"):
        protocol.dataReceived(encode(protocol, b"one"))


class Patient(Int16):
    """Does not close the connection of who sends too much."""

    def lengthLimitExceeded(self, length: int) -> None:
        self.events.append(("exceeded", length))


@pytest.mark.parametrize("before", [[], [b"one"]])
def test_length_limit_exceeded_gets_the_length_and_drops_the_rest(before: list[bytes]) -> None:
    protocol = Patient()
    protocol.makeConnection(StringTransport())
    protocol.dataReceived(encode(protocol, *before, b"x" * 21, b"two")[:-3])
    protocol.dataReceived(encode(protocol, b"three"))
    assert protocol.events == [*before, ("exceeded", 21), b"three"]


@pytest.mark.parametrize("base", PREFIXED)
def test_recvd_is_what_was_received_and_not_delivered(
    base: type[Int8 | Int16 | Int32 | LittleEndian],
) -> None:
    seen: list[bytes] = []

    class Looking(base):  # type: ignore[misc,valid-type]  # the base is a parameter
        def stringReceived(self, string: bytes) -> None:
            super().stringReceived(string)
            seen.append(self.recvd)

    protocol = Looking()
    assert protocol.recvd == b""
    protocol.makeConnection(StringTransport())
    stream = encode(protocol, b"one", b"two", b"three")
    protocol.dataReceived(stream[:-1])
    rest = encode(protocol, b"three")[:-1]
    assert seen == [encode(protocol, b"two") + rest, rest]
    assert protocol.recvd == rest
    protocol.dataReceived(stream[-1:])
    assert protocol.events == [b"one", b"two", b"three"]
    assert protocol.recvd == b""


def test_negative_length_is_too_long() -> None:
    class Signed(Patient):
        structFormat = "!h"

    protocol = Signed()
    protocol.makeConnection(StringTransport())
    protocol.dataReceived(b"\xff\xfe\x00\x01x")
    assert protocol.events == [("exceeded", -2)]


def test_peer_that_sends_no_netstring_is_broken_and_not_listened_to() -> None:
    class Deaf(StringTransport):
        """Does not say that it is closing."""

        def loseConnection(self) -> None:
            self.closed = True

    protocol, transport = Netstrings(), Deaf()
    protocol.makeConnection(transport)
    protocol.dataReceived(b"3:one,nonsense")
    protocol.dataReceived(b"3:two,")
    protocol.dataReceived(b"5:three,4:four,")
    assert protocol.events == [b"one"]
    assert protocol.brokenPeer
    assert transport.closed
    assert protocol._received().peek() == b""


def test_new_connection_of_a_netstring_receiver_begins_anew() -> None:
    protocol = Netstrings()
    for rest in (b"nonsense", b"3:tw", b""):
        protocol.makeConnection(StringTransport())
        assert not protocol.brokenPeer
        protocol.dataReceived(b"3:one," + rest)
    assert protocol.events == [b"one"] * 3


class Greeting(StatefulStringProtocol, Int8StringReceiver):
    """Asks for two strings."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def proto_init(self, name: bytes) -> str:
        self.events.append(("init", name))
        return "age"

    def proto_age(self, age: bytes) -> str:
        self.events.append(("age", age))
        return "done"


def test_each_string_goes_to_the_method_of_the_state() -> None:
    protocol = Greeting()
    transport = StringTransport()
    protocol.makeConnection(transport)
    protocol.dataReceived(b"\x03Ada")
    assert protocol.state == "age"
    assert not transport.disconnecting
    protocol.dataReceived(b"\x0236")
    assert protocol.events == [("init", b"Ada"), ("age", b"36")]


def test_state_done_closes_and_ignores_the_rest() -> None:
    protocol = Greeting()
    transport = StringTransport()
    protocol.makeConnection(transport)
    protocol.dataReceived(b"\x03Ada\x0236\x04more")
    assert protocol.state == "done"
    assert transport.disconnecting
    protocol.stringReceived(b"more")
    assert len(protocol.events) == 2


def test_state_without_method_is_told() -> None:
    protocol = Greeting()
    protocol.makeConnection(StringTransport())
    protocol.state = "lost"
    with pytest.raises(AttributeError, match="proto_lost"):
        protocol.dataReceived(b"\x03Ada")


orders = st.lists(
    st.sampled_from([b"one", b"", b"pause", b"close", b"x" * 20, b"x" * 21, b"shrink"]),
    max_size=12,
)


@pytest.mark.property
@EXAMPLES
@given(st.sampled_from(ALL), orders, st.lists(st.integers(min_value=0), max_size=10))
def test_any_cut_of_the_stream_gives_the_same_events(
    base: type[Receiver], strings: list[bytes], places: list[int]
) -> None:
    def run(chunks: list[bytes]) -> list[object]:
        protocol = base()
        protocol.makeConnection(StringTransport())
        for chunk in chunks:
            protocol.dataReceived(chunk)
            while protocol.paused:
                protocol.resumeProducing()
        return [*protocol.events, transportOf(protocol).disconnecting]

    stream = encode(base(), *strings)
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    assert run([stream[a:b] for a, b in pairwise(edges)]) == run([stream])
