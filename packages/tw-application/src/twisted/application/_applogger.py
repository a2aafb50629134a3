"""Where the log of an application goes.

The first of these that is there: the function that `--logger` names, the `ILogObserver` that the
application has, what the options say. Observers of `twisted.logger` and of `twisted.python.log`
will do; one that does not say which it is is taken for one of the second kind.
"""

import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from twisted.application.runner._loss import lossObserver
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorCore
from twisted.logger import (
    ILogObserver,
    LegacyLogObserverWrapper,
    Logger,
    globalLogBeginner,
    globalLogPublisher,
    textFileLogObserver,
)
from twisted.python import log
from twisted.python.components import Componentized, provides
from twisted.python.logfile import LogFile
from twisted.python.reflect import namedAny
from twisted.python.usage import UsageError

_log = Logger("twisted.application.app.AppLogger")


def asObserver(observer: Any) -> ILogObserver:  # noqa: ANN401 - of one kind or of the other
    """Return an observer of `twisted.logger` for one of either kind."""
    if provides(ILogObserver, observer):
        new: ILogObserver = observer
        return new
    return LegacyLogObserverWrapper(observer)


class AppLogger:
    """Begins and ends the log of an application.

    Args:
        options: The options of the command.

    Raises:
        twisted.python.usage.UsageError: What `--logger` names is not there.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._observer: ILogObserver | None = None
        self._file: LogFile | None = None
        self._factory: Any = None
        name = options.get("logger")
        if name:
            try:
                self._factory = namedAny(name)
            except Exception as error:
                raise UsageError(f"--logger={name} cannot be imported: {error}") from error

    def start(self, application: Componentized) -> None:
        """Begin to log; what was logged before is written too.

        Args:
            application: The application, which may have an observer.

        Raises:
            OSError: The file cannot be opened.
            twisted.python.usage.UsageError: The function that `--logger` names fails.
        """
        self._observer = observer = self._chosen(application)
        program = os.path.basename(sys.argv[0]) or "twistd"
        globalLogBeginner.beginLoggingTo([observer, lossObserver(observer, sys.stderr, program)])

    def stop(self) -> None:
        """Log the end, and nothing more after it."""
        _log.info("Server Shut Down.")
        observer, self._observer = self._observer, None
        if observer is not None:
            globalLogPublisher.removeObserver(observer)
        if self._file is not None:
            self._file.close()

    def _chosen(self, application: Componentized) -> ILogObserver:
        if self._factory is not None:
            try:
                return asObserver(self._factory())
            except Exception as error:
                raise UsageError(f"--logger={self._options['logger']} failed: {error}") from error
        for interface in (ILogObserver, log.ILogObserver):
            found = application.getComponent(interface, None)
            if found is not None:
                return asObserver(found)
        return self._fromOptions()

    def _fromOptions(self) -> ILogObserver:
        """Return the observer that the options ask for."""
        name = self._options.get("logfile")
        if name is None or name == "-":
            return textFileLogObserver(standardOutput())
        return self._toFile(name)

    def _toFile(self, name: str) -> ILogObserver:
        """Return an observer that writes to a file, which rotates by its size."""
        self._file = LogFile.fromFullPath(os.path.abspath(name))
        return textFileLogObserver(self._file)


def standardOutput() -> TextIO:
    """Return the standard output, or /dev/null where the process was started without one."""
    return open(os.devnull, "w") if sys.stdout is None else sys.stdout


def reactorClass() -> str:
    """Return the full name of the class of the default reactor."""
    reactor = defaultReactor(IReactorCore)
    # Not type(): the default reactor may still have a stand-in, which answers for it.
    return f"{reactor.__class__.__module__}.{reactor.__class__.__qualname__}"


def logStartUp(program: str, version: str) -> None:
    """Log what begins here; it is written when the log begins.

    The reactor is asked for its name only then: the application may choose one while it is loaded.

    Args:
        program: The name of the command.
        version: Its version.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    _log.info("Log opened.")
    _log.info(
        "{program} {version} ({executable} {python}) starting up.",
        program=program,
        version=version,
        executable=sys.executable,
        python=python,
    )
    _log.info("reactor class: {reactorClass()}.", reactorClass=reactorClass)


__all__ = ["AppLogger", "asObserver", "logStartUp", "reactorClass", "standardOutput"]
