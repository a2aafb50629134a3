"""pytest runs trial's test cases; it asks for the version of Twisted in doing so."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import twisted
from twisted.trial._metadata import TwistedFinder, VersionOfTwisted, answerForTwisted

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


def test_version_of_twisted_is_ours_unless_it_is_installed() -> None:
    answerForTwisted()
    assert importlib.metadata.version("twisted") == twisted.__version__
    assert importlib.metadata.version("Twisted") == twisted.__version__
    # Where tw-compat is installed, as in the environment of all parts, its record answers first.
    context = importlib.metadata.DistributionFinder.Context(name="twisted")
    (found,) = TwistedFinder().find_distributions(context)
    assert isinstance(found, VersionOfTwisted)
    assert found.metadata["Name"] == "Twisted"
    assert found.read_text("RECORD") is None


def test_lists_of_distributions_are_as_they_were() -> None:
    answerForTwisted()
    assert not any(
        isinstance(found, VersionOfTwisted) for found in importlib.metadata.distributions()
    )


def test_answering_twice_is_harmless() -> None:
    answerForTwisted()
    before = list(sys.meta_path)
    answerForTwisted()
    assert sys.meta_path == before
