"""Send a file to each client: python file_server.py FILE [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.sendfile import sendFile
from twisted.internet.task import react


class FileServer(Protocol):
    def __init__(self, path: str) -> None:
        self.path = path

    def connectionMade(self) -> None:
        try:
            with open(self.path, "rb") as file:
                sending = sendFile(self.transport, file)
        except OSError as error:
            print(error, flush=True)
            self.transport.abortConnection()
            return
        sending.addCallbacks(self.sent, self.failed)

    def sent(self, size: int) -> None:
        print("sent", size, "bytes", flush=True)
        self.transport.loseConnection()

    def failed(self, reason: object) -> None:
        print("not sent:", reason.getErrorMessage(), flush=True)


async def main(
    reactor: object, path: str, description: str = "tcp:8000:interface=127.0.0.1"
) -> None:
    factory = Factory()
    factory.buildProtocol = lambda address: FileServer(path)
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
