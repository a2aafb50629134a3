"""ProcessMonitor over a reactor that starts nothing and a clock that the test turns."""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure
from twisted.python.usage import UsageError
from twisted.runner import procmontap
from twisted.runner.procmon import LineLogger, LoggingProtocol, ProcessMonitor, transport


class FakeProcess:
    """A program that does as the test says."""

    def __init__(self, protocol: LoggingProtocol) -> None:
        self.protocol = protocol
        self.signals: list[str] = []
        self.exited = False
        self.closed = False

    def signalProcess(self, name: str) -> None:
        """Note a signal."""
        if self.exited:
            raise ProcessExitedAlready
        self.signals.append(name)

    def loseConnection(self) -> None:
        """Close the pipes, which is the end if it has exited."""
        self.closed = True
        self.protocol.processEnded(Failure(ProcessDone(0)))

    def exit(self) -> None:
        """End, while others hold the pipes."""
        self.exited = True
        self.protocol.processExited(Failure(ProcessDone(0)))

    def die(self) -> None:
        """End."""
        self.exit()
        self.protocol.processEnded(Failure(ProcessDone(0)))


class FakeReactor(Clock):
    """Starts fake programs, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[FakeProcess] = []
        self.spawned: list[tuple[Any, ...]] = []
        self.fails: OSError | None = None

    def spawnProcess(
        self,
        processProtocol: LoggingProtocol,
        executable: str,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = {},
        path: str | None = None,
        uid: int | None = None,
        gid: int | None = None,
    ) -> FakeProcess:
        """Start one."""
        if self.fails is not None:
            raise self.fails
        self.spawned.append((executable, args, env, path, uid, gid))
        process = FakeProcess(processProtocol)
        self.processes.append(process)
        processProtocol.makeConnection(process)  # type: ignore[arg-type]  # a fake
        return process


class House:
    """A monitor with one program, and its reactor."""

    def __init__(self) -> None:
        self.reactor = FakeReactor()
        self.monitor = ProcessMonitor(self.reactor)  # type: ignore[arg-type]  # a fake
        self.monitor.addProcess("a", ["prog", "x"])

    @property
    def last(self) -> FakeProcess:
        """The program that was started last."""
        return self.reactor.processes[-1]

    @property
    def count(self) -> int:
        """How often one was started."""
        return len(self.reactor.processes)


@pytest.fixture
def house() -> House:
    """A monitor that was not started."""
    return House()


@pytest.fixture
def events() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    logged: list[LogEvent] = []
    globalLogPublisher.addObserver(logged.append)
    yield logged
    globalLogPublisher.removeObserver(logged.append)


def fired(waiting: Deferred[Any]) -> list[object]:
    results: list[object] = []
    waiting.addBoth(results.append)
    return results


def test_monitor_is_a_service(house: House) -> None:
    assert verifyObject(IService, house.monitor)


def test_programs_start_with_the_service_as_they_were_asked_for(house: House) -> None:
    house.monitor.addProcess("b", ["other"], uid=1, gid=2, env={"A": "B"}, cwd="/")
    assert house.count == 0
    house.monitor.startService()
    assert house.reactor.spawned == [
        ("prog", ["prog", "x"], {}, None, None, None),
        ("other", ["other"], {"A": "B"}, "/", 1, 2),
    ]


def test_environment_can_be_inherited(house: House) -> None:
    house.monitor.addProcess("b", ["other"], env=None)
    house.monitor.startService()
    assert house.reactor.spawned[-1][2] is None


def test_program_that_is_added_later_starts_at_once(house: House) -> None:
    house.monitor.startService()
    house.monitor.addProcess("b", ["other"])
    assert house.reactor.spawned[-1][0] == "other"


def test_two_programs_do_not_have_one_name(house: House) -> None:
    with pytest.raises(KeyError, match="remove it first"):
        house.monitor.addProcess("a", ["other"])


def test_program_without_a_word_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="nothing to run"):
        house.monitor.addProcess("b", [])


@pytest.mark.parametrize("method", ["startProcess", "stopProcess", "removeProcess"])
def test_unknown_name_is_refused(house: House, method: str) -> None:
    with pytest.raises(KeyError, match="no process named 'b'"):
        getattr(house.monitor, method)("b")


def test_program_that_lived_is_started_again_at_once(house: House) -> None:
    house.monitor.startService()
    house.reactor.advance(1)
    house.last.die()
    house.reactor.advance(0)
    assert house.count == 2


def test_pause_after_instant_deaths_doubles_up_to_its_limit(house: House) -> None:
    house.monitor.maxRestartDelay = 5
    house.monitor.startService()
    pauses = []
    for _ in range(5):
        house.reactor.advance(0.5)
        house.last.die()
        (call,) = house.reactor.getDelayedCalls()
        pauses.append(call.getTime() - house.reactor.seconds())
        house.reactor.advance(pauses[-1])
    assert pauses == [1, 2, 4, 5, 5]
    assert house.count == 6


def test_life_that_is_long_enough_resets_the_pause(house: House) -> None:
    house.monitor.startService()
    for life, pause in ((0, 1), (0, 2), (1, 0), (0, 1)):
        house.reactor.advance(life)
        house.last.die()
        (call,) = house.reactor.getDelayedCalls()
        assert call.getTime() - house.reactor.seconds() == pause
        house.reactor.advance(pause)


def test_threshold_decides_what_is_instant(house: House) -> None:
    house.monitor.threshold = 10
    house.monitor.startService()
    house.reactor.advance(9)
    house.last.die()
    house.reactor.advance(0.9)
    assert house.count == 1


def test_stop_sends_term_and_waits(house: House) -> None:
    house.monitor.startService()
    done = fired(house.monitor.stopService())
    assert house.last.signals == ["TERM"]
    assert done == []
    house.last.die()
    assert len(done) == 1
    assert house.reactor.getDelayedCalls() == []
    assert house.count == 1


def test_program_that_does_not_end_is_killed(house: House) -> None:
    house.monitor.killTime = 3
    house.monitor.startService()
    house.monitor.stopService()
    house.reactor.advance(2.9)
    assert house.last.signals == ["TERM"]
    house.reactor.advance(0.1)
    assert house.last.signals == ["TERM", "KILL"]
    house.last.die()
    assert house.reactor.getDelayedCalls() == []


def test_stop_in_the_pause_starts_nothing(house: House) -> None:
    house.monitor.startService()
    house.last.die()
    assert len(fired(house.monitor.stopService())) == 1
    assert house.reactor.getDelayedCalls() == []


def test_pipes_that_others_hold_are_closed_after_a_while(house: House) -> None:
    house.monitor.startService()
    house.last.exit()
    house.reactor.advance(4.9)
    assert not house.last.closed
    first = house.last
    house.reactor.advance(0.1)
    assert first.closed
    house.reactor.advance(0)
    assert house.count == 2


def test_stop_while_others_hold_the_pipes_waits_for_them(house: House) -> None:
    house.monitor.startService()
    house.last.exit()
    done = fired(house.monitor.stopService())
    assert (done, house.last.signals) == ([], [])
    house.reactor.advance(5)
    assert len(done) == 1


def test_signal_that_comes_too_late_is_no_error(house: House) -> None:
    house.monitor.startService()
    house.last.exited = True
    house.monitor.stopProcess("a")
    house.last.die()


def test_program_that_is_stopped_is_started_again(house: House) -> None:
    house.monitor.startService()
    house.reactor.advance(2)
    done = fired(house.monitor.stopProcess("a"))
    assert house.last.signals == ["TERM"]
    house.last.die()
    house.reactor.advance(0)
    assert (len(done), house.count) == (1, 2)


def test_all_can_be_started_again(house: House) -> None:
    house.monitor.addProcess("b", ["other"])
    house.monitor.startService()
    house.monitor.restartAll()
    assert [process.signals for process in house.reactor.processes] == [["TERM"], ["TERM"]]


def test_program_that_is_removed_ends_for_good(house: House) -> None:
    house.monitor.startService()
    done = fired(house.monitor.removeProcess("a"))
    assert house.last.signals == ["TERM"]
    house.last.die()
    house.reactor.advance(10)
    assert (len(done), house.count) == (1, 1)
    with pytest.raises(KeyError):
        house.monitor.startProcess("a")


def test_name_can_be_given_again_while_the_first_ends(house: House) -> None:
    house.monitor.startService()
    first = house.last
    house.monitor.removeProcess("a")
    house.monitor.addProcess("a", ["other"])
    second = house.last
    second.die()
    house.reactor.advance(1)
    assert house.last is not second
    done = fired(house.monitor.stopService())
    house.last.die()
    assert done == []
    first.die()
    assert len(done) == 1


def test_start_of_what_runs_does_nothing(house: House) -> None:
    house.monitor.startService()
    house.monitor.startProcess("a")
    assert house.count == 1


def test_start_ends_the_pause(house: House) -> None:
    house.monitor.startService()
    house.last.die()
    house.monitor.startProcess("a")
    assert house.count == 2
    house.reactor.advance(10)
    assert house.count == 2


def test_program_that_cannot_be_started_is_tried_again(
    house: House, events: list[LogEvent]
) -> None:
    house.reactor.fails = OSError(11, "Resource temporarily unavailable")
    house.monitor.startService()
    assert any("Resource temporarily" in str(event.get("error")) for event in events)
    house.reactor.fails = None
    house.reactor.advance(1)
    assert house.count == 1


def test_pickle_keeps_the_commands(house: House) -> None:
    house.monitor.startService()
    again = pickle.loads(pickle.dumps(house.monitor))
    assert not again.running
    assert repr(again) == "<ProcessMonitor a>"


def lines(events: list[LogEvent]) -> list[tuple[str, str]]:
    return [(event["stream"], event["line"]) for event in events if "stream" in event]


def test_lines_are_logged(house: House, events: list[LogEvent]) -> None:
    house.monitor.startService()
    protocol = house.last.protocol
    ends = [protocol.empty]
    protocol.childDataReceived(1, b"one\ntw")
    ends.append(protocol.empty)
    assert ends == [True, False]
    protocol.childDataReceived(2, b"error \xff\n")
    protocol.childDataReceived(1, b"o\nlast")
    house.last.die()
    assert lines(events) == [
        ("stdout", "one"),
        ("stderr", "error \\xff"),
        ("stdout", "two"),
        ("stdout", "last"),
    ]
    assert protocol.output.tag == "a"


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_line_that_is_too_long_is_logged_in_pieces(
    house: House, events: list[LogEvent], size: int
) -> None:
    house.monitor.startService()
    data = b"x" * 40_000 + b"\nshort\n" + b"y" * 40_000 + b"\n"
    for start in range(0, len(data), size):
        house.last.protocol.childDataReceived(1, data[start : start + size])
    found = [line for _, line in lines(events)]
    assert all(len(line) <= LineLogger.MAX_LENGTH for line in found)
    assert "".join(found) == "x" * 40_000 + "short" + "y" * 40_000
    assert "short" in found


def test_transport_of_lines_never_closes() -> None:
    assert not transport.disconnecting


def test_options_of_the_command() -> None:
    options = procmontap.Options()
    options.parseOptions(["-t", "2", "-k", "0.5", "-m", "3", "-M", "9", "sleep", "-x", "10"])
    monitor = procmontap.makeService(options)
    assert (monitor.threshold, monitor.killTime) == (2, 0.5)
    assert (monitor.minRestartDelay, monitor.maxRestartDelay) == (3, 9)
    assert repr(monitor) == "<ProcessMonitor sleep -x 10>"


@pytest.mark.parametrize(
    "words", [[], ["-t", "x", "a"], ["-k", "-1", "a"], ["-m", "inf", "a"], ["-m", "9999", "a"]]
)
def test_wrong_options_of_the_command_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError):
        procmontap.Options().parseOptions(words)


def test_real_program_is_kept_running_and_stopped(events: list[LogEvent]) -> None:
    reactor = SelectReactor()
    monitor = ProcessMonitor(reactor)
    monitor.threshold = 0
    monitor.addProcess("sh", ["/bin/sh", "-c", "echo $GREETING"], env={"GREETING": "hello"})
    # One that ignores SIGTERM has to be killed.
    monitor.killTime = 0.1
    stubborn = "trap '' TERM; echo ready; while :; do sleep 60; done"
    monitor.addProcess("stubborn", ["/bin/sh", "-c", stubborn], env=None)

    def look() -> None:
        seen = [line for _, line in lines(events)]
        if seen.count("hello") >= 3 and "ready" in seen:
            reactor.stop()
        else:
            reactor.callLater(0.01, look)

    reactor.callWhenRunning(monitor.startService)
    reactor.callWhenRunning(look)
    reactor.addSystemEventTrigger("before", "shutdown", monitor.stopService)
    alarm = reactor.callLater(60, reactor.stop)
    reactor.run()
    assert alarm.active()
    alarm.cancel()
    assert not monitor.running
