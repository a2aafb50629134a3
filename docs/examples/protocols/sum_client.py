"""Ask for a sum: python sum_client.py endpoint number..."""

import json
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import connectionDone
from twisted.internet.task import react
from twisted.protocols.basic import NetstringReceiver
from twisted.python.failure import Failure


class Question(NetstringReceiver):
    """Asks once.

    Attributes:
        answer: Fires with the answer.
    """

    def __init__(self, numbers: list[float]) -> None:
        self.numbers = numbers
        self.answer: Deferred[bytes] = Deferred()

    def connectionMade(self) -> None:
        self.sendString(json.dumps(self.numbers).encode())

    def stringReceived(self, string: bytes) -> None:
        self.transport.loseConnection()
        self.answer.callback(string)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.answer.called:
            self.answer.errback(reason)


async def main(reactor: IReactorTCP, description: str, *words: str) -> None:
    endpoint = clientFromString(reactor, description)
    question = await connectProtocol(endpoint, Question([float(word) for word in words]))
    print(json.loads(await question.answer)["sum"])


if __name__ == "__main__":
    react(main, sys.argv[1:])
