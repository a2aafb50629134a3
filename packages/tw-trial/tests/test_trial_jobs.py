"""`--jobs`: tests in several processes, one report."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from twisted.trial._remotefailures import LONGEST_TEXT, RemoteFailure, shortened
from twisted.trial._workers._batches import LONGEST_NAMES, MOST_TESTS, batchesOf
from twisted.trial._workers._commands import LONGEST_PART, EventParts, partsOf
from twisted.trial._workers._heartbeat import GRACE, NOTHING_EXPECTED, Heart, Pulse


def runTrial(folder: Path, *words: str, status: int) -> str:
    """Run the command and return what it printed, when it has ended with a status."""
    done = subprocess.run(
        [sys.executable, "-m", "twisted.scripts.trial", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    out = done.stdout + done.stderr
    assert done.returncode == status, out
    return out


MIXED = """
import unittest, warnings
from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

class MixedTests(TestCase):
    def test_ok(self):
        return deferLater(reactor, 0.001)
    def test_fail(self):
        self.assertEqual(1, 2)
    def test_error(self):
        raise ValueError("broken")
    def test_left(self):
        reactor.callLater(3600, int)
    def test_skip(self):
        pass
    test_skip.skip = "not here"
    def test_todo(self):
        self.fail("as expected")
    test_todo.todo = "later"
    def test_done(self):
        pass
    test_done.todo = "not any more"
    def test_warning(self):
        warnings.warn("look at this")

class PlainTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no class")
    def test_never(self):
        pass
"""


def test_report_is_that_of_one_process(tmp_path: Path) -> None:
    (tmp_path / "test_mixed.py").write_text(MIXED)
    alone = runTrial(tmp_path, "test_mixed.py", status=1)
    out = runTrial(tmp_path, "-j2", "test_mixed.py", status=1)
    assert out.splitlines()[-1] == alone.splitlines()[-1]
    for text in (
        "not equal:\na = 1\nb = 2",
        "ValueError: broken",
        "Reactor was unclean.",
        "Reason: 'not any more'",
        "OSError: no class",
        "look at this",
        "test_mixed.MixedTests.test_left",
    ):
        assert text in alone
        assert text in out


def test_all_pass(tmp_path: Path) -> None:
    (tmp_path / "test_good.py").write_text(
        "import unittest\nclass GoodTests(unittest.TestCase):\n"
        + "".join(f"    def test_{number}(self): pass\n" for number in range(50))
    )
    out = runTrial(tmp_path, "-jauto", "--reporter=summary", "test_good.py", status=0)
    assert out.split()[1:] == ["50", "50", "0", "0", "0"]


CRASHING = """
import os, signal, sys
from twisted.trial.unittest import TestCase

class CrashingTests(TestCase):
    def test_exit(self):
        print("last words", flush=True)
        os._exit(3)
    def test_killed(self):
        os.kill(os.getpid(), signal.SIGKILL)
    def test_one(self):
        pass
    def test_two(self):
        pass
"""


def test_crash_costs_its_test_only(tmp_path: Path) -> None:
    (tmp_path / "test_crashing.py").write_text(CRASHING)
    out = runTrial(tmp_path, "-j1", "test_crashing.py", status=1)
    assert "Ran 4 tests" in out
    assert "(errors=2, successes=2)" in out
    assert "ended with status 3" in out
    assert "last words" in out
    assert "was ended by SIGKILL" in out


def test_worker_that_crashes_between_tests_ends_the_run(tmp_path: Path) -> None:
    source = """
import os, unittest
class FatalTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os._exit(5)
    def test_one(self):
        pass
    def test_two(self):
        pass
"""
    (tmp_path / "test_fatal.py").write_text(source)
    out = runTrial(tmp_path, "-j2", "test_fatal.py", status=1)
    assert "(errors=2)" in out
    assert "ended with status 5" in out


def test_module_that_ends_workers_when_it_is_imported(tmp_path: Path) -> None:
    source = """
import os, sys, unittest
if "twisted.trial._workers._workerside" in sys.modules:
    sys.exit(6)
class UnreachableTests(unittest.TestCase):
    def test_one(self):
        pass
"""
    (tmp_path / "test_unreachable.py").write_text(source)
    out = runTrial(tmp_path, "-j2", "test_unreachable.py", status=1)
    assert "test_unreachable.UnreachableTests.test_one" in out
    assert "errors=1" in out


def test_tests_are_errors_if_no_worker_can_be_started(tmp_path: Path) -> None:
    source = """
import errno, unittest
from twisted.trial._workers import _runner
def fail(path):
    raise OSError(errno.ENOSPC, "No space left on device")
_runner.Pulse = fail
class UnreachableTests(unittest.TestCase):
    def test_one(self):
        pass
    def test_two(self):
        pass
"""
    (tmp_path / "test_unreachable.py").write_text(source)
    out = runTrial(tmp_path, "-j2", "test_unreachable.py", status=1)
    assert "(errors=2)" in out
    assert "No process can be started to run the test: [Errno 28] No space left" in out


STUCK = """
import itertools, signal
from twisted.trial._workers import _heartbeat
from twisted.trial.unittest import TestCase

# Little more than the watchdog of the worker takes.
_heartbeat.GRACE = 1.5

class StuckTests(TestCase):
    def test_deaf(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            pass
    test_deaf.timeout = 0.01
    def test_in_c(self):
        sum(itertools.repeat(0))
    test_in_c.timeout = 0.01
    def test_next(self):
        pass
"""


def test_worker_that_is_stuck_costs_its_test_only(tmp_path: Path) -> None:
    (tmp_path / "test_stuck.py").write_text(STUCK)
    out = runTrial(tmp_path, "-j2", "test_stuck.py", status=1)
    assert "(errors=2, successes=1)" in out
    assert "test_stuck.StuckTests.test_deaf\n" in out
    assert "test_stuck.StuckTests.test_in_c\n" in out
    assert "still ran at 0.01 secs, and could not be interrupted" in out


def test_tests_that_only_the_parent_finds_are_errors(tmp_path: Path) -> None:
    source = """
import sys, unittest
class ChangingTests(unittest.TestCase):
    if "twisted.trial._workers._workerside" not in sys.modules:
        def test_gone(self):
            pass
    def test_there(self):
        pass
"""
    (tmp_path / "test_changing.py").write_text(source)
    out = runTrial(tmp_path, "-j2", "test_changing.py", status=1)
    assert "(errors=1, successes=1)" in out
    assert "was found when the run began, but not in the worker" in out


def test_each_worker_has_a_directory(tmp_path: Path) -> None:
    source = """
import os, unittest
class WhereTests(unittest.TestCase):
    def test_where(self):
        folder, name = os.path.split(os.getcwd())
        self.assertEqual((os.path.basename(folder), name), ("_trial_temp", "0"))
"""
    (tmp_path / "test_where.py").write_text(source)
    runTrial(tmp_path, "-j2", "test_where.py", status=0)


FAILING = "import unittest\nclass FailingTests(unittest.TestCase):\n" + "".join(
    f"    def test_{number}(self): self.fail()\n" for number in range(40)
)


def test_exit_first(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(FAILING)
    out = runTrial(tmp_path, "-x", "-j1", "test_failing.py", status=1)
    assert "failures=1)" in out


def test_until_failure(tmp_path: Path) -> None:
    source = """
import os, unittest
class LimitedTests(unittest.TestCase):
    def test_counts(self):
        with open(os.environ["COUNTED"], "a+") as file:
            file.write("x")
            file.seek(0)
            self.assertLess(len(file.read()), 3)
"""
    (tmp_path / "test_limited.py").write_text(source)
    counted = tmp_path / "counted"
    os.environ["COUNTED"] = str(counted)
    try:
        out = runTrial(tmp_path, "-u", "-j2", "test_limited.py", status=1)
    finally:
        del os.environ["COUNTED"]
    assert "Test Pass 3" in out
    assert counted.read_text() == "xxx"


def test_coverage_of_all_workers_is_one(tmp_path: Path) -> None:
    (tmp_path / "counted_lines.py").write_text(
        "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    )
    source = """
import unittest
import counted_lines
class CoverageTests(unittest.TestCase):
    def test_one(self):
        counted_lines.f()
    def test_two(self):
        counted_lines.f()
"""
    (tmp_path / "test_covered.py").write_text(source)
    out = runTrial(tmp_path, "--coverage", "-j2", "test_covered.py", status=0)
    assert "The coverage is in" in out
    lines = (tmp_path / "_trial_temp/coverage/counted_lines.cover").read_text().splitlines()
    assert lines[1].split() == ["2:", "return", "1"]
    assert lines[5].split() == [">>>>>>", "return", "2"]


def test_seed_is_the_same_in_all_workers(tmp_path: Path) -> None:
    (tmp_path / "test_mixed.py").write_text(MIXED)
    out = runTrial(tmp_path, "--random=0", "-j2", "test_mixed.py", status=1)
    assert "Ran 8 tests" in out


def test_flaky_tests_are_counted(tmp_path: Path) -> None:
    source = """
import unittest
tries = []
class FlakyTests(unittest.TestCase):
    def test_flaky(self):
        tries.append(1)
        self.assertGreater(len(tries), 1)
"""
    (tmp_path / "test_flaky.py").write_text(source)
    assert "flaky=1" in runTrial(tmp_path, "--reruns=2", "-j1", "test_flaky.py", status=0)


@pytest.mark.parametrize("words", [["-j0"], ["-jmany"], ["-j1000"], ["-j2", "--debug"]])
def test_wrong_numbers_are_clear_errors(tmp_path: Path, words: list[str]) -> None:
    out = runTrial(tmp_path, *words, "test_nothing.py", status=1)
    assert "trial: --jobs" in out
    assert "Traceback" not in out


# Batches


def test_batches_hold_each_test_once() -> None:
    names = [f"m.C{number % 7}.test_{number}" for number in range(3000)]
    batches = batchesOf(sorted(names), {}, 3)
    assert sorted(place for batch in batches for place in batch) == list(range(3000))
    assert max(map(len, batches)) <= MOST_TESTS
    assert len(batches) >= 24


def test_longest_batches_come_first() -> None:
    names = ["m.A.test_short", "m.B.test_long", "m.C.test_middle"]
    seconds = {"m.A.test_short": 1.0, "m.B.test_long": 9.0, "m.C.test_middle": 3.0}
    assert batchesOf(names, seconds, 2) == [[1], [2], [0]]
    assert batchesOf(names, seconds, 2, keepOrder=True) == [[0], [1], [2]]


def test_short_class_stays_together() -> None:
    names = [f"m.A.test_{number}" for number in range(5)]
    assert batchesOf(names, dict.fromkeys(names, 0.001), 2) == [[0, 1, 2, 3, 4]]


def test_long_names_make_small_batches() -> None:
    names = [f"m.A.test_{'x' * 20_000}{number}" for number in range(3)]
    assert 20_000 < LONGEST_NAMES < 40_000
    assert batchesOf(names, dict.fromkeys(names, 0.0), 2) == [[0], [1], [2]]


# Whether workers are stuck


def test_worker_that_says_nothing_is_overdue(tmp_path: Path) -> None:
    path = str(tmp_path / "worker.heart")
    pulse = Pulse(path)
    heart = Heart(path)
    assert pulse.overdue(1000.0) is None
    heart.expect(5.0)
    assert pulse.overdue(1001.0) is None
    assert pulse.overdue(1001.0 + 5 + GRACE) is None
    assert pulse.overdue(1001.1 + 5 + GRACE) == 5.0
    heart.expect(5.0)
    assert pulse.overdue(2000.0) is None
    heart.expect(NOTHING_EXPECTED)
    assert pulse.overdue(2001.0) is None
    assert pulse.overdue(9999.0) is None
    os.truncate(path, 0)
    assert pulse.overdue(99999.0) is None
    pulse.close()


# What workers say


def test_events_are_cut_and_put_together() -> None:
    event = ["addError", "m.A.test_é", "x" * (3 * LONGEST_PART)]
    got: list[object] = []
    parts = EventParts(got.append)
    for part, last in partsOf(event):
        assert len(part) <= LONGEST_PART
        parts.add(part, last)
    assert got == [event]


def test_remote_failure_has_name_message_and_text() -> None:
    failure = RemoteFailure(("m", "BrokenError", "it is broken", "Traceback\nm.BrokenError"))
    assert failure.type.__qualname__ == "BrokenError"
    assert failure.getErrorMessage() == "it is broken"
    assert failure.getTraceback() == "Traceback\nm.BrokenError"


def test_long_texts_lose_their_middle() -> None:
    text = shortened("a" * LONGEST_TEXT + "b" * 10)
    assert text.startswith("aaa")
    assert text.endswith("bbb")
    assert len(text) < LONGEST_TEXT + 100
