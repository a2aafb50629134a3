"""Print what is done with a mouse on a serial port: python mouse.py DEVICE."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import connectionDone
from twisted.internet.serialport import SerialPort
from twisted.internet.task import react
from twisted.protocols.mice.mouseman import Button, MouseMan
from twisted.python.failure import Failure


class Pointer(MouseMan):
    def __init__(self) -> None:
        self.x = self.y = 0
        self.lost = Deferred()

    def moved(self, x: int, y: int) -> None:
        self.x += x
        self.y += y
        print("at", self.x, self.y, flush=True)

    def pressed(self, button: Button) -> None:
        print(button.value, "button pressed", flush=True)

    def released(self, button: Button) -> None:
        print(button.value, "button released", flush=True)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if reason.check(ConnectionDone):
            self.lost.callback(None)
        else:
            self.lost.errback(reason)


async def main(reactor: object, device: str) -> None:
    pointer = Pointer()
    try:
        # Such mice speak seven bits at 1200 baud.
        SerialPort(pointer, device, reactor, baudrate=1200, bytesize=7)
        print("reading", device, flush=True)
        await pointer.lost
    except Exception as error:
        sys.exit(str(error))


if __name__ == "__main__":
    react(main, sys.argv[1:])
