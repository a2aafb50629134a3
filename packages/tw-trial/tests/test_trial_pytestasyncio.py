"""A reactor in the loop of pytest-asyncio: its tests, ours and their fixtures share it."""

from pathlib import Path

import pytest

from .trial_helpers import runPytest

pytest.importorskip(
    "pytest_asyncio", reason="pytest-asyncio is missing: pip install pytest-asyncio"
)

SETTINGS = """
[pytest]
twisted_reactor = pytest-asyncio
asyncio_default_test_loop_scope = session
asyncio_default_fixture_loop_scope = session
"""


def runInLoop(folder: Path, source: str, *options: str, settings: str = SETTINGS) -> str:
    """Run tests with pytest-asyncio and with settings; return what was printed."""
    (folder / "pytest.ini").write_text(settings)
    return runPytest(folder, source, *options, plugins=["pytest_asyncio.plugin"])


SHARED = """
import asyncio
import pytest, pytest_asyncio
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.python import log
from twisted.trial.unittest import TestCase

class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

@pytest_asyncio.fixture(scope="session")
async def port():
    port = reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
    yield port
    await port.stopListening()

@pytest.mark.asyncio
async def test_asyncio_awaits_the_reactor(port):
    assert reactor.loop is asyncio.get_running_loop()
    reading, writing = await asyncio.open_connection("127.0.0.1", port.getHost().port)
    writing.write(b"hello")
    assert await reading.readexactly(5) == b"hello"
    writing.close()
    await writing.wait_closed()
    assert await deferLater(reactor, 0.001, lambda: 7) == 7

@pytest.mark.twisted
async def test_ours_awaits_asyncio(port):
    await deferLater(reactor, 0.001)
    await asyncio.sleep(0.001)
    assert port.getHost().port

@pytest.mark.twisted(timeout=0.01)
async def test_ours_has_a_limit():
    await Deferred()

@pytest.mark.twisted
@pytest.mark.asyncio
async def test_checked_leaves_a_call():
    reactor.callLater(3600, int)

@pytest.mark.twisted
@pytest.mark.asyncio
async def test_checked_logs():
    log.err(ValueError("in the log"))

class CaseTests(TestCase):
    def test_case(self):
        return deferLater(reactor, 0.001)
"""


def test_all_kinds_of_tests_share_the_reactor(tmp_path: Path) -> None:
    out = runInLoop(tmp_path, SHARED)
    assert "2 failed, 4 passed, 1 error" in out
    assert "still running at 0.01 secs" in out
    assert "ERROR test_sample.py::test_checked_leaves_a_call - twisted.trial.util.Dirty" in out
    assert "FAILED test_sample.py::test_checked_logs - ValueError: in the log" in out


def test_what_the_last_test_leaves_is_found_though_its_loop_is_closed(tmp_path: Path) -> None:
    source = """
import pytest
from twisted.internet.protocol import Factory

@pytest.mark.twisted
async def test_leaves(reactor):
    reactor.callLater(3600, int)
    reactor.listenTCP(0, Factory(), interface="127.0.0.1")
"""
    out = runInLoop(tmp_path, source, settings=f"{SETTINGS}asyncio_mode = auto\n")
    assert "1 passed, 1 error" in out
    assert "Reactor was unclean" in out
    assert "DelayedCalls" in out
    assert "Selectables" in out


def test_test_that_stops_the_reactor_does_not_stop_the_others(tmp_path: Path) -> None:
    source = """
import asyncio
import pytest
from twisted.internet import reactor
from twisted.internet.task import deferLater

@pytest.mark.asyncio
async def test_stops():
    reactor.stop()
    await asyncio.sleep(0)

@pytest.mark.asyncio
async def test_runs_again():
    await deferLater(reactor, 0.001)
"""
    assert "2 passed" in runInLoop(tmp_path, source)


def test_connections_of_a_loop_that_is_not_pythons_are_found(tmp_path: Path) -> None:
    pytest.importorskip("uvloop", reason="uvloop is missing: pip install uvloop")
    (tmp_path / "conftest.py").write_text(
        "import uvloop\n"
        "def pytest_asyncio_loop_factories(config, item):\n"
        "    return {'uvloop': uvloop.new_event_loop}\n"
    )
    source = """
import pytest, pytest_asyncio
from twisted.internet import reactor
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.protocol import Factory, Protocol

@pytest.mark.twisted
@pytest.mark.asyncio
async def test_leaves():
    assert type(reactor.loop).__module__ == "uvloop"
    port = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
    where = clientFromString(reactor, f"tcp:127.0.0.1:{port.getHost().port}")
    await connectProtocol(where, Protocol())
"""
    out = runInLoop(tmp_path, source)
    assert "1 passed, 1 error" in out
    assert "Selectables" in out


def test_shutdown_is_waited_for(tmp_path: Path) -> None:
    source = """
import pytest
from twisted.internet.task import deferLater

@pytest.mark.asyncio
async def test_adds_a_trigger(reactor):
    async def last():
        await deferLater(reactor, 0.001)
        print("last words")
    reactor.addSystemEventTrigger("before", "shutdown", last)
"""
    out = runInLoop(tmp_path, source, "-s")
    assert "1 passed" in out
    assert "last words" in out


@pytest.mark.parametrize("name", ["test", "fixture"])
def test_other_loops_are_a_clear_error(tmp_path: Path, name: str) -> None:
    setting = f"asyncio_default_{name}_loop_scope"
    out = runInLoop(tmp_path, "", settings=SETTINGS.replace(f"{setting} = session\n", ""))
    assert f"add '{setting} = session' to the settings of pytest" in out
    assert "Traceback" not in out


def test_plugin_that_is_switched_off_is_a_clear_error(tmp_path: Path) -> None:
    out = runPytest(tmp_path, "", "--twisted-reactor=pytest-asyncio")
    assert "the plugin of pytest-asyncio is switched off" in out
    assert "Traceback" not in out


def test_other_default_reactor_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("from twisted.internet import reactor\nreactor.seconds()\n")
    out = runInLoop(tmp_path, "", "-p", "early")
    assert "there is a default reactor" in out
    assert "early.py" in out
    assert "Traceback" not in out
