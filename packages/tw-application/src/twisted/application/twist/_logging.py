"""Where the log of `twist` goes, and how much of it."""

import os
import sys
from typing import TextIO

from twisted.application.twist._options import TwistOptions
from twisted.application.twist._trouble import oneLine
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    jsonFileLogObserver,
    textFileLogObserver,
)


def beginLogging(options: TwistOptions) -> None:
    """Begin to log as the options say; what was logged before is written too.

    What the program prints goes where it always did, not into the log.

    Raises:
        OSError: The file cannot be opened.
    """
    observer = logObserver(options, openLog(options))
    globalLogBeginner.beginLoggingTo(
        [observer, lossObserver(observer, sys.stderr)], redirectStandardIO=False
    )


def openLog(options: TwistOptions) -> TextIO:
    """Return the file that the options name; it is open for as long as the process lives.

    Raises:
        OSError: The file cannot be opened.
    """
    match options["log-file"]:
        case "-":
            stream = sys.stdout
        case "+":
            stream = sys.stderr
        case name:
            return open(name, "a", encoding="utf-8")
    # Python has none where the process was started without; who closed it wants no log.
    return open(os.devnull, "w") if stream is None else stream


def logObserver(options: TwistOptions, stream: TextIO) -> ILogObserver:
    """Return what writes the events into a file, in the form and from the level of the options."""
    if options["log-format"] == "json":
        # Not the record separator of RFC 7464: one event a line is what other programs read.
        observer = jsonFileLogObserver(stream, recordSeparator="")
    else:
        observer = textFileLogObserver(stream)
    level = LogLevelFilterPredicate(defaultLogLevel=options["log-level"])
    # While the service runs, its levels can be changed.
    options["log-levels"] = level
    return FilteringLogObserver(observer, [level])


class _LossTeller:
    """Says on standard error, once, that the log cannot be written: a full disk is no secret."""

    def __init__(self, observer: ILogObserver, stream: TextIO | None) -> None:
        self._observer = observer
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Take an event; only the publisher's report about the observer counts."""
        if self._stream is None or event.get("observer") is not self._observer:
            return
        stream, self._stream = self._stream, None
        error = event["log_failure"].getErrorMessage()
        text = oneLine(
            f"twist: the log cannot be written: {error}. The service goes on without it."
        )
        try:
            stream.write(f"{text}\n")
            stream.flush()
        except OSError:
            # Standard error is full or gone as well: there is nobody left to tell.
            pass


def lossObserver(observer: ILogObserver, stream: TextIO | None) -> ILogObserver:
    """Return what tells people when an observer fails.

    Args:
        observer: The observer, which gets its events from the same publisher.
        stream: Where to tell; None to tell nobody.
    """
    # Reports are critical. The filter keeps the levels below as cheap as they are without it.
    level = LogLevelFilterPredicate(defaultLogLevel=LogLevel.critical)
    return FilteringLogObserver(_LossTeller(observer, stream), [level])
