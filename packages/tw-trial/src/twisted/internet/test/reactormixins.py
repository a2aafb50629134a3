"""Tests that hold on every kind of reactor.

    class TimerTests(ReactorBuilder):
        def test_callLater(self):
            reactor = self.buildReactor()
            reactor.callLater(0, reactor.stop)
            self.runReactor(reactor)

    globals().update(TimerTests.makeTestCaseClasses())

makes a class of tests for each kind of reactor; those that are not there on this machine are
skipped. The global reactor is not used.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from twisted.internet.defer import TimeoutError
from twisted.internet.process import reapAllProcesses, reapProcessHandlers
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import provides
from twisted.python.reflect import namedAny, safe_str
from twisted.trial._kinds import AnyReactor
from twisted.trial.unittest import SkipTest, SynchronousTestCase
from twisted.trial.util import DEFAULT_TIMEOUT_DURATION, acquireAttribute

_POSIX_REACTORS = (
    "twisted.internet.selectreactor.SelectReactor",
    "twisted.internet.pollreactor.PollReactor",
    "twisted.internet.epollreactor.EPollReactor",
    "twisted.internet.kqreactor.KQueueReactor",
    "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "twisted.internet.uvloopreactor.UvloopReactor",
    "twisted.internet.gireactor.GIReactor",
)


def stopOnError(
    case: SynchronousTestCase, reactor: AnyReactor, publisher: AnyReactor = None
) -> None:
    """Stop a reactor when an error is logged; the error makes the test fail as ever.

    Args:
        case: The test.
        reactor: The reactor.
        publisher: What to listen to; the log of the process, if left out.
    """
    source = globalLogPublisher if publisher is None else publisher
    stopped: list[bool] = []

    def stopIfError(event: LogEvent) -> None:
        if (event.get("log_failure") is not None or event.get("isError")) and not stopped:
            stopped.append(True)
            reactor.stop()

    source.addObserver(stopIfError)
    case.addCleanup(source.removeObserver, stopIfError)


class ReactorBuilder(SynchronousTestCase):
    """The base of tests that get a new reactor for each method.

    Attributes:
        reactorFactory: Makes the reactor; each class of `makeTestCaseClasses` has its own.
        requiredInterfaces: What the reactor has to provide; where it does not, tests are skipped.
        skippedReactors: For the name of a class of reactors: why the tests are not for it.
    """

    _reactors: ClassVar[Sequence[str]] = _POSIX_REACTORS

    reactorFactory: Any = None
    requiredInterfaces: Sequence[Any] | None = None
    skippedReactors: ClassVar[dict[str, str]] = {}

    def setUp(self) -> None:
        """Remember the handler of SIGINT; the tests may change it."""
        self._originalHandler = signal.getsignal(signal.SIGINT)
        self.addCleanup(self._restoreHandler)

    def _restoreHandler(self) -> None:
        if self._originalHandler is not None:
            signal.signal(signal.SIGINT, self._originalHandler)

    def buildReactor(self) -> AnyReactor:
        """Return a new reactor, which is cleaned up after the test.

        Raises:
            SkipTest: This kind of reactor is not there, or lacks an interface.
        """
        try:
            reactor = self.reactorFactory()
        except SkipTest:
            raise
        except (ImportError, OSError, AttributeError) as error:
            raise SkipTest(f"this kind of reactor can't be made: {safe_str(error)}")
        for interface in self.requiredInterfaces or ():
            if not provides(interface, reactor):
                self.unbuildReactor(reactor)
                name = getattr(interface, "__name__", repr(interface))
                raise SkipTest(f"{type(reactor).__name__} does not provide {name}")
        self.addCleanup(self.unbuildReactor, reactor)
        return reactor

    def unbuildReactor(self, reactor: AnyReactor) -> None:
        """End everything that a reactor still has.

        Args:
            reactor: The reactor; it was stopped.
        """
        for pid in list(reapProcessHandlers):
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        if reapProcessHandlers:
            reapAllProcesses()
        reactor.fireSystemEvent("shutdown")
        for call in reactor.getDelayedCalls():
            if call.active():
                call.cancel()
        close = getattr(reactor, "close", None)
        if close is not None:
            close()
        loop = getattr(reactor, "loop", None)
        if loop is not None:
            loop.close()

    def getTimeout(self) -> float:
        """Return how many seconds a run of the reactor may take."""
        return float(acquireAttribute([self], "timeout", None) or DEFAULT_TIMEOUT_DURATION)

    def runReactor(self, reactor: AnyReactor, timeout: float | None = None) -> None:
        """Run a reactor until it is stopped.

        Args:
            reactor: The reactor.
            timeout: How many seconds it may run; as long as the test, if left out.

        Raises:
            TimeoutError: It was not stopped in time.
        """
        seconds = self.getTimeout() if timeout is None else timeout
        expired: list[bool] = []

        def stop() -> None:
            expired.append(True)
            reactor.stop()

        limit = reactor.callLater(seconds, stop)
        reactor.run()
        if expired:
            raise TimeoutError(f"reactor still running after {seconds} seconds")
        if limit.active():
            limit.cancel()

    @classmethod
    def makeTestCaseClasses(cls) -> "dict[str, type[SynchronousTestCase]]":
        """Return a class of tests for each kind of reactor, by its name.

        Use it as `globals().update(FooTests.makeTestCaseClasses())`.
        """
        made: dict[str, type[SynchronousTestCase]] = {}
        for full in cls._reactors:
            short = full.rpartition(".")[2]
            name = f"{cls.__name__}.{short}Tests".replace(".", "_")
            members: dict[str, Any] = {
                "__module__": cls.__module__,
                "__qualname__": ".".join([*cls.__qualname__.split(".")[:-1], name]),
            }
            if short in cls.skippedReactors:
                members["skip"] = cls.skippedReactors[short]
            try:
                members["reactorFactory"] = staticmethod(_factoryOf(namedAny(full)))
            except Exception as error:
                members["skip"] = f"{short} is not there: {safe_str(error)}"
            made[name] = type(name, (cls,), members)
        return made


def _factoryOf(cls: AnyReactor) -> Callable[[], AnyReactor]:
    """Return what makes a reactor of a class that shares nothing with others.

    Left to itself, a reactor over asyncio takes the loop of the thread, which others may use.
    """
    if cls.__name__ != "AsyncioSelectorReactor":
        return cast("Callable[[], AnyReactor]", cls)
    return lambda: cls(asyncio.new_event_loop())


__all__ = ["ReactorBuilder", "stopOnError"]
