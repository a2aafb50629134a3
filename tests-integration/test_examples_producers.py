"""The examples of the how-to on producers, over real sockets."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "producers"

TIMEOUT = 60

MANY = 10_000_000
"""Far more numbers than the buffers of two sockets hold."""


@contextmanager
def numbers() -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """Run producers/numbers.py, and yield the number of its port."""
    with subprocess.Popen(
        [sys.executable, "numbers.py", "tcp:0:interface=127.0.0.1"],
        cwd=EXAMPLES,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search("port=([0-9]+)", process.stdout.readline())
            assert found
            yield int(found[1]), process
            process.send_signal(signal.SIGINT)
            assert process.wait(TIMEOUT) == 0
        finally:
            process.kill()


def test_numbers_sends_as_many_as_it_was_asked_for() -> None:
    with numbers() as (port, _), socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
        client.sendall(b"50000\r\n")
        lines = client.makefile("rb").read().splitlines()

    assert len(lines) == 50000
    assert all(line.isdigit() for line in lines)


def test_numbers_waits_for_a_client_that_does_not_read() -> None:
    with numbers() as (port, process):
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
            client.sendall(b"%d\r\n" % MANY)
            assert client.recv(1)
        assert process.stdout is not None
        told = process.stdout.readline()

    assert 0 < int(told.split()[3]) < MANY


def test_numbers_refuses_what_is_no_number() -> None:
    with numbers() as (port, _), socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
        client.sendall(b"many\r\n")
        assert client.recv(1) == b""


def test_slow_reader_saves_everything(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    with numbers() as (port, _):
        subprocess.run(
            [sys.executable, "slow_reader.py", f"tcp:127.0.0.1:{port}", str(path), "200000"],
            cwd=EXAMPLES,
            timeout=TIMEOUT,
            check=True,
        )

    assert path.read_bytes().count(b"\r\n") == 200000
