"""Programs in processes of their own, for what would disturb the process of the tests."""

import subprocess
import sys
import textwrap


def run(program: str, *arguments: str, status: int = 0) -> str:
    """Run a Python program and return what it printed; anything on its standard error fails."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (status, "")
    return result.stdout
