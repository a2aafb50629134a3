"""Logitech's MouseMan: a mouse with three buttons on a serial port.

class Pointer(MouseMan):
    def moved(self, x, y):
        ...

SerialPort(Pointer(), "/dev/ttyS0", reactor, baudrate=1200, bytesize=7)
"""

from twisted.internet.protocol import Protocol
from twisted.protocols.mice._packets import Button, Moved, PacketReader, Pressed, Released


class MouseMan(Protocol):
    """Tells what is done with a mouse; a subclass defines what it wants to know."""

    _reader: PacketReader | None = None

    def dataReceived(self, data: bytes) -> None:
        """Call the methods for what has happened.

        Args:
            data: Bytes of the mouse.
        """
        if self._reader is None:
            self._reader = PacketReader()
        for event in self._reader.receive(data):
            match event:
                case Moved(x, y):
                    self.moved(x, y)
                case Pressed(button):
                    self.pressed(button)
                case Released(button):
                    self.released(button)

    def moved(self, x: int, y: int) -> None:
        """Learn that the mouse was moved.

        Args:
            x: How many steps to the right; less than 0 to the left.
            y: How many steps down, that is, towards who holds it; less than 0 up.
        """

    def pressed(self, button: Button) -> None:
        """Learn that a button was pressed.

        Args:
            button: The button.
        """

    def released(self, button: Button) -> None:
        """Learn that a button was released.

        Args:
            button: The button.
        """


__all__ = ["Button", "MouseMan"]
