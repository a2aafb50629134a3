"""Write each line that clients send to a file: python guestbook.py FILE [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver


class Guest(LineReceiver):
    factory: "Guestbook"

    def lineReceived(self, line: bytes) -> None:
        self.factory.file.write(line + b"\n")
        self.sendLine(b"Thank you.")


class Guestbook(Factory[Guest]):
    """Has the file open as long as a port is open."""

    protocol = Guest

    def __init__(self, path: str) -> None:
        self.path = path

    def startFactory(self) -> None:
        self.file = open(self.path, "ab", buffering=0)

    def stopFactory(self) -> None:
        self.file.close()
        print("the guestbook is closed", flush=True)


async def main(
    reactor: IReactorTCP, path: str, description: str = "tcp:8124:interface=127.0.0.1"
) -> None:
    port = await serverFromString(reactor, description).listen(Guestbook(path))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
