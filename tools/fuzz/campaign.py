"""Many inputs for one target, in a process of their own that is watched.

The process tells the number of the input that it is at by a few bytes of shared memory. So a parser
that does not come back, or takes the process with it, is found as any other: its process is made to
print where it is, and the input is made again from its number. Memory is measured for the process,
and for some inputs alone (`trial`).
"""

import faulthandler
import gc
import mmap
import os
import pickle
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.inputs import inputOf, randomFor
from fuzz.noise import Noise
from fuzz.target import Target
from fuzz.trial import Failure, attempt

PATIENCE = 60.0
"""How many seconds one input may take."""

MOST_FAILURES = 5
"""After how many failures a target is given up."""

MOST_MEMORY = 2 * 1024**3
"""How many bytes of address space a process may have beyond what it begins with."""

MEASURED = 16
"""Of so many inputs, the memory of one is measured, at first; CPython keeps some kilobytes each time,
so that after `OFTEN` inputs it is one of ten times as many."""

OFTEN = 3200

BLOCKS_PER_INPUT = 0.2
"""How many blocks of memory may stay behind for each input, beside those of the target: it is far less than one for an object that is kept for ever."""

_POLLED = 0.02


@dataclass
class Result:
    """What came of a target.

    Attributes:
        target: Its name.
        inputs: How many inputs were tried.
        size: How many bytes these had.
        seconds: How long that took.
        inputMemory: How many bytes one input took at most, of those that were measured.
        slowest: How many seconds one input took at most, with all its repetitions.
        slowestIndex: Its number.
        processMemory: How many bytes the process took at most.
        failures: What went wrong.
    """

    target: str
    inputs: int = 0
    size: int = 0
    seconds: float = 0.0
    inputMemory: int = 0
    slowest: float = 0.0
    slowestIndex: int = 0
    processMemory: int = 0
    failures: list[Failure] = field(default_factory=list)


def watched(
    target: Target, seed: int, first: int, count: int, patience: float = PATIENCE
) -> Result:
    """Try inputs in a process of their own.

    Args:
        target: The target.
        seed: The seed of the run.
        first: The number of the first input.
        count: How many.
        patience: How many seconds one of them may take.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    progress = mmap.mmap(-1, 8)
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(reading)
            _work(target, seed, first, count, progress, writing)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    status, memory = _await(child, progress, patience)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    index = first + int.from_bytes(progress, "little")
    progress.close()
    result = pickle.loads(content) if content else Result(target.name, inputs=index - first + 1)
    assert isinstance(result, Result)
    result.seconds = time.monotonic() - began
    result.processMemory = memory
    if status != 0:
        hung = status == -signal.SIGABRT
        why = f"it took more than {patience:g} seconds" if hung else f"the process ended: {status}"
        data = inputOf(target, randomFor(seed, target, index))
        result.failures.append(Failure(target.name, seed, index, data, why))
    return result


def _await(child: int, progress: mmap.mmap, patience: float) -> tuple[int, int]:
    """Wait for the end of a process, and help if it makes no progress; return status and memory."""
    seen, since = b"", time.monotonic()
    pid = 0
    try:
        while True:
            pid, status, usage = os.wait4(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024
            now = time.monotonic()
            if progress[:8] != seen:
                seen, since = progress[:8], now
            elif now - since > patience:
                # faulthandler prints where it is.
                os.kill(child, signal.SIGABRT)
                since = now
            time.sleep(_POLLED)
    finally:
        if not pid:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _work(
    target: Target, seed: int, first: int, count: int, progress: mmap.mmap, writing: int
) -> None:
    """Try the inputs, and write the result into a pipe."""
    faulthandler.enable()
    _limitMemory()
    # What is there by now stays: nobody needs to look through it for garbage again and again.
    gc.freeze()
    noise = Noise()
    noise.begin()
    result = Result(target.name)
    blocks = _Blocks(target, first, count)
    for index in range(first, first + count):
        progress[:8] = (index - first).to_bytes(8, "little")
        began = time.process_time()
        among = MEASURED if index - first < OFTEN else 10 * MEASURED
        trial = attempt(target, seed, index, noise, index % among == 0)
        took = time.process_time() - began
        result.inputs += 1
        result.size += trial.size
        result.inputMemory = max(result.inputMemory, trial.memory)
        # The first one waits for much that is there for those that follow.
        if index > first and took > result.slowest:
            result.slowest, result.slowestIndex = took, index
        if trial.failure is not None:
            result.failures.append(trial.failure)
            if len(result.failures) >= MOST_FAILURES:
                break
        blocks.note(index)
    why = blocks.growth()
    if why and not result.failures:
        result.failures.append(Failure(target.name, seed, None, b"", why))
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(result, pipe)


class _Blocks:
    """How many blocks of memory are in use, a quarter of the way and at the end."""

    def __init__(self, target: Target, first: int, count: int) -> None:
        self._allowed = target.blocks
        self._quarter = first + count // 4
        self._last = first + count - 1
        self._inputs = self._last - self._quarter
        self._before = self._after = 0

    def note(self, index: int) -> None:
        """Count, if it is time."""
        if index == self._quarter:
            self._before = _inUse()
        if index == self._last:
            self._after = _inUse()

    def growth(self) -> str:
        """Return what there is to say about growth; empty if that is nothing."""
        grown = self._after - self._before
        allowed = self._allowed + int(BLOCKS_PER_INPUT * self._inputs)
        if grown <= allowed or not self._after:
            return ""
        return (
            f"{grown} blocks of memory stay behind after {self._inputs} inputs: "
            f"{allowed} are allowed"
        )


def _inUse() -> int:
    gc.collect()
    return sys.getallocatedblocks()


def _limitMemory() -> None:
    """Make what wants far too much memory fail here, and not the machine."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        # Only Linux tells how much there is already.
        return
    pages = int(statistics.read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
