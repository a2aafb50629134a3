"""Runs a command in the background, for tests that talk to it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
TWIST = str(Path(sys.executable).parent / "twist")
PATIENCE = 60.0
"""How many seconds to wait for what comes at once on a machine that is not busy."""


class Running:
    """A command that runs.

    Attributes:
        process: The process.
        out: What it has written to standard output.
        err: What it has written to standard error.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.out: list[str] = []
        self.err: list[str] = []
        assert process.stdout is not None
        assert process.stderr is not None
        # Nobody may leave a pipe unread: the command would wait for it.
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, self.out), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, self.err), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def waitFor(self, found: Callable[[str], object]) -> None:
        """Wait until a function is pleased with what was written to standard output."""
        deadline = time.monotonic() + PATIENCE
        while not found("".join(self.out)):
            assert self.process.poll() is None, f"it ended: {self.out} {self.err}"
            assert time.monotonic() < deadline, f"it never came: {self.out} {self.err}"
            time.sleep(0.01)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal, wait for the end, and return the status."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        """Wait for the end and return the status."""
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return status

    def _read(self, pipe: IO[str], lines: list[str]) -> None:
        for line in pipe:
            lines.append(line)  # noqa: PERF402 - each line is there as soon as it has come


@contextmanager
def running(
    command: Sequence[str], path: str | Path = "", variables: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run a command for as long as the context lasts.

    Args:
        command: The command.
        path: A folder to run it in, where its modules are found too.
        variables: More of the environment.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=path or ROOT,
        env={**os.environ, "PYTHONPATH": str(path), **(variables or {})},
    ) as process:
        command_ = Running(process)
        try:
            yield command_
        finally:
            if process.poll() is None:
                process.kill()
            # The readers end with the process; the pipes must not be closed below them.
            command_.end()


def run(
    command: Sequence[str], path: str | Path = "", variables: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run a command to its end; return the status, standard output and standard error."""
    with running(command, path, variables) as it:
        status = it.end()
        return status, "".join(it.out), "".join(it.err)


def freePort(host: str = "127.0.0.1") -> int:
    """Return the number of a port that was free a moment ago."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def ask(port: int, query: bytes, host: str = "127.0.0.1") -> bytes:
    """Connect, send, and return all that comes until the other side closes."""
    with socket.create_connection((host, port), timeout=PATIENCE) as connection:
        connection.sendall(query)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer
