"""A file into which a server writes what its clients send and get."""

from pathlib import Path
from typing import IO

from twisted.logger import Logger

_log = Logger(namespace="twisted.protocols.socks")

LogFile = str | Path | IO[str]
"""The path of a file, which is appended to, or an open text file."""


class TrafficLog:
    """Writes down pieces of data, as Python shows them: none can fake a line or steer a terminal."""

    def __init__(self, target: LogFile) -> None:
        """Take a file; nothing is opened before the first piece.

        Args:
            target: The path of a file, which is appended to, or an open text file.
        """
        self._target = target
        self._file: IO[str] | None = None
        self._broken = False

    def write(self, line: str) -> None:
        """Write a line. A file that can't be written is logged once, and written no more.

        Args:
            line: The line, without its end.
        """
        if self._broken:
            return
        try:
            file = self._open()
            file.write(f"{line}\n")
            file.flush()
        except OSError as error:
            self._broken = True
            _log.error(
                "{target} can't be written, traffic is logged no more: {error}",
                target=self._target,
                error=error,
            )

    def close(self) -> None:
        """Close the file, if it was opened here; the next line opens it again."""
        file, self._file = self._file, None
        if file is None or not isinstance(self._target, str | Path):
            return
        try:
            file.close()
        except OSError:
            # What could not be written was told by `write`.
            pass

    def _open(self) -> IO[str]:
        if self._file is None:
            if isinstance(self._target, str | Path):
                self._file = Path(self._target).open("a", encoding="utf-8")  # noqa: SIM115 - it stays open
            else:
                self._file = self._target
        return self._file


__all__ = ["LogFile", "TrafficLog"]
