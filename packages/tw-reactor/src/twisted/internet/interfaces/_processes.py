"""A reactor that runs other programs."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from twisted.internet.interfaces._transports import ITransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_EMPTY: Mapping[str, str] = MappingProxyType({})


class IProcessTransport(ITransport, Interface):
    """A running child process, as its protocol sees it.

    The methods of `ITransport` are about its standard input and output.
    """

    @property
    def pid(self) -> int | None:
        """The number of the process; None when it has ended."""
        ...

    def closeStdin(self) -> None:
        """Close the child's standard input when what was written to it has been handed over."""

    def closeStdout(self) -> None:
        """Close this side of the child's standard output: the child cannot write to it any more."""

    def closeStderr(self) -> None:
        """Close this side of the child's standard error."""

    def closeChildFD(self, descriptor: int, /) -> None:
        """Close this side of a pipe to the child.

        Args:
            descriptor: Its number in the child.
        """

    def writeToChild(self, childFD: int, data: bytes) -> None:
        """Write to a pipe of the child.

        Args:
            childFD: The number of the pipe in the child.
            data: The bytes.

        Raises:
            KeyError: The child has no such pipe.
        """

    def loseConnection(self) -> None:
        """Close standard input, output and error; the child is not killed."""

    def signalProcess(self, signalID: str | int) -> None:
        """Send the child a signal.

        Args:
            signalID: A name (`"KILL"`, `"TERM"`, `"HUP"`, `"INT"`, ...) or a number.

        Raises:
            ProcessExitedAlready: It has ended.
        """


class IProcessProtocol(Interface):
    """What deals with a child process."""

    def makeConnection(self, process: IProcessTransport) -> None:
        """Take the transport and start.

        Called once, when the child was started.
        """

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Take bytes that the child wrote.

        Args:
            childFD: The number of the pipe in the child: 1 is standard output.
            data: The bytes; at least one.
        """

    def childConnectionLost(self, childFD: int) -> None:
        """Learn that a pipe was closed, by the child or by this side.

        Args:
            childFD: The number of the pipe in the child.
        """

    def processExited(self, reason: "Failure") -> None:
        """Learn that the child has ended; its pipes may still hold data.

        Called once.

        Args:
            reason: Wraps `ProcessDone` for exit status 0, else `ProcessTerminated`.
        """

    def processEnded(self, reason: "Failure") -> None:
        """Learn that the child has ended and all its pipes are closed.

        Called once; nothing is called after it.

        Args:
            reason: As in `processExited`.
        """


class IReactorProcess(Interface):
    """A reactor that starts child processes."""

    def spawnProcess(
        self,
        processProtocol: IProcessProtocol,
        executable: bytes | str,
        args: Iterable[bytes | str] = (),
        env: Mapping[str, str] | Mapping[bytes, bytes] | None = _EMPTY,
        path: bytes | str | None = None,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] = False,
        childFDs: Mapping[int, int | Literal["r", "w"]] | None = None,
    ) -> IProcessTransport:
        """Start a program.

        Args:
            processProtocol: Deals with the child.
            executable: The path of the program; a bare name is looked for in the directories of
                `PATH`. One that can't be started is a child that fails: it says why on its
                standard error and exits with status 1.
            args: All its arguments; the first is by custom the name of the program.
            env: Its complete environment, empty if left out. None inherits this process's.
            path: The directory that it starts in; this process's if None.
            uid: The user that it runs as (needs privileges).
            gid: The group that it runs as (needs privileges).
            usePTY: Whether to run it on a new pseudo-terminal, which then stands for all three
                standard streams; or this process's descriptor, the child's descriptor and the
                path of one that is open.
            childFDs: What the descriptors of the child are: a number of a descriptor of this
                process to share, `"r"` for a pipe that this process reads, `"w"` for one that it
                writes. `{0: "w", 1: "r", 2: "r"}` if left out.

        Raises:
            OSError: There is no room for another process, or for its pipes.
            TypeError: Something is neither text nor bytes, or has a NUL in it.
            ValueError: The descriptors make no sense, or were given beside `usePTY`.
        """
        ...
