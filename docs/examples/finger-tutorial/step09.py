"""Answer with what the program finger prints: python step09.py [endpoint]."""

import re
import sys

from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import ServerFactory
from twisted.internet.task import react
from twisted.internet.utils import getProcessOutputAndValue
from twisted.protocols.basic import LineOnlyReceiver

# What comes from a stranger must not be taken for an option, nor for a host to ask.
LOGIN = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]{0,31}")


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

    def getUser(self, user: bytes) -> Deferred[bytes]:
        if not LOGIN.fullmatch(user):
            return succeed(b"No such user")
        return getProcessOutputAndValue("finger", [user], env=None).addCallback(self.pickAnswer)

    def pickAnswer(self, result: tuple[bytes, bytes, int]) -> bytes:
        printed, complaint, status = result
        if status != 0:
            raise RuntimeError(f"finger ended with status {status}: {complaint!r}")
        # finger complains of users that do not exist, and prints nothing.
        return printed.rstrip() or b"No such user"


async def main(reactor: IReactorTCP, description: str = "tcp:1079:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(FingerFactory())
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
