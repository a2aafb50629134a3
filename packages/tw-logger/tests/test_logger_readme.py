"""The example of the README does what the README shows."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
STAMP = re.compile(r"^\S+ (?=\[)", re.MULTILINE)


def test_example_prints_what_is_shown(tmp_path: Path) -> None:
    text = README.read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    (tmp_path / "example.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    printed = done.stdout.replace(str(tmp_path / "example.py"), "example.py").expandtabs()
    # The marks under the code differ between versions of Python.
    unmarked = [re.sub(r"(?m)^ +[~^]+\n", "", STAMP.sub("", output)) for output in (printed, shown)]
    assert unmarked[0] == unmarked[1]
