"""The examples of the how-to on endpoints, with the programs that others have for sockets."""

import os
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

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"

TIMEOUT = 30

SOCAT = shutil.which("socat")

needsSocat = pytest.mark.skipif(SOCAT is None, reason="socat is not on this machine")


@contextmanager
def started(*arguments: str, path: Path | None = None) -> Iterator[str]:
    """Run a server of the examples, return its first line, and end it as its user would."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(TIMEOUT) == 0
        finally:
            process.kill()


def portIn(line: str) -> int:
    """Return the number of the port that a line tells of."""
    found = re.search(r"port=([0-9]+)", line)
    assert found, line
    return int(found[1])


def reach(*descriptions: str, path: Path | None = None) -> list[str]:
    """Return what endpoints/reach.py says."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    told = subprocess.run(
        [sys.executable, "endpoints/reach.py", *descriptions],
        cwd=EXAMPLES,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    return told.stdout.splitlines()


def socat(description: str, data: bytes) -> bytes:
    """Return what a server answers to socat."""
    assert SOCAT is not None
    command = [SOCAT, "-t", "10", "-", description]
    return subprocess.run(
        command, input=data, capture_output=True, timeout=TIMEOUT, check=True
    ).stdout


@needsSocat
def test_echo_at_a_unix_socket_answers_socat(tmp_path: Path) -> None:
    path = tmp_path / "echo.sock"
    with started("servers/echo.py", f"unix:{path}:mode=600") as line:
        assert "UNIXAddress" in line
        mode = path.stat().st_mode & 0o777
        answer = socat(f"UNIX-CONNECT:{path}", b"over a path")

    assert (mode, answer) == (0o600, b"over a path")
    assert not path.exists()


def test_relay_joins_tcp_and_unix(tmp_path: Path) -> None:
    path = tmp_path / "echo.sock"
    data = os.urandom(1 << 18)
    with (
        started("servers/echo.py", f"unix:{path}"),
        started("endpoints/relay.py", "tcp:0:interface=127.0.0.1", f"unix:{path}") as line,
        socket.create_connection(("127.0.0.1", portIn(line)), TIMEOUT) as client,
        client.makefile("rb") as answers,
    ):
        for start in range(0, len(data), 4096):
            client.sendall(data[start : start + 4096])
            assert answers.read(4096) == data[start : start + 4096]


def test_relay_without_a_destination_closes_the_connection(tmp_path: Path) -> None:
    missing = tmp_path / "missing.sock"
    with (
        started("endpoints/relay.py", "tcp:0:interface=127.0.0.1", f"unix:{missing}") as line,
        socket.create_connection(("127.0.0.1", portIn(line)), TIMEOUT) as client,
    ):
        assert client.recv(1) == b""


@needsSocat
def test_client_of_a_path_reaches_socat(tmp_path: Path) -> None:
    assert SOCAT is not None
    path = tmp_path / "socat.sock"
    with subprocess.Popen([SOCAT, "-d", "-d", f"UNIX-LISTEN:{path}", "-"], stderr=-1) as listener:
        assert listener.stderr is not None
        while b"listening on" not in (line := listener.stderr.readline()):
            assert line
        (answer,) = reach(f"unix:path={path}")
        listener.kill()

    assert answer.startswith(f"unix:path={path} yes: UNIXAddress")


def test_reach_says_why_it_could_not(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        refused, missing, unknown = reach(
            f"tcp:127.0.0.1:{number}", f"unix:{tmp_path / 'missing'}", "nosuch:80"
        )

    assert "refused" in refused
    assert " no: " in missing
    assert "'nosuch' is no type of client endpoint" in unknown


def test_plugin_teaches_programs_its_type_for_both_ends(tmp_path: Path) -> None:
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    name = "loopback_endpoints.py"
    shutil.copy(EXAMPLES / "endpoints" / "twisted" / "plugins" / name, plugins / name)
    with started("servers/echo.py", "loopback:0", path=tmp_path) as line:
        (answer,) = reach(f"loopback:{portIn(line)}", path=tmp_path)

    assert "host='127.0.0.1'" in line
    assert " yes: " in answer


@needsSocat
def test_socket_of_the_parent_is_served() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number = listening.getsockname()[1]
        with subprocess.Popen(
            [sys.executable, "servers/echo.py", f"fd:{listening.fileno()}"],
            cwd=EXAMPLES,
            pass_fds=[listening.fileno()],
            stdout=subprocess.PIPE,
        ) as process:
            answer = socat(f"TCP:127.0.0.1:{number}", b"handed on")
            process.send_signal(signal.SIGINT)
            assert process.wait(TIMEOUT) == 0

    assert answer == b"handed on"


SHOUT = [sys.executable, str(EXAMPLES / "endpoints" / "shout.py"), "stdio:"]


def test_standard_input_and_output_are_served() -> None:
    done = subprocess.run(SHOUT, input=b"hello", capture_output=True, timeout=TIMEOUT, check=True)
    assert done.stdout == b"HELLO"
    assert done.stderr == b"listening on PipeAddress()\n"


@needsSocat
def test_socat_starts_a_server_for_each_connection(tmp_path: Path) -> None:
    assert SOCAT is not None
    path = tmp_path / "shout.sock"
    # Without its colon, which socat would take for one of its own.
    program = " ".join(SHOUT).removesuffix(":")
    command = [SOCAT, "-d", "-d", f"UNIX-LISTEN:{path},fork", f"EXEC:{program}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as listener:
        assert listener.stderr is not None
        while b"listening on" not in (line := listener.stderr.readline()):
            assert line
        answers = [socat(f"UNIX-CONNECT:{path}", text) for text in (b"one", b"two")]
        listener.terminate()
        listener.stderr.read()

    assert answers == [b"ONE", b"TWO"]
