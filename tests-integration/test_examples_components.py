"""The examples of the how-to about components do what it says, and are typed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .test_types_interface import mypy, pyright

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "components"


def run(name: str, *words: object) -> list[str]:
    """Run an example; return the lines that it printed."""
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return finished.stdout.splitlines()


def test_the_most_specific_label_is_taken() -> None:
    assert run("labels.py") == [
        "desk lamp",
        "Emma, 450 pages, 14 euros",
        "The World, 200 pages, 27 euros",
        "None",
        "True",
        "__main__.BookTag is already registered as the adapter from __main__.Book to "
        "__main__.ILabel",
    ]


def test_the_shelf_counts() -> None:
    assert run("counting.py") == ["2 ['a vase', 'a clock']", "True"]


def test_the_robot_comes_back_with_its_battery(tmp_path: Path) -> None:
    assert run("robot.py", tmp_path / "robot.pickle") == [
        "70 left",
        "60 left",
        "70 left",
        "1000000 left",
        "100 left",
    ]


@pytest.mark.parametrize("name", ["labels.py", "robot.py"])
def test_both_checkers_accept_the_examples(tmp_path: Path, name: str) -> None:
    sample = Path(shutil.copy(EXAMPLES / name, tmp_path / name))
    assert mypy(sample) == set()
    assert pyright(sample) == set()
