"""bash completes the command line of a program whose options are an Options class."""

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

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed")

PROGRAM = """#!{python}
import json, sys
from twisted.python import usage

class Import(usage.Options):
    optFlags = [["recursive", "r", "With all below"]]
    optParameters = [["module", "m", None, "The module"], ["listen", None, None, "An endpoint"]]
    compData = usage.Completions(
        optActions={{
            "module": usage.CompleteList(["alpha", "two words"]),
            "listen": usage.CompleteList(["tcp:80", "tcp:8080", "unix:/run"]),
        }},
        extraActions=[usage.CompleteFiles("*.txt")],
    )
    def parseArgs(self, *files):
        self["files"] = files

class Options(usage.Options):
    optFlags = [["verbose", "v", "Say more"]]
    subCommands = [["import", "im", Import, "Do an Import"], ["export", None, Import, None]]

Options().parseOptions()
print("RAN", json.dumps(sys.argv[1:]))
"""
PATIENCE = 60  # seconds; only a failing test waits so long


class Bash:
    """An interactive bash at a pseudo-terminal."""

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
            os.execve(str(BASH), ["bash", "--norc", "--noprofile", "-i"], environment)
        self._seen = ""

    def type(self, text: str, until: str) -> str:
        """Type something; return what bash prints up to and with a text."""
        os.write(self._terminal, text.encode())
        deadline = time.monotonic() + PATIENCE
        while until not in self._seen:
            left = deadline - time.monotonic()
            assert left > 0, f"bash did not print {until!r}; it printed {self._seen!r}"
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
def bash(tmp_path: Path) -> Iterator[Bash]:
    """A bash that completes `mycommand` as the documentation says."""
    shipped = Path(twisted.python.usage.__file__).with_name("twisted-completion.bash")
    program = tmp_path / "mycommand"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    for name in ("notes.txt", "notes.bin", "a b.txt"):
        (tmp_path / name).touch()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "inner.txt").touch()
    shell = Bash(tmp_path)
    shell.type(
        f"source {shipped};"
        " complete -o bashdefault -o default -F _twisted_completion mycommand;"
        " bind 'set bell-style none'; bind 'set page-completions off'; echo READ''Y\n",
        "READY",
    )
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("mycommand --verb\t", '["--verbose"]'),
        ("mycommand -v imp\t", '["-v", "import"]'),
        ("mycommand import --rec\t", '["import", "--recursive"]'),
        ("mycommand import --mod\tal\t", '["import", "--module=alpha"]'),
        ("mycommand -v import -r --module al\t", '["-v", "import", "-r", "--module", "alpha"]'),
        ("mycommand import -m tw\t", '["import", "-m", "two words"]'),
        ('mycommand import -m "tw\t', '["import", "-m", "two words"]'),
        ("mycommand import -mal\t", '["import", "-malpha"]'),
        ("mycommand import --listen=un\t", '["import", "--listen=unix:/run"]'),
        ("mycommand import --listen tcp:808\t", '["import", "--listen", "tcp:8080"]'),
        ("mycommand import --listen=tcp:808\t", '["import", "--listen=tcp:8080"]'),
        ("mycommand import no\t", '["import", "notes.txt"]'),
        ("mycommand import a\t", '["import", "a b.txt"]'),
        ("mycommand import de\tin\t", '["import", "deep/inner.txt"]'),
        ("mycommand 'import' --rec\t", '["import", "--recursive"]'),
    ],
)
def test_a_command_line_is_completed(bash: Bash, typed: str, words: str) -> None:
    bash.type(typed + "\n", f"RAN {words}")


def test_several_words_are_listed(bash: Bash) -> None:
    shown = bash.type("mycommand \t\t", "export")
    shown += bash.type("", "import")
    assert "im" in shown


def test_what_is_typed_is_not_run_by_completing(bash: Bash, tmp_path: Path) -> None:
    bash.type("mycommand '$(touch made)' \t\t; echo DO''NE\n", "DONE")
    assert not (tmp_path / "made").exists()


def test_a_command_that_fails_leaves_the_names_of_files(bash: Bash) -> None:
    bash.type(
        "complete -o bashdefault -o default -F _twisted_completion false; echo DO''NE\n", "DONE"
    )
    bash.type("false notes.b\t; echo SEEN $_\n", "notes.bin")
