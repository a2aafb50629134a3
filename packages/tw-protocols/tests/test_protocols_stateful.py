"""Protocols whose states each take a certain number of bytes."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols.stateful import State, StatefulProtocol

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class Records(StatefulProtocol):
    """Takes records: a byte with a length, then as many bytes; some records are orders."""

    def __init__(self) -> None:
        self.events: list[bytes] = []

    def getInitialState(self) -> State:
        return self.gotLength, 1

    def gotLength(self, data: bytes) -> State:
        return self.gotBody, data[0]

    def gotBody(self, data: bytes) -> State | None:
        self.events.append(data)
        match data:
            case b"close":
                self.transport.loseConnection()
            case b"more":
                self.dataReceived(b"\x05inner")
            case b"fail":
                raise RuntimeError("bad record")
            case b"again":
                return None
        return self.gotLength, 1


def record(*bodies: bytes) -> bytes:
    return b"".join(bytes([len(body)]) + body for body in bodies)


@pytest.fixture
def records() -> Records:
    """A connected protocol."""
    protocol = Records()
    protocol.makeConnection(StringTransport())
    return protocol


def test_each_state_gets_as_many_bytes_as_it_takes(records: Records) -> None:
    records.dataReceived(record(b"one", b"three"))
    assert records.events == [b"one", b"three"]


def test_state_is_called_when_its_last_byte_is_here(records: Records) -> None:
    for byte in b"\x03on":
        records.dataReceived(bytes([byte]))
    assert records.events == []
    records.dataReceived(b"e")
    assert records.events == [b"one"]


def test_state_that_takes_nothing_is_called_at_once(records: Records) -> None:
    records.dataReceived(b"\x00")
    assert records.events == [b""]


def test_none_calls_the_same_state_again(records: Records) -> None:
    records.dataReceived(record(b"again") + b"again" + b"other" + record(b"one"))
    assert records.events == [b"again", b"again", b"other", b"one"]


def test_states_after_lose_connection_are_not_called(records: Records) -> None:
    records.dataReceived(record(b"one", b"close", b"two"))
    records.dataReceived(record(b"three"))
    assert records.events == [b"one", b"close"]


def test_data_that_comes_during_a_state_waits_for_its_turn(records: Records) -> None:
    records.dataReceived(record(b"more", b"outer"))
    assert records.events == [b"more", b"outer", b"inner"]


def test_exception_in_a_state_reaches_the_transport(records: Records) -> None:
    with pytest.raises(RuntimeError, match="bad record"):
        records.dataReceived(record(b"fail"))


def test_new_connection_begins_in_the_initial_state(records: Records) -> None:
    records.dataReceived(b"\x05on")
    records.makeConnection(StringTransport())
    records.dataReceived(record(b"one"))
    assert records.events == [b"one"]


@pytest.mark.parametrize("length", [-1, 11])
def test_state_that_asks_for_what_makes_no_sense_is_refused(length: int) -> None:
    class Greedy(Records):
        MAX_LENGTH = 10

        def gotLength(self, data: bytes) -> State:
            return self.gotBody, length

    protocol = Greedy()
    protocol.makeConnection(StringTransport())
    with pytest.raises(ValueError, match=f"get {length} bytes, which is not from 0 to 10"):
        protocol.dataReceived(b"x")


def test_state_that_takes_nothing_and_stays_is_refused() -> None:
    class Stuck(Records):
        def gotBody(self, data: bytes) -> State | None:
            return None

    protocol = Stuck()
    protocol.makeConnection(StringTransport())
    with pytest.raises(ValueError, match="took no bytes and named no other state"):
        protocol.dataReceived(b"\x00")


def test_subclass_without_initial_state_is_told_so() -> None:
    with pytest.raises(NotImplementedError, match=r"has to define getInitialState"):
        StatefulProtocol().makeConnection(StringTransport())


bodies = st.lists(
    st.one_of(st.binary(max_size=9), st.sampled_from([b"close", b"again"])), max_size=10
)


@pytest.mark.property
@EXAMPLES
@given(bodies, st.lists(st.integers(min_value=0), max_size=10))
def test_any_cut_gives_the_same_events(strings: list[bytes], places: list[int]) -> None:
    def run(chunks: list[bytes]) -> list[bytes]:
        protocol = Records()
        protocol.makeConnection(StringTransport())
        for chunk in chunks:
            protocol.dataReceived(chunk)
        return protocol.events

    stream = record(*strings)
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    assert run([stream[a:b] for a, b in pairwise(edges)]) == run([stream])
    assert run([stream[at : at + 1] for at in range(len(stream))]) == run([stream])
