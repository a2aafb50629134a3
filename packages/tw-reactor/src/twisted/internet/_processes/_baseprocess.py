"""What every child process has: a protocol, a number, an end, and signals."""

import os
import signal

from twisted.internet._processes._reaping import (
    hasEnded,
    reap,
    reapProcessHandlers,
    reasonOf,
    watch,
)
from twisted.internet._sockets._streamconnection import protocolName
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IProcessProtocol, IReactorFDSet
from twisted.logger import Logger

_log = Logger(namespace="twisted.internet.process")


class BaseProcess:
    """A child process.

    Attributes:
        proto: Gets what happens; None when everything has.
        pid: The number of the process; None when it has ended.
        status: The status as `os.waitpid` gave it; None until the process has ended.
        lostProcess: Whether the process has ended.
    """

    pid: int | None = None
    status: int | None = None
    lostProcess: bool = False

    def __init__(self, protocol: IProcessProtocol | None) -> None:
        """Make a process that was not started yet.

        Args:
            protocol: Gets what happens.
        """
        self.proto = protocol

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return protocolName(self.proto)

    def processEnded(self, status: int | None) -> None:
        """Learn that the process has ended; called once, by the room that reaps.

        Args:
            status: The status as `os.waitpid` gave it; None if it is not known.
        """
        self.status = status
        self.lostProcess = True
        self.pid = None
        self._tell("processExited", reasonOf(status))
        self.maybeCallProcessEnded()

    def maybeCallProcessEnded(self) -> None:
        """Tell the protocol that everything is over, if it is."""
        if self.lostProcess and self.proto is not None and not self._isOpen():
            proto = self.proto
            self._tell("processEnded", reasonOf(self.status))
            if self.proto is proto:
                self.proto = None

    def signalProcess(self, signalID: str | int) -> None:
        """Send the process a signal.

        Args:
            signalID: A name without the SIG at its beginning (`"TERM"`), or a number.

        Raises:
            ProcessExitedAlready: It has ended.
            ValueError: There is no such signal.
        """
        number = signalNumber(signalID)
        if self.pid is None or hasEnded(self.pid):
            raise ProcessExitedAlready("the process has ended and gets no more signals")
        os.kill(self.pid, number)

    def _isOpen(self) -> bool:
        """Return whether there are pipes that may still bring something."""
        raise TypeError(f"{type(self).__name__} has to define _isOpen")

    def _begin(self, reactor: IReactorFDSet, pid: int) -> None:
        """Tell the protocol of the start, and wait for the end."""
        self.pid = pid
        watch(reactor, pid, self)
        self._tell("makeConnection", self)

    def reapProcess(self) -> None:
        """Look whether the process has ended, and tell the protocol if so."""
        if self.pid in reapProcessHandlers:
            reap(self.pid)

    def _tell(self, method: str, *args: object) -> None:
        if self.proto is None:
            return
        try:
            getattr(self.proto, method)(*args)
        except Exception:
            _log.failure(
                "{method} of {protocol} failed",
                log_system=self.logPrefix(),
                method=method,
                protocol=self.proto,
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} pid={self.pid} status={self.status}>"


def signalNumber(signalID: str | int) -> int:
    """Return the number of a signal.

    Raises:
        ValueError: There is no such signal.
    """
    if isinstance(signalID, str):
        found = getattr(signal, signalID if signalID.startswith("SIG") else f"SIG{signalID}", None)
        if isinstance(found, signal.Signals):
            return found
    elif signalID in signal.valid_signals():
        return signalID
    raise ValueError(f'{signalID!r} is no signal: give a name such as "TERM", or a number')


__all__ = ["BaseProcess", "signalNumber"]
