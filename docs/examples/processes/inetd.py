"""Let a program that knows nothing of networks serve them: python inetd.py ENDPOINT PROGRAM..."""

import os
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import Factory, ProcessProtocol, Protocol
from twisted.internet.task import react
from twisted.python.failure import Failure


class OnConnection(ProcessProtocol):
    def __init__(self, client: Protocol) -> None:
        self.client = client

    def processEnded(self, reason: Failure) -> None:
        os.set_blocking(self.client.transport.getHandle().fileno(), False)
        self.client.transport.loseConnection()


class Client(Protocol):
    def __init__(self, reactor: IReactorProcess, command: tuple[str, ...]) -> None:
        self.reactor = reactor
        self.command = command

    def connectionMade(self) -> None:
        self.transport.pauseProducing()  # the program reads, not we
        descriptor = self.transport.getHandle().fileno()
        os.set_blocking(descriptor, True)  # as programs expect it
        self.reactor.spawnProcess(
            OnConnection(self),
            self.command[0],
            self.command,
            env=None,
            childFDs={0: descriptor, 1: descriptor, 2: 2},
        )


class Clients(Factory[Client]):
    def __init__(self, reactor: IReactorProcess, command: tuple[str, ...]) -> None:
        self.reactor = reactor
        self.command = command

    def buildProtocol(self, addr: object) -> Client:
        return Client(self.reactor, self.command)


async def main(reactor: IReactorProcess, description: str, *command: str) -> None:
    port = await serverFromString(reactor, description).listen(Clients(reactor, command))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
