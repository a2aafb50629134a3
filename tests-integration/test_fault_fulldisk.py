"""A server whose disk is full says so to those who can act, serves the others, and recovers."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .running import PATIENCE, Running, running

RECEIVER = Path(__file__).parent / "fault_receiver.py"
DISK = 256 * 1024
LARGE = bytes(range(256)) * 400
NO_SPACE = "No space left on device"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A receiver on a small disk of its own, which nobody else sees."""
    if shutil.which("unshare") is None:
        pytest.skip("a disk of its own needs unshare: install util-linux")
    mount = f"mount -t tmpfs -o size={DISK} none {tmp_path}"
    tried = subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(
            f"no disk can be mounted here: {tried.stderr.strip()}. Run this as root, or allow user "
            "namespaces (sysctl kernel.unprivileged_userns_clone=1)"
        )
    command = f'{mount} && exec "$0" "$@"'
    with running(
        ["unshare", "-rm", "sh", "-c", command, sys.executable, str(RECEIVER), str(tmp_path)]
    ) as found:
        found.waitFor(lambda out: "\n" in out)
        yield found


def portOf(server: Running) -> int:
    return int(server.out[0])


def tell(server: Running, data: bytes) -> str:
    """Send all, then send no more, and return what is answered; nothing if it was reset."""
    with socket.create_connection(("127.0.0.1", portOf(server)), timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            # It was answered before everything was sent.
            pass
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer.decode()


def test_full_disk_is_told_to_those_who_can_act(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", portOf(server)), timeout=PATIENCE) as other:

        def isServed() -> bool:
            other.sendall(b"?")
            return other.recv(1) == b"?"

        other.sendall(b"echo\n")
        assert isServed()
        assert tell(server, b"store before\n" + LARGE) == str(len(LARGE))
        assert tell(server, b"fill\n") == "full"
        for number in range(5):
            # The sender is told, and so is whoever looks at the errors of a careless server.
            assert NO_SPACE in tell(server, b"store %d\n" % number + LARGE)
            assert tell(server, b"careless %d\n" % number + LARGE) == ""
            assert isServed()
        assert tell(server, b"free\n") == "free"
        assert tell(server, b"store after\n" + LARGE) == str(len(LARGE))
        assert isServed()
    text = tell(server, b"log\n")
    assert "events lost while this file could not be written: " in text
    assert "after was stored" in text
    said = "".join(server.err)
    assert said.count("dataReceived of") == 5
    # That the log can't be written is said when that begins, not for each event. It may begin again
    # after an incomplete file was removed.
    assert 1 <= said.count(NO_SPACE) - 5 <= 5
    assert server.process.poll() is None


def test_log_that_is_rotated_on_a_full_disk_goes_on(server: Running) -> None:
    assert tell(server, b"fill\n") == "full"
    for _ in range(50):
        assert tell(server, b"nothing " + b"x" * 50 + b"\n") == ""
    assert tell(server, b"free\n") == "free"
    for number in range(300):
        assert tell(server, b"nothing %d %s\n" % (number, b"x" * 50)) == ""
    assert "nothing 299" in tell(server, b"log\n")
