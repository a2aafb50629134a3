"""Print what a device on a serial port says, line by line: python thermometer.py DEVICE [SPEED]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import connectionDone
from twisted.internet.serialport import SerialPort
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure


class Thermometer(LineReceiver):
    def __init__(self) -> None:
        self.lost = Deferred()

    def connectionMade(self) -> None:
        self.sendLine(b"READ")

    def lineReceived(self, line: bytes) -> None:
        print(line.decode("ascii", "replace"), flush=True)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if reason.check(ConnectionDone):
            self.lost.callback(None)
        else:
            self.lost.errback(reason)


async def main(reactor: object, device: str, speed: str = "9600") -> None:
    thermometer = Thermometer()
    try:
        SerialPort(thermometer, device, reactor, baudrate=speed)
        await thermometer.lost
    except Exception as error:
        sys.exit(str(error))


if __name__ == "__main__":
    react(main, sys.argv[1:])
