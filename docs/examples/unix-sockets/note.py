"""Send a note to collect.py, and wait for its number: python note.py NAME TEXT."""

import os
import sys
import tempfile

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.protocol import ConnectedDatagramProtocol
from twisted.internet.task import react
from twisted.python.failure import Failure


class Note(ConnectedDatagramProtocol):
    def __init__(self, text: str) -> None:
        self.text = text
        self.answered: Deferred[bytes] = Deferred()

    def startProtocol(self) -> None:
        self.transport.write(self.text.encode())

    def datagramReceived(self, datagram: bytes) -> None:
        self.answered.callback(datagram)

    def connectionFailed(self, failure: Failure) -> None:
        self.answered.errback(failure)

    def connectionRefused(self) -> None:
        self.answered.errback(ConnectionRefusedError())


async def main(reactor: object, name: str, text: str) -> None:
    address = "\0" + name[1:] if name.startswith("@") else name
    note = Note(text)
    with tempfile.TemporaryDirectory() as directory:
        # A socket can be answered only if it has a name of its own.
        own = os.path.join(directory, "note")
        port = reactor.connectUNIXDatagram(address, note, bindAddress=own)
        # Whoever waits for a datagram waits for ever, unless there is a limit.
        note.answered.addTimeout(10, reactor)
        try:
            print((await note.answered).decode())
        finally:
            await maybeDeferred(port.stopListening)


if __name__ == "__main__":
    react(main, sys.argv[1:])
