"""What is logged while an input is tried: an error there is one that nobody has taken care of."""

from fuzz.target import Violation
from twisted.logger import LogEvent, LogLevel, formatEvent, globalLogBeginner

_BAD = (LogLevel.error, LogLevel.critical)


class Noise:
    """The errors that were logged."""

    def __init__(self) -> None:
        self._errors: list[LogEvent] = []

    def begin(self) -> None:
        """Take what is logged in this process from here on."""
        globalLogBeginner.beginLoggingTo([self], discardBuffer=True, redirectStandardIO=False)

    def __call__(self, event: LogEvent) -> None:
        """Take an event."""
        if event.get("log_failure") is not None or event.get("log_level") in _BAD:
            self._errors.append(event)

    def check(self, remark: str = "") -> None:
        """Check that no error was logged.

        Args:
            remark: What to say before the error.

        Raises:
            Violation: One was.
        """
        if self._errors:
            event = self._errors[0]
            failure = event.get("log_failure")
            shown = formatEvent(event)
            self._errors.clear()
            raise Violation(
                f"{remark}logged: {shown}"
                + ("" if failure is None else f"\n{failure.getTraceback()}")
            )
