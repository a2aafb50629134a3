"""Which thread input and output happen on, and methods that only one thread may run at a time.

An event loop registers its thread when it runs. Several loops in one process each have a thread of
their own; all of them are threads of input and output.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

ioThread: int | None = None
"""The number of the thread that registered last, or None."""

threaded = True
"""Whether there are threads: always."""

_registered = threading.local()
_making = threading.Lock()


def getThreadID() -> int:
    """Return the number of the running thread."""
    return threading.get_ident()


def registerAsIOThread() -> None:
    """Say that this thread is one that does input and output."""
    global ioThread
    ioThread = getThreadID()
    _registered.done = True


def isInIOThread() -> bool:
    """Return whether this thread has said that it does input and output."""
    return getattr(_registered, "done", False)


def init(with_threads: int = 1) -> None:
    """Do nothing: for code that asked for threads when they were an option.

    Args:
        with_threads: Whether to have threads.

    Raises:
        RuntimeError: Not having any was asked for.
    """
    if not with_threads:
        raise RuntimeError("threads cannot be switched off: remove the call of threadable.init")


class XLock:
    """A lock that the thread which holds it may take again, and that can be pickled.

    What comes out of a pickle is a new lock, which nobody holds.
    """

    def __init__(self) -> None:
        """Make a lock that nobody holds."""
        self._lock = threading.RLock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock.

        Args:
            blocking: Whether to wait while another thread holds it.
            timeout: For how many seconds to wait at most; below zero, without limit.

        Returns:
            Whether this thread holds it now.
        """
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Give the lock back, once for each time that it was taken.

        Raises:
            RuntimeError: This thread does not hold it.
        """
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def __reduce__(self) -> tuple[type["XLock"], tuple[()]]:
        return type(self), ()


def _lockOf(instance: object) -> XLock:
    """Return the lock that guards the synchronized methods of an object."""
    attributes: dict[str, Any] = vars(instance)
    # Two threads may ask at once for the lock of an object that has none yet.
    if "_threadable_lock" not in attributes:
        with _making:
            attributes.setdefault("_threadable_lock", XLock())
    lock: XLock = attributes["_threadable_lock"]
    return lock


def _synchronized(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that holds the object's lock while it runs."""

    @wraps(function)
    def withLock(self: object, /, *args: object, **keywords: object) -> object:
        with _lockOf(self):
            return function(self, *args, **keywords)

    return withLock


def synchronize(*klasses: type) -> None:
    """Let only one thread at a time run methods of an object.

    Args:
        klasses: Classes whose attribute `synchronized` lists the names of the methods; of one
            object, only one of them runs at a time.
    """
    for klass in klasses:
        names: list[str] = getattr(klass, "synchronized", [])
        for name in names:
            setattr(klass, name, _synchronized(getattr(klass, name)))


__all__ = [
    "XLock",
    "getThreadID",
    "init",
    "ioThread",
    "isInIOThread",
    "registerAsIOThread",
    "synchronize",
    "threaded",
]
