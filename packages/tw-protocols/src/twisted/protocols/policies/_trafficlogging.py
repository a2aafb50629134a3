"""Looking at what connections read and write: into files, and on standard output."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, cast

from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies._wrapping import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure


class SpewingProtocol(ProtocolWrapper):
    """Prints what it reads and writes."""

    def dataReceived(self, data: bytes) -> None:
        """Print bytes, and hand them on."""
        _print(f"Received: {data!r}")
        super().dataReceived(data)

    def write(self, data: bytes) -> None:
        """Print bytes, and send them."""
        _print(f"Sending: {data!r}")
        super().write(data)


class SpewingFactory(WrappingFactory[SpewingProtocol]):
    """Prints what its connections read and write: for a look while a program is being written."""

    protocol: Callable[..., SpewingProtocol] = SpewingProtocol


class TrafficLoggingProtocol(ProtocolWrapper):
    """Writes what it reads and writes to a file.

    Attributes:
        logfile: The file.
        lengthLimit: How many bytes of a piece are written down; None for all.
    """

    def __init__(
        self,
        factory: "TrafficLoggingFactory",
        wrappedProtocol: IProtocol,
        logfile: IO[str],
        lengthLimit: int | None = None,
        number: int = 0,
    ) -> None:
        """Wrap a protocol.

        Args:
            factory: The factory of the wrappers.
            wrappedProtocol: The protocol to wrap.
            logfile: The file, for text; it is closed with the connection.
            lengthLimit: How many bytes of a piece are written down; None for all.
            number: The number of the connection.
        """
        super().__init__(factory, wrappedProtocol)
        self.logfile: IO[str] = logfile
        self.lengthLimit = lengthLimit
        self._number = number

    def _log(self, line: str) -> None:
        self.logfile.write(line + "\n")
        self.logfile.flush()

    def _shown(self, data: bytes) -> str:
        """Return bytes as they are written down."""
        if self.lengthLimit is None or len(data) <= self.lengthLimit:
            return repr(data)
        return f"{data[: self.lengthLimit]!r}<... {len(data) - self.lengthLimit} more>"

    def connectionMade(self) -> None:
        """Note the beginning."""
        self._log("*")

    def dataReceived(self, data: bytes) -> None:
        """Note bytes of the client, and hand them on."""
        self._log(f"C {self._number}: {self._shown(data)}")
        super().dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Note the end, close the file, and hand on."""
        self._log(f"C {self._number}: {reason!r}")
        super().connectionLost(reason)
        self.logfile.close()

    def write(self, data: bytes) -> None:
        """Note bytes of the server, and send them."""
        self._log(f"S {self._number}: {self._shown(data)}")
        super().write(data)

    def writeSequence(self, iovec: Iterable[bytes]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Note pieces of the server, and send them."""
        pieces = list(iovec)
        self._log(f"SV {self._number}: [{', '.join(map(self._shown, pieces))}]")
        super().writeSequence(pieces)

    def loseConnection(self) -> None:
        """Note that the server closes, and do it."""
        self._log(f"S {self._number}: *")
        super().loseConnection()


class TrafficLoggingFactory(WrappingFactory[TrafficLoggingProtocol]):
    """Writes what its connections read and write to files, one for each connection.

    Attributes:
        lengthLimit: How many bytes of a piece are written down; None for all.
    """

    protocol = TrafficLoggingProtocol  # type: ignore[assignment]  # it takes more arguments

    def __init__(
        self,
        wrappedFactory: IProtocolFactory,
        logfilePrefix: str,
        lengthLimit: int | None = None,
    ) -> None:
        """Wrap a factory.

        Args:
            wrappedFactory: Builds the protocols to wrap.
            logfilePrefix: What the names of the files begin with; a hyphen and the number of the
                connection follow.
            lengthLimit: How many bytes of a piece are written down; None for all.
        """
        super().__init__(wrappedFactory)
        self.logfilePrefix: str = logfilePrefix
        self.lengthLimit = lengthLimit
        self._counter = 0

    def open(self, name: str) -> IO[str]:
        """Open a file; override it to write somewhere else.

        Args:
            name: Its name.
        """
        return Path(name).open("w", encoding="utf-8")

    def buildProtocol(self, addr: IAddress | None) -> TrafficLoggingProtocol | None:
        """Build a protocol and wrap it.

        Args:
            addr: The address of the peer.
        """
        protocol = self.wrappedFactory.buildProtocol(addr)
        if protocol is None:
            return None
        self._counter += 1
        logfile = self.open(f"{self.logfilePrefix}-{self._counter}")
        # A subclass may have put another class there.
        make = cast(Callable[..., TrafficLoggingProtocol], self.protocol)
        return make(self, protocol, logfile, self.lengthLimit, self._counter)

    def resetCounter(self) -> None:
        """Count connections from 1 again; files from before are written over."""
        self._counter = 0


def _print(line: str) -> None:
    print(line)  # noqa: T201 - this is what it is for
