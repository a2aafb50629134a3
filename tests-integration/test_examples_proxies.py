"""The examples of the how-to on passing connections on."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT, Running, ask, freePort, run, running

EXAMPLES = ROOT / "docs" / "examples" / "proxies"
CURL = shutil.which("curl") or ""
ANYWHERE = "tcp:0:interface=127.0.0.1"

needsCurl = pytest.mark.skipif(not CURL, reason="curl is not here: apt-get install curl")


@contextmanager
def server(path: Path, name: str, *arguments: str) -> Iterator[tuple[Running, list[int]]]:
    """Run a server, yield it with its ports, and end it as its user would."""
    ports = 2 if name == "own_proxy.py" else 1
    with running([sys.executable, str(EXAMPLES / name), *arguments], path) as program:
        program.waitFor(lambda text: text.count("listening") == ports)
        found = re.findall(r"port=([0-9]+)", "".join(program.out))
        yield program, [int(port) for port in found]
        assert program.stop() == 0, program.err


def curl(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run curl."""
    command = [CURL, "--silent", "--show-error", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_client_is_told_where_it_comes_from(tmp_path: Path) -> None:
    with server(tmp_path, "who_asks.py", f"haproxy:{ANYWHERE}") as (_, (port,)):
        header = b"PROXY TCP4 192.0.2.1 192.0.2.2 49152 80\r\n"
        assert ask(port, header) == b"you come from 192.0.2.1\r\n"


@needsCurl
def test_curl_is_told_where_it_comes_from(tmp_path: Path) -> None:
    with server(tmp_path, "who_asks.py", f"haproxy:{ANYWHERE}") as (_, (port,)):
        said = curl("--http0.9", "--haproxy-protocol", f"http://127.0.0.1:{port}/").stdout
        assert said.splitlines() == ["you come from 127.0.0.1"]


def test_port_is_passed_on(tmp_path: Path) -> None:
    with (
        server(tmp_path, "who_asks.py", ANYWHERE) as (_, (target,)),
        server(tmp_path, "forward.py", ANYWHERE, "127.0.0.1", str(target)) as (program, (port,)),
    ):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            assert client.makefile("rb").readline() == b"you come from 127.0.0.1\r\n"
        program.waitFor(lambda text: "0 bytes were sent" in text)


@needsCurl
def test_own_proxy_serves_programs_of_this_machine(tmp_path: Path) -> None:
    with (
        server(tmp_path, "who_asks.py", ANYWHERE) as (_, (target,)),
        server(tmp_path, "own_proxy.py", "0", "0") as (_, (port5, port4)),
    ):
        url = f"http://localhost:{target}/"
        for option in (f"--socks5-hostname=127.0.0.1:{port5}", f"--socks4a=127.0.0.1:{port4}"):
            said = curl("--http0.9", *option.split("="), url)
            assert "you come from 127.0.0.1" in said.stdout, said.stderr


@needsCurl
def test_shared_proxy_serves_its_users_where_its_rule_allows_it(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("me:secret\n")
    with (
        server(tmp_path, "who_asks.py", ANYWHERE) as (_, (target,)),
        server(tmp_path, "shared_proxy.py", "127.0.0.0/8", "0") as (inside, (port,)),
        server(tmp_path, "shared_proxy.py", "192.0.2.0/24", "0") as (outside, (other,)),
    ):
        url = f"http://127.0.0.1:{target}/"
        said = curl("--http0.9", "--proxy", f"socks5h://me:secret@127.0.0.1:{port}", url)
        assert "you come from" in said.stdout, said.stderr
        inside.waitFor(lambda text: "me 127.0.0.1 yes" in text)
        assert curl("--proxy", f"socks5h://me:wrong@127.0.0.1:{port}", url).returncode == 97
        assert curl("--proxy", f"socks5h://me:secret@127.0.0.1:{other}", url).returncode == 97
        outside.waitFor(lambda text: "me 127.0.0.1 no" in text)


def test_client_goes_through_a_proxy(tmp_path: Path) -> None:
    with (
        server(tmp_path, "who_asks.py", ANYWHERE) as (_, (target,)),
        server(tmp_path, "own_proxy.py", "0", "0") as (_, (port, _)),
    ):
        command = [sys.executable, str(EXAMPLES / "through.py"), "127.0.0.1", str(port)]
        assert run([*command, "localhost", str(target)], tmp_path) == (
            0,
            "you come from 127.0.0.1\n",
            "",
        )
        status, _, complaint = run([*command, "127.0.0.1", str(freePort())], tmp_path)
        assert status == 1
        assert "the connection was refused" in complaint


def test_both_sides_talk_in_one_process(tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "both_sides.py")]
    assert run(command, tmp_path) == (0, "both sides agree\n", "")
