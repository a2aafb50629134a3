"""A child process that runs on a pseudo-terminal.

The terminal is one descriptor for all three standard streams, so that nothing can be closed apart.
It is the controlling terminal of the child, which leads a session of its own.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from twisted.internet._processes._baseprocess import BaseProcess
from twisted.internet._processes._launch import describe, launch
from twisted.internet._processes._pipes import PipeAddress
from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet.fdesc import readFromFD, setNonBlocking, writeToFD
from twisted.internet.interfaces import IProcessProtocol, IProcessTransport, IReactorFDSet
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.process")


@implementer(IProcessTransport)
class PTYProcess(FileDescriptor, BaseProcess):
    """A child process on a pseudo-terminal; what it writes comes as from descriptor 1."""

    def __init__(
        self,
        reactor: IReactorFDSet,
        executable: bytes | str,
        args: Iterable[bytes | str],
        environment: Mapping[str, str] | Mapping[bytes, bytes] | None,
        path: bytes | str | None,
        proto: IProcessProtocol,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] | None = None,
    ) -> None:
        """Start a program; see `IReactorProcess.spawnProcess`.

        Args:
            reactor: Watches the terminal.
            executable: The program.
            args: All its arguments.
            environment: Its environment.
            path: The directory that it starts in.
            proto: Gets what happens.
            uid: The user that it runs as.
            gid: The group that it runs as.
            usePTY: The descriptors of an open pseudo-terminal (this process's side, which is taken
                over, and the child's, which stays the caller's) and its path; a new one if left
                out.

        Raises:
            OSError: There is no room for another process, or no terminal left.
            TypeError: Something is neither text nor bytes, or has a NUL in it.
        """
        FileDescriptor.__init__(self, reactor)
        BaseProcess.__init__(self, proto)
        program = describe(executable, args, environment, path, uid, gid)
        # Whether the terminal ends with the process, though the caller holds the other side.
        self._endsWithProcess = isinstance(usePTY, tuple)
        if isinstance(usePTY, tuple):
            ours, theirs, name = usePTY
            pid = launch(replace(program, terminal=name))
        else:
            ours, theirs = os.openpty()
            try:
                pid = launch(replace(program, terminal=os.ttyname(theirs)))
            except BaseException:
                os.close(ours)
                raise
            finally:
                os.close(theirs)
        self._fd = ours
        setNonBlocking(ours)
        self.connected = True
        self.startReading()
        self._begin(reactor, pid)

    def fileno(self) -> int:
        """Return the descriptor of this side; -1 when it is closed."""
        return self._fd

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return BaseProcess.logPrefix(self)

    def getHost(self) -> PipeAddress:
        """Return the address of a pipe, which a terminal has too."""
        return PipeAddress()

    def getPeer(self) -> PipeAddress:
        """Return the address of a pipe, which a terminal has too."""
        return PipeAddress()

    def doRead(self) -> None:
        """Read what is there and hand it to the protocol."""
        try:
            reason = readFromFD(self._fd, self._received)
        except Exception as error:
            _log.failure(
                "childDataReceived of {protocol} failed; its terminal is closed",
                log_system=self.logPrefix(),
                protocol=self.proto,
            )
            reason = error
        if reason is not None and self.connected:
            self._end(reason)

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        """Write as much as goes without blocking."""
        return writeToFD(self._fd, data)

    def writeToChild(self, childFD: int, data: bytes) -> None:
        """Write to the terminal.

        Args:
            childFD: 0.
            data: The bytes.

        Raises:
            KeyError: It is another descriptor.
        """
        if childFD != 0:
            raise KeyError(childFD)
        self.write(data)

    def closeChildFD(self, descriptor: int) -> None:
        """Do nothing: a terminal can't be closed in part."""

    def closeStdin(self) -> None:
        """Do nothing: write an end-of-file character (Control-D) instead."""

    def closeStdout(self) -> None:
        """Do nothing: a terminal can't be closed in part."""

    def closeStderr(self) -> None:
        """Do nothing: a terminal can't be closed in part."""

    def processEnded(self, status: int | None) -> None:
        """Learn that the process has ended; called once, by the room that reaps."""
        super().processEnded(status)
        if self._endsWithProcess and self.connected:
            self._readRest()

    def connectionLost(self, reason: Failure) -> None:
        """Close this side of the terminal; the second call does nothing."""
        if self.disconnected:
            return
        super().connectionLost(reason)
        fd, self._fd = self._fd, -1
        os.close(fd)
        self.maybeCallProcessEnded()

    def _received(self, data: bytes) -> None:
        self._rest = True
        if self.proto is not None:
            self.proto.childDataReceived(1, data)

    def _readRest(self) -> None:
        """Read until there is nothing left, and end: no other side is going to close it."""
        self._rest = True
        while self._rest and self.connected:
            self._rest = False
            self.doRead()
        self.loseConnection()

    def _isOpen(self) -> bool:
        return self.connected


__all__ = ["PTYProcess"]
