"""Ask a machine who has a connection to this one: python whose.py THEIR_PORT MY_PORT [endpoint]."""

import sys

from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.task import react
from twisted.protocols.ident import IdentClient, IdentError


async def main(reactor, theirs: str, mine: str, description: str = "tcp:127.0.0.1:113") -> None:
    client = await connectProtocol(clientFromString(reactor, description), IdentClient())
    try:
        system, user = await client.lookup(int(theirs), int(mine))
        print(user, "on", system)
    except IdentError as error:
        print("nobody says:", error)
    client.transport.loseConnection()


if __name__ == "__main__":
    react(main, sys.argv[1:])
