"""Send each client what a program prints: python quotes.py [endpoint [program]]."""

import sys

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react
from twisted.internet.utils import getProcessOutput


class Quoter(Protocol):
    def __init__(self, program: str) -> None:
        self.program = program

    def connectionMade(self) -> None:
        ensureDeferred(self.quote())

    async def quote(self) -> None:
        try:
            self.transport.write(await getProcessOutput(self.program))
        except OSError as error:  # it has written to its standard error
            print("no quote:", error, flush=True)
        self.transport.loseConnection()


class QuoterFactory(Factory[Quoter]):
    def __init__(self, program: str) -> None:
        self.program = program

    def buildProtocol(self, addr: object) -> Quoter:
        return Quoter(self.program)


async def main(
    reactor: IReactorProcess,
    description: str = "tcp:10999:interface=127.0.0.1",
    program: str = "/usr/games/fortune",
) -> None:
    port = await serverFromString(reactor, description).listen(QuoterFactory(program))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
