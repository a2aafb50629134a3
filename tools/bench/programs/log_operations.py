"""Log calls, written to Twisted's documented API: as they are on ours and the incumbent.

Each case does its operation `count` times. Events go to a file that forgets them.
"""

import os
from collections.abc import Callable

from twisted.logger import (
    FilteringLogObserver,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
    jsonFileLogObserver,
    textFileLogObserver,
)

nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end
toText = textFileLogObserver(nowhere)
fromInfo = LogPublisher(FilteringLogObserver(toText, [LogLevelFilterPredicate(LogLevel.info)]))

filteredLog = Logger(namespace="bench", observer=fromInfo)
textLog = Logger(namespace="bench", observer=LogPublisher(toText))
jsonLog = Logger(namespace="bench", observer=LogPublisher(jsonFileLogObserver(nowhere)))


class Server:
    """Has a Logger, as classes do."""

    log = Logger(observer=fromInfo)


def filtered(count: int) -> None:
    """Log what nobody wants."""
    for _ in range(count):
        filteredLog.debug("x {a}", a=1)


def filteredInClass(count: int) -> None:
    """Log what nobody wants, with the Logger of a class."""
    server = Server()
    for _ in range(count):
        server.log.debug("x {a}", a=1)


def text(count: int) -> None:
    """Log what becomes a line."""
    for _ in range(count):
        textLog.info("x {a}", a=1)


def json(count: int) -> None:
    """Log what becomes a record of JSON."""
    for _ in range(count):
        jsonLog.info("x {a}", a=1)


CASES: dict[str, Callable[[int], None]] = {
    "filtered": filtered,
    "filtered-in-class": filteredInClass,
    "text": text,
    "json": json,
}
