"""What can go wrong beside the errors of the driver, which are passed on as they are."""


class ConnectionLost(Exception):
    """The connection to the database is gone, and what the call did with it is undone.

    The pool opens a new connection for the next call, so the same call may be made again. The
    error of the driver is the cause (`__cause__`).
    """


class PoolClosed(Exception):
    """The pool was closed before the call was done."""


class TooManyCalls(Exception):
    """As many calls as may be wait for a thread of the pool: the database does not keep up."""


__all__ = ["ConnectionLost", "PoolClosed", "TooManyCalls"]
