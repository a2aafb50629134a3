"""The examples of the how-to about interfaces do what it says, and are typed as it says."""

import shutil
import subprocess
import sys
from pathlib import Path

from .test_types_interface import mypy, pyright

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "interfaces"


def run(name: str) -> list[str]:
    """Run an example; return the lines that it printed."""
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return finished.stdout.splitlines()


def test_the_hair_dryer_runs_on_both_sockets() -> None:
    assert run("sockets.py") == [
        "True False",
        "Transformer",
        "True",
        "None",
        "The hair dryer blows warm air.",
        "The hair dryer blows warm air.",
    ]


def test_the_house_keeps_its_meter() -> None:
    assert run("house.py") == ["30.0 kilowatt hours", "15.0 euros"]


def test_both_checkers_accept_the_examples(tmp_path: Path) -> None:
    for name in ("sockets.py", "house.py"):
        sample = Path(shutil.copy(EXAMPLES / name, tmp_path / name))
        assert mypy(sample) == set()
        assert pyright(sample) == set()
