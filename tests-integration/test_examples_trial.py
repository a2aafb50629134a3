"""The examples of the how-to about trial: their tests pass, and can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .small_house import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "trial"
TRIAL = ["twisted.scripts.trial"]
PYTEST = ["pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run tests in their folder, with no settings of ours."""
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ([*TRIAL, "test_words.py"], "PASSED (successes=4)"),
        ([*TRIAL, "-j2", "test_words.py"], "PASSED (successes=4)"),
        ([*PYTEST, "test_words.py"], "4 passed"),
        ([*PYTEST, "test_words_pytest.py"], "3 passed"),
        ([*PYTEST, "-c", "pytest-asyncio.ini", "test_words_asyncio.py"], "1 passed"),
    ],
)
def test_shown_tests_pass(tmp_path: Path, words: list[str], end: str) -> None:
    folder = tmp_path / "trial"
    shutil.copytree(EXAMPLES, folder)
    done = run(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert end in done.stdout


def test_wrong_counts_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    shutil.copytree(EXAMPLES, folder)
    words = folder / "words.py"
    good = words.read_text()
    wrong = good.replace("len(line.split())", "len(line)")
    assert wrong != good
    words.write_text(wrong)
    done = run(folder, *TRIAL, "test_words.py")
    assert done.returncode == 1
    assert "failures=2, successes=2" in done.stdout
    done = run(folder, *PYTEST, "test_words_pytest.py")
    assert "2 failed, 1 passed" in done.stdout
