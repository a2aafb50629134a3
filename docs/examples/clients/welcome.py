"""Say hello to a server and print what it answers: python welcome.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure

GREETING = b"Good morning, I come to listen.\r\n"


class Welcome(Protocol):
    def __init__(self) -> None:
        self.answer = b""
        self.done: Deferred[bytes] = Deferred()

    def connectionMade(self) -> None:
        self.transport.write(GREETING)

    def dataReceived(self, data: bytes) -> None:
        self.answer += data
        if self.answer.endswith(b"\r\n"):
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(self.answer)


async def main(reactor: IReactorTime, description: str = "tcp:127.0.0.1:8000") -> None:
    endpoint = clientFromString(reactor, description)
    try:
        protocol = await connectProtocol(endpoint, Welcome())
    except (ConnectError, DNSLookupError) as error:
        raise SystemExit(f"cannot connect to {description}: {error}") from error
    # Nobody waits for ever: after ten seconds the answer is what has come until then.
    reactor.callLater(10, protocol.transport.loseConnection)
    print((await protocol.done).decode(), end="")


if __name__ == "__main__":
    react(main, sys.argv[1:])
