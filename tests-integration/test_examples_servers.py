"""The examples of the how-tos on servers and clients, over real sockets."""

import re
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


@contextmanager
def started(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run an example, and end it as its user would."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 0
    finally:
        process.kill()
        process.communicate()


@contextmanager
def server(name: str, description: str) -> Iterator[tuple[str, int]]:
    """Run a server, and return where it listens."""
    with started(f"servers/{name}.py", description) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"host='([^']+)', port=([0-9]+)", line)
        assert found, line
        yield found[1], int(found[2])


@pytest.mark.parametrize(
    "description", ["tcp:0:interface=127.0.0.1", r"tcp6:0:interface=\:\:1"], ids=["IPv4", "IPv6"]
)
def test_echo_sends_back_every_byte(description: str) -> None:
    data = bytes(range(256)) * 4000
    with (
        server("echo", description) as address,
        socket.create_connection(address, TIMEOUT) as client,
    ):
        received = b""
        for start in range(0, len(data), 65536):
            piece = data[start : start + 65536]
            client.sendall(piece)
            while len(received) < start + len(piece):
                received += client.recv(65536)
    assert received == data


def test_echo_keeps_clients_apart() -> None:
    with (
        server("echo", "tcp:0:interface=127.0.0.1") as address,
        socket.create_connection(address, TIMEOUT) as one,
        socket.create_connection(address, TIMEOUT) as other,
    ):
        one.sendall(b"one")
        other.sendall(b"two")
        assert other.recv(3) == b"two"
        assert one.recv(3) == b"one"


def test_quote_greets_and_closes() -> None:
    with (
        server("quote", "tcp:0:interface=127.0.0.1") as address,
        socket.create_connection(address, TIMEOUT) as client,
        client.makefile("rb") as file,
    ):
        assert file.read() == (b"An apple a day keeps the doctor away\r\nYou are one of 1.\r\n")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )


def test_welcome_prints_what_the_server_answers() -> None:
    with server("echo", "tcp:0:interface=127.0.0.1") as (host, port):
        done = run("clients/welcome.py", f"tcp:{host}:{port}")
    assert (done.returncode, done.stdout) == (0, "Good morning, I come to listen.\n")


def test_welcome_connects_by_name() -> None:
    with server("echo", "tcp:0:interface=127.0.0.1") as (_, port):
        done = run("clients/welcome.py", f"tcp:localhost:{port}")
    assert (done.returncode, done.stdout) == (0, "Good morning, I come to listen.\n")


def freePort() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


def test_welcome_says_in_one_line_why_it_cannot_connect() -> None:
    done = run("clients/welcome.py", f"tcp:127.0.0.1:{freePort()}")
    assert done.returncode == 1
    assert "cannot connect" in done.stderr
    assert "refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_staying_connected_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(TIMEOUT)
        port = listening.getsockname()[1]
        with started("clients/staying_connected.py", "127.0.0.1", str(port)) as process:
            assert process.stdout is not None
            for greeting in ("first", "second"):
                connection, _ = listening.accept()
                connection.sendall(greeting.encode() + b"\n")
                assert process.stdout.readline() == "connecting\n"
                assert process.stdout.readline() == f"received {greeting}\n"
                connection.close()
                assert process.stdout.readline().startswith("lost:")


def test_greeter_sends_its_messages_in_order_and_leaves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(TIMEOUT)
        port = listening.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "clients/greeter.py", f"tcp:127.0.0.1:{port}"], cwd=EXAMPLES
        )
        try:
            connection, _ = listening.accept()
            connection.settimeout(TIMEOUT)
            with connection, connection.makefile("rb") as file:
                assert file.read() == b"MESSAGE Hello\nMESSAGE This is sent in a second\n"
            assert process.wait(TIMEOUT) == 0
        finally:
            process.kill()
            process.wait()


def test_examples_of_tests_pass() -> None:
    # testing/knock.py is the service that the first of them tests.
    tests = ("testing/test_knock.py", "testing/test_telegraph.py")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", *tests)
    assert done.returncode == 0, done.stdout
