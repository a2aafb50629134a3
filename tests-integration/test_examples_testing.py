"""The examples of the how-to about testing: the tests that it shows pass, and they can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .small_house import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "testing"


def pytestOn(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run one file of tests where its reader would: in its folder, with no settings of ours."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", name],
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["test_knock.py", "test_telegraph.py"])
def test_the_tests_that_are_shown_pass(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "testing"
    shutil.copytree(EXAMPLES, folder)
    done = pytestOn(folder, name)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_a_door_that_lets_everybody_in_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "testing"
    shutil.copytree(EXAMPLES, folder)
    door = folder / "knock.py"
    good = door.read_text()
    open_door = good.replace("Go away.", "Come in.")
    assert open_door != good
    door.write_text(open_door)
    assert pytestOn(folder, "test_knock.py").returncode == 1
