"""LineReceiver and LineOnlyReceiver over a transport in memory."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineOnlyReceiver, LineReceiver

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class Lines(LineReceiver):
    """Notes what it receives; some lines are orders."""

    MAX_LENGTH = 20

    def __init__(self) -> None:
        self.events: list[object] = []

    def lineReceived(self, line: bytes) -> None:
        self.events.append(line)
        match line.split():
            case [b"raw", count]:
                self.left = int(count)
                self.setRawMode()
            case [b"close"]:
                self.transport.loseConnection()
            case [b"pause"]:
                self.pauseProducing()
            case [b"clear"]:
                self.events.append(self.clearLineBuffer())
            case [b"delimiter", new]:
                self.delimiter = new
            case [b"shrink"]:
                self.MAX_LENGTH = 4
            case [b"more"]:
                self.dataReceived(b"inner\r\n")
            case [b"fail"]:
                raise RuntimeError("bad line")

    def rawDataReceived(self, data: bytes) -> None:
        mine, rest = data[: self.left], data[self.left :]
        self.left -= len(mine)
        self.events.append(("raw", mine))
        if not self.left:
            self.setLineMode(rest)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.events.append(("exceeded", line))
        super().lineLengthExceeded(line)


class OnlyLines(LineOnlyReceiver):
    """Notes what it receives; some lines are orders."""

    MAX_LENGTH = 20

    def __init__(self) -> None:
        self.events: list[object] = []

    def lineReceived(self, line: bytes) -> None:
        self.events.append(line)
        match line.split():
            case [b"close"]:
                self.transport.loseConnection()
            case [b"more"]:
                self.dataReceived(b"inner\r\n")
            case [b"fail"]:
                raise RuntimeError("bad line")

    def lineLengthExceeded(self, line: bytes) -> None:
        self.events.append(("exceeded", line))
        super().lineLengthExceeded(line)


def connect(protocol: Lines | OnlyLines) -> StringTransport:
    transport = StringTransport()
    protocol.makeConnection(transport)
    return transport


@pytest.fixture(params=[Lines, OnlyLines])
def receiver(request: pytest.FixtureRequest) -> Lines | OnlyLines:
    """A protocol of each class, connected."""
    protocol: Lines | OnlyLines = request.param()
    connect(protocol)
    return protocol


@pytest.fixture
def lines() -> Lines:
    """A connected LineReceiver."""
    protocol = Lines()
    connect(protocol)
    return protocol


def test_line_is_received_without_its_delimiter(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"one\r\ntwo\r\n")
    assert receiver.events == [b"one", b"two"]


def test_line_is_received_when_its_end_is(receiver: Lines | OnlyLines) -> None:
    for byte in b"one\r":
        receiver.dataReceived(bytes([byte]))
    assert receiver.events == []
    receiver.dataReceived(b"\n")
    assert receiver.events == [b"one"]


def test_lines_after_lose_connection_are_not_received(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"one\r\nclose\r\ntwo\r\n")
    assert receiver.events == [b"one", b"close"]


def test_lines_of_later_packets_are_not_received_after_lose_connection(
    receiver: Lines | OnlyLines,
) -> None:
    receiver.dataReceived(b"close\r\ntw")
    receiver.dataReceived(b"o\r\nthree\r\n")
    assert receiver.events == [b"close"]


def test_nothing_is_kept_after_lose_connection(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"close\r\ntwo")
    receiver.dataReceived(b"x" * 1000)
    assert receiver._received().takeRest() == b""


def test_overlong_line_is_not_received(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"one\r\n" + b"x" * 21 + b"\r\ntwo\r\n")
    assert receiver.events == [b"one", ("exceeded", b"x" * 21 + b"\r\ntwo\r\n")]


def test_overlong_line_closes_the_connection(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"x" * 21)
    assert receiver.transport.disconnecting  # type: ignore[attr-defined]  # a StringTransport


def test_lines_of_the_greatest_length_are_received(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"x" * 20 + b"\r\n")
    assert receiver.events == [b"x" * 20]


def test_lines_go_on_after_an_overlong_one_that_does_not_close() -> None:
    class Patient(Lines):
        def lineLengthExceeded(self, line: bytes) -> None:
            self.events.append("exceeded")

    protocol = Patient()
    connect(protocol)
    protocol.dataReceived(b"x" * 21)
    protocol.dataReceived(b"\r\none\r\n")
    assert protocol.events == ["exceeded", b"", b"one"]


def test_data_that_comes_during_a_line_waits_for_its_turn(receiver: Lines | OnlyLines) -> None:
    receiver.dataReceived(b"more\r\nouter\r\n")
    assert receiver.events == [b"more", b"outer", b"inner"]


def test_exception_in_line_received_reaches_the_transport(receiver: Lines | OnlyLines) -> None:
    with pytest.raises(RuntimeError, match="bad line"):
        receiver.dataReceived(b"fail\r\none\r\n")
    receiver.dataReceived(b"two\r\n")
    assert receiver.events == [b"fail", b"one", b"two"]


def test_lower_limit_holds_for_the_line_that_has_begun(lines: Lines) -> None:
    lines.dataReceived(b"one\r\n")
    lines.dataReceived(b"shrink\r\nthree")
    assert lines.events == [b"one", b"shrink", ("exceeded", b"three")]


def test_default_limit_is_16384_bytes() -> None:
    assert LineReceiver.MAX_LENGTH == LineOnlyReceiver.MAX_LENGTH == 16384


@pytest.mark.parametrize("base", [LineReceiver, LineOnlyReceiver])
def test_send_line_adds_the_delimiter(base: type[LineReceiver | LineOnlyReceiver]) -> None:
    protocol = base()
    transport = StringTransport()
    protocol.makeConnection(transport)
    protocol.sendLine(b"one")
    protocol.delimiter = b"\n"
    protocol.sendLine(b"two")
    assert transport.value() == b"one\r\ntwo\n"


@pytest.mark.parametrize("base", [LineReceiver, LineOnlyReceiver])
def test_send_line_asks_the_transport_for_one_write(
    base: type[LineReceiver | LineOnlyReceiver],
) -> None:
    class Writer(StringTransport):
        def __init__(self) -> None:
            super().__init__()
            self.writes: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.writes.append(data)

    protocol, transport = base(), Writer()
    protocol.makeConnection(transport)
    protocol.sendLine(b"one")
    assert transport.writes == [b"one\r\n"]


@pytest.mark.parametrize("base", [LineReceiver, LineOnlyReceiver])
def test_send_line_refuses_text(base: type[LineReceiver | LineOnlyReceiver]) -> None:
    protocol = base()
    protocol.makeConnection(StringTransport())
    with pytest.raises(TypeError, match="encode text first"):
        protocol.sendLine("one")  # type: ignore[arg-type]  # what is refused


@pytest.mark.parametrize("base", [LineReceiver, LineOnlyReceiver])
def test_subclass_without_line_received_is_told_so(
    base: type[LineReceiver | LineOnlyReceiver],
) -> None:
    class Forgetful(base):  # type: ignore[misc,valid-type]  # the base is a parameter
        pass

    protocol = Forgetful()
    protocol.makeConnection(StringTransport())
    with pytest.raises(NotImplementedError, match=r"Forgetful has to define lineReceived"):
        protocol.dataReceived(b"one\r\n")


def test_raw_mode_takes_effect_within_the_packet(lines: Lines) -> None:
    lines.dataReceived(b"raw 6\r\na\r\nb\r\none\r\n")
    assert lines.events == [b"raw 6", ("raw", b"a\r\nb\r\n"), b"one"]


def test_raw_bytes_come_as_they_arrive(lines: Lines) -> None:
    lines.dataReceived(b"raw 6\r\nab")
    lines.dataReceived(b"cd")
    lines.dataReceived(b"efone\r\n")
    assert lines.events == [b"raw 6", ("raw", b"ab"), ("raw", b"cd"), ("raw", b"ef"), b"one"]


def test_extra_of_set_line_mode_comes_before_what_arrived_meanwhile() -> None:
    class Sneaky(Lines):
        def rawDataReceived(self, data: bytes) -> None:
            self.dataReceived(b"two\r\n")
            self.setLineMode(b"one\r\n")

    protocol = Sneaky()
    connect(protocol)
    protocol.dataReceived(b"raw 1\r\nx")
    assert protocol.events == [b"raw 1", b"one", b"two"]


def test_set_line_mode_at_another_time_delivers_its_extra(lines: Lines) -> None:
    lines.setRawMode()
    lines.setLineMode(b"one\r\ntw")
    lines.dataReceived(b"o\r\n")
    assert lines.events == [b"one", b"two"]


def test_many_switches_in_one_packet_need_no_recursion(lines: Lines) -> None:
    lines.dataReceived(b"raw 1\r\nx" * 5000)
    assert lines.events == [b"raw 1", ("raw", b"x")] * 5000


def test_delimiter_may_change_within_the_packet(lines: Lines) -> None:
    lines.dataReceived(b"delimiter |\r\none|two|")
    assert lines.events == [b"delimiter |", b"one", b"two"]


def test_clear_line_buffer_returns_the_rest_of_the_packet(lines: Lines) -> None:
    lines.dataReceived(b"clear\r\none\r\ntwo")
    lines.dataReceived(b"three\r\n")
    assert lines.events == [b"clear", b"one\r\ntwo", b"three"]


def test_pause_holds_back_lines_of_the_same_packet(lines: Lines) -> None:
    lines.dataReceived(b"pause\r\none\r\n")
    assert lines.events == [b"pause"]


def test_pause_and_resume_reach_the_transport() -> None:
    protocol = Lines()
    transport = connect(protocol)
    protocol.dataReceived(b"pause\r\n")
    assert transport.producerState == "paused"
    protocol.resumeProducing()
    assert transport.producerState == "producing"


def test_resume_delivers_what_was_held_back(lines: Lines) -> None:
    lines.dataReceived(b"pause\r\none\r\nraw 1\r\nxtwo\r\n")
    lines.dataReceived(b"three\r\n")
    lines.resumeProducing()
    assert lines.events == [b"pause", b"one", b"raw 1", ("raw", b"x"), b"two", b"three"]


def test_resume_stops_at_the_next_pause() -> None:
    protocol = Lines()
    transport = connect(protocol)
    protocol.dataReceived(b"pause\r\none\r\npause\r\ntwo\r\n")
    protocol.resumeProducing()
    assert protocol.events == [b"pause", b"one", b"pause"]
    assert transport.producerState == "paused"


def test_resume_that_delivers_the_end_resumes_no_transport(lines: Lines) -> None:
    lines.dataReceived(b"pause\r\nclose\r\none\r\n")
    lines.resumeProducing()
    assert lines.events == [b"pause", b"close"]


def test_stop_producing_closes_and_delivers_nothing_more() -> None:
    protocol = Lines()
    transport = connect(protocol)
    protocol.stopProducing()
    protocol.dataReceived(b"one\r\n")
    assert transport.producerState == "stopped"
    assert protocol.events == []


def test_raw_data_without_raw_data_received_is_told_so() -> None:
    class Forgetful(LineReceiver):
        def lineReceived(self, line: bytes) -> None:
            self.setRawMode()

    protocol = Forgetful()
    protocol.makeConnection(StringTransport())
    with pytest.raises(NotImplementedError, match=r"Forgetful has to define rawDataReceived"):
        protocol.dataReceived(b"one\r\nx")


parts = st.lists(
    st.sampled_from(
        [b"one\r\n", b"raw 3\r\nx\r\n", b"raw 1\r\ny", b"\r\n", b"x" * 20, b"\r", b"ab"]
    ),
    max_size=20,
).map(b"".join)


@pytest.mark.property
@EXAMPLES
@given(parts, st.lists(st.integers(min_value=0), max_size=10))
def test_any_cut_of_the_stream_gives_the_same_lines_and_bytes(
    stream: bytes, places: list[int]
) -> None:
    def run(chunks: list[bytes]) -> list[object]:
        """Return the events, with raw bytes one by one and an overlong line without its bytes."""
        protocol = Lines()
        connect(protocol)
        for chunk in chunks:
            if chunk:
                protocol.dataReceived(chunk)
        events: list[object] = []
        for event in protocol.events:
            match event:
                case ("raw", bytes(data)):
                    events.extend(("raw", byte) for byte in data)
                case ("exceeded", _):
                    events.append("exceeded")
                case _:
                    events.append(event)
        return events

    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    assert run([stream[a:b] for a, b in pairwise(edges)]) == run([stream])
