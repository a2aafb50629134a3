"""A server that receives files and writes a log, on a disk that can be filled.

`python fault_receiver.py FOLDER` prints the number of its port. What a client sends first, a line,
says what the connection is for:

- `store NAME`: what follows is stored; the answer is its length, or the error that forbade it;
- `careless NAME`: the same, but the protocol is not prepared for errors;
- `echo`: each piece comes back;
- `fill`: nothing more fits on the disk from now on; `free`: as much as before does;
- `log`: the answer is the log.

Its log goes to a file in the folder, and errors alone to standard error, too.
"""

import sys
from pathlib import Path
from typing import IO

from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.tcp import Connection
from twisted.logger import (
    FilteringLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)
from twisted.python.components import classImplements
from twisted.python.failure import Failure
from twisted.python.logfile import LogFile

LONGEST_LINE = 100
ROTATE = 20_000

log = Logger("receiver")


class Receiving(Protocol):
    """Finds out what a connection is for, and does it."""

    # Narrower than a Protocol's: all is over TCP.
    transport: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        self._line = b""
        self._purpose = ""
        self._path = folder
        self._file: IO[bytes] | None = None
        self._size = 0

    def dataReceived(self, data: bytes) -> None:
        if not self._purpose:
            line, end, data = (self._line + data).partition(b"\n")
            self._line = line
            if not end:
                if len(line) > LONGEST_LINE:
                    self.transport.abortConnection()
                return
            self._begin(line.decode("ascii"))
        if self._purpose == "echo":
            self.transport.write(data)
        elif self._purpose == "careless":
            self._store(data)
        elif self._purpose == "store" and self._file is not None:
            try:
                self._store(data)
            except OSError as error:
                self._refuse(error)

    def readConnectionLost(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            log.info("{name} was stored", name=self._path.name)
            self.transport.write(b"%d" % self._size)
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """It is what was asked for."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._file is not None:
            # It is incomplete.
            self._file.close()
            self._path.unlink()

    def _begin(self, line: str) -> None:
        self._purpose, _, name = line.partition(" ")
        log.info("asked for {purpose} {name}", purpose=self._purpose, name=name)
        if self._purpose in ("store", "careless"):
            self._path = self._folder / Path(name).name
            try:
                self._file = self._path.open("wb", buffering=0)
            except OSError as error:
                self._refuse(error)
        elif self._purpose == "log":
            self.transport.write((self._folder / "log").read_bytes())
            self.transport.loseConnection()
        elif self._purpose in ("fill", "free"):
            self._answer(getattr(self, f"_{self._purpose}")())

    def _store(self, data: bytes) -> None:
        assert self._file is not None, "it was opened"
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self._size += len(data)

    def _refuse(self, error: OSError) -> None:
        log.warn("{name} can't be stored: {error}", name=self._path.name, error=error)
        self._answer(str(error))

    def _answer(self, text: str) -> None:
        self.transport.write(text.encode())
        self.transport.loseConnection()

    def _fill(self) -> str:
        with self._ballast.open("wb", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while file.write(bytes(size)):
                        pass
                except OSError:
                    continue
        return "full"

    def _free(self) -> str:
        self._ballast.unlink()
        return "free"


classImplements(Receiving, IHalfCloseableProtocol)


class Receives(Factory):
    """Makes the server's end of each connection."""

    noisy = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def buildProtocol(self, addr: IAddress) -> Protocol:
        return Receiving(self._folder)


def main() -> None:
    """Serve until somebody stops it."""
    folder = Path(sys.argv[1])
    file = LogFile("log", folder, rotateLength=ROTATE, maxRotatedFiles=1)
    errors = FilteringLogObserver(
        textFileLogObserver(sys.stderr), [LogLevelFilterPredicate(LogLevel.error)]
    )

    def mark(event: LogEvent) -> None:
        errors(event)
        sys.stderr.flush()

    globalLogBeginner.beginLoggingTo([textFileLogObserver(file), mark], redirectStandardIO=False)
    reactor = EPollReactor()
    port = reactor.listenTCP(0, Receives(folder), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
