"""Says where people see it that the log is not written."""

from typing import TextIO

from twisted.application.runner._trouble import oneLine
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
)


class _LossTeller:
    """Says on standard error, once, that the log cannot be written: a full disk is no secret."""

    def __init__(self, observer: ILogObserver, stream: TextIO | None, program: str) -> None:
        self._program = program
        self._observer = observer
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Take an event; only the publisher's report about the observer counts."""
        if self._stream is None or event.get("observer") is not self._observer:
            return
        stream, self._stream = self._stream, None
        error = event["log_failure"].getErrorMessage()
        text = oneLine(
            f"{self._program}: the log cannot be written: {error}. The service goes on without it."
        )
        try:
            stream.write(f"{text}\n")
            stream.flush()
        except OSError:
            # Standard error is full or gone as well: there is nobody left to tell.
            pass


def lossObserver(observer: ILogObserver, stream: TextIO | None, program: str) -> ILogObserver:
    """Return what tells people when an observer fails.

    Args:
        observer: The observer, which gets its events from the same publisher.
        stream: Where to tell; None to tell nobody.
        program: The name of the program, which the text begins with.
    """
    # Reports are critical. The filter keeps the levels below as cheap as they are without it.
    level = LogLevelFilterPredicate(defaultLogLevel=LogLevel.critical)
    return FilteringLogObserver(_LossTeller(observer, stream, program), [level])
