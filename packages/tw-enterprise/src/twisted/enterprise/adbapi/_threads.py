"""Threads that have connections: they tell when they end, and never keep a process alive."""

import threading
from collections.abc import Callable

from twisted.python.threadpool import ThreadPool


class DatabaseThreadPool(ThreadPool):
    """Threads that take calls from one queue, for work with connections.

    They are daemons: one that a driver never comes back to must not keep the process from ending.

    Attributes:
        alive: The threads that did not end yet.
    """

    def __init__(
        self, minthreads: int, maxthreads: int, name: str | None, onEnd: Callable[[], object]
    ) -> None:
        """Make a pool that has no threads yet.

        Args:
            minthreads: The number of threads that are kept when there is nothing to do.
            maxthreads: The largest number of threads.
            name: What the names of the threads begin with.
            onEnd: Called in each thread when it ends.

        Raises:
            ValueError: A number is negative, or the minimum is above the maximum.
        """
        super().__init__(minthreads, maxthreads, name)
        self.alive: set[threading.Thread] = set()
        alive = self.alive

        class DatabaseThread(threading.Thread):
            """One of these threads."""

            def start(self) -> None:
                """Start, and be alive from now on."""
                self.daemon = True
                alive.add(self)
                try:
                    super().start()
                except RuntimeError:
                    alive.discard(self)
                    raise

            def run(self) -> None:
                """Do what is queued, then tell of the end."""
                try:
                    super().run()
                finally:
                    onEnd()

        self.threadFactory: type[threading.Thread] = DatabaseThread


__all__ = ["DatabaseThreadPool"]
