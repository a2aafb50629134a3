"""The plugin for pytest; an entry point makes pytest load it.

Trial's test cases run under pytest as they are. Of other tests the plugin looks only at those that
have the marker `twisted`, or at all if the option `--twisted` or the setting `twisted` is there:
they, and the fixtures that they ask for, may be coroutines or return Deferreds, and they fail for
what they leave in the reactor and for errors that were logged.
"""

import gc
import sys
import warnings
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

try:
    import pytest
except ImportError as _error:
    raise ImportError(
        "twisted.trial.pytestplugin needs pytest: install it with tw-trial[pytest]"
    ) from _error

from twisted.trial._collectedwarnings import NEVER_AWAITED
from twisted.trial._kinds import AnyObject, AnyReactor

if TYPE_CHECKING:
    from twisted.internet.task import Clock
    from twisted.internet.testing import MemoryReactorClock, SimulatedNetwork
    from twisted.python.failure import Failure
    from twisted.trial._leftovers import Leftovers
    from twisted.trial._synchronized import Waiter

# What waits and checks is imported when a test wants it: most runs of pytest have no such test.


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings."""
    group = parser.getgroup("twisted", "tests with Deferreds")
    group.addoption(
        "--twisted",
        action="store_true",
        help="wait for what all tests and fixtures return, not only those marked twisted",
    )
    group.addoption(
        "--twisted-reactor",
        metavar="NAME",
        help="the kind of reactor to install, one of those that trial --help-reactors lists, or "
        "pytest-asyncio for one in its loop",
    )
    parser.addini("twisted", "the same as --twisted", type="bool", default=False)
    parser.addini("twisted_reactor", "the same as --twisted-reactor", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and install the reactor."""
    config.addinivalue_line(
        "markers",
        "twisted(timeout=120): wait for what the test and its fixtures return, Deferreds or "
        "coroutines, and check what they leave in the reactor",
    )
    name = config.getoption("--twisted-reactor") or config.getini("twisted_reactor")
    if name:
        _install(config, name)
    config.pluginmanager.register(TestsWithDeferreds(config), "twisted-tests")


def _install(config: pytest.Config, name: str) -> None:
    from twisted.internet._reactorchoice import NoSuchReactor, installReactor

    try:
        if name == "pytest-asyncio":
            from twisted.trial import _pytestasyncio

            _pytestasyncio.checkScopes(config)
            _pytestasyncio.installMoving()
            config.pluginmanager.register(_pytestasyncio, "twisted-reactor-in-loop")
        else:
            installReactor(name)
    except (NoSuchReactor, ImportError, AssertionError) as error:
        raise pytest.UsageError(f"--twisted-reactor {name}: {error}") from None


class TestsWithDeferreds:
    """Waits for those tests and fixtures that want it, and checks what they leave."""

    # pytest takes names that begin so for tests.
    __test__ = False

    def __init__(self, config: pytest.Config) -> None:
        """Wait for nothing yet.

        Args:
            config: What pytest was told.
        """
        self._forAll = bool(config.getoption("--twisted") or config.getini("twisted"))
        # Two users of one signal would disturb each other.
        self._mayWatch = not config.pluginmanager.hasplugin("timeout")
        self._item: pytest.Item | None = None
        self._leftovers: Leftovers | None = None
        self._isFirstOfItsClass = self._isLastOfItsClass = True
        self.clock: Clock | None = None
        self.network: SimulatedNetwork | None = None

    def _wants(self, item: pytest.Item | None) -> bool:
        """Return whether a test is one of those that are waited for."""
        if item is None or not isinstance(item, pytest.Function) or _isTestCase(item):
            return False
        if item.get_closest_marker("twisted") is not None:
            return True
        others = (item.get_closest_marker(name) for name in ("asyncio", "anyio", "trio"))
        return self._forAll and not any(others)

    def _waiter(self) -> "Waiter":
        """Return how to wait for what the test that runs has returned."""
        from twisted.trial import _synchronized
        from twisted.trial.util import DEFAULT_TIMEOUT_DURATION

        assert self._item is not None, "a test runs"
        if self.network is not None:
            return _synchronized.bySimulation(self.network)
        marker = self._item.get_closest_marker("twisted")
        timeout = None if marker is None else marker.kwargs.get("timeout")
        seconds = DEFAULT_TIMEOUT_DURATION if timeout is None else float(timeout)
        wait = _synchronized.byReactor(seconds, self._item.nodeid)
        return wait if self.clock is None else _synchronized.byJumping(self.clock, wait)

    def _wait(self, deferred: AnyObject) -> AnyObject:
        # Whether there is a clock that jumps may be known only when it is time to wait.
        return self._waiter()(deferred)

    # One test

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Note whether a test is the last one of its class."""
        cls = getattr(item, "cls", None)
        self._isLastOfItsClass = nextitem is None or getattr(nextitem, "cls", None) is not cls
        result = yield
        self._isFirstOfItsClass = self._isLastOfItsClass
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Prepare for a test."""
        self._item = item
        if self._wants(item):
            from twisted.trial._leftovers import Leftovers
            from twisted.trial._loggederrors import loggedErrors

            if self._leftovers is None:
                self._leftovers = Leftovers()
            self._leftovers.begin()
            loggedErrors.listen()
            # What was logged before does not belong to this test.
            loggedErrors.take()
            loggedErrors.test = item.nodeid
        elif _isTrials(item) and self._isFirstOfItsClass:
            from twisted.trial._leftovers import Leftovers

            Leftovers().begin()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch over a test that may not come back."""
        if isinstance(item, pytest.Function) and _isTrials(item):
            # What its class has opened for all its tests may stay until then.
            case: AnyObject = item.instance
            case._isLastOfItsClass = self._isLastOfItsClass
        if not self._mayWatch or not (self._wants(item) or _isTrials(item)):
            return (yield)
        from twisted.trial._watchdog import watchdog

        watchdog.atTheEnd = partial(_showOutput, item.config)
        with watchdog.awake():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Wait for what a test returns, and look at what was logged meanwhile."""
        if not self._wants(pyfuncitem):
            return (yield)
        from twisted.internet._reactorinstall import installedReactor
        from twisted.trial._loggederrors import loggedErrors
        from twisted.trial._places import places
        from twisted.trial._synchronized import synchronized

        reactor = installedReactor()
        if reactor is not None:
            places.test = pyfuncitem.nodeid
            places.watch(reactor)
        original = pyfuncitem.obj
        pyfuncitem.obj = synchronized(original, self._wait)
        try:
            with _neverAwaited() as forgotten:
                result = yield
                # An error that no errback handled shows when its Deferred is collected.
                gc.collect(1)
        finally:
            pyfuncitem.obj = original
        _raise([*[failure.value for failure in loggedErrors.take()], *forgotten])
        return result

    def checkLeftovers(self) -> None:
        """Take out of the reactor what the test has left.

        Raises:
            DirtyReactorAggregateError: There was something.
        """
        if self._leftovers is not None and self._wants(self._item):
            problem = self._leftovers.check()
            if problem is not None:
                raise problem

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Check what a test and its fixtures have left, when the fixtures are done."""
        problem: BaseException | None = None
        try:
            result = yield
        finally:
            try:
                self.checkLeftovers()
            except Exception as error:
                problem = error
            self.clock = self.network = self._item = None
        logged: list[Failure] = []
        if self._wants(item):
            from twisted.trial._loggederrors import loggedErrors

            logged = loggedErrors.take()
        _raise([*([] if problem is None else [problem]), *[failure.value for failure in logged]])
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Wait for what a fixture returns; what one that outlives a test opens may stay open."""
        wanted = self._wants(self._item)
        keep = None
        if request.scope != "function" and (wanted or _isTrials(self._item)):
            from twisted.trial._leftovers import Leftovers

            keep = Leftovers().keeping()
        original = fixturedef.func
        if wanted and not _isOfAsyncio(original):
            from twisted.trial._synchronized import synchronizedFixture

            waiting: Callable[..., Any]
            waiting = synchronizedFixture(original, request.instance, self._fixtureWaiter())
            # As other plugins for asynchronous fixtures do: pytest has no hook around the call.
            fixturedef.func = waiting  # type: ignore[misc]  # declared as final
        try:
            return (yield)
        finally:
            fixturedef.func = original  # type: ignore[misc]  # declared as final
            if keep is not None:
                keep()

    def _fixtureWaiter(self) -> "Waiter":
        """Return what waits for a fixture, also when its test is over."""
        first = self._waiter()

        def wait(deferred: AnyObject) -> AnyObject:
            return first(deferred) if self._item is None else self._wait(deferred)

        return wait

    def pytest_sessionfinish(self) -> None:
        """Let the reactor shut down, if tests have used it."""
        if self._leftovers is None and "twisted.trial._asynchronous" not in sys.modules:
            return
        from twisted.trial._endings import shutDownReactor

        shutDownReactor()


def _showOutput(config: pytest.Config) -> None:
    """Print what the test that runs has printed, and keep no more of it."""
    capturing: AnyObject = config.pluginmanager.getplugin("capturemanager")
    if capturing is not None:
        capturing.suspend_global_capture(in_=False)
        out, err = capturing.read_global_capture()
        sys.stdout.write(out)
        sys.stderr.write(err)


def _isTrials(item: pytest.Item | None) -> bool:
    """Return whether a test is one of trial's test cases."""
    module = sys.modules.get("twisted.trial._synchronous")
    cls = getattr(item, "cls", None)
    return module is not None and cls is not None and issubclass(cls, module.SynchronousTestCase)


def _isTestCase(item: pytest.Item) -> bool:
    """Return whether a test is a test case of the standard library, as trial's are."""
    module = sys.modules.get("unittest")
    cls = getattr(item, "cls", None)
    return module is not None and cls is not None and issubclass(cls, module.TestCase)


def _isOfAsyncio(fixture: Callable[..., Any]) -> bool:
    """Return whether a fixture was declared with `pytest_asyncio.fixture`, which runs it."""
    # pytest-asyncio has a public question like this for tests only.
    return bool(getattr(fixture, "_force_asyncio_fixture", False))


def _raise(problems: list[BaseException]) -> None:
    """Raise what a test caused, if there is something."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise BaseExceptionGroup("the test caused several errors", problems)


@contextmanager
def _neverAwaited() -> Iterator[list[BaseException]]:
    """Return a context manager that collects a warning for each coroutine that is forgotten."""
    found: list[BaseException] = []
    with warnings.catch_warnings():
        warnings.filterwarnings("always", NEVER_AWAITED.pattern, RuntimeWarning)
        shown = warnings.showwarning

        def showwarning(message: Warning | str, *args: AnyObject, **kwargs: AnyObject) -> None:
            if NEVER_AWAITED.match(str(message)):
                found.append(message if isinstance(message, Warning) else RuntimeWarning(message))
            else:
                shown(message, *args, **kwargs)

        warnings.showwarning = showwarning
        yield found


def _tests(request: pytest.FixtureRequest) -> TestsWithDeferreds:
    plugin = request.config.pluginmanager.get_plugin("twisted-tests")
    assert isinstance(plugin, TestsWithDeferreds), "it was registered"
    return plugin


@pytest.fixture(scope="session")
def reactor() -> AnyReactor:
    """The reactor of the run: the one of `--twisted-reactor`, or the default one."""
    from twisted.internet import reactor as installed

    return installed


@pytest.fixture
def jumpingClock(request: pytest.FixtureRequest) -> "Clock":
    """A clock that jumps to its next call while the test waits for a Deferred.

    A test that waits for a minute of this clock takes no time. Nothing real should be waited for
    meanwhile: the clock does not wait for it.
    """
    from twisted.internet.task import Clock

    clock = _tests(request).clock = Clock()
    return clock


@pytest.fixture
def memoryReactor() -> "MemoryReactorClock":
    """A reactor that opens nothing, notes everything, and has a clock that the test turns."""
    from twisted.internet.testing import MemoryReactorClock

    return MemoryReactorClock()


@pytest.fixture
def simulatedNetwork(request: pytest.FixtureRequest) -> "SimulatedNetwork":
    """A network in memory; things happen in it while the test waits for a Deferred.

    Its seed depends on the name of the test alone, so each run is the same.
    """
    from twisted.internet.testing import SimulatedNetwork

    network = SimulatedNetwork(zlib.crc32(request.node.nodeid.encode("utf-8", "replace")))
    _tests(request).network = network
    return network


@pytest.fixture
def flushLoggedErrors() -> "Callable[..., list[Failure]]":
    """What takes the errors that were logged during the test, so that they don't fail it.

    It is called with classes of exceptions, or with none for all errors.
    """
    from twisted.trial._loggederrors import loggedErrors

    loggedErrors.listen()
    return loggedErrors.take


__all__ = [
    "TestsWithDeferreds",
    "flushLoggedErrors",
    "jumpingClock",
    "memoryReactor",
    "pytest_addoption",
    "pytest_configure",
    "reactor",
    "simulatedNetwork",
]
