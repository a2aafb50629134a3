"""What can go wrong beside the errors of the driver, which are passed on as they are."""


class ConnectionLost(Exception):
    """The connection to the database was lost during a call.

    The pool opens a new connection for the next call. The error of the driver is the cause
    (`__cause__`).

    Attributes:
        maybeCommitted: False if all that the call did is undone, so that it may be made again; True
            if the connection was lost during the commit, so that nobody knows without looking.
    """

    maybeCommitted: bool = False


class TransactionAborted(Exception):
    """A statement has failed, and the database had undone the transaction before its commit.

    On PostgreSQL the exception of a statement must not be swallowed, but for one behind a savepoint
    that is rolled back to.
    """


class PoolClosed(Exception):
    """The pool was closed before the call was done."""


class TooManyCalls(Exception):
    """As many calls as may be wait for a thread of the pool: the database does not keep up."""


__all__ = ["ConnectionLost", "PoolClosed", "TooManyCalls", "TransactionAborted"]
