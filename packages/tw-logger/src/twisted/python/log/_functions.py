"""The functions that a program logs with."""

from collections.abc import Callable
from typing import IO, Any, ParamSpec, TypeVar

from twisted.logger._file import WritableFile
from twisted.logger._legacy import LegacyObserver
from twisted.logger._loggingfile import LoggingFile
from twisted.logger._serving import HasLogPrefix
from twisted.python.failure import Failure, NoCurrentExceptionError
from twisted.python.log._context import callWithContext, prefixOf
from twisted.python.log._observers import FileLogObserver
from twisted.python.log._publisher import theLogPublisher
from twisted.python.log._stdio import NullFile, StdioOnnaStick
from twisted.python.reflect import safe_repr

_P = ParamSpec("_P")
_R = TypeVar("_R")


def msg(*message: object, **kw: object) -> None:
    """Log a message.

    Args:
        message: Its parts, usually one text.
        kw: More items of the event. `format` is a format for the operator `%`, which is rendered
            with the items where there is no message; `system` is what stands between the brackets
            of a line; `logLevel` is a level of the `logging` module.
    """
    theLogPublisher.msg(*message, **kw)


def addObserver(other: LegacyObserver) -> None:
    """Give all that is logged from now on to an observer, also what `twisted.logger` logs.

    Args:
        other: A callable that takes an event. One that is added twice gets each event twice.

    Raises:
        TypeError: It cannot be called.
    """
    theLogPublisher.addObserver(other)


def removeObserver(other: LegacyObserver) -> None:
    """Give nothing more to an observer.

    Args:
        other: An observer that was added; another one is ignored.
    """
    theLogPublisher.removeObserver(other)


def showwarning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: IO[Any] | None = None,
    line: str | None = None,
) -> None:
    """Log a warning of the `warnings` module; what is meant for a file goes there as ever.

    Args:
        message: The warning.
        category: Its class.
        filename: The file that it is about.
        lineno: The line that it is about.
        file: Where to write it instead.
        line: The text of the line.
    """
    theLogPublisher.showwarning(message, category, filename, lineno, file, line)


def err(_stuff: object = None, /, _why: object = None, **kw: object) -> None:
    """Log an error.

    As an errback, `d.addErrback(log.err, "cannot register")`, it logs the failure, and the
    Deferred goes on with None.

    Args:
        _stuff: A failure or an exception, which is logged with its traceback; anything else is
            logged by its `repr`. By default the exception that is being handled.
        _why: What failed; the first line of the text.
        kw: More items of the event, as for `msg`.
    """
    # By position for type checkers, which could not tell it from the rest of an errback's keywords.
    _stuff = kw.pop("_stuff", _stuff)
    items: dict[str, object] = {"isError": 1, "why": _why}
    if _stuff is None:
        try:
            items["failure"] = Failure()
        except NoCurrentExceptionError as error:
            items["failure"] = Failure(error)
    elif isinstance(_stuff, Failure):
        items["failure"] = _stuff
    elif isinstance(_stuff, BaseException):
        items["failure"] = Failure(_stuff)
    else:
        msg(safe_repr(_stuff), **{**items, **kw})
        return
    msg(**{**items, **kw})


deferr = err


def callWithLogger(
    logger: HasLogPrefix,
    func: Callable[_P, _R],
    /,
    *args: _P.args,
    **kw: _P.kwargs,
) -> _R | None:
    """Call a function for something that has a name for the log, and log what it raises.

    Args:
        logger: Its `logPrefix` is the system of the messages that are made meanwhile.
        func: The function.
        args: Its arguments.
        kw: Its keywords.

    Returns:
        What the function returns, or None if it raised an exception. Exceptions that are no
        `Exception`, such as KeyboardInterrupt, pass.
    """
    system = prefixOf(logger)
    try:
        return callWithContext({"system": system}, func, *args, **kw)
    except Exception:
        err(system=system)
        return None


def startLoggingWithObserver(observer: LegacyObserver, setStdout: bool | int = 1) -> None:
    """Begin to log to an observer.

    What was logged before is given to it too.

    Args:
        observer: A callable that takes an event.
        setStdout: Whether what is written to the standard streams from now on is logged.
    """
    theLogPublisher._startLogging(observer, bool(setStdout))
    msg("Log opened.")


def startLogging(file: WritableFile, *a: bool | int, **kw: bool | int) -> FileLogObserver | None:
    """Begin to log to a file.

    Args:
        file: A file that was opened for text or for bytes, such as `sys.stdout` or one of
            `twisted.python.logfile`.
        a: What `startLoggingWithObserver` takes besides.
        kw: The same, as keywords.

    Returns:
        The observer, or None if the file is one that logs what is written to it.
    """
    if isinstance(file, (LoggingFile, StdioOnnaStick)):
        return None
    observer = FileLogObserver(file)
    startLoggingWithObserver(observer.emit, *a, **kw)
    return observer


def discardLogs() -> None:
    """Forget what is written to `twisted.python.log.logfile` from now on."""
    from twisted.python import log

    log.logfile = NullFile()


__all__ = [
    "addObserver",
    "callWithLogger",
    "deferr",
    "discardLogs",
    "err",
    "msg",
    "removeObserver",
    "showwarning",
    "startLogging",
    "startLoggingWithObserver",
]
