"""The examples of the how-to on UNIX sockets, with socat as another client."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT, run, running

EXAMPLES = ROOT / "docs" / "examples" / "unix-sockets"

SOCAT = shutil.which("socat") or ""

needsSocat = pytest.mark.skipif(not SOCAT, reason="socat is not here: apt-get install socat")


def example(name: str, *arguments: str | Path) -> list[str]:
    """Return the command that runs an example."""
    return [sys.executable, str(EXAMPLES / name), *map(str, arguments)]


@needsSocat
def test_a_client_is_told_who_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with running(example("whoami.py", path)) as server:
        server.waitFor(lambda said: "listening" in said)
        with subprocess.Popen(
            [SOCAT, "-u", f"UNIX-CONNECT:{path}", "-"], stdout=subprocess.PIPE
        ) as client:
            said = client.communicate(timeout=PATIENCE)[0].decode()
        assert server.stop() == 0
    me = pwd.getpwuid(os.getuid()).pw_name
    assert said == f"you are {me}, process {client.pid}\n"
    assert os.listdir(tmp_path) == []


def test_a_server_that_was_killed_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for _ in range(2):
        with running(example("whoami.py", path)) as server:
            server.waitFor(lambda said: "listening" in said)
            server.stop(signal.SIGKILL)
        assert path.is_socket()


def test_the_second_server_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with running(example("whoami.py", path)) as server:
        server.waitFor(lambda said: "listening" in said)
        status, _, complaint = run(example("whoami.py", path))
        assert status == 1
        assert "a server that is alive holds the lock" in complaint


def test_the_lines_of_an_open_file_are_counted(tmp_path: Path) -> None:
    path, secret = tmp_path / "s", tmp_path / "secret"
    secret.write_text("one\ntwo\nthree\n")
    with running(example("count_lines.py", path)) as server:
        server.waitFor(lambda said: "listening" in said)
        assert path.stat().st_mode & 0o777 == 0o600
        assert run(example("send_file.py", path, secret)) == (0, "3 lines\n", "")


def test_without_a_server_the_client_says_so(tmp_path: Path) -> None:
    status, _, complaint = run(example("send_file.py", tmp_path / "s", __file__))
    assert status == 1
    assert "no server that is alive holds" in complaint


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_notes_are_collected_and_numbered(tmp_path: Path, abstract: bool) -> None:
    path = tmp_path / "s"
    name = f"@{path}" if abstract else str(path)
    with running(example("collect.py", name)) as server:
        server.waitFor(lambda said: "listening" in said)
        for number in (1, 2):
            assert run(example("note.py", name, f"hello {number}")) == (0, f"note {number}\n", "")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nameless:
            nameless.sendto(b"no answer, please", f"\0{path}" if abstract else str(path))
        server.waitFor(lambda said: "hello 1\nhello 2\nno answer, please\n" in said)
        assert server.stop() == 0
    assert os.listdir(tmp_path) == []


def test_a_note_that_nobody_takes_is_an_error(tmp_path: Path) -> None:
    status, _, complaint = run(example("note.py", tmp_path / "s", "hello"))
    assert status == 1
    assert "No such file or directory" in complaint
    assert "During handling" not in complaint
