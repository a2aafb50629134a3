"""Print the lines of a file, and those that are added to it: python filewatch.py FILE."""

import os
import sys
from collections.abc import Iterator

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, react

INTERVAL = 0.5
"""How many seconds pass between two looks at the file."""


class Lines:
    """Reads the complete lines of a file, of which there may be more each time."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "rb")
        self.rest = b""

    def read(self) -> Iterator[bytes]:
        if os.fstat(self.file.fileno()).st_size < self.file.tell():
            self.file.seek(0)  # it was emptied, and begins anew
            self.rest = b""
        while data := self.file.read(65536):
            *lines, self.rest = (self.rest + data).split(b"\n")
            yield from lines


async def main(reactor: IReactorTime, path: str) -> None:
    lines = Lines(path)

    def look() -> None:
        for line in lines.read():
            print(line.decode("utf-8", "replace"), flush=True)

    looking = LoopingCall(look)
    looking.clock = reactor
    await looking.start(INTERVAL)  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
