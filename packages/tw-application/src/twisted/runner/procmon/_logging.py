"""Logs what a program writes, line by line, and tells its monitor when it ends."""

from typing import TYPE_CHECKING, ClassVar, Protocol

from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet.interfaces import ITransport


class MonitorOfProcesses(Protocol):
    """What is told about a program."""

    log: Logger

    def processExited(self, name: str) -> None:
        """Learn that a program has ended; others may still hold its pipes."""

    def connectionLost(self, name: str) -> None:
        """Learn that a program has ended, and its pipes are closed."""


class DummyTransport:
    """The transport of what has none: lines come from a pipe of another.

    Attributes:
        disconnecting: Whether it is being closed: never.
    """

    disconnecting: ClassVar[int] = 0


transport: DummyTransport = DummyTransport()
"""The transport of every `LineLogger`."""


class LineLogger(LineReceiver):
    """Logs each line of a stream. A line that is too long is logged in pieces.

    Attributes:
        tag: The name of the program.
        stream: The name of the stream: `stdout` or `stderr`.
        service: What has the log.
    """

    tag: str | None = None
    stream: str | None = None
    service: MonitorOfProcesses | None = None
    delimiter = b"\n"

    def lineReceived(self, line: bytes) -> None:
        """Log a line; bytes that are not UTF-8 are shown as escapes.

        Args:
            line: The line without its end.
        """
        assert self.service is not None
        self.service.log.info(
            "[{tag}] {line}",
            tag=self.tag,
            line=line.decode("utf-8", "backslashreplace"),
            stream=self.stream,
        )

    def lineLengthExceeded(self, line: bytes) -> None:
        """Log what there is of a line that is too long, in pieces.

        Args:
            line: All that was received from the beginning of the line on.
        """
        *complete, rest = line.split(self.delimiter)
        for each in complete:
            self._logInPieces(each)
        if len(rest) > self.MAX_LENGTH:
            self._logInPieces(rest)
            rest = b""
        self.setLineMode(rest)

    def _logInPieces(self, line: bytes) -> None:
        for start in range(0, max(len(line), 1), self.MAX_LENGTH):
            self.lineReceived(line[start : start + self.MAX_LENGTH])


class LoggingProtocol(ProcessProtocol):
    """Logs what a program writes to its standard output and error.

    Attributes:
        service: The monitor, which is told when the program ends.
        name: The name of the program.
    """

    service: MonitorOfProcesses | None = None
    name: str | None = None

    def connectionMade(self) -> None:
        """Begin to log."""
        self._output = self._logger("stdout")
        self._error = self._logger("stderr")
        self._open: dict[LineLogger, bool] = {self._output: False, self._error: False}

    @property
    def output(self) -> LineLogger:
        """What logs the standard output."""
        return self._output

    @property
    def empty(self) -> bool:
        """Whether the last line of the standard output has its end."""
        return not self._open[self._output]

    def outReceived(self, data: bytes) -> None:
        """Log what came from the standard output."""
        self._take(self._output, data)

    def errReceived(self, data: bytes) -> None:
        """Log what came from the standard error stream."""
        self._take(self._error, data)

    def processExited(self, reason: Failure) -> None:
        """Tell the monitor, which does not wait for ever for the pipes."""
        if self.service is not None:
            self.service.processExited(str(self.name))

    def processEnded(self, reason: Failure) -> None:
        """Log the last lines, even without their ends, and tell the monitor."""
        for logger, isOpen in self._open.items():
            if isOpen:
                logger.dataReceived(logger.delimiter)
        if self.service is not None:
            self.service.connectionLost(str(self.name))

    def _logger(self, stream: str) -> LineLogger:
        logger = LineLogger()
        logger.tag, logger.stream, logger.service = self.name, stream, self.service
        own: ITransport = transport  # type: ignore[assignment]  # nothing of it is used
        logger.makeConnection(own)
        return logger

    def _take(self, logger: LineLogger, data: bytes) -> None:
        logger.dataReceived(data)
        self._open[logger] = not data.endswith(logger.delimiter)


__all__ = ["DummyTransport", "LineLogger", "LoggingProtocol", "MonitorOfProcesses", "transport"]
