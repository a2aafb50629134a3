"""A reactor and the other threads of its process."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.python.threadpool import ThreadPool

_P = ParamSpec("_P")


class IReactorFromThreads(Interface):
    """A reactor that other threads can hand calls to."""

    def callFromThread(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on the reactor's thread, soon.

        The one method of a reactor that every thread (and a signal handler) may call. Calls run
        in the order in which they came; the reactor wakes up if it sleeps. The context variables
        of the caller hold during the call. An exception is logged.

        Args:
            callable: What to call.
            args: Its arguments.
            kwargs: Its keyword arguments.
        """


class IReactorInThreads(Interface):
    """A reactor that can have work done on other threads."""

    def callInThread(
        self, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on a thread of the reactor's pool.

        It waits while all threads of the pool are at work. Its result is dropped
        (`twisted.internet.threads.deferToThread` returns it) and an exception is logged.

        Args:
            callable: What to call; it may block.
            args: Its arguments.
            kwargs: Its keyword arguments.
        """


class IReactorThreads(IReactorFromThreads, IReactorInThreads, Interface):
    """A reactor with a pool of threads."""

    def getThreadPool(self) -> "ThreadPool":
        """Return the reactor's pool, which starts and stops with the reactor."""
        ...

    def suggestThreadPoolSize(self, size: int) -> None:
        """Change how many threads the pool may have.

        Args:
            size: The largest number; 10 if nobody calls this.
        """
