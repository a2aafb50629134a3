"""The examples of the how-to about constants print what it shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
EXAMPLES = DOCS / "examples" / "constants"


@pytest.mark.parametrize("name", ["methods.py", "statuses.py", "permissions.py"])
def test_an_example_prints_what_the_page_shows(name: str) -> None:
    page = (DOCS / "howto" / "constants.md").read_text()
    shown = re.search(rf"\$ python {name}\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert finished.stdout == shown[1]
