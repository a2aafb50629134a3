"""Starts `twistd` as a daemon, for tests that look at it and end it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .running import PATIENCE, freePort

TWISTD = str(Path(sys.executable).parent / "twistd")

ECHO = """
from twisted.application import internet, service
from twisted.internet.protocol import Factory, Protocol

class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)
        self.transport.loseConnection()

application = service.Application("echo")
internet.TCPServer({port}, Factory.forProtocol(Echo), interface="127.0.0.1").setServiceParent(
    service.IServiceCollection(application)
)
"""


def waitFor(found: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, f"it never came: {what}"
        time.sleep(0.01)


def isAlive(pid: int) -> bool:
    """Whether a process has not ended; a zombie has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Place:
    """A directory with an application and, perhaps, its daemon.

    Attributes:
        path: The directory.
        port: Where the application listens.
    """

    def __init__(self, path: Path, program: str = ECHO) -> None:
        self.path = path
        self.port = freePort()
        (path / "echo.tac").write_text(program.format(port=self.port))

    @property
    def pidFile(self) -> Path:
        """The pid file."""
        return self.path / "twistd.pid"

    @property
    def log(self) -> str:
        """What the log has."""
        file = self.path / "twistd.log"
        return file.read_text() if file.exists() else ""

    def start(self, *words: str) -> tuple[int, str]:
        """Run twistd until the process that was started ends; return status and errors."""
        done = subprocess.run(
            [TWISTD, *(words or ("-y", "echo.tac"))],
            cwd=self.path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stderr

    def pid(self) -> int:
        """Return the number in the pid file."""
        return int(self.pidFile.read_text())

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the daemon and wait for its end."""
        pid = self.pid()
        os.kill(pid, number)
        waitFor(lambda: not isAlive(pid), "the end of the daemon")


@contextmanager
def place(path: Path, program: str = ECHO) -> Iterator[Place]:
    """Make a place, and leave no daemon behind."""
    it = Place(path, program)
    try:
        yield it
    finally:
        for file in path.rglob("*.pid"):
            with suppress(ValueError, ProcessLookupError, OSError):
                os.kill(int(file.read_text()), signal.SIGKILL)
