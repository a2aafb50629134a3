"""Print what others write to a named pipe: python letterbox.py PIPE."""

import os
import stat
import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.python.failure import Failure


@implementer(IReadDescriptor)
class Letterbox:
    def __init__(self, path: str) -> None:
        # Opened for writing too, the pipe has no end while nobody else writes to it.
        self.descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        if not stat.S_ISFIFO(os.fstat(self.descriptor).st_mode):
            raise SystemExit(f"{path} is no named pipe: make one with mkfifo")

    def fileno(self) -> int:
        return self.descriptor

    def logPrefix(self) -> str:
        return "letterbox"

    def doRead(self) -> None:
        """Called by the reactor when there is something to read."""
        print("received", os.read(self.descriptor, 65536), flush=True)

    def connectionLost(self, reason: Failure) -> None:
        """Called by the reactor when the descriptor is broken, or the reactor stops."""
        os.close(self.descriptor)
        self.descriptor = -1


async def main(reactor: IReactorFDSet, path: str) -> None:
    reactor.addReader(Letterbox(path))
    print("waiting for letters", flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
