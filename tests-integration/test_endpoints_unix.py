"""UNIX sockets as endpoints: curl, inherited sockets, TLS over a path."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TIMEOUT = 60

CURL = shutil.which("curl")

SERVER = """
import sys
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol

class Answer(Protocol):
    def connectionMade(self):
        self.asked = b""

    def dataReceived(self, data):
        self.asked += data
        if self.asked.endswith(b"\\r\\n\\r\\n"):
            self.transport.write(b"HTTP/1.0 200 OK\\r\\n\\r\\n" + self.asked.split()[1])
            self.transport.loseConnection()

def listening(port):
    print("listening", flush=True)

def failed(failure):
    print(failure.getErrorMessage(), flush=True)
    reactor.stop()

endpoint = serverFromString(reactor, sys.argv[1])
endpoint.listen(Factory.forProtocol(Answer)).addCallbacks(listening, failed)
reactor.run()
"""


@contextmanager
def serving(description: str, *descriptors: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a small web server at an endpoint; its first line is still to be read."""
    command = [sys.executable, "-c", SERVER, description]
    with subprocess.Popen(command, pass_fds=descriptors, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def lineOf(process: "subprocess.Popen[bytes]") -> bytes:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def ask(path: Path) -> bytes:
    """Return the answer of a web server at a path to /question."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(TIMEOUT)
        client.connect(str(path))
        client.sendall(b"GET /question HTTP/1.0\r\n\r\n")
        return client.makefile("rb").read()


@pytest.mark.skipif(CURL is None, reason="curl is not on this machine")
def test_curl_is_answered_at_a_path(tmp_path: Path) -> None:
    assert CURL is not None
    path = tmp_path / "web.sock"
    with serving(f"unix:{path}") as process:
        assert lineOf(process) == b"listening\n"
        command = [CURL, "--silent", "--unix-socket", str(path), "http://localhost/question"]
        answer = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=True).stdout

    assert answer == b"/question"


def test_killed_server_leaves_a_path_that_the_next_one_takes(tmp_path: Path) -> None:
    path = tmp_path / "web.sock"
    with serving(f"unix:{path}") as process:
        assert lineOf(process) == b"listening\n"
        process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT)
    assert path.exists()
    with serving(f"unix:{path}") as process:
        assert lineOf(process) == b"listening\n"
        assert ask(path).endswith(b"/question")


def test_second_server_is_told_that_the_path_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "web.sock"
    with serving(f"unix:{path}") as first:
        assert lineOf(first) == b"listening\n"
        with serving(f"unix:{path}") as second:
            assert b"Cannot listen on" in lineOf(second)
        assert ask(path).endswith(b"/question")


def test_inherited_socket_at_a_path_is_served_and_left_there(tmp_path: Path) -> None:
    path = tmp_path / "web.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        description = f"fd:{listening.fileno()}:domain=UNIX"
        with serving(description, listening.fileno()) as process:
            answer = ask(path)
            process.send_signal(signal.SIGINT)
            process.wait(TIMEOUT)

    assert answer.endswith(b"/question")
    assert path.exists()
