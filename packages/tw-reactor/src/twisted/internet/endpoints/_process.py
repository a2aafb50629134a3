"""A child process as an endpoint: its standard input and output are the connection."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from twisted.internet.address import ProcessAddress
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone, NoProtocol, ProcessDone
from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IProcessProtocol,
    IProcessTransport,
    IProtocol,
    IProtocolFactory,
    IReactorProcess,
    IStreamClientEndpoint,
)
from twisted.logger import Logger
from twisted.python.components import adapt, classImplements
from twisted.python.constants import NamedConstant, Names
from twisted.python.failure import Failure

_EMPTY: Mapping[str, str] = MappingProxyType({})

_log = Logger()


class StandardErrorBehavior(Names):
    """What becomes of what a process writes to its standard error.

    Attributes:
        LOG: It is logged, as a warning.
        DROP: It is thrown away.
    """

    LOG: NamedConstant = NamedConstant()
    DROP: NamedConstant = NamedConstant()


class ProcessAsConnection:
    """Tells a protocol of a stream what a child process does."""

    def __init__(
        self, protocol: IProtocol, executable: str | bytes, errFlag: NamedConstant
    ) -> None:
        """Make one.

        Args:
            protocol: Is given the child as its transport.
            executable: The path of the program, for the log.
            errFlag: What becomes of the child's standard error.
        """
        self.protocol = protocol
        self._executable = executable
        self._errFlag = errFlag

    def makeConnection(self, process: IProcessTransport) -> None:
        """Connect the protocol to the child.

        Args:
            process: The child, which is running.
        """
        self.protocol.makeConnection(process)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Hand standard output to the protocol; log or drop standard error.

        Args:
            childFD: The number of the pipe in the child. What comes through another one than
                these two is dropped.
            data: At least one byte.
        """
        if childFD == 1:
            self.protocol.dataReceived(data)
        elif childFD == 2 and self._errFlag is StandardErrorBehavior.LOG:
            _log.warn(
                "Process {executable!r} wrote to its standard error: {data!r}",
                executable=self._executable,
                protocol=self.protocol,
                data=data,
            )

    def childConnectionLost(self, childFD: int) -> None:
        """Tell a protocol that can go on with one direction; the connection ends with the process.

        Args:
            childFD: The number of the pipe in the child, which was closed.
        """
        halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
        if halfCloseable is None:
            return
        if childFD == 1:
            halfCloseable.readConnectionLost()
        elif childFD == 0:
            halfCloseable.writeConnectionLost()

    def processExited(self, reason: Failure) -> None:
        """Do nothing: the pipes may still bring data.

        Args:
            reason: How it ended.
        """

    def processEnded(self, reason: Failure) -> None:
        """Tell the protocol that the connection is gone.

        Args:
            reason: How the child ended. Exit status 0 is a connection that ended well.
        """
        if type(reason.value) is ProcessDone:
            reason = Failure(ConnectionDone())
        self.protocol.connectionLost(reason)


class ProcessEndpoint:
    """A program to run, and to speak with through its standard input and output."""

    def __init__(
        self,
        reactor: IReactorProcess,
        executable: str | bytes,
        args: Iterable[str | bytes] = (),
        env: Mapping[str, str] | Mapping[bytes, bytes] | None = _EMPTY,
        path: str | bytes | None = None,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] = False,
        childFDs: Mapping[int, int | Literal["r", "w"]] | None = None,
        errFlag: NamedConstant = StandardErrorBehavior.LOG,
    ) -> None:
        """Make an endpoint; nothing is started before `connect`.

        Args:
            reactor: Starts the program.
            executable: Its path.
            args: All its arguments; the first is by custom the name of the program.
            env: Its environment, empty if left out. None inherits this process's.
            path: The directory that it starts in; this process's if None.
            uid: The user that it runs as (needs privileges).
            gid: The group that it runs as (needs privileges).
            usePTY: Whether to run it on a new pseudo-terminal.
            childFDs: What the descriptors of the child are, as for `spawnProcess`.
            errFlag: What becomes of what it writes to its standard error.
        """
        self._reactor = reactor
        self._executable = executable
        self._args = tuple(args)
        self._env = env
        self._path = path
        self._uid = uid
        self._gid = gid
        self._usePTY = usePTY
        self._childFDs = childFDs
        self._errFlag = errFlag

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Start the program, and connect a protocol to it.

        The transport of the protocol is the `IProcessTransport`. Closing it closes the pipes; a
        program that goes on in spite of that can be signalled. `connectionLost` is called with
        `ConnectionDone` when the program ended with exit status 0, else with `ProcessTerminated`.
        A protocol that provides `IHalfCloseableProtocol` is told when the program has closed its
        standard output or input before that.

        Args:
            protocolFactory: Builds the protocol.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure, with
            `NoProtocol` or what `spawnProcess` raised.
        """
        try:
            protocol = protocolFactory.buildProtocol(ProcessAddress(self._executable))
            if protocol is None:
                raise NoProtocol(f"{protocolFactory!r} built no protocol")
            self._reactor.spawnProcess(
                ProcessAsConnection(protocol, self._executable, self._errFlag),
                self._executable,
                self._args,
                self._env,
                self._path,
                self._uid,
                self._gid,
                self._usePTY,
                self._childFDs,
            )
        except Exception:
            return fail()
        return succeed(protocol)

    def __repr__(self) -> str:
        return f"<ProcessEndpoint {self._executable!r}>"


classImplements(ProcessAsConnection, IProcessProtocol)
classImplements(ProcessEndpoint, IStreamClientEndpoint)
