"""Collect readings of sensors: python readings.py [endpoint].

A reading is a byte that says how long the name of the sensor is, the name, and two bytes with the
temperature in tenths of a degree.
"""

import struct
import sys
from dataclasses import dataclass

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react


@dataclass(frozen=True)
class Reading:
    """What a sensor says."""

    sensor: str
    temperature: float


class Malformed(Exception):
    """What was received is no reading."""


class ReadingParser:
    """Cuts a stream into readings; knows nothing of connections."""

    LONGEST_NAME = 32

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Reading]:
        """Add what was received, and return the readings that are complete."""
        self._held += data
        readings = []
        while reading := self._next():
            readings.append(reading)
        return readings

    def _next(self) -> Reading | None:
        if not self._held:
            return None
        length = self._held[0]
        if length > self.LONGEST_NAME:
            raise Malformed(f"a name of {length} bytes")
        end = 1 + length + 2
        if len(self._held) < end:
            return None
        try:
            sensor = self._held[1 : 1 + length].decode("ascii")
        except UnicodeDecodeError:
            raise Malformed("a name that is not ASCII") from None
        (tenths,) = struct.unpack("!h", self._held[1 + length : end])
        self._held = self._held[end:]
        return Reading(sensor, tenths / 10)


class Readings(Protocol):
    """Joins the parser to a connection."""

    def connectionMade(self) -> None:
        self.parser = ReadingParser()

    def dataReceived(self, data: bytes) -> None:
        try:
            for reading in self.parser.feed(data):
                print(f"{reading.sensor}: {reading.temperature} degrees", flush=True)
        except Malformed as error:
            print("refused:", error, flush=True)
            self.transport.abortConnection()


async def main(reactor: IReactorTCP, description: str = "tcp:8126:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(Readings))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
