"""Learning of the end of child processes.

On Linux a process has a descriptor (pidfd) that becomes readable when it ends. The reactor watches
it like any other: no signal handler is needed, so that this works in every thread and on every
event loop, costs nothing for the other children, and never takes the exit status of a child that
somebody else started. Elsewhere a thread waits for the child.

`reapProcessHandlers` is the table of those that are waited for; `reapAllProcesses` looks after all
of them at once.
"""

import os
import threading
from collections.abc import Callable
from typing import Protocol, cast

from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IReactorFDSet, IReactorFromThreads, IReadDescriptor
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.process")


class Reaper(Protocol):
    """Whoever wants to know of the end of a process."""

    def processEnded(self, status: int | None) -> None:
        """Learn the status as `os.waitpid` gave it; None if somebody else took it."""


reapProcessHandlers: dict[int, Reaper] = {}
"""For each child that is waited for: who is told."""


def registerReapProcessHandler(pid: int, process: Reaper) -> None:
    """Tell an object of the end of a child, at once if it has ended, or else on reaping.

    Raises:
        RuntimeError: Somebody else waits for this child.
    """
    if pid in reapProcessHandlers:
        raise RuntimeError(f"somebody waits for the process {pid} already")
    reapProcessHandlers[pid] = process
    reap(pid)


def unregisterReapProcessHandler(pid: int, process: Reaper) -> None:
    """Take back a registration.

    Raises:
        RuntimeError: This object does not wait for this child.
    """
    if reapProcessHandlers.get(pid) is not process:
        raise RuntimeError(f"{process!r} does not wait for the process {pid}")
    del reapProcessHandlers[pid]


def reapAllProcesses() -> None:
    """Look after all children that are waited for."""
    for pid in list(reapProcessHandlers):
        reap(pid)


def reap(pid: int) -> None:
    """Look after a child, and tell who waits for it if it has ended."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        _tell(pid, None)
        return
    if ended:
        _tell(pid, status)


def _tell(pid: int, status: int | None) -> None:
    process = reapProcessHandlers.pop(pid, None)
    if process is None:
        return
    try:
        process.processEnded(status)
    except Exception:
        _log.failure("processEnded of {process} failed", process=process)


def hasEnded(pid: int) -> bool:
    """Return whether a child has ended; its status stays where it is."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def reasonOf(status: int | None) -> Failure:
    """Return the failure that stands for a status."""
    if status is None:
        return Failure(ProcessTerminated())
    if os.WIFSIGNALED(status):
        return Failure(ProcessTerminated(None, os.WTERMSIG(status), status))
    code = os.WEXITSTATUS(status)
    return Failure(ProcessTerminated(code, None, status) if code else ProcessDone(status))


@implementer(IReadDescriptor)
class ExitDescriptor:
    """The descriptor of a process, which becomes readable when the process ends."""

    def __init__(self, reactor: IReactorFDSet, pid: int, fd: int) -> None:
        """Start watching.

        Args:
            reactor: Watches the descriptor.
            pid: The number of the process.
            fd: The descriptor; it is closed at the end.
        """
        self._reactor = reactor
        self._pid = pid
        self._fd = fd
        reactor.addReader(self)

    def fileno(self) -> int:
        """Return the descriptor; -1 when it is closed."""
        return self._fd

    def logPrefix(self) -> str:
        """Return the name in the log."""
        return f"process {self._pid}"

    def doRead(self) -> Exception | None:
        """Learn that the process has ended."""
        self._close()
        reap(self._pid)
        return None

    def connectionLost(self, reason: Failure) -> None:
        """Learn that the reactor shuts down."""
        self._close()

    def _close(self) -> None:
        if self._fd == -1:
            return
        self._reactor.removeReader(self)
        fd, self._fd = self._fd, -1
        os.close(fd)


def watch(reactor: IReactorFDSet, pid: int, process: Reaper) -> None:
    """Tell an object, soon, when a child has ended.

    Args:
        reactor: Calls it.
        pid: The number of the child.
        process: Who is told.
    """
    reapProcessHandlers[pid] = process
    fd = openProcess(pid)
    if fd is None:
        _waitInThread(cast(IReactorFromThreads, reactor).callFromThread, pid)
    else:
        ExitDescriptor(reactor, pid, fd)


def openProcess(pid: int) -> int | None:
    """Return a descriptor of a process; None where there are no such descriptors."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _waitInThread(callFromThread: Callable[..., object], pid: int) -> None:
    def wait() -> None:
        try:
            _, status = os.waitpid(pid, 0)
        except ChildProcessError:
            callFromThread(_tell, pid, None)
        else:
            callFromThread(_tell, pid, status)

    threading.Thread(target=wait, name=f"waits for process {pid}", daemon=True).start()


__all__ = [
    "ExitDescriptor",
    "Reaper",
    "hasEnded",
    "reapAllProcesses",
    "reapProcessHandlers",
    "reasonOf",
    "registerReapProcessHandler",
    "unregisterReapProcessHandler",
    "watch",
]
