"""What reporters print."""

import gc
import io
import json
import re
import sys
from typing import Any
from xml.etree import ElementTree

import pytest

from twisted.plugin import getPlugins
from twisted.python.components import verifyObject
from twisted.python.failure import Failure
from twisted.trial import reporter as reporters
from twisted.trial.itrial import IReporter, IReporterWithDurations
from twisted.trial.reporter._plugin import reporterClass
from twisted.trial.reporter._progress import barOf
from twisted.trial.runner import TestSuite
from twisted.trial.unittest import PyUnitResultAdapter, SkipTest, TestCase
from twisted.trial.util import DirtyReactorAggregateError


class SampleTests(TestCase):
    """One test for each way in which a test can end; pytest is not to collect them."""

    __test__ = False

    def check_error(self) -> None:
        raise KeyError("some\x1bkey")

    def check_fail(self) -> None:
        self.assertEqual(1, 2)

    def check_pass(self) -> None:
        pass

    def check_skip(self) -> None:
        raise SkipTest("not here")

    def check_todo(self) -> None:
        self.fail("as expected")

    check_todo.todo = "later"  # type: ignore[attr-defined]  # as users write it

    def check_wonder(self) -> None:
        pass

    check_wonder.todo = "later"  # type: ignore[attr-defined]  # as users write it


NAMES = [name for name in vars(SampleTests) if name.startswith("check_")]
PREFIX = f"{SampleTests.__module__}.SampleTests"


def report(kind: Any, *names: str, stream: Any = None, **options: Any) -> str:
    """Return what a reporter prints about tests."""
    file = io.StringIO() if stream is None else stream
    # What others have left in this process may be an error when it is collected: not later.
    gc.collect()
    reporter = kind(file, **options)
    TestSuite([SampleTests(name) for name in names or NAMES]).run(reporter)
    reporter.done()
    return str(file.getvalue())


def test_all_kinds_are_reporters() -> None:
    for kind in (reporters.TreeReporter, reporters.JUnitReporter, reporters.MinimalReporter):
        verifyObject(IReporterWithDurations, kind(io.StringIO()))


def test_tree() -> None:
    text = report(reporters.TreeReporter)
    tree = text.partition("\n\n")[0].splitlines()
    assert tree == [
        SampleTests.__module__,
        "  SampleTests",
        *(
            f"    {name} ... {' ' * (79 - 9 - len(name) - len(verdict))}{verdict}"
            for name, verdict in (
                ("check_error", "[ERROR]"),
                ("check_fail", "[FAIL]"),
                ("check_pass", "[OK]"),
                ("check_skip", "[SKIPPED]"),
                ("check_todo", "[TODO]"),
                ("check_wonder", "[SUCCESS!?!]"),
            )
        ),
    ]


def test_sections_and_summary() -> None:
    text = report(reporters.TreeReporter)
    for flavor, name in (
        ("SKIPPED", "check_skip"),
        ("TODO", "check_todo"),
        ("FAIL", "check_fail"),
        ("ERROR", "check_error"),
        ("SUCCESS!?!", "check_wonder"),
    ):
        section = text.partition(f"{'=' * 79}\n[{flavor}]\n")[2].partition("=" * 79)[0]
        assert f"\n{PREFIX}.{name}\n" in section
    assert re.search(
        rf"\n{'-' * 79}\nRan 6 tests in \d+\.\d\d\ds\n\nFAILED \(skips=1, expectedFailures=1, "
        r"failures=1, errors=1, unexpectedSuccesses=1, successes=1\)\n$",
        text,
    )


def test_summary_of_a_run_that_passed() -> None:
    text = report(reporters.TreeReporter, "check_pass", "check_todo")
    assert text.endswith("\nPASSED (expectedFailures=1, successes=1)\n")


def test_tracebacks_begin_in_the_test_and_end_before_the_assertion() -> None:
    text = report(reporters.TreeReporter, "check_fail")
    section = text.partition("[FAIL]\nTraceback (most recent call last):\n")[2]
    assert section.startswith(f'  File "{__file__}"')
    assert section.count("  File ") == 1
    assert "twisted.trial.unittest.FailTest: not equal:\na = 1\nb = 2\n" in section


def test_tracebacks_in_brief() -> None:
    text = report(reporters.TreeReporter, "check_error", tbformat="brief")
    assert re.search(rf"{re.escape(__file__)}:\d+:check_error\n", text)


def test_one_error_of_several_tests_is_printed_once() -> None:
    reporter = reporters.Reporter(file := io.StringIO())
    failure = Failure(ValueError("of both"))
    for name in ("check_pass", "check_fail"):
        reporter.addError(SampleTests(name), failure)
    reporter.done()
    assert file.getvalue().count("of both") == 1
    assert f"{PREFIX}.check_pass\n{PREFIX}.check_fail\n" in file.getvalue()


def test_endless_recursion_is_cut() -> None:
    def deeper() -> None:
        deeper()

    try:
        deeper()
    except RecursionError:
        failure = Failure()
    reporter = reporters.Reporter(file := io.StringIO(), tbformat="brief")
    reporter.addError(SampleTests("check_pass"), failure)
    reporter.done()
    assert file.getvalue().count(":deeper\n") <= 100


def test_exceptions_without_a_text() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

        __repr__ = __str__

    reporter = reporters.TreeReporter(file := io.StringIO())
    reporter.startTest(SampleTests("check_pass"))
    reporter.addError(SampleTests("check_pass"), Failure(Broken()))
    reporter.done()
    assert "Broken" in file.getvalue()


def test_errors_at_once() -> None:
    text = report(reporters.TextReporter, "check_error", realtime=True)
    assert text.count("Traceback (most recent call last)") == 2


def test_text() -> None:
    assert report(reporters.TextReporter).partition("\n")[0] == "EF.ST!"


def test_verbose() -> None:
    lines = report(reporters.VerboseTextReporter).splitlines()
    assert lines[:2] == [f"{PREFIX}.check_error ... [ERROR]", f"{PREFIX}.check_fail ... [FAILURE]"]


def test_timing() -> None:
    lines = report(reporters.TimingTextReporter, "check_pass").splitlines()
    assert lines[0] == f"{PREFIX}.check_pass ... [OK]"
    assert re.fullmatch(r"\(\d+\.\d\d\d secs\)", lines[1])


def test_minimal() -> None:
    seconds, *numbers = report(reporters.MinimalReporter).split()
    assert float(seconds) >= 0
    assert numbers == ["6", "6", "1", "1", "1"]


def test_json_lines() -> None:
    events = [json.loads(line) for line in report(reporters.JSONLinesReporter).splitlines()]
    assert [event["event"] for event in events] == ["test"] * 6 + ["run"]
    assert events[0]["test"] == f"{PREFIX}.check_error"
    assert [event["outcomes"][0]["outcome"] for event in events[:6]] == [
        *("error", "failure", "success", "skip", "expectedFailure", "unexpectedSuccess"),
    ]
    assert events[1]["outcomes"][0]["message"].startswith("not equal")
    assert events[3]["outcomes"][0]["message"] == "not here"
    assert events[6]["tests"] == 6
    assert events[6]["successful"] is False


def test_junit() -> None:
    root = ElementTree.fromstring(report(reporters.JUnitReporter).partition("\n")[2])
    (suite,) = root
    assert {key: suite.get(key) for key in ("tests", "errors", "failures", "skipped")} == {
        "tests": "6",
        "errors": "1",
        "failures": "1",
        "skipped": "2",
    }
    by_name = {case.get("name"): [child.tag for child in case] for case in suite}
    assert by_name == {
        "check_error": ["error"],
        "check_fail": ["failure"],
        "check_pass": [],
        "check_skip": ["skipped"],
        "check_todo": ["skipped"],
        "check_wonder": [],
    }
    assert {case.get("classname") for case in suite} == {PREFIX}


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal() -> None:
    text = report(reporters.ProgressReporter, stream=Terminal())
    assert "\r\x1b[K" in text
    assert f"[ERROR] {PREFIX}.check_error\n" in text
    assert text.endswith("successes=1)\n")


def test_progress_elsewhere_has_no_bar() -> None:
    assert "\r" not in report(reporters.ProgressReporter)


def test_bar() -> None:
    assert barOf(0, 10, "name", 80) == "[....................]  0/10 name"
    assert barOf(5, 10, "name", 80) == "[##########..........]  5/10 name"
    assert barOf(10, 10, "name", 24) == "[####################] 1"
    assert barOf(3, None, "name", 80) == "3 name"


def test_colors_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32;1m[OK]\x1b[0m" in report(reporters.TreeReporter, stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in report(reporters.TreeReporter, "check_pass", stream=Terminal())


def test_streams_without_the_signs() -> None:
    raw = io.BytesIO()
    stream = reporters.SafeStream(io.TextIOWrapper(raw, encoding="ascii"))
    stream.write("caf\xe9 \N{SNOWMAN}\n")
    stream.flush()
    assert raw.getvalue() == b"caf\\xe9 \\u2603\n"


def test_same_warning_is_shown_once() -> None:
    reporter = reporters.TreeReporter(file := io.StringIO())
    for text in ("one\n", "two\n", "one\n"):
        reporter.warningShown(text)
    assert file.getvalue() == "one\ntwo\n"


def test_unclean_warnings() -> None:
    reporter = reporters.TreeReporter(file := io.StringIO())
    wrapper = reporters.UncleanWarningsReporterWrapper(reporter)
    test = SampleTests("check_pass")
    wrapper.addError(test, Failure(DirtyReactorAggregateError(["a call"])))
    assert reporter.wasSuccessful()
    assert "check_pass: Reactor was unclean." in file.getvalue()
    wrapper.addError(test, Failure(ValueError("real")))
    assert not wrapper.wasSuccessful()


def test_several_reporters_at_once() -> None:
    first, second = io.StringIO(), io.StringIO()

    def both(stream: Any) -> Any:
        return reporters.ReporterTee(
            reporters.TextReporter(stream), reporters.JSONLinesReporter(second)
        )

    assert report(both, "check_pass", stream=first).startswith(".\n")
    assert len(second.getvalue().splitlines()) == 2


def test_slowest_tests_are_listed() -> None:
    reporter = reporters.TreeReporter(file := io.StringIO())
    reporter.slowest = 2
    for number in range(4):
        reporter.addDuration(SampleTests("check_pass"), float(number))
    reporter.done()
    listed = file.getvalue().partition("The slowest tests\n")[2].splitlines()[:2]
    assert [line.split()[0] for line in listed] == ["3.000s", "2.000s"]


def test_plugins_name_the_reporters() -> None:
    found = {plugin.longOpt: plugin for plugin in getPlugins(IReporter)}  # type: ignore[attr-defined]  # of plugins
    assert {"verbose", "bwverbose", "summary", "text", "timing", "subunit"} <= set(found)
    assert {"junit", "jsonlines", "progress", "minimal"} <= set(found)
    for plugin in found.values():
        assert reporterClass(plugin).__module__.startswith("twisted.trial.reporter")


def test_subunit_says_what_it_needs() -> None:
    if reporters.TestProtocolClient is not None:
        pytest.skip("python-subunit is installed")
    with pytest.raises(Exception, match="pip install python-subunit"):
        reporters.SubunitReporter(io.StringIO())


def test_subunit_tells_its_client(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Client:
        shouldStop = False

        def __init__(self, stream: Any) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            return lambda *args: told.append(name)

    monkeypatch.setattr("twisted.trial.reporter._subunit.TestProtocolClient", Client)
    report(reporters.SubunitReporter)
    assert [name for name in told if name.startswith("add")] == [
        *("addError", "addFailure", "addSuccess", "addSkip"),
        *("addExpectedFailure", "addUnexpectedSuccess"),
    ]


def test_adapter_for_old_results() -> None:
    class OldResult:
        def __init__(self) -> None:
            self.told: list[str] = []

        def addSuccess(self, test: object) -> None:
            self.told.append("addSuccess")

    adapter = PyUnitResultAdapter(result := OldResult())  # type: ignore[arg-type]  # like a result
    adapter.addSkip(SampleTests("check_pass"), "why")
    adapter.addUnexpectedSuccess(SampleTests("check_pass"))
    assert result.told == ["addSuccess", "addSuccess"]


def test_reporters_take_errors_of_the_standard_library() -> None:
    reporter = reporters.TreeReporter(io.StringIO())
    try:
        raise ValueError("no")
    except ValueError:
        reporter.addError(SampleTests("check_pass"), sys.exc_info())
    assert reporter.errors[0][1].check(ValueError)
