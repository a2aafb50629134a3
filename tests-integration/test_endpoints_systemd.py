"""systemd's own program for socket activation starts servers of ours."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ACTIVATE = shutil.which("systemd-socket-activate")

pytestmark = pytest.mark.skipif(ACTIVATE is None, reason="systemd is not on this machine")

SERVER = """
import os, sys
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol

class Answer(Protocol):
    def connectionMade(self):
        left = [name for name in os.environ if name.startswith("LISTEN_")]
        self.transport.write(f"{sys.argv[1]} {left}".encode())
        self.transport.loseConnection()

    def connectionLost(self, reason):
        reactor.stop()

serverFromString(reactor, sys.argv[1]).listen(Factory.forProtocol(Answer))
reactor.run()
"""


def freePort(family: socket.AddressFamily, host: str) -> int:
    """Return the number of a port that is free at this moment."""
    with socket.socket(family) as asked:
        asked.bind((host, 0))
        return int(asked.getsockname()[1])


@contextmanager
def activating(description: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run systemd-socket-activate with a server that listens at a description."""
    assert ACTIVATE is not None
    path = os.environ["PATH"]
    command = [ACTIVATE, f"--setenv=PATH={path}", *options, sys.executable, "-c", SERVER]
    with subprocess.Popen([*command, description], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            for _ in range(options.count("--listen") or 1):
                assert b"Listening on" in process.stderr.readline()
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    ("family", "host", "domain"),
    [(socket.AF_INET, "127.0.0.1", "INET"), (socket.AF_INET6, "::1", "INET6")],
)
def test_first_client_starts_the_server_and_is_answered(
    family: socket.AddressFamily, host: str, domain: str
) -> None:
    number = freePort(family, host)
    literal = f"[{host}]" if ":" in host else host
    description = f"systemd:domain={domain}:index=0"
    with activating(description, "--listen", f"{literal}:{number}") as process:
        with socket.create_connection((host, number), timeout=60) as client:
            answer = client.makefile("rb").read()
        _, complaints = process.communicate(timeout=60)

    assert answer.decode() == f"{description} []"
    assert process.returncode == 0
    assert b"Traceback" not in complaints


def test_socket_is_found_by_its_name() -> None:
    one, other = (freePort(socket.AF_INET, "127.0.0.1") for _ in range(2))
    listen = ("--listen", f"127.0.0.1:{one}", "--listen", f"127.0.0.1:{other}")
    with activating("systemd:INET:name=web", *listen, "--fdname=admin:web") as process:
        with socket.create_connection(("127.0.0.1", other), timeout=60) as client:
            answer = client.makefile("rb").read()
        process.communicate(timeout=60)

    assert answer == b"systemd:INET:name=web []"


def test_index_out_of_range_ends_the_server_with_an_error() -> None:
    number = freePort(socket.AF_INET, "127.0.0.1")
    with (
        activating("systemd:INET:1", "--listen", f"127.0.0.1:{number}") as process,
        socket.create_connection(("127.0.0.1", number), timeout=60),
    ):
        _, complaints = process.communicate(timeout=60)

    assert process.returncode == 1
    assert b"there is no socket 1: this process was given 1" in complaints
