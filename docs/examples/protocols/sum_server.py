"""Add numbers that come as JSON in netstrings: python sum_server.py [endpoint]."""

import json
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.basic import NetstringReceiver


class Sums(NetstringReceiver):
    """Answers each list of numbers with their sum."""

    MAX_LENGTH = 10_000

    def stringReceived(self, string: bytes) -> None:
        try:
            numbers = json.loads(string)
            answer = {"sum": sum(numbers)}
        except (ValueError, TypeError, RecursionError):
            answer = {"error": "send a list of numbers, in JSON"}
        self.sendString(json.dumps(answer).encode())


async def main(reactor: IReactorTCP, description: str = "tcp:8125:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(Sums))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
