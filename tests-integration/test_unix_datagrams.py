"""UNIX datagrams with socat as the peer, both ways."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .running import PATIENCE, running

SOCAT = shutil.which("socat") or ""

pytestmark = pytest.mark.skipif(not SOCAT, reason="socat is not here: apt-get install socat")

SERVER = """
import sys
from twisted.internet import reactor
from twisted.internet.protocol import DatagramProtocol

class Upper(DatagramProtocol):
    def startProtocol(self):
        print("open", flush=True)

    def datagramReceived(self, datagram, addr):
        print(datagram, addr, flush=True)
        if addr is not None:
            self.transport.write(datagram.upper(), addr)

reactor.listenUNIXDatagram(sys.argv[1].replace("@", "\\0"), Upper())
reactor.run()
"""

CLIENT = """
import sys
from twisted.internet import reactor
from twisted.internet.protocol import ConnectedDatagramProtocol

class Once(ConnectedDatagramProtocol):
    def startProtocol(self):
        self.transport.write(b"question")

    def datagramReceived(self, datagram):
        print(datagram, flush=True)
        reactor.stop()

    def connectionFailed(self, failure):
        print(failure.getErrorMessage(), flush=True)
        reactor.stop()

reactor.connectUNIXDatagram(sys.argv[1], Once(), bindAddress=sys.argv[2])
reactor.run()
"""


def send(text: bytes, *addresses: str) -> bytes:
    """Send a datagram by socat, and return what comes back."""
    command = [SOCAT, "-T2", *addresses]
    return subprocess.run(
        command, input=text, capture_output=True, timeout=PATIENCE, check=True
    ).stdout


def test_socat_is_answered_at_a_path(tmp_path: Path) -> None:
    path, own = tmp_path / "s", tmp_path / "c"
    with running([sys.executable, "-c", SERVER, str(path)]) as server:
        server.waitFor(lambda said: "open" in said)
        assert send(b"hello", "-t2", "-", f"UNIX-SENDTO:{path},bind={own}") == b"HELLO"
        server.waitFor(lambda said: f"b'hello' {own}" in said)
        assert server.stop() == 0
    assert not path.exists()


def test_socat_sends_to_an_abstract_name(tmp_path: Path) -> None:
    name = str(tmp_path / "s")
    with running([sys.executable, "-c", SERVER, f"@{name}"]) as server:
        server.waitFor(lambda said: "open" in said)
        send(b"hello", "-u", "-", f"ABSTRACT-SENDTO:{name}")
        server.waitFor(lambda said: "b'hello' None" in said)


def test_socat_answers_a_client_with_one_peer(tmp_path: Path) -> None:
    path, own = tmp_path / "s", tmp_path / "c"
    with running([SOCAT, f"UNIX-RECVFROM:{path},fork", "EXEC:tr a-z A-Z"]):
        limit = time.monotonic() + PATIENCE
        while not path.exists():
            assert time.monotonic() < limit, "socat did not open its socket"
            time.sleep(0.01)
        with running([sys.executable, "-c", CLIENT, str(path), str(own)]) as client:
            assert client.end() == 0
            assert "".join(client.out) == "b'QUESTION'\n"
    assert not own.exists()


def test_a_client_without_a_server_is_told(tmp_path: Path) -> None:
    path, own = tmp_path / "s", tmp_path / "c"
    with running([sys.executable, "-c", CLIENT, str(path), str(own)]) as client:
        assert client.end() == 0
        assert "No such file or directory" in "".join(client.out)
    assert not own.exists()
