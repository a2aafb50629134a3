"""Let a server and a client talk in one process, without a network: python both_sides.py"""

from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.protocols.loopback import loopbackAsync


class Shout(LineReceiver):
    def lineReceived(self, line: bytes) -> None:
        self.sendLine(line.upper())


class Ask(LineReceiver):
    answer = b""

    def connectionMade(self) -> None:
        self.sendLine(b"hello")

    def lineReceived(self, line: bytes) -> None:
        self.answer = line
        self.transport.loseConnection()


async def main(reactor: object) -> None:
    ask = Ask()
    await loopbackAsync(Shout(), ask)
    assert ask.answer == b"HELLO", ask.answer
    print("both sides agree")


if __name__ == "__main__":
    react(main)
