"""The end of a run: the reactor shuts down, and threads that do not end are left behind."""

import os
import sys
import threading
import time
from typing import NoReturn

from twisted.internet._reactorinstall import installedReactor
from twisted.trial._kinds import AnyReactor

LONGEST_SHUTDOWN = 5.0
"""How many seconds the reactor has to shut down."""

THREAD_GRACE = 1.0
"""How many seconds the threads of the tests have to end after the last test."""


def shutDownReactor() -> None:
    """Fire the shutdown event of the default reactor, if there is one and it does not run."""
    reactor: AnyReactor = installedReactor()
    if reactor is None or reactor.running or isWithoutLoop(reactor):
        return
    limit = reactor.callLater(LONGEST_SHUTDOWN, reactor.crash)
    reactor.callWhenRunning(reactor.stop)
    reactor.run(installSignalHandlers=False)
    if limit.active():
        limit.cancel()


def isWithoutLoop(reactor: AnyReactor) -> bool:
    """Return whether a reactor can't run any more because the loop it is in was closed.

    Args:
        reactor: The reactor.
    """
    loop: AnyReactor = getattr(reactor, "loop", None)
    return loop is not None and bool(loop.is_closed())


def remainingThreads() -> list[threading.Thread]:
    """Return the threads that would keep the process from ending, after a short wait for them."""
    limit = time.monotonic() + THREAD_GRACE
    while True:
        left = [
            thread
            for thread in threading.enumerate()
            if thread is not threading.current_thread() and not thread.daemon
        ]
        if not left or time.monotonic() > limit:
            return left
        left[0].join(0.05)


def endProcess(status: int) -> NoReturn:
    """End the process, whatever threads the tests have left.

    Args:
        status: The exit status.
    """
    left = remainingThreads()
    if not left:
        # CPython ends a process by SIGINT if an interrupt has left source that was run by exec, as
        # dataclasses and named tuples do, even if it was caught later. Running more forgets that.
        exec("")
        sys.exit(status)
    names = ", ".join(repr(thread.name) for thread in left)
    sys.stderr.write(f"threads that tests have started do not end: {names}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


__all__ = ["LONGEST_SHUTDOWN", "endProcess", "isWithoutLoop", "remainingThreads", "shutDownReactor"]
