"""The programs that are measured: started on a core of their own, ended whatever happens.

Each runs in its own process group, so that Ctrl-C reaches the runner alone, which then ends them.
What they write to standard error goes to a file: a pipe that nobody reads would block them.
"""

import os
import select
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bench.errors import BenchError

# glibc serves a large buffer by mmap or from the heap, depending on what the process did before,
# and gives the top of the heap back to the kernel by a threshold of 128 KiB. Reads of 256 KiB, as
# asyncio does them, run into both: measured at 16 KiB and 100 connections, an echo of asyncio costs
# 31 to 36 µs as it comes, 23 to 29 µs with the first variable, and 7.2 to 7.6 µs with both. They
# are set for all sides, so that asyncio is held against us at its best (32 MiB is glibc's limit).
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "33554432"}


@dataclass
class Running:
    """A program under way."""

    process: "subprocess.Popen[bytes]"
    log: BinaryIO

    def readLine(self, patience: float) -> str:
        """Wait for the first line of output.

        Args:
            patience: Seconds to wait for it.

        Raises:
            BenchError: It did not come.
        """
        output = self.process.stdout
        assert output is not None
        if not select.select([output], [], [], patience)[0]:
            raise self.failure(f"said nothing for {patience:g} seconds")
        line = output.readline()
        if not line.endswith(b"\n"):
            raise self.failure("ended before it said anything")
        return line.decode().strip()

    def finish(self, patience: float) -> str:
        """Wait for the end and return the output.

        Args:
            patience: Seconds to wait for it.

        Raises:
            BenchError: It failed or did not end.
        """
        try:
            output, _ = self.process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            raise self.failure(f"did not end in {patience:g} seconds") from None
        if self.process.returncode != 0:
            raise self.failure(f"ended with status {self.process.returncode}")
        return output.decode()

    def failure(self, what: str) -> BenchError:
        """Return the error that names the program, what happened and the last line of its log."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        said = f": {lines[-1].strip()}" if lines else ""
        command = self.process.args
        assert isinstance(command, list)
        program = " ".join(Path(part).name for part in command)
        return BenchError(f"{program} {what}{said}")


@contextmanager
def start(command: Sequence[str | Path], *cores: int) -> Iterator[Running]:
    """Run a program on some cores until the block is left; then what it started ends with it.

    Args:
        command: The program and its arguments.
        cores: The numbers of the cores it may use.

    Raises:
        BenchError: The program cannot be started.
    """
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(os.environ),
                process_group=0,
            )
        except OSError as error:
            raise BenchError(f"cannot start {command[0]}: {error.strerror}") from error
        try:
            try:
                os.sched_setaffinity(process.pid, cores)
            except ProcessLookupError:
                pass  # it has ended already; the caller sees that, and why, when it reads
            yield Running(process, log)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def endChildren() -> None:
    """End what is still there of the programs that this process started.

    A signal may strike while a program is being started, before the block that ends it is entered.
    """
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return  # not on Linux: nothing was started
    for child in map(int, children.split()):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of the programs: no Python settings, the same malloc for all."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("PYTHON")}
    return {**kept, **MALLOC}


def cores() -> tuple[int, int]:
    """Return the core for what is measured and the one for its load, the same if there is but one.

    Raises:
        BenchError: The system cannot keep a process on a core.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise BenchError("needs Linux: it keeps programs on cores and loads them through epoll")
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]
