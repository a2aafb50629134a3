"""Answer in capitals at an endpoint, tcp:8000 or stdio: for instance: python shout.py ENDPOINT."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.stdio import PipeAddress
from twisted.internet.task import react
from twisted.python.failure import Failure


class Shout(Protocol):
    def __init__(self, ended: Deferred[None]) -> None:
        self.ended = ended

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data.upper())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        # There is one connection over standard input and output, and no other will come.
        if isinstance(self.transport.getHost(), PipeAddress):
            self.ended.callback(None)


class Shouting(Factory):
    def __init__(self, ended: Deferred[None]) -> None:
        self.ended = ended

    def buildProtocol(self, addr: object) -> Shout:
        return Shout(self.ended)


async def main(reactor: object, description: str) -> None:
    ended: Deferred[None] = Deferred()
    port = await serverFromString(reactor, description).listen(Shouting(ended))
    # Standard output may be the connection, so this goes elsewhere.
    print("listening on", port.getHost(), file=sys.stderr, flush=True)
    await ended  # or Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
