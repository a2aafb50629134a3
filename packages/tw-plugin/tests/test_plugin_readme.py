"""The example of the README does what the README shows."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_example_prints_what_is_shown(tmp_path: Path) -> None:
    text = README.read_text()
    interface, program, plugin = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    (tmp_path / "greetings.py").write_text(interface)
    (tmp_path / "greet.py").write_text(program)

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "greet.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run() == ""
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "friendly.py").write_text(plugin)
    assert run() == shown
