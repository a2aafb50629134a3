"""The beginning of logging."""

import io
import re
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import pytest

from twisted.logger import (
    LogBeginner,
    LogEvent,
    Logger,
    LoggingFile,
    LogLevel,
    LogPublisher,
    formatEvent,
    globalLogBeginner,
)
from twisted.logger._globalpublisher import GlobalLogPublisher


class Rig:
    """A beginner with streams of its own."""

    def __init__(self, size: int | None = None) -> None:
        self.publisher = GlobalLogPublisher()
        self.errors = io.StringIO()
        self.stdout = io.StringIO()
        self.stderr = io.StringIO()
        self.stdio = SimpleNamespace(stdout=self.stdout, stderr=self.stderr)
        self.shown: list[object] = []
        self.warnings = SimpleNamespace(showwarning=lambda *args: self.shown.append(args))
        self.beginner = LogBeginner(self.publisher, self.errors, self.stdio, self.warnings, size)
        self.log = Logger("n", observer=self.publisher)
        self.events: list[LogEvent] = []

    def begin(self, **options: bool) -> None:
        self.beginner.beginLoggingTo([self.events.append], **options)

    def texts(self) -> list[str]:
        return [formatEvent(event) for event in self.events]


@pytest.fixture
def rig() -> Rig:
    return Rig()


class TestBefore:
    def test_events_are_replayed_in_order(self, rig: Rig) -> None:
        rig.log.info("first")
        rig.log.debug("second")
        rig.begin()
        rig.log.info("third")
        assert rig.texts() == ["first", "second", "third"]

    def test_events_are_replayed_to_each_observer(self, rig: Rig) -> None:
        others: list[LogEvent] = []
        rig.log.info("first")
        rig.beginner.beginLoggingTo([rig.events.append, others.append])
        assert rig.events == others

    def test_only_the_last_events_are_kept(self) -> None:
        rig = Rig(2)
        for text in ("1", "2", "3"):
            rig.log.info(text)
        rig.begin()
        assert rig.texts() == ["2", "3"]

    def test_events_are_dropped_if_that_is_wanted(self, rig: Rig) -> None:
        rig.log.info("first")
        rig.begin(discardBuffer=True)
        rig.log.info("second")
        assert rig.texts() == ["second"]

    def test_critical_events_go_to_the_error_stream_at_once(self, rig: Rig) -> None:
        rig.log.error("not that bad")
        rig.log.critical("the house is on fire")
        assert rig.errors.getvalue() == "the house is on fire\n"

    def test_failures_go_to_the_error_stream_with_their_traceback(self, rig: Rig) -> None:
        try:
            raise ValueError("planted")
        except ValueError:
            rig.log.failure("while starting")
        assert rig.errors.getvalue().startswith("while starting\nTraceback")
        assert "ValueError: planted" in rig.errors.getvalue()

    def test_observers_that_were_added_get_events_too(self, rig: Rig) -> None:
        early: list[LogEvent] = []
        rig.publisher.addObserver(early.append)
        rig.log.info("first")
        assert len(early) == 1

    def test_observer_that_raises_gets_the_rest_of_the_replay(self, rig: Rig) -> None:
        calls: list[LogEvent] = []

        def broken(event: LogEvent) -> None:
            calls.append(event)
            raise ValueError

        rig.log.info("first")
        rig.log.info("second")
        rig.beginner.beginLoggingTo([broken, rig.events.append])
        assert len(calls) == 2
        assert [each for each in rig.texts() if each in ("first", "second")] == ["first", "second"]


class TestAfter:
    def test_critical_events_go_to_the_error_stream_no_more(self, rig: Rig) -> None:
        rig.begin()
        rig.log.critical("x")
        assert rig.errors.getvalue() == ""

    def test_nothing_is_kept(self, rig: Rig) -> None:
        rig.log.info("first")
        rig.begin()
        rig.log.info("second")
        kept: list[LogEvent] = []
        rig.beginner._history.replayTo(kept.append)
        assert kept == []

    def test_event_that_was_on_its_way_is_not_lost(self, rig: Rig) -> None:
        observers = rig.publisher._observers
        rig.begin()
        for observer in observers:
            observer({"log_format": "late"})
        assert rig.texts() == ["late"]

    def test_no_event_is_lost_or_doubled_while_it_begins(self, rig: Rig) -> None:
        started = threading.Event()

        def emit() -> None:
            for n in range(3000):
                rig.log.info("{n}", n=n)
                started.set()

        thread = threading.Thread(target=emit)
        thread.start()
        started.wait()
        rig.begin(redirectStandardIO=False)
        thread.join()
        assert sorted(event["n"] for event in rig.events) == list(range(3000))


class TestASecondTime:
    def test_is_a_warning_that_names_both_places(self, rig: Rig) -> None:
        rig.begin()
        rig.beginner.beginLoggingTo([])
        (event,) = rig.events
        assert event["log_level"] is LogLevel.warn
        places = re.findall(r"<(.*?):(\d+)>", formatEvent(event))
        assert [file for file, _ in places] == [__file__, __file__]
        assert places[0][1] != places[1][1]

    def test_adds_the_observers(self, rig: Rig) -> None:
        rig.begin()
        second: list[LogEvent] = []
        rig.beginner.beginLoggingTo([second.append])
        rig.log.info("x")
        assert "x" in [event["log_format"] for event in second]

    def test_replays_nothing(self, rig: Rig) -> None:
        rig.log.info("early")
        rig.begin()
        second: list[LogEvent] = []
        rig.beginner.beginLoggingTo([second.append])
        assert "early" not in [event["log_format"] for event in second]

    def test_keeps_the_replaced_streams(self, rig: Rig) -> None:
        rig.begin()
        replaced = rig.stdio.stdout
        rig.beginner.beginLoggingTo([])
        assert rig.stdio.stdout is replaced


class TestStandardStreams:
    @pytest.mark.parametrize(
        ("name", "level"), [("stdout", LogLevel.info), ("stderr", LogLevel.error)]
    )
    def test_are_logged(self, rig: Rig, name: str, level: object) -> None:
        rig.begin()
        print("printed", file=getattr(rig.stdio, name))
        (event,) = rig.events
        assert event["log_io"] == formatEvent(event) == "printed"
        assert (event["log_namespace"], event["log_level"]) == (name, level)

    def test_are_left_alone_if_that_is_wanted(self, rig: Rig) -> None:
        rig.begin(redirectStandardIO=False)
        assert rig.stdio.stdout is rig.stdout
        assert rig.stdio.stderr is rig.stderr

    def test_observer_may_print(self, rig: Rig) -> None:
        def printing(event: LogEvent) -> None:
            print(formatEvent(event), file=rig.stdio.stdout)

        rig.log.info("Hello")
        rig.beginner.beginLoggingTo([printing])
        rig.log.info("Hello, again")
        print("printed", file=rig.stdio.stdout)
        assert rig.stdout.getvalue() == "Hello\nHello, again\nprinted\n"

    def test_keep_their_encoding(self, rig: Rig) -> None:
        rig.stdio.stdout = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
        rig.begin()
        rig.stdio.stdout.write(b"caf\xe9\n")
        assert rig.events[0]["log_io"] == "café"

    def test_may_be_missing(self, rig: Rig) -> None:
        rig.stdio.stdout = rig.stdio.stderr = None
        rig.begin()
        print("printed", file=rig.stdio.stdout)
        assert rig.texts() == ["printed"]

    def test_work_with_a_publisher_of_another_class(self) -> None:
        rig = Rig()
        publisher = LogPublisher()
        beginner = LogBeginner(publisher, rig.errors, rig.stdio, rig.warnings)
        beginner.beginLoggingTo([rig.events.append])
        print("printed", file=rig.stdio.stdout)
        assert rig.texts() == ["printed"]


class TestWarnings:
    def test_are_logged(self, rig: Rig) -> None:
        rig.begin()
        rig.warnings.showwarning("beware", DeprecationWarning, "file.py", 7)
        (event,) = rig.events
        assert event["log_level"] is LogLevel.warn
        assert formatEvent(event) == "file.py:7: builtins.DeprecationWarning: beware"

    def test_for_a_file_go_there(self, rig: Rig) -> None:
        rig.begin()
        rig.warnings.showwarning("beware", UserWarning, "file.py", 7, rig.stderr)
        assert rig.shown == [("beware", UserWarning, "file.py", 7, rig.stderr, None)]
        assert rig.events == []


def run(program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )


class TestInAProcess:
    def test_critical_events_before_the_beginning_are_on_stderr(self) -> None:
        done = run("from twisted.logger import Logger; Logger().critical('on fire')")
        assert (done.stdout, done.stderr) == ("", "on fire\n")

    def test_history_is_replayed_and_prints_and_warnings_are_logged(self) -> None:
        done = run(
            "import sys, warnings\n"
            "from twisted.logger import Logger, globalLogBeginner, textFileLogObserver\n"
            "log = Logger('n')\n"
            "log.info('early')\n"
            "globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stdout, None)])\n"
            "log.info('late')\n"
            "print('printed')\n"
            "sys.stderr.write('complaint\\n')\n"
            "warnings.warn('beware')\n"
        )
        assert done.stderr == ""
        *lines, warning = done.stdout.splitlines()
        assert lines == [
            "- [n#info] early",
            "- [n#info] late",
            "- [stdout#info] printed",
            "- [stderr#error] complaint",
        ]
        assert "UserWarning: beware" in warning

    def test_process_without_standard_error_can_log(self) -> None:
        done = run(
            "import sys; sys.stderr = None\n"
            "from twisted.logger import Logger\n"
            "Logger().critical('nobody hears it')\n"
            "print('alive')\n"
        )
        assert done.stdout == "alive\n"


def test_global_beginner_replaces_the_streams_of_the_process() -> None:
    assert globalLogBeginner._stdio is sys
    assert globalLogBeginner._warningsModule is warnings


class TestLoggingFile:
    @pytest.fixture
    def events(self) -> list[LogEvent]:
        return []

    @pytest.fixture
    def file(self, events: list[LogEvent]) -> LoggingFile:
        return LoggingFile(Logger("n", observer=events.append), LogLevel.warn)

    def test_logs_each_complete_line(self, file: LoggingFile, events: list[LogEvent]) -> None:
        file.write("one\ntwo\nthr")
        file.write("ee\n")
        assert [event["log_io"] for event in events] == ["one", "two", "three"]
        assert {event["log_level"] for event in events} == {LogLevel.warn}

    def test_shows_braces_as_they_are(self, file: LoggingFile, events: list[LogEvent]) -> None:
        file.write("{log_logger} {\n")
        assert formatEvent(events[0]) == "{log_logger} {"

    def test_takes_bytes(self, file: LoggingFile, events: list[LogEvent]) -> None:
        file.write("é".encode() + b"\xff\n")
        assert events[0]["log_io"] == "é\\xff"

    def test_writes_several(self, file: LoggingFile, events: list[LogEvent]) -> None:
        file.writelines(["a", "b\n", "c\n"])
        assert [event["log_io"] for event in events] == ["ab", "c"]

    def test_returns_the_length(self, file: LoggingFile) -> None:
        assert file.write("four") == 4

    def test_logs_a_line_that_never_ends_in_pieces(
        self, file: LoggingFile, events: list[LogEvent]
    ) -> None:
        file.write("x" * 150_000)
        assert [len(event["log_io"]) for event in events] == [65536, 65536]

    def test_logs_the_rest_when_it_is_closed(
        self, file: LoggingFile, events: list[LogEvent]
    ) -> None:
        file.write("rest")
        assert events == []
        file.close()
        file.close()
        assert [event["log_io"] for event in events] == ["rest"]
        assert file.closed

    def test_refuses_to_be_written_to_when_it_is_closed(self, file: LoggingFile) -> None:
        file.close()
        with pytest.raises(ValueError, match="closed"):
            file.write("x")

    @pytest.mark.parametrize(
        "method",
        [
            "fileno",
            "read",
            "next",
            "readline",
            "readlines",
            "xreadlines",
            "seek",
            "tell",
            "truncate",
        ],
    )
    def test_can_only_be_written_to(self, file: LoggingFile, method: str) -> None:
        with pytest.raises(io.UnsupportedOperation):
            getattr(file, method)()

    def test_tells_what_it_is(self, file: LoggingFile) -> None:
        assert not file.isatty()
        assert not file.closed
        assert (file.mode, file.newlines, file.name) == ("w", None, "<LoggingFile n#warn>")
        assert (file.encoding, file.softspace) == ("utf-8", 0)
        assert (file.readable(), file.writable(), file.seekable()) == (False, True, False)
        file.flush()


def test_observer_that_prints_to_a_redirected_stream_ends() -> None:
    done = run(
        "from twisted.logger import Logger, globalLogBeginner, formatEvent\n"
        "log = Logger()\n"
        "log.info('Hello')\n"
        "globalLogBeginner.beginLoggingTo([lambda event: print(formatEvent(event))])\n"
        "log.info('Hello, again')\n"
    )
    assert (done.stdout, done.stderr) == ("Hello\nHello, again\n", "")
