"""The examples of the how-to about the simulated network pass, and they find bugs."""

import shutil
from pathlib import Path

import pytest

from .small_house import ROOT
from .test_examples_testing import pytestOn

EXAMPLES = ROOT / "docs" / "examples" / "simulation"


@pytest.mark.parametrize("name", ["test_adding.py", "test_asking.py"])
def test_the_tests_that_are_shown_pass(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "simulation"
    shutil.copytree(EXAMPLES, folder)
    done = pytestOn(folder, name)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_a_server_that_takes_each_piece_for_a_line_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "simulation"
    shutil.copytree(EXAMPLES, folder)
    adding = folder / "adding.py"
    good = adding.read_text()
    careless = good.replace(
        '(self._buffer + data).split(b"\\n")', '[*data.strip().split(b"\\n"), b""]'
    )
    assert careless != good
    adding.write_text(careless)
    assert pytestOn(folder, "test_adding.py").returncode == 1


def test_a_client_that_asks_only_once_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "simulation"
    shutil.copytree(EXAMPLES, folder)
    asking = folder / "asking.py"
    good = asking.read_text()
    careless = good.replace("QUESTIONS = 10", "QUESTIONS = 1")
    assert careless != good
    asking.write_text(careless)
    assert pytestOn(folder, "test_asking.py").returncode == 1
