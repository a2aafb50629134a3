"""The finger service as a command: what people see, and what clients get.

The command is fingerd/tap.py, made known by twisted/plugins/finger_plugin.py.
"""

import asyncio
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT, TWIST, Running, ask, freePort, run, running

EXAMPLE = ROOT / "docs" / "examples" / "finger"
LISTENING = "The finger service listens on "


def command(port: int, *options: str) -> list[str]:
    return [TWIST, "finger", "--endpoint", f"tcp:{port}:interface=127.0.0.1", *options]


@pytest.fixture
def port() -> int:
    """The port of the service."""
    return freePort()


@pytest.fixture
def service(port: int) -> Iterator[Running]:
    """The service with the users that are built in."""
    with running(command(port), EXAMPLE) as it:
        it.waitFor(lambda text: "Ctrl-C" in text)
        yield it


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file with one user."""
    path = tmp_path / "users"
    path.write_text("[bob]\nname = Bob\nstatus = first\n")
    return path


def test_user_is_described(service: Running, port: int) -> None:
    assert ask(port, b"alice\r\n") == (
        b"Login: alice  Name: Alice Liddell\r\nStatus: Down the rabbit hole\r\n"
    )


def test_switch_asks_for_more(service: Running, port: int) -> None:
    assert b"the little door." in ask(port, b"/W alice\r\n")


def test_empty_query_lists_everybody(service: Running, port: int) -> None:
    assert len(ask(port, b"\r\n").splitlines()) == 4


def test_forwarding_is_refused(service: Running, port: int) -> None:
    assert ask(port, b"alice@elsewhere.example\r\n") == b"Finger forwarding service denied.\r\n"


@pytest.mark.parametrize("query", [b"\xff\x00\r\n", b"a b c\r\n", b"x" * 100_000])
def test_bad_query_is_answered_with_one_line(service: Running, port: int, query: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(query)
        answer = connection.recv(65536)
    assert answer.startswith(b"Malformed query: ")
    assert answer.count(b"\r\n") == 1


def test_what_is_printed_can_be_typed(service: Running) -> None:
    line = next(line for line in "".join(service.out).splitlines() if "python3 -c" in line)
    tried = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert tried.stdout.startswith("Login: alice")
    assert tried.stderr == ""


def test_queries_are_logged_on_one_line_each(service: Running, port: int) -> None:
    ask(port, b"alice\x1b[2J\rforged\r\n")
    service.waitFor(lambda text: "forged" in text)
    lines = [line for line in service.out if "forged" in line]
    assert len(lines) == 1
    assert lines[0].rstrip("\n").isprintable()
    assert "127.0.0.1" in lines[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_with_status_0(service: Running, port: int, number: int) -> None:
    assert service.stop(number) == 0
    assert service.err == []
    with pytest.raises(ConnectionRefusedError):
        ask(port, b"alice\r\n")


def test_connection_that_asks_nothing_does_not_hold_up_the_end(service: Running, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as idle:
        ask(port, b"alice\r\n")
        assert service.stop() == 0
        assert idle.recv(1) == b""


def test_end_waits_for_an_answer_that_is_being_sent(port: int, tmp_path: Path) -> None:
    # Larger than what the kernel takes at once, so that most of it is still to be sent.
    path = tmp_path / "users"
    plan = "\n".join(f"    {number:0100}" for number in range(30_000))
    path.write_text(f"[bob]\nplan =\n{plan}\n")
    with running(command(port, "--users", str(path)), EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.settimeout(PATIENCE)
            slow.connect(("127.0.0.1", port))
            slow.sendall(b"/W bob\r\n")
            answer = slow.recv(1000)
            service.process.send_signal(signal.SIGINT)
            service.waitFor(lambda text: "Closed" in text)
            with pytest.raises(ConnectionRefusedError):
                ask(port, b"bob\r\n")
            # Impatience changes nothing.
            service.process.send_signal(signal.SIGINT)
            while data := slow.recv(1_000_000):
                answer += data
        assert service.end() == 0
    assert "Traceback" not in "".join(service.out)
    assert answer.endswith(b"%0100d\r\n" % 29_999)
    assert answer.count(b"\r\n") == 30_002


def test_thousand_simultaneous_queries_are_answered(port: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3000:
        pytest.skip("it needs 3000 file descriptors: raise the hard limit (ulimit -Hn)")
    wanted = max(soft, 3000)

    async def query(gate: asyncio.Event, number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if number == 999:
            gate.set()
        await gate.wait()
        writer.write(b"alice\r\n" if number % 2 else b"/W alice\r\n")
        answer = await reader.read()
        writer.close()
        return answer

    async def everybody() -> list[bytes]:
        gate = asyncio.Event()
        return await asyncio.gather(*(query(gate, number) for number in range(1000)))

    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        with running(command(port), EXAMPLE) as service:
            service.waitFor(lambda text: "Ctrl-C" in text)
            answers = asyncio.run(asyncio.wait_for(everybody(), PATIENCE))
            assert service.stop() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    short, long = ask_both(answers)
    assert short == {b"Login: alice  Name: Alice Liddell\r\nStatus: Down the rabbit hole\r\n"}
    assert len(long) == 1
    assert service.err == []


def ask_both(answers: list[bytes]) -> tuple[set[bytes], set[bytes]]:
    """Return the different answers without and with the plan."""
    return {a for a in answers if b"Plan" not in a}, {a for a in answers if b"Plan" in a}


def test_changed_file_is_read_again(port: int, users: Path) -> None:
    with running(command(port, "--users", str(users)), EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert b"Status: first" in ask(port, b"bob\r\n")
        new = users.with_suffix(".new")
        new.write_text("[bob]\nstatus = second\n")
        os.replace(new, users)
        assert b"Status: second" in ask(port, b"bob\r\n")


def test_broken_file_leaves_the_users_and_is_logged_once(port: int, users: Path) -> None:
    with running(command(port, "--users", str(users)), EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        users.unlink()
        for _ in range(3):
            assert b"Status: first" in ask(port, b"bob\r\n")
        assert service.stop() == 0
    assert "".join(service.out).count("The users stay as they were") == 1


def refused(status: int, out: str, err: str) -> str:
    """Return the one line of a command that refused to run."""
    assert status not in (0, 1)
    assert LISTENING not in out
    assert err.count("\n") == 1
    assert "Traceback" not in err + out
    return err


def test_port_that_is_taken_is_one_line(service: Running, port: int) -> None:
    line = refused(*run(command(port), EXAMPLE))
    assert f"127.0.0.1:{port}" in line
    assert "another program listens there: stop it or choose another port" in line


def test_missing_file_is_one_line(port: int, tmp_path: Path) -> None:
    line = refused(*run(command(port, "--users", str(tmp_path / "none")), EXAMPLE))
    assert "No such file or directory. Check the name." in line


def test_file_that_is_none_is_one_line(port: int, tmp_path: Path) -> None:
    refused(*run(command(port, "--users", str(tmp_path)), EXAMPLE))


def test_file_of_somebody_else_is_one_line(port: int, users: Path) -> None:
    asking = command(port, "--users", str(users))
    if os.geteuid() == 0:
        # Root may read every file until it gives that up.
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is missing: apt-get install util-linux, or run as another user")
        asking[:0] = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    users.chmod(0)
    assert "Permission denied" in refused(*run(asking, EXAMPLE))


def test_file_that_describes_no_users_is_one_line(port: int, users: Path) -> None:
    users.write_text("[bob\n")
    line = refused(*run(command(port, "--users", str(users)), EXAMPLE))
    assert str(users) in line
    assert "line 1 comes before" in line


@pytest.mark.parametrize(
    "options", [["--bogus"], ["more"], ["--endpoint", "ftp:21"], ["--endpoint", "tcp:ninety"]]
)
def test_wrong_option_is_one_line(options: list[str]) -> None:
    line = refused(*run([TWIST, "finger", *options], EXAMPLE))
    assert "Try 'twist finger --help'." in line


def test_help_lists_the_options() -> None:
    status, out, _ = run([TWIST, "finger", "--help"], EXAMPLE)
    assert status == 0
    assert "--users" in out
    assert "--endpoint" in out


def test_service_listens_on_ipv6(tmp_path: Path) -> None:
    try:
        port = freePort("::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with running([TWIST, "finger", "-e", rf"tcp6:{port}:interface=\:\:1"], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert b"Alice" in ask(port, b"alice\r\n", "::1")
        assert f"[::1]:{port}" in "".join(service.out)


def test_demo_of_the_readme_runs(port: int) -> None:
    demo = [sys.executable, str(ROOT / "tools" / "dev.py"), "demo"]
    endpoint = f"tcp:{port}:interface=127.0.0.1"
    with running([*demo, "--endpoint", endpoint], variables={"PYTHONPATH": ""}) as service:
        service.waitFor(lambda text: LISTENING in text)
        assert b"Alice" in ask(port, b"alice\r\n")
        assert service.stop() == 0


def test_demo_finds_files_from_where_it_was_started(port: int, tmp_path: Path) -> None:
    (tmp_path / "people").write_text("[zoe]\n")
    demo = [sys.executable, str(ROOT / "tools" / "dev.py"), "demo", "--users=people"]
    endpoint = f"tcp:{port}:interface=127.0.0.1"
    with running([*demo, "--endpoint", endpoint], tmp_path, {"PYTHONPATH": ""}) as service:
        service.waitFor(lambda text: LISTENING in text)
        assert b"zoe" in ask(port, b"zoe\r\n")
        assert service.stop() == 0


def test_readme_shows_what_the_demo_prints(service: Running, port: int) -> None:
    shown = (ROOT / "README.md").read_text()
    printed = [line for line in "".join(service.out).splitlines() if shlex.quote(line)]
    for line in printed:
        if line.startswith((LISTENING, "    python3", "Ctrl-C")):
            assert re.sub(rf"\b{port}\b", "1079", line) in shown
