"""Files that are on no disk: `python notes_server.py`.

Everybody sees the same notes, which are kept in memory, and can read and store them.
"""

import sys
import time

from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import IRealm, Portal
from twisted.internet import endpoints
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import react
from twisted.protocols.ftp import (
    FileNotFoundError,
    FTPFactory,
    IFTPShell,
    IReadFile,
    IsNotADirectoryError,
    IWriteFile,
    PermissionDeniedError,
)
from twisted.python.components import implementer


@implementer(IReadFile)
class Reader:
    def __init__(self, content):
        self.content = content

    def send(self, consumer):
        # A small text; what is large registers a producer.
        consumer.write(self.content)
        return succeed(None)


@implementer(IWriteFile)
class Writer:
    """Takes a note, and keeps it when all of it has come."""

    def __init__(self, notes, name):
        self.notes = notes
        self.name = name
        self.pieces = []

    def receive(self):
        return succeed(self)

    def registerProducer(self, producer, streaming):
        self.producer = producer

    def unregisterProducer(self):
        self.producer = None

    def write(self, data):
        self.pieces.append(data)
        if sum(map(len, self.pieces)) > 10_000:
            raise PermissionDeniedError("A note of more than 10000 bytes")

    def close(self):
        self.notes[self.name] = b"".join(self.pieces)
        return succeed(None)


@implementer(IFTPShell)
class Notes:
    """A directory of notes, and nothing below it."""

    def __init__(self):
        self.notes = {"welcome.txt": b"Store a note of your own.\n"}

    async def access(self, path):
        if path:
            raise IsNotADirectoryError("/".join(path))

    async def stat(self, path, keys=()):
        return self._values(path, keys)

    async def list(self, path, keys=()):
        names = path[-1:] or sorted(self.notes)
        return [(name, self._values([name], keys)) for name in names]

    async def openForReading(self, path):
        return Reader(self._note(path))

    async def openForWriting(self, path):
        if len(path) != 1:
            raise FileNotFoundError("/".join(path))
        return Writer(self.notes, path[0])

    async def removeFile(self, path):
        self._note(path)
        del self.notes[path[0]]

    async def makeDirectory(self, path):
        raise PermissionDeniedError(path[-1])

    async def removeDirectory(self, path):
        raise PermissionDeniedError("/")

    async def rename(self, fromPath, toPath):
        raise PermissionDeniedError(toPath[-1])

    def _note(self, path):
        name = "/".join(path)
        if name not in self.notes:
            raise FileNotFoundError(name)
        return self.notes[name]

    def _values(self, path, keys):
        content = self._note(path) if path else b""
        known = {
            "size": len(content),
            "directory": not path,
            "permissions": 0o644 if path else 0o755,
            "hardlinks": 1,
            "modified": time.time(),
            "owner": "everybody",
            "group": "everybody",
        }
        return [known[key] for key in keys]


@implementer(IRealm)
class NotesRealm:
    """Gives everybody the same notes."""

    def __init__(self):
        self.notes = Notes()

    def requestAvatar(self, avatarId, mind, *interfaces):
        return IFTPShell, self.notes, lambda: None


async def main(reactor, where="tcp:2121:interface=127.0.0.1"):
    factory = FTPFactory(Portal(NotesRealm(), [AllowAnonymousAccess()]))
    port = await endpoints.serverFromString(reactor, where).listen(factory)
    print("Notes are on port", port.getHost().port, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
