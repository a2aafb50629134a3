"""The packets of a MouseMan, without I/O.

A packet has three bytes of seven bits, and a fourth when the middle button has changed or is held:

    first    1 L R y7 y6 x7 x6
    second   0 x5 x4 x3 x2 x1 x0
    third    0 y5 y4 y3 y2 y1 y0
    fourth   0 M 0 0 0 0 0

Only a first byte begins with 1, so that whoever comes in the middle finds the next one. L, R and M
are the buttons that are held; x goes to the right and y down, in two's complement.
"""

from dataclasses import dataclass
from enum import Enum

_FIRST = 0x40
_MIDDLE = 0x20


class Button(Enum):
    """A button of a mouse."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


@dataclass(frozen=True)
class Moved:
    """The mouse was moved.

    Attributes:
        x: How many steps to the right; less than 0 to the left.
        y: How many steps down, that is, towards who holds it; less than 0 up.
    """

    x: int
    y: int


@dataclass(frozen=True)
class Pressed:
    """A button was pressed.

    Attributes:
        button: The button.
    """

    button: Button


@dataclass(frozen=True)
class Released:
    """A button was released.

    Attributes:
        button: The button.
    """

    button: Button


class PacketReader:
    """Makes events of the bytes of a mouse; it holds two bytes at most."""

    def __init__(self) -> None:
        self._held: set[Button] = set()
        self._packet: list[int] = []
        # Whether a fourth byte may come.
        self._complete = False

    def receive(self, data: bytes) -> list[Moved | Pressed | Released]:
        """Take bytes, and return what has happened.

        Args:
            data: The bytes, in any pieces. What belongs to no packet is dropped.
        """
        events: list[Moved | Pressed | Released] = []
        for byte in data:
            bits = byte & 0x7F
            if bits & _FIRST:
                self._packet = [bits]
                self._complete = False
            elif self._packet:
                self._packet.append(bits)
                if len(self._packet) == 3:
                    events += self._read(*self._packet)
                    self._packet = []
                    self._complete = True
            elif self._complete:
                self._complete = False
                events += self._changed(Button.MIDDLE, bool(bits & _MIDDLE))
        return events

    def _read(self, first: int, second: int, third: int) -> list[Moved | Pressed | Released]:
        """Return what three bytes say."""
        events = self._changed(Button.LEFT, bool(first & 0x20))
        events += self._changed(Button.RIGHT, bool(first & 0x10))
        x = _signed((first & 0x03) << 6 | second)
        y = _signed((first & 0x0C) << 4 | third)
        if x or y:
            events.append(Moved(x, y))
        return events

    def _changed(self, button: Button, isHeld: bool) -> list[Moved | Pressed | Released]:
        """Return what has happened to a button."""
        if isHeld == (button in self._held):
            return []
        if isHeld:
            self._held.add(button)
            return [Pressed(button)]
        self._held.remove(button)
        return [Released(button)]


def _signed(byte: int) -> int:
    return byte - 256 if byte & 0x80 else byte


__all__ = ["Button", "Moved", "PacketReader", "Pressed", "Released"]
