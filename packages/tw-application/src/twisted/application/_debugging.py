"""Running a reactor in the debugger, or with each call of a function printed."""

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from twisted.application._profilers import Profiles
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.error import ReactorNotRunning
from twisted.internet.interfaces import IReactorCore
from twisted.python.util import spewer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pdb import Pdb


def fixPdb() -> None:
    """Teach the debugger the command `stop`, which stops the reactor and goes on."""
    import pdb

    def do_stop(self: "Pdb", arg: str) -> bool | None:
        """Stop the reactor, and go on until it has."""
        try:
            defaultReactor(IReactorCore).stop()
        except ReactorNotRunning as error:
            self.message(str(error))
            return None
        return self.do_continue(arg)

    pdb.Pdb.do_stop = do_stop  # type: ignore[attr-defined]  # how the debugger finds commands


def runReactorWithLogging(
    config: "Mapping[str, Any]",
    oldstdout: TextIO,
    oldstderr: TextIO,
    profiler: Profiles | None = None,
    reactor: IReactorCore | None = None,
) -> None:
    """Run the reactor as the options say: as it is, under a profiler, in the debugger.

    Args:
        config: The options: `profile`, `debug` and `spew`.
        oldstdout: The standard output as it was before the log began, for the debugger.
        oldstderr: The standard error stream as it was before.
        profiler: What runs the reactor if `profile` is set.
        reactor: The reactor; the default one if it is left out.
    """
    if reactor is None:
        reactor = defaultReactor(IReactorCore)
    if config.get("spew"):
        # It returns nothing, so that lines are not traced.
        sys.settrace(spewer)
        threading.settrace(spewer)
    if config.get("profile") and profiler is not None:
        profiler.run(reactor)
    elif config.get("debug"):
        _runInDebugger(reactor, oldstdout, oldstderr)
    else:
        reactor.run()


def _runInDebugger(reactor: IReactorCore, oldstdout: TextIO, oldstderr: TextIO) -> None:
    import pdb

    def interrupt(number: int, frame: FrameType | None) -> None:
        pdb.Pdb().set_trace(frame)

    logged = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = oldstdout, oldstderr
    if hasattr(signal, "SIGUSR2"):
        signal.signal(signal.SIGUSR2, interrupt)
    fixPdb()
    try:
        pdb.runcall(reactor.run)
    finally:
        sys.stdout, sys.stderr = logged


__all__ = ["fixPdb", "runReactorWithLogging"]
