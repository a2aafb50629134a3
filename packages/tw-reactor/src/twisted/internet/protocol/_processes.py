"""Protocols of child processes."""

from twisted.internet.interfaces import IProcessProtocol, IProcessTransport
from twisted.internet.protocol._streams import BaseProtocol
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class ProcessProtocol(BaseProtocol):
    """What deals with one child process.

    Subclass it and override the events that matter. The default of each does nothing but the two
    that hand on what a pipe brings: `childDataReceived` and `childConnectionLost`.
    """

    transport: IProcessTransport = None  # type: ignore[assignment] # as in BaseProtocol

    def makeConnection(  # type: ignore[override] # a process is never handed another transport
        self, process: IProcessTransport
    ) -> None:
        """Take the transport, and call `connectionMade`.

        Args:
            process: The child, which is running.
        """
        super().makeConnection(process)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Hand what the child wrote to `outReceived` (1) or `errReceived` (2).

        Args:
            childFD: The number of the pipe in the child. What another one brings is dropped.
            data: At least one byte.
        """
        if childFD == 1:
            self.outReceived(data)
        elif childFD == 2:
            self.errReceived(data)

    def outReceived(self, data: bytes) -> None:
        """Take what the child wrote to its standard output.

        Args:
            data: At least one byte.
        """

    def errReceived(self, data: bytes) -> None:
        """Take what the child wrote to its standard error.

        Args:
            data: At least one byte.
        """

    def childConnectionLost(self, childFD: int) -> None:
        """Tell `inConnectionLost` (0), `outConnectionLost` (1) or `errConnectionLost` (2).

        Args:
            childFD: The number of the pipe in the child, which was closed.
        """
        if childFD == 0:
            self.inConnectionLost()
        elif childFD == 1:
            self.outConnectionLost()
        elif childFD == 2:
            self.errConnectionLost()

    def inConnectionLost(self) -> None:
        """Learn that the child's standard input was closed."""

    def outConnectionLost(self) -> None:
        """Learn that the child's standard output was closed."""

    def errConnectionLost(self) -> None:
        """Learn that the child's standard error was closed."""

    def processExited(self, reason: Failure) -> None:
        """Learn that the child has ended; its pipes may still bring data.

        Args:
            reason: Wraps `ProcessDone` for exit status 0, else `ProcessTerminated`.
        """

    def processEnded(self, reason: Failure) -> None:
        """Learn that the child has ended and all its pipes are closed.

        Args:
            reason: As in `processExited`.
        """


classImplements(ProcessProtocol, IProcessProtocol)
