"""A callback for looking at what a Deferred brings."""

from twisted.logger import Logger

_log = Logger("twisted.protocols.ftp")


def debugDeferred(self: object, *_: object) -> None:
    """Write to the log what a Deferred brings.

    Args:
        self: The result.
        _: Not looked at.
    """
    _log.debug("debugDeferred: {result!r}", result=self)
