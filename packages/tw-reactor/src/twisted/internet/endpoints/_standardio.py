"""Standard input and output as an endpoint, and the parser of `stdio:`.

Whoever started the process is the one client, and is connected from the beginning. So a server that
takes descriptions serves a terminal, a pipe, or a connection that inetd or `socat` accepted.
"""

import errno
import os
import sys

from twisted.internet._processes._pipes import PipeAddress
from twisted.internet._processes._stdio import StandardIO
from twisted.internet.endpoints._baseendpoints import BaseServerEndpoint
from twisted.internet.error import AlreadyListened, CannotListenError, NoProtocol
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IReactorFDSet,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class StandardIOPort(StandardIO):
    """The connection over standard input and output, which is also the port that accepted it."""

    _factory: IProtocolFactory | None = None

    def __init__(
        self, factory: IProtocolFactory, stdin: int, stdout: int, reactor: IReactorFDSet
    ) -> None:
        """Build a protocol, and connect it.

        Args:
            factory: Builds the protocol.
            stdin: The descriptor to read from.
            stdout: The descriptor to write to.
            reactor: Watches them.

        Raises:
            NoProtocol: The factory built none.
        """
        factory.doStart()
        self._factory = factory
        try:
            protocol = factory.buildProtocol(PipeAddress())
            if protocol is None:
                raise NoProtocol(f"{factory!r} built no protocol")
            super().__init__(protocol, stdin, stdout, reactor)
        except BaseException:
            self.stopListening()
            raise

    def startListening(self) -> None:
        """Do nothing: there is one connection, and it has begun."""

    def stopListening(self) -> None:
        """Stop the factory; as with any port, the connection goes on."""
        factory, self._factory = self._factory, None
        if factory is not None:
            factory.doStop()

    def connectionLost(self, reason: Failure) -> None:
        """Close what is open, tell the protocol, and stop the factory."""
        super().connectionLost(reason)
        self.stopListening()


class StandardIOEndpoint(BaseServerEndpoint):
    """The standard input and output of this process, to be served like a connection.

    It can be listened on once: the descriptors are closed when the connection ends.
    """

    def __init__(self, reactor: IReactorFDSet, stdin: int = 0, stdout: int = 1) -> None:
        """Make an endpoint; nothing is touched before `listen`.

        Args:
            reactor: Watches the descriptors.
            stdin: The descriptor to read from.
            stdout: The descriptor to write to.
        """
        self._reactor = reactor
        self._stdin = stdin
        self._stdout = stdout
        self._used = False

    def _open(self, protocolFactory: IProtocolFactory) -> IListeningPort:
        if self._used:
            raise AlreadyListened(f"{self!r} was listened on; its descriptors are used up")
        _checkOpen("input", self._stdin)
        _checkOpen("output", self._stdout)
        port = StandardIOPort(protocolFactory, self._stdin, self._stdout, self._reactor)
        self._used = True
        return port

    def __repr__(self) -> str:
        return f"<StandardIOEndpoint descriptors {self._stdin} and {self._stdout}>"


def _checkOpen(name: str, descriptor: int) -> None:
    """Refuse a descriptor that is not open.

    Raises:
        CannotListenError: It is not.
    """
    try:
        # Where the process was started without one of the standard descriptors, its number went to
        # the first file that was opened since. Python remembers how it was.
        if (descriptor, None) in ((0, sys.__stdin__), (1, sys.__stdout__)):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        os.fstat(descriptor)
    except OSError as error:
        message = f"standard {name} (descriptor {descriptor}) is not open"
        raise CannotListenError("", "stdio", OSError(errno.EBADF, message)) from error


class StandardIOServerParser:
    """Makes a server endpoint of `stdio:`."""

    prefix = "stdio"

    def parseStreamServer(
        self, reactor: IReactorFDSet, nothing: str = "", /
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Watches the descriptors.
            nothing: What stands after the colon.

        Raises:
            ValueError: Something stands after the colon.
        """
        if nothing:
            raise ValueError(f"stdio: takes no arguments, such as {nothing!r}")
        return StandardIOEndpoint(reactor)


classImplements(StandardIOPort, IListeningPort)
classImplements(StandardIOServerParser, IPlugin, IStreamServerEndpointStringParser)
