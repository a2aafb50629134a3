"""Give each client a program on a terminal of its own: python ptyserv.py [endpoint [program]].

Whoever connects runs programs as you, without a password: don't serve more than this machine.
"""

import os
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import Factory, ProcessProtocol, Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class OnTerminal(ProcessProtocol):
    """Hands on what the program prints, which all comes as standard output."""

    def __init__(self, client: "Client") -> None:
        self.client = client

    def outReceived(self, data: bytes) -> None:
        self.client.transport.write(data)

    def processEnded(self, reason: Failure) -> None:
        self.client.transport.loseConnection()


class Client(Protocol):
    def __init__(self, reactor: IReactorProcess, program: str) -> None:
        self.reactor = reactor
        self.program = program

    def connectionMade(self) -> None:
        self.process = self.reactor.spawnProcess(
            OnTerminal(self), self.program, [self.program], env=os.environ, usePTY=True
        )

    def dataReceived(self, data: bytes) -> None:
        self.process.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        try:
            self.process.signalProcess("HUP")  # as when a terminal is switched off
        except ProcessExitedAlready:
            pass


class Terminals(Factory[Client]):
    def __init__(self, reactor: IReactorProcess, program: str) -> None:
        self.reactor = reactor
        self.program = program

    def buildProtocol(self, addr: object) -> Client:
        return Client(self.reactor, self.program)


async def main(
    reactor: IReactorProcess,
    description: str = "tcp:5823:interface=127.0.0.1",
    program: str = "/bin/sh",
) -> None:
    port = await serverFromString(reactor, description).listen(Terminals(reactor, program))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
