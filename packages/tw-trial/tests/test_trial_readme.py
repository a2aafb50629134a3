"""The example of the README prints what it shows."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_readme_example_prints_what_is_shown(tmp_path: Path) -> None:
    text = README.read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    (tmp_path / "test_timeout.py").write_text(code)
    words = [sys.executable, "-m", "twisted.scripts.trial", "test_timeout.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(shown)
    assert done.stdout.endswith("PASSED (successes=2)\n")
