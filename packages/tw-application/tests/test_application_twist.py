"""The command twist, with plugins and a reactor that are made for the test."""

import errno
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted import __version__
from twisted.application.runner._loss import lossObserver
from twisted.application.runner._trouble import explain, oneLine
from twisted.application.service import IService, IServiceMaker, Service
from twisted.application.twist import TwistOptions, main
from twisted.application.twist._logging import logObserver, openLog
from twisted.internet.error import CannotListenError
from twisted.logger import Logger, LogLevel, LogPublisher
from twisted.plugin import IPlugin
from twisted.python.components import implementer
from twisted.python.usage import Options, UsageError

from .fakereactor import FakeReactor


class EchoOptions(Options):
    """The options of the command of the tests."""

    optParameters = [["port", "p", 7, "The port.", int]]


@implementer(IPlugin, IServiceMaker)
class EchoMaker:
    """Makes a service and keeps it, or fails as it was told to."""

    tapname = "echo"
    description = "Run an echo service."
    options = EchoOptions

    def __init__(self) -> None:
        self.making: Callable[[], object] = lambda: None
        self.service = Service()
        self.made: Options | None = None

    def makeService(self, options: Options) -> IService:
        self.made = options
        self.making()
        return self.service


class UnstartableService(Service):
    """Fails to start."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def startService(self) -> None:
        raise self.error


@pytest.fixture
def maker() -> EchoMaker:
    """The only plugin."""
    return EchoMaker()


@pytest.fixture
def twist(
    maker: EchoMaker, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command; returns its status, standard output and standard error."""

    def run(*arguments: str, reactor: FakeReactor | None = None) -> tuple[int, str, str]:
        options = TwistOptions(lambda: {"echo": maker})
        with pytest.raises(SystemExit) as ended:
            main(arguments, options, reactor or FakeReactor(), begin=lambda options: None)
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


Twist = Callable[..., tuple[int, str, str]]


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_command_runs_its_service_until_the_reactor_stops(twist: Twist, maker: EchoMaker) -> None:
    running: list[object] = []
    reactor = FakeReactor(lambda: running.append(maker.service.running))
    reactor.inside.append(reactor.stop)
    assert twist("echo", reactor=reactor) == (0, "", "")
    assert running == [True]
    assert not maker.service.running


def test_options_after_the_command_belong_to_it(twist: Twist, maker: EchoMaker) -> None:
    assert twist("--log-level=debug", "echo", "-p", "1007")[0] == 0
    assert maker.made is not None
    assert maker.made["port"] == 1007


def test_help_lists_the_commands(twist: Twist) -> None:
    status, out, err = twist("--help")
    assert (status, err) == (0, "")
    assert out.startswith("Usage: twist [options] command [options of the command]\n")
    assert "echo" in out
    assert "Run an echo service." in out
    for option in ("--log-level", "--log-format", "--log-file", "--reactor", "--help-reactors"):
        assert option in out


def test_help_of_a_command_lists_its_options(twist: Twist) -> None:
    status, out, _ = twist("echo", "--help")
    assert status == 0
    assert out.startswith("Usage: twist [options] echo [options]")
    assert "--port" in out


def test_version_is_printed(twist: Twist) -> None:
    assert twist("--version") == (0, f"twist {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "twist: which service is to run? A command is missing. Try 'twist --help'."),
        (["chargen"], "twist: Unknown command: chargen. Try 'twist --help'."),
        (["--loud", "echo"], "twist: option --loud not recognized. Try 'twist --help'."),
        (
            ["echo", "--loud"],
            "twist echo: option --loud not recognized. Try 'twist echo --help'.",
        ),
        (
            ["--log-level=loud", "echo"],
            "twist: there is no log level 'loud', only debug, info, warn, error, critical. "
            "Try 'twist --help'.",
        ),
        (
            ["--log-format=xml", "echo"],
            "twist: there is no log format 'xml', only text, json. Try 'twist --help'.",
        ),
        (
            ["--log-file=", "echo"],
            "twist: --log-file needs the name of a file, or - or +. Try 'twist --help'.",
        ),
    ],
)
def test_wrong_command_line_is_one_line(twist: Twist, arguments: list[str], line: str) -> None:
    assert twist(*arguments) == (64, "", line + "\n")


@pytest.mark.parametrize(
    "arguments", [["echo", "more"], ["echo", "--port=x"], ["--reactor=no", "echo"]]
)
def test_every_usage_error_is_one_line_with_the_way_to_help(
    twist: Twist, arguments: list[str]
) -> None:
    status, out, err = twist(*arguments)
    assert (status, out) == (64, "")
    assert err.count("\n") == 1
    assert "--help'." in err


def test_command_line_is_refused_where_there_are_no_plugins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["echo"], TwistOptions(dict), FakeReactor(), begin=lambda options: None)
    assert "no plugin was found" in capsys.readouterr().err


def test_usage_error_of_the_plugin_is_one_line(twist: Twist, maker: EchoMaker) -> None:
    maker.making = raising(UsageError("--port has to be\nbelow 1024."))
    assert twist("echo") == (
        64,
        "",
        "twist echo: --port has to be below 1024. Try 'twist echo --help'.\n",
    )


def test_file_that_the_plugin_cannot_read_is_one_line(
    twist: Twist, maker: EchoMaker, tmp_path: Path
) -> None:
    missing = tmp_path / "none"
    maker.making = lambda: missing.open()
    assert twist("echo") == (
        66,
        "",
        f"twist echo: Cannot open {missing}: No such file or directory. Check the name.\n",
    )


def test_port_that_is_taken_is_one_line(twist: Twist, maker: EchoMaker) -> None:
    taken = OSError(errno.EADDRINUSE, "Address already in use (stop the other)")
    maker.service = UnstartableService(CannotListenError("127.0.0.1", 7, taken))
    status, out, err = twist("echo", reactor=FakeReactor(raising(AssertionError("it ran"))))
    assert (status, out) == (69, "")
    assert err == (
        "twist echo: Cannot listen on 127.0.0.1:7: "
        f"[Errno {errno.EADDRINUSE}] Address already in use (stop the other).\n"
    )


def test_unexpected_error_is_one_line(twist: Twist, maker: EchoMaker) -> None:
    maker.service = UnstartableService(ZeroDivisionError("division by zero"))
    assert twist("echo") == (
        70,
        "",
        "twist echo: ZeroDivisionError: division by zero. "
        "--log-level=debug shows where it comes from.\n",
    )


def test_log_file_that_cannot_be_opened_is_one_line(
    maker: EchoMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(
            [f"--log-file={tmp_path}", "echo"],
            TwistOptions(lambda: {"echo": maker}),
            FakeReactor(),
            begin=openLog,
        )
    assert ended.value.code == 66
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"twist echo: Cannot open {tmp_path}: Is a directory. Name a file in it.\n"
    assert maker.made is None


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(13, "Permission denied", "/etc/shadow"), "permissions"),
        (OSError("something"), "something"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_explanation_says_what_to_do(error: Exception, advice: str) -> None:
    status, text = explain(error)
    assert status != 0
    assert advice in text


def test_line_has_no_control_characters() -> None:
    assert oneLine("two\r\nlines \x1b[31m red\ttab") == "two lines ?[31m red tab"


def parsed(*arguments: str) -> TwistOptions:
    options = TwistOptions(lambda: {"echo": EchoMaker()})
    options.parseOptions([*arguments, "echo"])
    return options


def logged(*arguments: str) -> list[str]:
    """Return the lines that are logged for an event of each level from debug to error."""
    stream = io.StringIO()
    log = Logger(observer=logObserver(parsed(*arguments), stream))
    log.debug("first {name}", name="event")
    log.info("second {name}", name="event")
    log.warn("third {name}", name="event")
    log.error("fourth {name}", name="event")
    return stream.getvalue().splitlines()


def test_log_file_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n")
    with openLog(parsed(f"--log-file={path}")) as stream:
        stream.write("wörld")
    assert path.read_text(encoding="utf-8") == "before\nwörld"


def test_log_goes_to_a_standard_stream() -> None:
    assert openLog(parsed("--log-file=-")) is sys.stdout
    assert openLog(parsed("--log-file=+")) is sys.stderr
    assert openLog(parsed()) is sys.stdout


def test_log_goes_nowhere_without_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with openLog(parsed()) as stream:
        assert stream.name == os.devnull


class FullDisk(io.StringIO):
    """Takes nothing."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_log_that_cannot_be_written_is_told_once() -> None:
    err = io.StringIO()
    observer = logObserver(parsed(), FullDisk())
    log = Logger(observer=LogPublisher(observer, lossObserver(observer, err, "twist")))
    log.info("first")
    log.critical("second")
    assert err.getvalue() == (
        "twist: the log cannot be written: [Errno 28] No space left on device. "
        "The service goes on without it.\n"
    )


def test_log_that_cannot_be_written_costs_nothing_where_nobody_can_be_told() -> None:
    observer = logObserver(parsed(), FullDisk())
    for stream in (None, FullDisk()):
        log = Logger(observer=LogPublisher(observer, lossObserver(observer, stream, "twist")))
        log.info("lost")


def test_failure_of_another_observer_is_no_loss_of_the_log() -> None:
    err, out = io.StringIO(), io.StringIO()
    observer, other = logObserver(parsed(), out), logObserver(parsed(), FullDisk())
    Logger(observer=LogPublisher(observer, other, lossObserver(observer, err, "twist"))).info(
        "event"
    )
    assert err.getvalue() == ""
    assert "No space left" in out.getvalue()


def test_log_has_info_and_no_debug_unless_asked() -> None:
    lines = logged()
    assert [line.split()[-2] for line in lines] == ["second", "third", "fourth"]


def test_log_leaves_out_what_is_below_the_level() -> None:
    assert len(logged("--log-level=debug")) == 4
    assert [line.split()[-2] for line in logged("--log-level=error")] == ["fourth"]


def test_log_as_json_has_an_event_on_each_line() -> None:
    events = [json.loads(line) for line in logged("--log-format=json")]
    assert [event["log_format"] for event in events] == [
        "second {name}",
        "third {name}",
        "fourth {name}",
    ]
    assert events[0]["name"] == "event"


def test_log_level_is_info_by_default() -> None:
    assert parsed()["log-level"] is LogLevel.info


def test_connections_are_cut_and_no_signal_restarts_by_default() -> None:
    assert (parsed()["drain"], parsed()["restart-on"]) == (0.0, None)


def test_time_for_draining_is_a_number_of_seconds() -> None:
    assert parsed("--drain=30")["drain"] == 30.0
    assert parsed("--drain=0.5")["drain"] == 0.5


@pytest.mark.parametrize("text", ["", "-1", "1e3", "nan", "1_0", "²", ".", "86401", "0" * 11])
def test_other_times_for_draining_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--drain"):
        parsed(f"--drain={text}")


def test_signal_for_restarting_is_chosen_by_name() -> None:
    assert parsed("--restart-on=HUP")["restart-on"] == signal.SIGHUP
    assert parsed("--restart-on=sigusr2")["restart-on"] == signal.SIGUSR2
    with pytest.raises(UsageError, match="--restart-on takes HUP, USR1, USR2, not 'KILL'"):
        parsed("--restart-on=KILL")


def test_plugins_are_looked_for_only_when_needed() -> None:
    asked: list[None] = []

    def find() -> dict[str, IServiceMaker]:
        asked.append(None)
        return {}

    options = TwistOptions(find)
    with pytest.raises(SystemExit):
        options.parseOptions(["--version"])
    assert asked == []
