"""Tests of pytest's own kind that return Deferreds, and what the plugin checks of them."""

from pathlib import Path

import pytest

from .trial_helpers import runPytest

MARKED = "import pytest\npytestmark = pytest.mark.twisted\n"


AWAITING = """
from twisted.internet import reactor
from twisted.internet.task import deferLater

async def test_passes():
    assert await deferLater(reactor, 0.001, lambda: 7) == 7

async def test_fails():
    assert await deferLater(reactor, 0.001, lambda: 7) == 8

def test_deferred():
    return deferLater(reactor, 0.001, int, "no number")

class TestMethods:
    async def test_method(self):
        await deferLater(reactor, 0.001)
"""


def test_marked_functions_are_waited_for(tmp_path: Path) -> None:
    out = runPytest(tmp_path, MARKED + AWAITING)
    assert "2 failed, 2 passed" in out
    assert "assert 7 == 8" in out
    assert "ValueError: invalid literal" in out


def test_option_marks_all(tmp_path: Path) -> None:
    assert "2 failed, 2 passed" in runPytest(tmp_path, AWAITING, "--twisted")


def test_setting_marks_all(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\ntwisted = true\n")
    assert "2 failed, 2 passed" in runPytest(tmp_path, AWAITING)


def test_others_are_left_alone(tmp_path: Path) -> None:
    source = """
from twisted.internet import reactor

def test_left():
    reactor.callLater(3600, int)

async def test_coroutine():
    pass
"""
    out = runPytest(tmp_path, source)
    assert "async def functions are not natively supported" in out
    assert "1 failed, 1 passed" in out


FIXTURES = """
import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

done = []

@pytest.fixture(scope="module")
async def port():
    from twisted.internet.protocol import Factory
    port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
    yield port
    await port.stopListening()
    done.append("port")

@pytest.fixture
async def number():
    await deferLater(reactor, 0.001)
    return 7

@pytest.fixture
def text(number):
    return deferLater(reactor, 0.001, str, number)

@pytest.fixture
async def resource():
    yield "open"
    await deferLater(reactor, 0.001)
    done.append("resource")

@pytest.fixture
def plain():
    yield "plain"
    done.append("plain")

class TestFixtures:
    @pytest.fixture
    async def own(self):
        self.mine = 1
        return self

    async def test_methods(self, own):
        assert own is self and self.mine == 1

def test_values(number, text, resource, plain, port):
    assert (number, text, resource, plain, done) == (7, "7", "open", "plain", [])

def test_closed(port):
    assert done == ["plain", "resource"]
    assert port.getHost().port
"""


def test_fixtures_may_be_asynchronous(tmp_path: Path) -> None:
    out = runPytest(tmp_path, FIXTURES, "--twisted")
    assert "3 passed" in out
    assert "error" not in out


def test_fixture_that_yields_twice_is_an_error(tmp_path: Path) -> None:
    source = """
import pytest

@pytest.fixture
async def twice():
    yield 1
    yield 2

def test_it(twice):
    pass
"""
    out = runPytest(tmp_path, source, "--twisted")
    assert "1 passed, 1 error" in out
    assert "the fixture twice yields more than once" in out


CHECKED = """
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.protocol import Factory
from twisted.python import log

def test_call():
    reactor.callLater(3600, int)

def test_port():
    reactor.listenTCP(0, Factory(), interface="127.0.0.1")

def test_logged():
    log.err(ValueError("in the log"))

def test_unhandled():
    fail(KeyError("nobody cares"))

def test_forgotten():
    async def forgotten():
        pass
    forgotten()

def test_flushed(flushLoggedErrors):
    log.err(ValueError("expected"))
    assert len(flushLoggedErrors(ValueError)) == 1

def test_good():
    pass
"""


def test_what_tests_leave_is_found_at_them(tmp_path: Path) -> None:
    out = runPytest(tmp_path, CHECKED, "--twisted")
    assert "3 failed, 4 passed, 2 errors" in out
    for text in (
        "ERROR test_sample.py::test_call - twisted.trial.util.DirtyReactor",
        "ERROR test_sample.py::test_port - twisted.trial.util.DirtyReactor",
        "FAILED test_sample.py::test_logged - ValueError: in the log",
        "FAILED test_sample.py::test_unhandled - KeyError: 'nobody cares'",
        "FAILED test_sample.py::test_forgotten - RuntimeWarning: coroutine",
    ):
        assert text in out


OUTLIVING = """
import pytest
from twisted.internet import reactor
from twisted.internet.protocol import Factory
from twisted.internet.task import LoopingCall
from twisted.trial.unittest import TestCase

def listen():
    return reactor.listenTCP(0, Factory(), interface="127.0.0.1")

@pytest.fixture(scope="session")
def port():
    beat = LoopingCall(int)
    beat.start(3600)
    port = listen()
    yield port
    port.stopListening()
    beat.stop()

def test_first_user_is_not_marked(port):
    pass

@pytest.mark.twisted
def test_marked(port):
    assert port.connected

@pytest.mark.usefixtures("port")
class SharingTests(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = listen()

    @classmethod
    def tearDownClass(cls):
        cls.own.stopListening()

    def test_one(self):
        assert self.own.connected

    def test_two(self):
        assert self.own.connected

class LeakingTests(TestCase):
    leaked = None

    def test_one(self):
        type(self).leaked = listen()

    def test_two(self):
        assert self.leaked.connected

def test_still_there(port):
    assert port.connected
"""


def test_what_outlives_a_test_stays_until_its_end(tmp_path: Path) -> None:
    out = runPytest(tmp_path, OUTLIVING)
    assert "1 failed, 6 passed" in out
    assert "FAILED test_sample.py::LeakingTests::test_two - twisted.trial.util.DirtyReactor" in out
    assert "Reactor was unclean." in out


def test_timeout_of_the_marker(tmp_path: Path) -> None:
    source = """
import pytest
from twisted.internet.defer import Deferred

@pytest.mark.twisted(timeout=0.01)
async def test_hangs():
    await Deferred()

@pytest.mark.twisted
async def test_next():
    pass
"""
    out = runPytest(tmp_path, source)
    assert "1 failed, 1 passed" in out
    assert "still running at 0.01 secs" in out


def test_test_case_that_blocks_is_interrupted(tmp_path: Path) -> None:
    source = """
from twisted.trial.unittest import TestCase

class BlockingTests(TestCase):
    timeout = 0.01

    def test_blocks(self):
        while True:
            pass

    def test_next(self):
        pass
"""
    out = runPytest(tmp_path, source)
    assert "1 failed, 1 passed" in out
    assert "still running at 0.01 secs" in out


def test_test_that_nothing_stops_is_named(tmp_path: Path) -> None:
    source = """
import time
from twisted.trial import _watchdog
from twisted.trial.unittest import TestCase

_watchdog.MOST_ATTEMPTS = 1

class StubbornTests(TestCase):
    timeout = 0.01

    def test_it(self):
        print("last words")
        while True:
            try:
                time.sleep(3600)
            except BaseException:
                pass
"""
    out = runPytest(tmp_path, source)
    assert "StubbornTests.test_it can't be stopped" in out
    assert "last words" in out


def test_clock_jumps_while_a_test_waits(tmp_path: Path) -> None:
    source = """
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

async def test_a_year(jumpingClock):
    await deferLater(jumpingClock, 1800)
    await deferLater(jumpingClock, 365 * 86400)
    assert jumpingClock.seconds() == 1800 + 365 * 86400

def test_chain(jumpingClock):
    first = deferLater(jumpingClock, 10)
    return first.addCallback(lambda result: deferLater(jumpingClock, 1800))

async def test_gives_up(jumpingClock):
    await Deferred().addTimeout(60, jumpingClock)
"""
    out = runPytest(tmp_path, source, "--twisted")
    assert "1 failed, 2 passed" in out
    assert "TimeoutError" in out


def test_simulated_network_runs_while_a_test_waits(tmp_path: Path) -> None:
    source = """
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import AccumulatingProtocol, SimulationFailed
import pytest

class Greeter(Protocol):
    def connectionMade(self):
        self.transport.write(b"hello")

class Listener(Protocol):
    def __init__(self):
        self.heard = Deferred()
    def dataReceived(self, data):
        self.heard.callback(data)

async def test_greeting(simulatedNetwork):
    server = simulatedNetwork.host("server")
    client = simulatedNetwork.host("client")
    server.listenTCP(80, Factory.forProtocol(Greeter))
    listener = await connectProtocol(TCP4ClientEndpoint(client, "server", 80), Listener())
    assert await listener.heard == b"hello"

async def test_nothing(simulatedNetwork):
    await Deferred()
"""
    out = runPytest(tmp_path, source, "--twisted")
    assert "1 failed, 1 passed" in out
    assert "SimulationFailed: seed" in out


def test_memory_reactor(tmp_path: Path) -> None:
    source = """
from twisted.internet.protocol import Factory

def test_listens(memoryReactor):
    memoryReactor.listenTCP(80, Factory())
    memoryReactor.advance(5)
    assert memoryReactor.tcpServers[0][0] == 80
"""
    assert "1 passed" in runPytest(tmp_path, source)


@pytest.mark.parametrize("name", ["select", "poll", "asyncio"])
def test_kind_of_reactor(tmp_path: Path, name: str) -> None:
    source = f"""
from twisted.internet.task import deferLater

async def test_kind(reactor):
    await deferLater(reactor, 0.001)
    assert {name!r} in type(reactor).__module__
"""
    assert "1 passed" in runPytest(tmp_path, source, "--twisted", f"--twisted-reactor={name}")


def test_unknown_kind_of_reactor_is_a_clear_error(tmp_path: Path) -> None:
    out = runPytest(tmp_path, "", "--twisted-reactor=steam")
    assert "--twisted-reactor steam: there is no reactor called steam" in out
    assert "Traceback" not in out


def test_hypothesis_waits_for_each_example(tmp_path: Path) -> None:
    source = """
from hypothesis import given, settings, strategies
from twisted.internet import reactor
from twisted.internet.task import deferLater

seen = []

def divide(number):
    1 // number

@settings(max_examples=20, database=None, deadline=None)
@given(number=strategies.integers())
async def test_numbers(number):
    seen.append(await deferLater(reactor, 0, lambda: number))

@settings(max_examples=200, database=None, deadline=None)
@given(number=strategies.integers())
def test_falsified(number):
    return deferLater(reactor, 0, divide, number < 100)

def test_seen():
    assert len(seen) >= 10
"""
    out = runPytest(tmp_path, source, "--twisted", plugins=["_hypothesis_pytestplugin"])
    assert "1 failed, 2 passed" in out
    assert "number=100" in out


def test_workers_of_xdist_check_the_same(tmp_path: Path) -> None:
    out = runPytest(tmp_path, CHECKED, "--twisted", "-n2", plugins=["xdist.plugin"])
    assert "3 failed, 4 passed, 2 errors" in out
