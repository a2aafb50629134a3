"""The examples of the how-to on processes, with the programs that they start."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, Running, ask, run, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "processes"
ANYWHERE = "tcp:0:interface=127.0.0.1"


def example(name: str, *arguments: str, variables: dict[str, str] | None = None) -> str:
    """Run an example to its end and return what it printed."""
    status, out, err = run([sys.executable, name, *arguments], EXAMPLES, variables)
    assert status == 0, err
    return out


@contextmanager
def server(name: str, *arguments: str) -> Iterator[tuple[Running, int]]:
    """Run a server, yield it with the number of its port, and end it as its user would."""
    with running([sys.executable, name, *arguments], EXAMPLES) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", program.out[0])
        assert found, program.out
        yield program, int(found[1])
        assert program.stop() == 0, program.err


def test_count_words_counts_what_it_was_given() -> None:
    text = "accessing protocols through Twisted is fun!\n"
    assert example("count_words.py", text) == "1 lines, 6 words, 44 bytes\n"


def test_process_tells_of_everything_that_happens() -> None:
    lines = example("process.py").splitlines()
    assert sorted(lines) == sorted(
        [
            "connectionMade: it runs",
            "inConnectionLost: its standard input is closed (by us)",
            "outReceived: 24 bytes",
            "outConnectionLost: it counted 40 lines",
            "errConnectionLost: its standard error is closed",
            "processExited: status 0",
            "processEnded: status 0",
        ]
    )
    assert lines[0].startswith("connectionMade")
    assert lines[-1].startswith("processEnded")


def script(path: Path, text: str) -> str:
    """Write a shell script that can be run, and return its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_quotes_sends_what_a_program_prints(tmp_path: Path) -> None:
    fortune = script(tmp_path / "fortune", "echo It is a good day for a walk.")
    with server("quotes.py", ANYWHERE, fortune) as (_, port):
        assert ask(port, b"") == b"It is a good day for a walk.\n"
        assert ask(port, b"") == b"It is a good day for a walk.\n"


def test_quotes_of_fortune() -> None:
    fortune = "/usr/games/fortune"
    if not os.access(fortune, os.X_OK):
        pytest.skip("fortune is missing: apt-get install fortune-mod fortunes-min")
    with server("quotes.py", ANYWHERE, fortune) as (_, port):
        assert ask(port, b"").strip()


@pytest.mark.parametrize("text", ["echo a bad day >&2; echo and text", None])
def test_quotes_sends_nothing_where_the_program_fails(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "fortune"
    with server("quotes.py", ANYWHERE, script(path, text) if text else str(path)) as (it, port):
        assert ask(port, b"") == b""
        it.waitFor(lambda out: "no quote:" in out)


def test_trueandfalse_prints_two_statuses() -> None:
    assert example("trueandfalse.py") == (
        "/bin/true exits with status 0\n/bin/false exits with status 1\n"
    )


def test_calculator_asks_one_bc_again_and_again() -> None:
    if shutil.which("bc") is None:
        pytest.skip("bc is missing: apt-get install bc")
    out = example("calculator.py", "2+3", "1/0", "2^64")
    assert out == "2+3 = 5\n1/0 = ?\n2^64 = 18446744073709551616\n"


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A file that the passphrase "sesame" opens, and the variables that gpg needs."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is missing: apt-get install gpg gpg-agent")
    # Below its home gpg-agent makes a socket, whose path has to be short.
    home = Path(tempfile.mkdtemp())
    variables = {"GNUPGHOME": str(home)}
    path = tmp_path / "secret.gpg"
    try:
        subprocess.run(
            ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "sesame"]
            + ["--symmetric", "--output", path],
            input=b"the plaintext",
            env={**os.environ, **variables},
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        yield path, variables
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, **variables}, check=False)
        shutil.rmtree(home)


def test_decrypt_decrypts(encrypted: tuple[Path, dict[str, str]]) -> None:
    path, variables = encrypted
    assert example("decrypt.py", "sesame", str(path), variables=variables) == "the plaintext"


def test_decrypt_tells_of_a_wrong_passphrase(encrypted: tuple[Path, dict[str, str]]) -> None:
    path, variables = encrypted
    command = [sys.executable, "decrypt.py", "wrong", str(path)]
    status, out, err = run(command, EXAMPLES, variables)
    assert (status, out) == (1, "")
    assert "gpg: decryption failed" in err
    assert "gpg did not decrypt" in err


def test_ptyserv_gives_a_terminal_to_each_client() -> None:
    with server("ptyserv.py", ANYWHERE) as (_, port):
        answer = ask(port, b"tty; exit\n")
    assert re.search(rb"/dev/pts/[0-9]+\r\n", answer), answer


def test_ptyserv_hangs_up_when_the_client_leaves() -> None:
    with server("ptyserv.py", ANYWHERE) as (_, port):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(b"echo pid=$$.\n")
            said = b""
            while not (found := re.search(rb"pid=([0-9]+)\.", said)):
                said += client.recv(1000)
        deadline = time.monotonic() + PATIENCE
        while Path("/proc", found[1].decode()).exists():
            assert time.monotonic() < deadline, "the shell goes on"
            time.sleep(0.01)


def test_inetd_lets_a_program_serve_a_connection() -> None:
    data = os.urandom(100_000)
    with (
        server("inetd.py", ANYWHERE, "cat") as (_, port),
        socket.create_connection(("127.0.0.1", port), PATIENCE) as client,
    ):
        answer = b""
        for start in range(0, len(data), 10_000):
            client.sendall(data[start : start + 10_000])
            while len(answer) < start + 10_000:
                answer += client.recv(10_000)
        client.shutdown(socket.SHUT_WR)  # at the end of its input cat ends
        assert client.recv(1) == b""
    assert answer == data


def test_inetd_serves_ncat() -> None:
    if shutil.which("ncat") is None:
        pytest.skip("ncat is missing: apt-get install ncat")
    with server("inetd.py", ANYWHERE, "tr", "a-z", "A-Z") as (_, port):
        said = subprocess.run(
            ["ncat", "127.0.0.1", str(port)], input=b"hello", capture_output=True, timeout=PATIENCE
        )
    assert said.stdout == b"HELLO"
