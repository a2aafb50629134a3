"""Running a program for each connection, with the connection as its standard streams.

The program inherits the socket itself. This process reads and writes nothing meanwhile, and closes
its own descriptor when the program has ended, or when the reactor stops.

Whether a socket blocks is a property of the socket, not of a descriptor. Programs expect one that
does, and a reactor one that does not; so it blocks for as long as the program has it alone.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import ClassVar, cast
from typing import Protocol as TypingProtocol

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import (
    IAddress,
    IProtocol,
    IReactorCore,
    IReactorProcess,
    ISystemHandle,
    ITCPTransport,
)
from twisted.internet.protocol import ProcessProtocol, Protocol, ServerFactory
from twisted.logger import Logger
from twisted.protocols import wire
from twisted.python.failure import Failure
from twisted.runner.inetdconf import InetdService

_log = Logger("twisted.runner.inetd")

MAXIMUM_PROGRAMS = 256
"""How many programs of one service may run at a time, unless the factory says otherwise."""

internalProtocols: dict[str, type[Protocol]] = {
    "chargen": wire.Chargen,
    "daytime": wire.Daytime,
    "discard": wire.Discard,
    "echo": wire.Echo,
    "time": wire.Time,
}
"""The services that need no program, by their names."""


class _Socket(TypingProtocol):
    """What has a descriptor."""

    def fileno(self) -> int: ...


class _Program(ProcessProtocol):
    """Sees when the program has ended."""

    def __init__(self, connection: "InetdProtocol") -> None:
        self._connection = connection

    def processEnded(self, reason: Failure) -> None:
        """Close the connection."""
        self._connection.programEnded()


class InetdProtocol(Protocol):
    """Hands its connection to a program."""

    _descriptor: int | None = None

    def connectionMade(self) -> None:
        """Start the program."""
        # Whatever the peer sends is for the program.
        transport = cast(ITCPTransport, self.transport)
        transport.pauseProducing()  # type: ignore[attr-defined]  # transports of sockets are producers
        if self._programs.running >= self._programs.maximumPrograms:
            _log.warn(
                "{name} has {running} programs running, and refuses {peer}",
                name=self._programs.service.name,
                running=self._programs.running,
                peer=transport.getPeer(),
            )
            transport.loseConnection()
            return
        self._programs.began(self)
        try:
            self._descriptor = cast(_Socket, cast(ISystemHandle, transport).getHandle()).fileno()
            self._spawn(self._descriptor)
        except OSError as error:
            _log.error(
                "{program} cannot be run: {error}",
                program=self._programs.service.program,
                error=error,
            )
            self.programEnded()

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Forget the socket; the program sees the end by itself."""
        self._descriptor = None

    def programEnded(self) -> None:
        """Close the connection; the program has ended."""
        self._programs.ended(self)
        if self._descriptor is not None:
            self.takeBack()
            cast(ITCPTransport, self.transport).loseConnection()

    def takeBack(self) -> None:
        """Let the socket not block, so that the reactor may use it again."""
        if self._descriptor is not None:
            os.set_blocking(self._descriptor, False)

    @property
    def _programs(self) -> "InetdFactory":
        return cast(InetdFactory, self.factory)

    def _spawn(self, descriptor: int) -> None:
        service = self._programs.service
        # The flag belongs to the socket, which the program shares, and expects as others are.
        os.set_blocking(descriptor, True)
        mine = os.getuid(), os.getgid()
        other = (service.user, service.group) != mine
        with ExitStack() as stack:
            error = descriptor
            if self._programs.stderrFile is not None:
                file = stack.enter_context(open(self._programs.stderrFile, "ab"))
                error = file.fileno()
            self._programs.reactor().spawnProcess(
                _Program(self),
                str(service.program),
                service.programArgs or [str(service.program)],
                env=dict(os.environ),
                uid=service.user if other else None,
                gid=service.group if other else None,
                childFDs={0: descriptor, 1: descriptor, 2: error},
            )


class InetdFactory(ServerFactory):
    """Runs the program of a service for each connection.

    Args:
        service: The service.

    Attributes:
        service: The service.
        stderrFile: The path of a file for what the programs write to their standard error stream;
            None for the connection.
        maximumPrograms: How many of its programs may run at a time; further connections are closed.
    """

    protocol: Callable[[], IProtocol] | None = InetdProtocol
    stderrFile: ClassVar[str | None] = None

    def __init__(self, service: InetdService) -> None:
        self.service = service
        self.maximumPrograms = MAXIMUM_PROGRAMS
        self._connections: set[InetdProtocol] = set()
        self._trigger: object | None = None

    @property
    def running(self) -> int:
        """How many programs run now."""
        return len(self._connections)

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        """Build what hands a connection to a program."""
        protocol = InetdProtocol()
        protocol.factory = self
        return protocol

    def reactor(self) -> IReactorProcess:
        """Return what starts the programs: the default reactor."""
        return defaultReactor(IReactorProcess)

    def began(self, connection: InetdProtocol) -> None:
        """Note that a connection has a program.

        Args:
            connection: The connection.
        """
        self._connections.add(connection)
        if self._trigger is None:
            # The reactor closes all connections then, also those that a program still has.
            core = cast(IReactorCore, self.reactor())
            self._trigger = core.addSystemEventTrigger("before", "shutdown", self._takeBackAll)

    def ended(self, connection: InetdProtocol) -> None:
        """Note that the program of a connection has ended.

        Args:
            connection: The connection.
        """
        self._connections.discard(connection)

    def _takeBackAll(self) -> None:
        self._trigger = None
        for connection in self._connections:
            connection.takeBack()


__all__ = ["InetdFactory", "InetdProtocol", "internalProtocols"]
