"""Going on in the background.

The process forks twice, with a new session between, so that what goes on has no terminal and cannot
get one. The process that was started waits until the daemon says how its start went, and ends with
that status: who sees status 0 can connect to what the daemon serves.

Until then the daemon keeps the standard output and error of the one that was started, so that its
last words are seen; afterwards it has /dev/null in their places. Ctrl-C or SIGTERM for the process
that waits is passed on to the daemon.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from twisted.internet.interfaces import IReactorDaemonize
from twisted.python.components import provides

_PASSED_ON = (signal.SIGINT, signal.SIGTERM)

LOST = os.EX_SOFTWARE
"""The status where the daemon ended without a word."""


class Report:
    """What the daemon tells the process that waits.

    Args:
        descriptor: The writing end of the pipe to that process; None if none waits, since another
            daemon has started this one.
        nowhere: A descriptor of /dev/null.
    """

    def __init__(self, descriptor: int | None, nowhere: int) -> None:
        self._descriptor = descriptor
        self._nowhere: int | None = nowhere

    @classmethod
    def toNobody(cls) -> "Report":
        """Return that of a process which another daemon has started, and which has no terminal.

        Raises:
            OSError: The system has no /dev/null.
        """
        return cls(None, os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC))

    def tell(self, status: int) -> None:
        """Tell with which status to end, once, and let go of the standard streams.

        Args:
            status: 0 if the daemon has started.
        """
        nowhere, self._nowhere = self._nowhere, None
        if nowhere is None:
            return
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            os.write(descriptor, bytes([status]))
        except BrokenPipeError:
            # Nobody waits: that process was killed.
            pass
        os.close(descriptor)


def detach(reactor: object) -> Report:
    """Go on in a process of its own, without a terminal.

    Returns in that process. The one that calls ends with the status that is reported.

    Args:
        reactor: Is told, if it provides `IReactorDaemonize`.

    Raises:
        OSError: The system allows no more processes, or has no /dev/null.
    """
    knows = provides(IReactorDaemonize, reactor)
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    # The pipe's ends are not inherited by programs that the daemon runs.
    fromDaemon, toParent = os.pipe()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if knows:
        reactor.beforeDaemonize()  # type: ignore[attr-defined]  # it provides it
    waiting = _Waiting(fromDaemon)
    waiting.listen()
    middle = os.fork()
    if middle:
        os.close(toParent)
        waiting.wait(middle)
    waiting.listenNoMore()
    os.close(fromDaemon)
    os.setsid()
    daemon = os.fork()
    if daemon:
        os.write(toParent, b"%d\n" % daemon)
        os._exit(0)
    os.dup2(nowhere, 0)
    if knows:
        reactor.afterDaemonize()  # type: ignore[attr-defined]  # it provides it
    return Report(toParent, nowhere)


class _Waiting:
    """The process that waits for what the daemon reports."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._daemon: int | None = None
        self._received: int | None = None
        self._found = {number: signal.getsignal(number) for number in _PASSED_ON}

    def listen(self) -> None:
        for number in _PASSED_ON:
            signal.signal(number, self._receive)

    def listenNoMore(self) -> None:
        for number, found in self._found.items():
            signal.signal(number, signal.SIG_DFL if found is None else found)

    def wait(self, middle: int) -> NoReturn:
        """End as the daemon reports; nothing of this program is to happen twice, so at once."""
        os.waitpid(middle, 0)
        line = b""
        while not line.endswith(b"\n") and (byte := os.read(self._descriptor, 1)):
            line += byte
        if line:
            self._daemon = int(line)
            self._passOn()
        status = os.read(self._descriptor, 1)
        if status and (status[0] or self._received is None):
            os._exit(status[0])
        # A daemon that has started all the same ends, since the signal was passed on.
        if self._received is not None:
            signal.signal(self._received, signal.SIG_DFL)
            os.kill(os.getpid(), self._received)
        os.write(2, b"twistd: the daemon ended before it had started; its log may tell why\n")
        os._exit(LOST)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._received = number
        self._passOn()

    def _passOn(self) -> None:
        if self._daemon is not None and self._received is not None:
            try:
                os.kill(self._daemon, self._received)
            except ProcessLookupError:
                # It ended by itself; the pipe tells.
                pass


__all__ = ["Report", "detach"]
