"""Say whether somebody listens: python reach.py ENDPOINT..."""

import sys

from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol
from twisted.internet.task import react

SECONDS = 5


async def main(reactor: IReactorTime, *descriptions: str) -> None:
    for description in descriptions:
        try:
            attempt = connectProtocol(clientFromString(reactor, description), Protocol())
            protocol = await attempt.addTimeout(SECONDS, reactor)
        except Exception as error:
            print(description, "no:", error, flush=True)
        else:
            print(description, "yes:", protocol.transport.getPeer(), flush=True)
            protocol.transport.loseConnection()


if __name__ == "__main__":
    react(main, sys.argv[1:])
