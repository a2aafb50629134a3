"""The examples of the how-to on Deferreds do what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "deferreds"

OUTPUT = {
    "delayed_result.py": "triple called\nStarting the reactor\nResult received: 9\n",
    "getter.py": "Result: 12\n",
    "handling_errors.py": "not a number, using 0\n0\n8\nclosing\n5\n",
    "coroutines.py": (
        "now come the answers\nhello Ada\nno name: I forgot it\nhello Grace and Mary\n"
    ),
    "several.py": (
        "success: one\nfailure: bang!\nsuccess: three\n"
        "[1, 2]\n"
        "the slow one is cancelled\n(1, 'the fast one')\n"
    ),
    "cancelling.py": "timer stopped\ncancelled\ntimer stopped\ntook too long\n",
    "sync_or_async.py": "alice is known\nmallory is not known\nwaiting\nangus is known\n",
    "taking_turns.py": "first begins\nfirst ends\nsecond begins\nsecond ends\ngot a job\n",
}

ERRORS = {"getter.py": "3 is odd, and cannot be had.\n"}


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_an_example_prints_what_the_how_to_says(name: str) -> None:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name], capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == OUTPUT[name]
    assert ran.stderr == ERRORS.get(name, "")
    assert ran.returncode == 0


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(OUTPUT)
