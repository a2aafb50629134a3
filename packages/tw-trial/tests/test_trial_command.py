"""The command, as users run it: options, the working directory, exit status."""

import json
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from twisted.python.usage import UsageError
from twisted.scripts.trial import Options, getTestModules, isTestFile, loadLocalVariables
from twisted.trial._history import FILE, MOST_TESTS, History, readHistory, writeHistory
from twisted.trial._selection import parseShard

LIMIT = 60.0
"""How many seconds a run of the command may take; nothing is timed by it."""

SAMPLE = """
    from twisted.trial.unittest import TestCase

    class FirstTests(TestCase):
        def test_pass(self): pass
        def test_also(self): pass

    class SecondTests(TestCase):
        def test_fail(self): self.fail("it does")
        def test_pass(self): pass
"""


class Trial:
    """Runs the command in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, text: str) -> None:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "twisted.scripts.trial", *words],
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str, status: int = 0, typed: str = "") -> str:
        with self.start(*words) as process:
            try:
                out, err = process.communicate(typed, timeout=LIMIT)
            except BaseException:
                process.kill()
                raise
        assert process.returncode == status, out + err
        return out + err


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    made = Trial(tmp_path)
    made.write("test_sample.py", SAMPLE)
    return made


def test_status_says_whether_all_passed(trial: Trial) -> None:
    assert "PASSED (successes=2)" in trial("test_sample.FirstTests")
    assert "FAILED (failures=1, successes=3)" in trial("test_sample", status=1)


def test_module_that_cannot_be_imported(trial: Trial) -> None:
    trial.write("test_broken.py", "1 / 0\n")
    out = trial("test_broken", "test_sample.FirstTests", status=1)
    assert "FAILED (errors=1, successes=2)" in out
    assert "ZeroDivisionError" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "what is to be run"),
        (["--order=sideways", "x"], "there is no order 'sideways'"),
        (["--reporter=nobody", "x"], "there is no reporter 'nobody'"),
        (["--shard=3/2", "x"], "not '3/2'"),
        (["--reruns=x", "x"], "a number is needed"),
        (["--tbformat=fancy", "x"], "plain, emacs or cgitb"),
        (["--testmodule=missing.py"], "there is no file 'missing.py'"),
        (["--debug", "--debugger=no.such.thing", "x"], "can't be imported"),
        (["--debug", "--debugger=os.path", "x"], "no debugger"),
        (["--reactor=cold-fusion", "x"], "no reactor called 'cold-fusion'"),
        (["--junit=/nonexistent/x.xml", "x"], "can't be written"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_wrong_command_lines_get_one_line(trial: Trial, words: list[str], told: str) -> None:
    out = trial(*words, status=1)
    assert told in out
    assert "Traceback" not in out


def test_lists(trial: Trial) -> None:
    assert "junit" in trial("--help-reporters")
    assert "toptobottom" in trial("--help-orders")
    assert "epoll" in trial("--help-reactors")
    assert "--until-failure" in trial("--help")
    assert trial("--version").startswith("trial ")


# The working directory


def test_tests_run_in_a_new_directory_with_a_log(trial: Trial, tmp_path: Path) -> None:
    trial.write(
        "test_writes.py",
        """
        from twisted.python import log
        from twisted.trial.unittest import TestCase

        class WritesTests(TestCase):
            def test_it(self):
                log.msg("said in the log")
                with open("written", "x") as file:
                    file.write("by the test")
        """,
    )
    for _ in range(2):
        trial("test_writes")
        assert (tmp_path / "_trial_temp" / "written").read_text() == "by the test"
        log = (tmp_path / "_trial_temp" / "test.log").read_text()
        assert "--> test_writes.WritesTests.test_it <--" in log
        assert log.count("said in the log") == 1
    assert not list(tmp_path.glob("*.lock"))


def test_directory_in_use_gets_a_number(trial: Trial, tmp_path: Path) -> None:
    trial.write(
        "test_waits.py",
        """
        import sys
        from twisted.trial.unittest import TestCase

        class WaitsTests(TestCase):
            def test_it(self):
                print("ready", flush=True)
                sys.stdin.readline()
        """,
    )
    with trial.start("--reporter=text", "test_waits") as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "ready\n"
        trial("test_sample.FirstTests")
        assert (tmp_path / "_trial_temp-1" / "test.log").exists()
        waiting.communicate("go on\n", timeout=LIMIT)
    assert waiting.returncode == 0


def test_lock_of_a_crashed_run_is_removed(trial: Trial, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "_trial_temp.lock").symlink_to(str(gone.pid))
    trial("test_sample.FirstTests")
    assert (tmp_path / "_trial_temp").exists()
    assert not (tmp_path / "_trial_temp-1").exists()


def test_foreign_directories_are_left_alone(trial: Trial, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    out = trial("--temp-directory=mine", "test_sample.FirstTests", status=1)
    assert "was not made by trial" in out
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_directory_with_what_may_not_be_removed(trial: Trial, tmp_path: Path) -> None:
    trial.write(
        "test_forbids.py",
        """
        import os
        from twisted.trial.unittest import TestCase

        class ForbidsTests(TestCase):
            def test_it(self):
                os.mkdir("forbidden")
                open("forbidden/file", "w").close()
                os.chmod("forbidden", 0o500)
        """,
    )
    for _ in range(2):
        trial("test_forbids")


# Which tests


def test_tags_of_source_files(trial: Trial) -> None:
    trial.write(
        "code.py", "#!/usr/bin/env python\n# -*- test-case-name: test_sample.FirstTests -*-\n"
    )
    assert "PASSED (successes=2)" in trial("--testmodule=code.py")
    assert "Ran 4 tests" in trial("--testmodule=test_sample.py", status=1)
    trial.write("bare.py", "\n\n# -*- test-case-name: too.late -*-\n")
    assert "names no tests" in trial("--testmodule=bare.py", status=1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# -*- test-case-name: a.test_b -*-", ["a.test_b"]),
        ("# -*- test-case-name: a,b , c; fill-column: 75; -*-", ["a", "b", "c"]),
        ("# -*- fill-column: 75; test-case-name: a -*-", ["a"]),
        ("# -*- python -*-", []),
        ("test-case-name: a", []),
    ],
)
def test_tags(tmp_path: Path, line: str, expected: list[str]) -> None:
    path = tmp_path / "it.py"
    path.write_text(f"{line}\n")
    assert getTestModules(str(path)) == expected
    assert loadLocalVariables(str(path)).get("python") is None
    assert not isTestFile(str(path))
    assert isTestFile("a/test_b.py")


def test_shards_hold_each_test_once(trial: Trial) -> None:
    ran: list[str] = []
    for part in ("1/3", "2/3", "3/3"):
        with trial.start("--reporter=bwverbose", f"--shard={part}", "test_sample") as process:
            out, _ = process.communicate(timeout=LIMIT)
        ran += re.findall(r"^(test_sample\S+) \.\.\.", out, re.MULTILINE)
    assert sorted(ran) == [
        "test_sample.FirstTests.test_also",
        "test_sample.FirstTests.test_pass",
        "test_sample.SecondTests.test_fail",
        "test_sample.SecondTests.test_pass",
    ]


@pytest.mark.parametrize("text", ["0/1", "1/0", "2/1", "1", "a/b", "1/2/3", "+1/2", "1/1000000"])
def test_shards_that_make_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match="2/3"):
        parseShard(text)


def test_last_failed(trial: Trial) -> None:
    trial("test_sample", status=1)
    assert "Ran 1 tests" in trial("--last-failed", "test_sample", status=1)
    out = trial("--failed-first", "--reporter=bwverbose", "test_sample", status=1)
    assert out.startswith("test_sample.SecondTests.test_fail")
    trial.write("test_sample.py", SAMPLE.replace('self.fail("it does")', "pass"))
    assert "Ran 1 tests" in trial("--last-failed", "test_sample")
    assert "Ran 4 tests" in trial("--last-failed", "test_sample")


def test_history_survives_nonsense_and_stays_bounded(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[" * 100_000)
    assert readHistory(str(tmp_path)) == History()
    (tmp_path / FILE).write_text('{"seconds": {"a": "x", "b": 1}, "failed": ["b", 3]}')
    assert readHistory(str(tmp_path)) == History({"b": 1.0}, {"b"})
    history = History()
    history.ran(((str(number), 0.0) for number in range(MOST_TESTS + 10)), ["0"])
    assert len(history.seconds) == MOST_TESTS
    assert "0" not in history.failed
    writeHistory(str(tmp_path / "missing"), history)


def test_random_order(trial: Trial) -> None:
    def order(out: str) -> list[str]:
        return re.findall(r"^(test_sample\S+) \.\.\.", out, re.MULTILINE)

    first = trial("-z", "7", "--reporter=bwverbose", "test_sample", status=1)
    assert "shuffled with seed 7" in first
    assert order(first) == order(trial("-z", "7", "--reporter=bwverbose", "test_sample", status=1))
    found = re.search(r"shuffled with seed (\d+)", trial("-z", "0", "test_sample.FirstTests"))
    assert found is not None
    assert int(found[1]) > 0


# How they run


def test_exit_first(trial: Trial) -> None:
    assert "Ran 3 tests" in trial("-x", "test_sample", status=1)


def test_until_failure(trial: Trial) -> None:
    trial.write(
        "test_fails_later.py",
        """
        from twisted.trial.unittest import TestCase
        runs = []

        class LaterTests(TestCase):
            def test_it(self):
                self.assertFalse(hasattr(self, "used"))
                self.used = True
                runs.append(1)
                self.assertEqual(len(runs) < 3, True)
        """,
    )
    out = trial("-u", "test_fails_later", status=1)
    assert [line for line in out.splitlines() if line.startswith("Test Pass")] == [
        *("Test Pass 1", "Test Pass 2", "Test Pass 3"),
    ]
    assert out.count("FAILED") == 1


def test_flaky_tests_are_counted(trial: Trial) -> None:
    trial.write(
        "test_flaky.py",
        """
        from twisted.trial.unittest import TestCase
        runs = []

        class FlakyTests(TestCase):
            def test_it(self):
                runs.append(1)
                self.assertEqual(len(runs), 3)

            def test_never(self):
                self.fail("always")
        """,
    )
    out = trial("--reruns=2", "test_flaky.FlakyTests.test_it")
    assert "[FLAKY]\nIt failed 2 times, then it passed." in out
    assert "PASSED (flaky=1, successes=1)" in out
    out = trial("--reruns=1", "test_flaky", status=1)
    assert "FAILED (failures=2)" in out
    assert "Ran 2 tests" in out


def test_dry_run(trial: Trial) -> None:
    assert "PASSED (successes=4)" in trial("-n", "test_sample")


def test_results_in_files(trial: Trial, tmp_path: Path) -> None:
    trial("--junit=out.xml", "--jsonlines=out.json", "--durations=1", "test_sample", status=1)
    assert 'tests="4"' in (tmp_path / "out.xml").read_text()
    lines = (tmp_path / "out.json").read_text().splitlines()
    assert json.loads(lines[-1])["failures"] == 1


def test_coverage(trial: Trial, tmp_path: Path) -> None:
    trial.write("covered.py", "def called():\n    return 1\n\n\ndef missed():\n    return 2\n")
    trial.write(
        "test_covered.py",
        """
        from twisted.trial.unittest import TestCase
        from covered import called

        class CoveredTests(TestCase):
            def test_it(self):
                self.assertEqual(called(), 1)
        """,
    )
    trial("--coverage", "test_covered")
    text = (tmp_path / "_trial_temp" / "coverage" / "covered.cover").read_text()
    assert "    1:     return 1" in text
    assert ">>>>>>     return 2" in text


def test_profile(trial: Trial, tmp_path: Path) -> None:
    out = trial("--profile", "test_sample.FirstTests")
    assert "The profile is in" in out
    assert (tmp_path / "_trial_temp" / "profile.data").stat().st_size > 0


def test_debugger_stops_at_the_start_and_at_failures(trial: Trial) -> None:
    out = trial("--debug", "test_sample", typed="c\np 'looked'\nq\n", status=1)
    assert "(Pdb)" in out
    assert "'looked'" in out
    out = trial("--debug", "--nopm", "test_sample", typed="c\n", status=1)
    assert out.count("(Pdb)") == 1


def test_other_debuggers(trial: Trial) -> None:
    trial.write(
        "noisy.py",
        "def runcall(function, *args):\n    print('noisy debugger')\n    return function(*args)\n",
    )
    assert "noisy debugger" in trial("--debug", "--debugger=noisy", "test_sample.FirstTests")


def test_other_reactors(trial: Trial) -> None:
    trial.write(
        "test_reactor.py",
        """
        from twisted.internet import reactor
        from twisted.trial.unittest import TestCase

        class ReactorTests(TestCase):
            def test_it(self):
                self.assertEqual(type(reactor).__name__, "AsyncioSelectorReactor")

            async def test_asyncio(self):
                import asyncio
                await asyncio.sleep(0.001)
        """,
    )
    assert "PASSED (successes=2)" in trial("--reactor=asyncio", "test_reactor")


def test_modules_can_be_hidden(trial: Trial) -> None:
    trial.write(
        "test_hidden.py",
        """
        from twisted.trial.unittest import TestCase

        class HiddenTests(TestCase):
            def test_it(self):
                with self.assertRaises(ImportError):
                    import sqlite3
        """,
    )
    trial("--without-module=sqlite3", "test_hidden")


def test_flushed_warning_is_not_shown(trial: Trial) -> None:
    trial.write(
        "test_warnings.py",
        """
        import warnings
        from twisted.trial.unittest import TestCase

        class SomeWarningsTests(TestCase):
            def test_flushed(self):
                warnings.warn("foo is bad")
                self.assertEqual(len(self.flushWarnings()), 1)

            def test_left(self):
                warnings.warn("bar is bad")
        """,
    )
    out = trial("test_warnings")
    assert "foo is bad" not in out
    assert "UserWarning: bar is bad" in out


def test_forced_garbage_collection(trial: Trial) -> None:
    assert "PASSED (successes=2)" in trial("--force-gc", "test_sample.FirstTests")


def test_interrupt_in_generated_code_has_the_same_status(trial: Trial) -> None:
    trial.write(
        "test_generated.py",
        """
        from twisted.trial.unittest import TestCase

        class GeneratedTests(TestCase):
            def test_it(self):
                # What an interrupt does while a dataclass is made.
                exec("raise KeyboardInterrupt")
        """,
    )
    trial("test_generated", status=130)


def test_interrupt_prints_what_there_is(trial: Trial) -> None:
    trial.write(
        "test_waits.py",
        """
        from twisted.internet.defer import Deferred
        from twisted.trial.unittest import TestCase

        class WaitsTests(TestCase):
            def test_1(self):
                pass

            def test_2(self):
                print("ready", flush=True)
                return Deferred()
        """,
    )
    with trial.start("--reporter=summary", "test_waits") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130, out + err
    assert "Ran 2 tests" in out or " 2 2 " in out
    assert "Traceback" not in err


def test_command_line_is_complete() -> None:
    options = Options()
    options.parseOptions(["--order=alphabetical", "--tbformat=emacs", "a", "b"])
    assert options["tests"] == ["a", "b"]
    assert options["tbformat"] == "brief"
    assert options.coverdir() == "coverage"
    with pytest.raises(UsageError, match="exclude each other"):
        Options().parseOptions(["--order=alphabetical", "--random=3", "a"])


def test_a_test_that_nothing_stops_ends_the_run_and_is_named(trial: Trial) -> None:
    trial.write(
        "test_stubborn.py",
        """
        import time
        from twisted.trial import _watchdog
        from twisted.trial.unittest import TestCase

        _watchdog.MOST_ATTEMPTS = 1

        class StubbornTests(TestCase):
            timeout = 0.01

            def test_it(self):
                while True:
                    try:
                        time.sleep(3600)
                    except BaseException:
                        pass
        """,
    )
    out = trial("test_stubborn", status=70)
    assert "test_stubborn.StubbornTests.test_it can't be stopped" in out
