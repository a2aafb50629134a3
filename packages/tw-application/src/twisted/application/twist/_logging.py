"""Where the log of `twist` goes, and how much of it."""

import os
import sys
from typing import TextIO

from twisted.application.runner._loss import lossObserver
from twisted.application.twist._options import TwistOptions
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
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
        [observer, lossObserver(observer, sys.stderr, "twist")], redirectStandardIO=False
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
