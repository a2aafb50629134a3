"""Log exceptions that nobody foresaw, with their tracebacks."""

import sys

from twisted.logger import Logger, globalLogBeginner, textFileLogObserver

log = Logger()
globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stdout)])


def average(numbers: list[float]) -> float:
    """Return the mean of some numbers."""
    return sum(numbers) / len(numbers)


try:
    average([])
except Exception:
    log.failure("cannot compute today's average")

with log.failuresHandled("while reporting for {day}", day="Monday") as report:
    average([])

if report.failed:
    log.info("there is no report")
