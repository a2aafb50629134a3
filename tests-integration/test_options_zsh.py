"""zsh completes the command line of a program whose options are an Options class."""

import os
import pty
import select
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import twisted.python.usage

ZSH = shutil.which("zsh")
pytestmark = pytest.mark.skipif(ZSH is None, reason="zsh is not installed")

PROGRAM = """#!{python}
import json, sys
from twisted.python import usage

class Import(usage.Options):
    optFlags = [["recursive", "r", "With all below"]]
    optParameters = [["module", "m", None, "The module"]]
    compData = usage.Completions(
        optActions={{"module": usage.CompleteList(["alpha", "two words"])}},
        extraActions=[usage.CompleteFiles("*.txt")],
    )
    def parseArgs(self, *files):
        self["files"] = files

class Options(usage.Options):
    optFlags = [["verbose", "v", "Say more"]]
    subCommands = [["import", None, Import, "Do an Import: now"], ["export", None, Import, None]]

Options().parseOptions()
print("RAN", json.dumps(sys.argv[1:]))
"""
PATIENCE = 60  # seconds; only a failing test waits so long


class Zsh:
    """An interactive zsh at a pseudo-terminal."""

    def __init__(self, directory: Path) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            environment = {
                "HOME": str(directory),
                "PATH": f"{directory}:/usr/bin:/bin",
                "PYTHONPATH": os.pathsep.join(sys.path),
                "TERM": "dumb",
                "PS1": "",
            }
            os.chdir(directory)
            os.execve(str(ZSH), ["zsh", "-f", "-i"], environment)
        self._seen = ""

    def type(self, text: str, until: str) -> str:
        """Type something; return what zsh prints up to and with a text."""
        os.write(self._terminal, text.encode())
        deadline = time.monotonic() + PATIENCE
        while until not in self._seen:
            left = deadline - time.monotonic()
            assert left > 0, f"zsh did not print {until!r}; it printed {self._seen!r}"
            if select.select([self._terminal], [], [], left)[0]:
                self._seen += os.read(self._terminal, 65536).decode(errors="replace")
        before, _, self._seen = self._seen.partition(until)
        return before + until

    def close(self) -> None:
        """End it."""
        os.close(self._terminal)
        with suppress(ProcessLookupError):
            os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)


@pytest.fixture
def zsh(tmp_path: Path) -> Iterator[Zsh]:
    """A zsh that completes `mycommand` as the documentation says."""
    shipped = Path(twisted.python.usage.__file__).with_name("twisted-completion.zsh")
    first, _, rest = shipped.read_text().partition("\n")
    assert first.startswith("#compdef ")
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_mycommand").write_text("#compdef mycommand\n" + rest)
    program = tmp_path / "mycommand"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "notes.bin").touch()
    shell = Zsh(tmp_path)
    shell.type(
        f"fpath=({tmp_path}/functions $fpath); autoload -U compinit; compinit -u -D;"
        " unsetopt beep; print READ''Y\n",
        "READY",
    )
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("mycommand --verb\t", '["--verbose"]'),
        ("mycommand -v im\t", '["-v", "import"]'),
        ("mycommand import --rec\t", '["import", "--recursive"]'),
        ("mycommand -v import -r --mod\tal\t", '["-v", "import", "-r", "--module=alpha"]'),
        ("mycommand import -m tw\t", '["import", "-m", "two words"]'),
        ("mycommand import no\t", '["import", "notes.txt"]'),
    ],
)
def test_a_command_line_is_completed(zsh: Zsh, typed: str, words: str) -> None:
    zsh.type(typed + "\n", f"RAN {words}")


def test_the_descriptions_are_shown(zsh: Zsh) -> None:
    shown = zsh.type("mycommand \t", "Do an Import: now")
    assert "import" in shown


def test_the_function_that_zsh_comes_with_completes_it_too(zsh: Zsh) -> None:
    found = zsh.type(
        "autoload +X _twisted && compdef _twisted mycommand && print FOU''ND || print NO''NE\n", "N"
    )
    found += zsh.type("", "\n")
    if "NONE" in found:
        pytest.skip("this zsh comes without a function for Twisted's commands")
    zsh.type("mycommand -v import --rec\t\n", 'RAN ["-v", "import", "--recursive"]')
