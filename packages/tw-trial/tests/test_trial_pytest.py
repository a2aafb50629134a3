"""pytest runs trial's test cases; it asks for the version of Twisted in doing so, see tw-compat."""

import subprocess
import sys
from pathlib import Path

SAMPLE = """
from twisted.internet import defer, reactor
from twisted.internet.task import deferLater
from twisted.python import log
from twisted.trial.unittest import SkipTest, TestCase

class SampleTests(TestCase):
    async def test_coroutine(self):
        await deferLater(reactor, 0.001)

    def test_deferred(self):
        return deferLater(reactor, 0.001, self.assertEqual, 1, 2)

    def test_logged(self):
        log.err(ValueError("in the log"))

    def test_left(self):
        reactor.callLater(3600, int)

    def test_skip(self):
        raise SkipTest("not here")

    def test_todo(self):
        self.fail("as expected")

    test_todo.todo = "later"
"""


def test_trials_test_cases_run_under_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "no:cacheprovider",
        "test_sample.py",
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    out = done.stdout + done.stderr
    assert "3 failed, 1 passed, 1 skipped, 1 xfailed" in out
    assert "not equal:" in out
    assert "ValueError: in the log" in out
    assert "Reactor was unclean." in out
