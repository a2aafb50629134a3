"""Tell of everything that happens to a child process: python process.py."""

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react
from twisted.python.failure import Failure

VERSE = b"""\
Ten green bottles hanging on the wall,
ten green bottles hanging on the wall,
and if one green bottle should accidentally fall,
there'll be nine green bottles hanging on the wall.
"""


class Talkative(ProcessProtocol):
    def __init__(self, verses: int) -> None:
        self.verses = verses
        self.output = b""
        self.done: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        print("connectionMade: it runs")
        for _ in range(self.verses):
            self.transport.write(VERSE)
        self.transport.closeStdin()

    def outReceived(self, data: bytes) -> None:
        print("outReceived:", len(data), "bytes")
        self.output += data

    def errReceived(self, data: bytes) -> None:
        print("errReceived:", len(data), "bytes")

    def inConnectionLost(self) -> None:
        print("inConnectionLost: its standard input is closed (by us)")

    def outConnectionLost(self) -> None:
        print("outConnectionLost: it counted", self.output.split()[0].decode(), "lines")

    def errConnectionLost(self) -> None:
        print("errConnectionLost: its standard error is closed")

    def processExited(self, reason: Failure) -> None:
        print("processExited: status", reason.value.exitCode)

    def processEnded(self, reason: Failure) -> None:
        print("processEnded: status", reason.value.exitCode)
        self.done.callback(None)


async def main(reactor: IReactorProcess) -> None:
    talkative = Talkative(10)
    reactor.spawnProcess(talkative, "wc", ["wc"])
    await talkative.done


if __name__ == "__main__":
    react(main)
