"""Where the log of a daemon goes: to a file that rotates, or to the system's log."""

import os
import signal

from twisted.application._applogger import AppLogger
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorFromThreads
from twisted.logger import ILogObserver, LegacyLogObserverWrapper, textFileLogObserver
from twisted.python.logfile import LogFile

DEFAULT_NAME = "twistd.log"
"""The file of a daemon that was not told another."""


class UnixAppLogger(AppLogger):
    """Begins and ends the log of a daemon.

    SIGUSR1 rotates the file, unless the application handles that signal.

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
        self._file = file = LogFile.fromFullPath(os.path.abspath(name))
        if signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL:
            # Between two events: a signal may come while one is written.
            reactor = defaultReactor(IReactorFromThreads)
            signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(file.rotate))
        return textFileLogObserver(file)


__all__ = ["DEFAULT_NAME", "UnixAppLogger"]
