"""Say of everybody that they do not exist: python step05.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import ServerFactory
from twisted.internet.task import react
from twisted.protocols.basic import LineOnlyReceiver


class Finger(LineOnlyReceiver):
    delimiter = b"\n"  # finger sends CRLF, and nc sends LF
    MAX_LENGTH = 512

    def lineReceived(self, line: bytes) -> None:
        self.transport.write(b"No such user\r\n")
        self.transport.loseConnection()


async def main(reactor: IReactorTCP, description: str = "tcp:1079:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(ServerFactory.forProtocol(Finger))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
