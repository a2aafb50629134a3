"""The first programs of the finger tutorial, step01.py to step09.py, asked by nc and by sockets."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .daemons import waitFor
from .running import PATIENCE, ROOT, ask, running

EXAMPLES = ROOT / "docs" / "examples" / "finger-tutorial"
LOOPBACK = "tcp:0:interface=127.0.0.1"


@contextmanager
def step(name: str, **variables: str) -> Iterator[int]:
    """Run a step on a free port, and end it as its user would."""
    command = [sys.executable, f"{name}.py", LOOPBACK]
    with running(command, EXAMPLES, variables) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", "".join(program.out))
        assert found, program.out
        yield int(found[1])
        assert program.stop() == 0
        assert program.err == []


def catches(pid: int, number: int) -> bool:
    """Whether a process has a function of its own for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    assert found
    return bool(int(found[1], 16) & (1 << (number - 1)))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_program_without_events_waits_for_ctrl_c() -> None:
    with running([sys.executable, "step01.py"], EXAMPLES) as program:
        # A loop that runs looks after SIGTERM; Python alone does not.
        waitFor(lambda: catches(program.process.pid, signal.SIGTERM), "the loop")
        program.stop()
        assert program.err == []


def test_connection_is_taken_and_nothing_is_done_with_it() -> None:
    with step("step02") as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"ada\r\n")
        # Whoever comes later is served no sooner, so the first had its time.
        with socket.create_connection(("127.0.0.1", port)):
            client.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.recv(1)


def test_connection_is_ended_at_once() -> None:
    with step("step03") as port:
        assert ask(port, b"") == b""


def test_connection_is_ended_after_a_line() -> None:
    with step("step04") as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(b"ad")
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.settimeout(PATIENCE)
        client.sendall(b"a\r\n")
        assert client.recv(1) == b""


@pytest.mark.parametrize("name", ["step05", "step06", "step07", "step08", "step09"])
def test_nobody_knows_a_stranger(name: str) -> None:
    with step(name) as port:
        assert ask(port, b"--nobody at all\r\n") == b"No such user\r\n"


@pytest.mark.parametrize("name", ["step04", "step05", "step06", "step07", "step08", "step09"])
def test_endless_line_ends_the_connection(name: str) -> None:
    with step(name) as port, socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(b"x" * 600)
        assert client.recv(1) == b""


@pytest.mark.parametrize("name", ["step07", "step08"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_status_of_a_user_is_told(name: str, end: bytes) -> None:
    with step(name) as port:
        assert ask(port, b"ada" + end) == b"Counting on the engine\r\n"


@pytest.mark.skipif(shutil.which("nc") is None, reason="nc is missing: apt-get install ncat")
def test_nc_shows_the_status() -> None:
    with step("step08") as port:
        done = subprocess.run(
            ["nc", "127.0.0.1", str(port)], input=b"ada\n", capture_output=True, timeout=PATIENCE
        )
    assert done.stdout == b"Counting on the engine\r\n"


@pytest.mark.skipif(
    shutil.which("finger") is None, reason="finger is missing: apt-get install finger"
)
def test_program_finger_is_asked() -> None:
    user = pwd.getpwuid(os.getuid()).pw_name
    with step("step09") as port:
        answer = ask(port, user.encode() + b"\r\n")
    assert f"Login: {user}" in answer.decode()


def test_missing_program_is_an_internal_error() -> None:
    with step("step09", PATH="/nowhere") as port:
        assert ask(port, b"ada\r\n") == b"Internal error in server\r\n"
