"""Where the log of a daemon goes: to a file that rotates, or to the system's log."""

import os
import signal

from twisted.application._applogger import AppLogger
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorFromThreads
from twisted.logger import (
    ILogObserver,
    LegacyLogObserverWrapper,
    Logger,
    textFileLogObserver,
)
from twisted.python.logfile import LogFile

_log = Logger("twisted.application.app")

DEFAULT_NAME = "twistd.log"
"""The file of a daemon that was not told another."""


class UnixAppLogger(AppLogger):
    """Begins and ends the log of a daemon.

    SIGUSR1 rotates the file, unless the application handles that signal, or it is for restarting.

    Args:
        options: The options of the command.

    Raises:
        twisted.python.usage.UsageError: What `--logger` names is not there.
    """

    def _fromOptions(self) -> ILogObserver:
        if self._options.get("syslog"):
            from twisted.python.syslog import SyslogObserver

            return LegacyLogObserverWrapper(SyslogObserver(self._options["prefix"]).emit)
        if not self._options.get("nodaemon") and self._options.get("logfile") is None:
            return self._toFile(DEFAULT_NAME)
        return super()._fromOptions()

    def _toFile(self, name: str) -> ILogObserver:
        self._file = file = LogFile.fromFullPath(os.path.abspath(self._own(name)))
        isFree = signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
        if isFree and self._options.get("restart-on") != signal.SIGUSR1:
            # Between two events: a signal may come while one is written.
            reactor = defaultReactor(IReactorFromThreads)
            signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(file.rotate))
        return textFileLogObserver(file)

    def _own(self, name: str) -> str:
        """Return the name for this process: workers that share a file would rotate it at once."""
        worker = self._options.get("worker")
        return name if worker is None else f"{name}.worker{worker}"

    def giveTo(self, uid: int | None, gid: int | None) -> None:
        """Make the file that of another user, who opens it when the program is started anew.

        Args:
            uid: The number of the user; None for no change.
            gid: The number of the group; None for no change.
        """
        if self._file is None or (uid, gid) == (None, None):
            return
        try:
            # Not what a link leads to: who may write the directory could choose any file so.
            os.chown(
                self._file.path,
                -1 if uid is None else uid,
                -1 if gid is None else gid,
                follow_symlinks=False,
            )
        except OSError as error:
            _log.warn(
                "The log {path} cannot be given to user {uid}, so a restart may fail: {error}",
                path=self._file.path,
                uid=uid,
                error=error.strerror,
            )

    def rotateNoMore(self) -> None:
        """Leave the rotation of the file to another process, which has it open too."""
        if self._file is not None:
            self._file.rotateLength = None


__all__ = ["DEFAULT_NAME", "UnixAppLogger"]
