"""The examples of the READMEs of tw-protocols and tw-application run as they are."""

import re
import sys
from pathlib import Path

from .running import ROOT, TWIST, ask, freePort, running


def examples(part: str) -> list[str]:
    """Return the Python code in the README of a part."""
    text = (ROOT / "packages" / part / "README.md").read_text()
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_line_server_answers(tmp_path: Path) -> None:
    port = freePort()
    (program,) = examples("tw-protocols")
    program = program.replace("8007", str(port)).replace("reactor.run", "print(1); reactor.run")
    with running([sys.executable, "-u", "-c", program], tmp_path) as server:
        server.waitFor(str.strip)
        answer = ask(port, b"hello\r\nbye\r\nmore\r\n")
        assert answer == b"Say something, or bye.\r\nHELLO\r\nBYE\r\n"
        assert server.stop() == 0


def test_echo_command_runs(tmp_path: Path) -> None:
    port = freePort()
    module, plugin = examples("tw-application")
    (tmp_path / "twisted" / "plugins").mkdir(parents=True)
    (tmp_path / "echo.py").write_text(module)
    (tmp_path / "twisted" / "plugins" / "echo_plugin.py").write_text(plugin)
    command = [TWIST, "echo", "-e", f"tcp:{port}:interface=127.0.0.1"]
    with running(command, tmp_path) as server:
        server.waitFor(lambda text: "has started" in text)
        assert server.stop() == 0
