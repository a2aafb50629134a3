"""The examples of the how-to on standard input and output, over pipes, files and terminals."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .running import PATIENCE, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "standard-io"


def example(name: str, typed: str) -> str:
    """Run an example with something on its standard input, and return what it printed."""
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name],
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_stdin_reads_a_pipe_by_the_lines() -> None:
    assert example("stdin.py", "hello\nworld\n") == ">>> 1: hello\n>>> 2: world\n>>> "


def test_stdin_reads_a_file_by_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("a line\n" * 20_000)
    with path.open() as lines:
        ran = subprocess.run(
            [sys.executable, EXAMPLES / "stdin.py"],
            stdin=lines,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert ran.returncode == 0
    assert ran.stdout.endswith("20000: a line\n>>> ")


def test_stdin_answers_on_a_terminal_while_it_goes_on() -> None:
    master, slave = pty.openpty()
    with subprocess.Popen([sys.executable, EXAMPLES / "stdin.py"], stdin=slave, stdout=slave) as it:
        os.close(slave)
        for line in (b"one", b"two"):
            os.write(master, line + b"\n")
            awaited(master, b": " + line + b"\r\n>>> ")
        os.write(master, b"\x04")
        assert it.wait(PATIENCE) == 0
    os.close(master)


def awaited(descriptor: int, text: bytes) -> None:
    """Read until a text has come."""
    said = b""
    while text not in said:
        ready, _, _ = select.select([descriptor], [], [], PATIENCE)
        assert ready, said
        said += os.read(descriptor, 1000)


def test_stdiodemo_tells_its_commands() -> None:
    lines = example("stdiodemo.py", "help\n").splitlines()
    assert lines[0] == "What can I do for you? Try 'help'."
    assert "lookup NAME: find the address of a host" in lines


def test_stdiodemo_works_on_several_commands_and_writes_all_answers() -> None:
    lines = example("stdiodemo.py", "wait 0.2\nwait 0.1\nlookup 127.0.0.1\n").splitlines()
    assert lines[1:] == ["127.0.0.1", "0.1 seconds have passed", "0.2 seconds have passed"]


def test_stdiodemo_tells_of_errors_and_goes_on() -> None:
    lines = example("stdiodemo.py", "dance\nwait long\nwait\nquit\n").splitlines()
    assert lines[1] == "error: there is no command 'dance'"
    assert "'long'" in lines[2]
    assert "seconds" in lines[3]
    assert lines[4:] == ["Goodbye."]


def test_stdiodemo_greets_a_server() -> None:
    server = EXAMPLES.parent / "servers" / "quote.py"
    with running([sys.executable, str(server), "tcp:0:interface=127.0.0.1"]) as it:
        it.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", it.out[0])
        assert found
        lines = example("stdiodemo.py", f"greet tcp:127.0.0.1:{found[1]}\n").splitlines()
    assert lines[1] == "An apple a day keeps the doctor away"


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """A file with two lines and the beginning of a third one."""
    path = tmp_path / "log"
    path.write_text("one\ntwo\nthr")
    return path


def test_filewatch_prints_a_file_and_what_is_added(watched: Path) -> None:
    with running([sys.executable, "filewatch.py", str(watched)], EXAMPLES) as it:
        it.waitFor(lambda text: text == "one\ntwo\n")
        with watched.open("a") as log:
            log.write("ee\nfour\n")
        it.waitFor(lambda text: text == "one\ntwo\nthree\nfour\n")
        watched.write_text("again\n")
        it.waitFor(lambda text: text == "one\ntwo\nthree\nfour\nagain\n")
        assert it.stop(signal.SIGINT) == 0
