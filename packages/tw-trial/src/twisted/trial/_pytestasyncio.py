"""A plugin for pytest: the reactor of the run lives in the event loop of pytest-asyncio.

pytest-asyncio has a loop for each scope; the reactor lives in that of the session, so tests and
fixtures are to run there too. That loop is made when the first test begins. The reactor is needed
before: pytest looks closely at all that it finds in modules of tests, and so uses the default
reactor while it collects them. So the reactor is installed at once, in a loop that never runs, and
moves when the other loop is there.

It is started then, and works whenever the loop runs: for a test of pytest-asyncio, or when this
package waits for a Deferred.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

try:
    import pytest
    import pytest_asyncio
    from pytest_asyncio import plugin
except ImportError as _error:
    raise ImportError(
        "it needs pytest-asyncio: install it with tw-trial[pytest-asyncio]"
    ) from _error

from twisted.internet._reactorinstall import installedReactor, installReactor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import Deferred
from twisted.trial._endings import LONGEST_SHUTDOWN
from twisted.trial._kinds import AnyReactor

NAME = "pytest-asyncio"
"""What `--twisted-reactor` calls this reactor."""

_SETTINGS = ("asyncio_default_test_loop_scope", "asyncio_default_fixture_loop_scope")

_STARTED: pytest.StashKey[AnyReactor] = pytest.StashKey()


def checkScopes(config: pytest.Config) -> None:
    """Check that tests and fixtures run in the loop of the session, unless they say otherwise.

    In another loop they would wait for the reactor for ever.

    Args:
        config: What pytest was told.

    Raises:
        UsageError: They run in other loops, or pytest-asyncio was switched off.
    """
    if not config.pluginmanager.is_registered(plugin):
        raise pytest.UsageError(
            f"--twisted-reactor {NAME}: the plugin of pytest-asyncio is switched off, see -p"
        )
    for name in _SETTINGS:
        if config.getini(name) != "session":
            raise pytest.UsageError(
                f"--twisted-reactor {NAME}: the reactor lives in the loop of the session, so tests "
                f"have to run there: add '{name} = session' to the settings of pytest"
            )


def installMoving() -> None:
    """Install the reactor; it moves into the loop of the session when that is there.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    reactor = AsyncioSelectorReactor(asyncio.new_event_loop())
    try:
        installReactor(reactor)
    except AssertionError:
        reactor.close()
        reactor.loop.close()
        raise


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def _reactorInLoop(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Move the reactor into the loop that runs, and end it when the session is over."""
    reactor: AnyReactor = installedReactor()
    before = reactor.loop
    reactor.moveTo(asyncio.get_running_loop())
    before.close()
    reactor.startRunning(installSignalHandlers=False)
    request.config.stash[_STARTED] = reactor
    yield
    del request.config.stash[_STARTED]
    if reactor.running:
        over: Deferred[None] = Deferred()
        over.addTimeout(LONGEST_SHUTDOWN, reactor, lambda *_: reactor.crash())
        reactor.addSystemEventTrigger("after", "shutdown", over.callback, None)
        reactor.stop()
        await over


@pytest.fixture(scope="session", autouse=True)
def _checkedInLoop(request: pytest.FixtureRequest, _reactorInLoop: None) -> Iterator[None]:
    """Find what the last test has left: nothing is left any more when the reactor has stopped."""
    yield
    checks = request.config.pluginmanager.get_plugin("twisted-tests")
    assert checks is not None, "it was registered"
    checks.checkLeftovers()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start the reactor again, should a test have stopped it."""
    reactor = item.config.stash.get(_STARTED, None)
    if reactor is not None and not reactor.running:
        reactor.startRunning(installSignalHandlers=False)


__all__ = ["NAME", "checkScopes", "installMoving", "pytest_runtest_setup"]
