"""Greet a server now and in a second, then leave: python greeter.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import deferLater, react
from twisted.python.failure import Failure


class Greeter(Protocol):
    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()

    def sendMessage(self, message: str) -> None:
        self.transport.write(f"MESSAGE {message}\n".encode())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(None)


async def main(reactor: IReactorTime, description: str = "tcp:127.0.0.1:1234") -> None:
    greeter = await connectProtocol(clientFromString(reactor, description), Greeter())
    greeter.sendMessage("Hello")
    await deferLater(reactor, 1)
    greeter.sendMessage("This is sent in a second")
    await deferLater(reactor, 1)
    greeter.transport.loseConnection()
    await greeter.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
