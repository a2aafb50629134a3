"""Send each client as many random numbers as it asks for: python numbers.py [endpoint]."""

import random
import sys
from collections.abc import Iterator

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.python.failure import Failure


def numbers(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"%d\r\n" % random.randint(0, 9999)


@implementer(IPushProducer)
class Lines:
    """Writes until it is paused, goes on when it is resumed, and closes when all is written."""

    def __init__(self, protocol: Protocol, lines: Iterator[bytes]) -> None:
        self.protocol = protocol
        self.lines = lines
        self.paused = False
        self.written = 0

    def resumeProducing(self) -> None:
        self.paused = False
        for line in self.lines:
            self.protocol.transport.write(line)
            self.written += 1
            if self.paused:
                return
        self.protocol.transport.unregisterProducer()
        self.protocol.transport.loseConnection()

    def pauseProducing(self) -> None:
        self.paused = True

    def stopProducing(self) -> None:
        self.pauseProducing()
        self.lines = iter(())


class Numbers(Protocol):
    def connectionMade(self) -> None:
        self.asked = b""
        self.lines: Lines | None = None

    def dataReceived(self, data: bytes) -> None:
        self.asked += data
        if self.lines is None and b"\n" in self.asked:
            self.begin(self.asked.partition(b"\n")[0].strip())
        elif len(self.asked) > 20:
            self.transport.loseConnection()

    def begin(self, count: bytes) -> None:
        if not count.isdigit():
            self.transport.loseConnection()
            return
        self.lines = Lines(self, numbers(int(count)))
        self.transport.registerProducer(self.lines, streaming=True)
        self.lines.resumeProducing()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        written = 0 if self.lines is None else self.lines.written
        print("connection lost after", written, "numbers", flush=True)


async def main(reactor: object, description: str = "tcp:8000:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(Numbers))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
