"""The levels of the `logging` module beside ours."""

import logging

from twisted.logger._constants import NamedConstant
from twisted.logger._levels import LogLevel

STDLIB_LEVELS: dict[object, int] = {
    LogLevel.debug: logging.DEBUG,
    LogLevel.info: logging.INFO,
    LogLevel.warn: logging.WARNING,
    LogLevel.error: logging.ERROR,
    LogLevel.critical: logging.CRITICAL,
}
"""The level of the `logging` module for each of ours."""

_DESCENDING = (
    (logging.CRITICAL, LogLevel.critical),
    (logging.ERROR, LogLevel.error),
    (logging.WARNING, LogLevel.warn),
    (logging.INFO, LogLevel.info),
)


def levelFromStandardLibrary(level: object) -> NamedConstant:
    """Return our level for one of the `logging` module.

    Args:
        level: A number; one between two levels counts as the lower. Anything else is `info`.
    """
    if not isinstance(level, int):
        return LogLevel.info
    for least, ours in _DESCENDING:
        if level >= least:
            return ours
    return LogLevel.debug


__all__ = ["STDLIB_LEVELS", "levelFromStandardLibrary"]
