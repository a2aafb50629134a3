"""A whole program: run the reactor as long as a main function works, then exit.

The exit status is 0 when main succeeded, 1 when it failed (the failure is logged), and the code of
a SystemExit that main raised. If the reactor is stopped while main is at work, by Ctrl-C for
instance, main is cancelled, and shutdown waits until it has put away its things; that ends with
status 0 if main ends well or by this cancellation.
"""

import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NoReturn, TypeVar

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorCore
from twisted.logger import Logger
from twisted.python.failure import Failure

_T = TypeVar("_T")
_log = Logger("twisted.internet.task")


class _Program:
    """One run of a main function."""

    def __init__(
        self,
        reactor: IReactorCore,
        main: Callable[..., object],
        arguments: tuple[object, ...],
    ) -> None:
        self._reactor = reactor
        self._main = main
        self._arguments = arguments
        self._working: Deferred[Any] | None = None
        self._stopping = False
        self._done: Deferred[None] | None = None
        self.code: object = 0

    def run(self) -> None:
        """Run the reactor until main is done."""
        self._reactor.addSystemEventTrigger("before", "shutdown", self._shutDown)
        self._reactor.callWhenRunning(self._begin)
        self._reactor.run()

    def _begin(self) -> None:
        """Call main."""
        self._working = maybeDeferred(self._main, self._reactor, *self._arguments)
        self._working.addErrback(self._failed)
        self._working.addBoth(self._finished)

    def _failed(self, failure: Failure) -> None:
        """Choose the exit status, and log what nobody expected."""
        if isinstance(failure.value, SystemExit):
            self.code = failure.value.code
        elif not (self._stopping and failure.check(CancelledError)):
            _log.failure("main function encountered error", failure)
            self.code = 1

    def _finished(self, result: object) -> None:
        """Stop the reactor, or let its shutdown go on."""
        self._working = None
        if self._done is not None:
            self._done.callback(None)
        elif not self._stopping:
            self._stopping = True
            self._reactor.stop()

    def _shutDown(self) -> Deferred[None] | None:
        """Cancel main, and wait for it."""
        self._stopping = True
        if self._working is None:
            return None
        done = self._done = Deferred()
        self._working.cancel()
        return done


def react(
    main: "Callable[..., Deferred[_T] | Coroutine[Deferred[Any], Any, _T]]",
    argv: Iterable[object] = (),
    _reactor: IReactorCore | None = None,
) -> NoReturn:
    """Run a main function with a reactor, and exit when it is done.

    Args:
        main: Called with the reactor and `argv`, when the reactor runs. It returns a Deferred or
            is a coroutine function.
        argv: Arguments for it, `sys.argv[1:]` for instance.
        _reactor: The reactor; the default one if left out.

    Raises:
        SystemExit: Always, with the exit status: 0 if main succeeded, 1 if it failed, which is
            logged, or what main raised a SystemExit with.
    """
    reactor = defaultReactor(IReactorCore) if _reactor is None else _reactor
    program = _Program(reactor, main, tuple(argv))
    program.run()
    sys.exit(program.code)  # type: ignore[arg-type] # whatever main's SystemExit had
