"""The examples of the how-to on UDP, over real sockets and with socat as a peer."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, Running, freePort, run, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "udp"
LOOPBACK = "127.0.0.1"


@contextmanager
def started(name: str, *arguments: str) -> Iterator[Running]:
    """Run an example, and end it as its user would."""
    with running([sys.executable, name, *arguments], EXAMPLES) as program:
        yield program
        assert program.stop() == 0, program.err


@contextmanager
def server(name: str, *arguments: str) -> Iterator[tuple[Running, int]]:
    """Run a server, and yield it with the number of its port."""
    with started(name, *arguments) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", program.out[0])
        assert found, program.out
        yield program, int(found[1])


def exchanged(family: socket.AddressFamily, host: str, port: int) -> bytes:
    """Send a datagram and return the answer."""
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.sendto(b"hello", (host, port))
        return client.recv(100)


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"]
)
def test_echoserv_udp_sends_back_what_it_receives(family: socket.AddressFamily, host: str) -> None:
    with server("echoserv_udp.py", "0", host) as (program, port):
        assert exchanged(family, host, port) == b"hello"
        program.waitFor(re.compile(f"received b'hello' from {host} [0-9]+\n").search)


def test_echoserv_udp_talks_to_socat() -> None:
    if shutil.which("socat") is None:
        pytest.skip("socat is missing: apt-get install socat")
    with server("echoserv_udp.py", "0") as (_, port):
        # UDP has no end, so the shell ends when it has got what it sent.
        said = subprocess.run(
            ["socat", f"UDP:{LOOPBACK}:{port}", "SYSTEM:echo hello; head -c 6 >&2"],
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    assert said.stderr == b"hello\n"


def test_adopt_datagram_port_serves_the_socket_that_it_opened() -> None:
    with server("adopt_datagram_port.py", "0") as (_, port):
        assert exchanged(socket.AF_INET, LOOPBACK, port) == b"hello"


def test_echoclient_udp_gets_its_datagrams_back() -> None:
    with server("echoserv_udp.py", "0") as (_, port):
        status, out, err = run([sys.executable, "echoclient_udp.py", LOOPBACK, str(port)], EXAMPLES)
    assert (status, err) == (0, "")
    assert out == (
        f"received b'one' from {LOOPBACK} {port}\n"
        f"received b'two' from {LOOPBACK} {port}\n"
        f"received b'three' from {LOOPBACK} {port}\n"
        "done\n"
    )


def test_echoclient_udp_learns_that_nobody_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        # Bound to another address, it keeps the port from others and refuses what comes to ours.
        taken.bind(("127.0.0.2", 0))
        port = str(taken.getsockname()[1])
        status, out, err = run([sys.executable, "echoclient_udp.py", LOOPBACK, port], EXAMPLES)
    assert (status, out, err) == (0, "nobody listens there\n", "")


def test_multicast_servers_answer_the_one_who_asked_the_group() -> None:
    port = str(freePort())
    with (
        server("multicast_server.py", port, LOOPBACK) as (one, _),
        server("multicast_server.py", port, LOOPBACK) as (other, _),
        started("multicast_client.py", port, LOOPBACK) as client,
    ):
        client.waitFor(lambda text: text.count(f"received b'pong' from {LOOPBACK} {port}\n") == 2)
        for asked in (one, other):
            asked.waitFor(re.compile(f"received b'ping' from {LOOPBACK} [0-9]+\n").search)


def test_udpbroadcast_programs_find_one_another() -> None:
    arguments = ("udpbroadcast.py", str(freePort()), "127.255.255.255")
    with started(*arguments) as one, started(*arguments) as other:
        for program, found in ((one, other), (other, one)):
            found.waitFor(lambda text: "\n" in text)
            name = found.out[0].split()[-1]
            program.waitFor(re.compile(f"received b'here is {name}' from [0-9.]+ [0-9]+\n").search)
            assert program.out[0].split()[-1] not in "".join(program.out[1:])
