"""Allow for answers that take their time: python step08.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import ServerFactory
from twisted.internet.task import react
from twisted.protocols.basic import LineOnlyReceiver


class Finger(LineOnlyReceiver):
    delimiter = b"\n"  # finger sends CRLF, and nc sends LF
    MAX_LENGTH = 512

    factory: "FingerFactory"

    def lineReceived(self, line: bytes) -> None:
        answer = self.factory.getUser(line.strip())
        answer.addErrback(lambda failure: b"Internal error in server")
        answer.addCallback(self.reply)

    def reply(self, text: bytes) -> None:
        self.transport.write(text + b"\r\n")
        self.transport.loseConnection()


class FingerFactory(ServerFactory[Finger]):
    protocol = Finger

    def __init__(self, **users: bytes) -> None:
        self.users = {name.encode(): status for name, status in users.items()}

    def getUser(self, user: bytes) -> Deferred[bytes]:
        return succeed(self.users.get(user, b"No such user"))


async def main(reactor: IReactorTCP, description: str = "tcp:1079:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(
        FingerFactory(ada=b"Counting on the engine")
    )
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
