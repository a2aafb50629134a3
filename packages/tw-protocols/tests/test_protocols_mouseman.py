"""A mouse on a serial port: its packets, and the protocol for them."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols.mice._packets import Moved, PacketReader, Pressed, Released
from twisted.protocols.mice.mouseman import Button, MouseMan

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


def packet(x: int = 0, y: int = 0, left: bool = False, right: bool = False) -> bytes:
    """Return the three bytes that say so."""
    first = 0x40 | left << 5 | right << 4 | (y & 0xC0) >> 4 | (x & 0xC0) >> 6
    return bytes([first, x & 0x3F, y & 0x3F])


def read(*chunks: bytes) -> list[object]:
    """Return what has happened."""
    reader = PacketReader()
    return [event for chunk in chunks for event in reader.receive(chunk)]


def test_bytes_of_a_mouse_are_read() -> None:
    # Five to the right and three up, while the left button is held.
    assert read(b"\x6c\x05\x3d") == [Pressed(Button.LEFT), Moved(5, -3)]
    assert packet(5, -3, left=True) == b"\x6c\x05\x3d"


def test_buttons_are_pressed_and_released() -> None:
    assert read(packet(right=True), packet(left=True, right=True), packet()) == [
        Pressed(Button.RIGHT),
        Pressed(Button.LEFT),
        Released(Button.LEFT),
        Released(Button.RIGHT),
    ]


def test_the_middle_button_is_in_a_byte_of_its_own() -> None:
    held = packet(1) + b"\x20"
    assert read(packet() + b"\x20", held, packet(2), packet() + b"\x00") == [
        Pressed(Button.MIDDLE),
        Moved(1, 0),
        Moved(2, 0),
        Released(Button.MIDDLE),
    ]


def test_a_reader_that_comes_in_the_middle_finds_the_next_packet() -> None:
    assert read(b"\x05\x3d\x20", packet(1, 1)) == [Moved(1, 1)]
    assert read(packet(9, 9)[:2], packet(1, 1)) == [Moved(1, 1)]
    # One fourth byte, and no fifth.
    assert read(packet(1, 1) + b"\x00\x20\x20") == [Moved(1, 1)]


def test_an_eighth_bit_counts_for_nothing() -> None:
    assert read(bytes(byte | 0x80 for byte in packet(-128, 127))) == [Moved(-128, 127)]


@pytest.mark.property
@EXAMPLES
@given(
    st.lists(st.tuples(st.integers(-128, 127), st.integers(-128, 127)), max_size=10),
    st.lists(st.integers(min_value=0), max_size=10),
)
def test_moves_are_read_however_they_are_cut(
    moves: list[tuple[int, int]], places: list[int]
) -> None:
    stream = b"".join(packet(x, y) for x, y in moves)
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    expected = [Moved(x, y) for x, y in moves if x or y]
    assert read(*(stream[a:b] for a, b in pairwise(edges))) == expected


@pytest.mark.property
@EXAMPLES
@given(st.binary(max_size=100))
def test_any_bytes_are_read_and_buttons_change_by_turns(data: bytes) -> None:
    events = read(data)
    assert events == read(*(data[at : at + 1] for at in range(len(data))))
    for button in Button:
        changes = [event for event in events if event in (Pressed(button), Released(button))]
        assert changes == [Pressed(button), Released(button)] * (len(changes) // 2) + [
            Pressed(button)
        ] * (len(changes) % 2)


class Pointer(MouseMan):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def moved(self, x: int, y: int) -> None:
        self.told.append((x, y))

    def pressed(self, button: Button) -> None:
        self.told.append(f"{button.value} pressed")

    def released(self, button: Button) -> None:
        self.told.append(f"{button.value} released")


def test_the_protocol_calls_its_methods() -> None:
    pointer = Pointer()
    pointer.makeConnection(StringTransport())
    data = packet(3, -4, left=True) + packet() + b"\x20"
    for at in range(len(data)):
        pointer.dataReceived(data[at : at + 1])
    assert pointer.told == ["left pressed", (3, -4), "left released", "middle pressed"]


def test_a_protocol_may_leave_everything_out() -> None:
    mouse = MouseMan()
    mouse.makeConnection(StringTransport())
    mouse.dataReceived(packet(3, -4, left=True) + packet())
