"""Read from a server no faster than the disk takes it: python slow_reader.py ENDPOINT FILE COUNT."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import react
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure


class Saving(Protocol):
    def __init__(self, path: str) -> None:
        self.file = open(path, "wb")
        self.done: Deferred[None] = Deferred()
        self.waiting: list[bytes] = []
        self.writing = self.lost = False

    def dataReceived(self, data: bytes) -> None:
        self.waiting.append(data)
        if not self.writing:
            self.save()

    def save(self) -> None:
        data, self.waiting = b"".join(self.waiting), []
        self.writing = True
        self.transport.pauseProducing()
        deferToThread(self.file.write, data).addCallbacks(self.saved, self.failed)

    def saved(self, written: int) -> None:
        self.writing = False
        if self.waiting:
            self.save()
        elif self.lost:
            self.file.close()
            self.done.callback(None)
        else:
            self.transport.resumeProducing()

    def failed(self, reason: Failure) -> None:
        self.file.close()
        self.transport.loseConnection()
        self.done.errback(reason)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost = True
        if not self.writing:
            self.saved(0)


async def main(reactor: object, description: str, path: str, count: str) -> None:
    saving = Saving(path)
    await connectProtocol(clientFromString(reactor, description), saving)
    saving.transport.write(count.encode() + b"\n")
    await saving.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
