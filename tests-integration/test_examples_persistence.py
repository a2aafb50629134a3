"""The examples of the how-to on keeping objects."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "persistence"


def run(directory: Path, name: str, *arguments: str) -> str:
    """Run an example in a directory, and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_words_are_kept(tmp_path: Path) -> None:
    assert run(tmp_path, "words.py", "librarian", "ook") == ""
    assert run(tmp_path, "words.py", "librarian") == "ook\n"
    assert run(tmp_path, "words.py", "nobody") == "unknown\n"
    run(tmp_path, "words.py", "../dean", "no")
    assert run(tmp_path, "words.py") == "../dean: no\nlibrarian: ook\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["words"]


def test_visits_are_kept(tmp_path: Path) -> None:
    assert run(tmp_path, "visits.py", "alice", "Monday") == "alice: Monday\n"
    assert run(tmp_path, "visits.py", "alice", "Friday") == "alice: Monday, Friday\n"


def test_garden_is_saved_and_loaded(tmp_path: Path) -> None:
    assert run(tmp_path, "save_garden.py") == "{'north': ['leek']}\n" * 2
    saved = (tmp_path / "garden-backup.tas").read_text()
    assert saved == (EXAMPLES / "garden-backup.tas").read_text()


def test_old_garden_is_brought_up_to_date(tmp_path: Path) -> None:
    # garden.py has the steps.
    shown = "{'bed 1': ['leek'], 'bed 2': ['rose']}\n"
    assert run(tmp_path, "upgrade_garden.py") == shown
