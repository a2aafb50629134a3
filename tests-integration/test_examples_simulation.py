"""The example of the how-to about the simulated network passes, and it finds a bug."""

import shutil
from pathlib import Path

from .small_house import ROOT
from .test_examples_testing import pytestOn

EXAMPLES = ROOT / "docs" / "examples" / "simulation"


def test_the_tests_that_are_shown_pass(tmp_path: Path) -> None:
    folder = tmp_path / "simulation"
    shutil.copytree(EXAMPLES, folder)
    done = pytestOn(folder, "test_adding.py")
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
