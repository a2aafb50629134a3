"""Stopping and restarting under load: the example answering.py, with its plugin answering_plugin.py."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT, TWIST, freePort, running

EXAMPLES = ROOT / "docs" / "examples" / "restarting"
CLIENTS = 200


def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come to hold"
        time.sleep(0.01)


def isAlive(process: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Load:
    """Clients that ask again and again, each time over a new connection, in a thread.

    Attributes:
        answers: How many answers came from each process.
        lost: What went wrong.
    """

    def __init__(self, address: tuple[str, int] | str) -> None:
        self.address = address
        self.answers: Counter[int] = Counter()
        self.lost: list[str] = []
        self.refused = 0
        self.ending = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()))

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Ask no more, and wait for the last answers."""
        self.ending = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    async def _all(self) -> None:
        await asyncio.gather(*[self._ask(number) for number in range(CLIENTS)])

    async def _ask(self, number: int) -> None:
        while not self.ending:
            try:
                if isinstance(self.address, str):
                    reader, writer = await asyncio.open_unix_connection(self.address)
                else:
                    reader, writer = await asyncio.open_connection(*self.address)
            except OSError:
                self.refused += 1
                return
            try:
                writer.write(f"{number}\n".encode())
                line = await asyncio.wait_for(reader.readline(), PATIENCE)
                words = line.split()
                assert words[2:] == [str(number).encode()], line
                self.answers[int(words[1].rstrip(b":"))] += 1
            except (OSError, AssertionError, TimeoutError) as error:
                self.lost.append(repr(error))
            finally:
                writer.close()


@contextmanager
def loaded(load: Load) -> Iterator[Load]:
    """Have clients ask while the context lasts; processes that have answered are gone after it."""
    load.start()
    try:
        yield load
    finally:
        load.end()
        for process in load.answers:
            if isAlive(process):
                os.kill(process, signal.SIGKILL)


def replaced(process: int, number: signal.Signals, load: Load) -> int:
    """Have a process replaced by another, which answers when it is gone; return that one."""
    before = len(load.answers)
    os.kill(process, number)
    until(lambda: len(load.answers) > before)
    successor = list(load.answers)[-1]
    until(lambda: load.answers[successor] >= CLIENTS)
    until(lambda: not isAlive(process))
    return successor


def command(endpoint: str, *options: str) -> list[str]:
    """Return the command line of the example."""
    return [TWIST, *options, "answering", "-e", endpoint]


@pytest.mark.parametrize("reactor", ["epoll", "asyncio", "uvloop"])
def test_restarts_under_load_lose_no_request(reactor: str) -> None:
    port = freePort()
    line = command(
        f"tcp:{port}:interface=127.0.0.1:backlog=1000",
        "--reactor",
        reactor,
        "--drain=30",
        "--restart-on=HUP",
    )
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: load.answers[service.process.pid] >= CLIENTS)
            process = service.process.pid
            for _ in range(3):
                process = replaced(process, signal.SIGHUP, load)
            load.end()
            assert load.lost == []
            assert load.refused == 0
            os.kill(process, signal.SIGTERM)
            until(lambda: not isAlive(process))
        assert service.process.wait(PATIENCE) == 0
    assert service.err == []


def test_stop_under_load_answers_what_was_accepted() -> None:
    port = freePort()
    line = command(f"tcp:{port}:interface=127.0.0.1:backlog=1000", "--drain=30")
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: load.answers[service.process.pid] >= CLIENTS)
            assert service.stop(signal.SIGTERM) == 0
            load.end()
    # Who came between the last accept and the close was never accepted, and finds a reset.
    assert all("Reset" in each or "BrokenPipe" in each for each in load.lost)
    assert load.refused + len(load.lost) == CLIENTS
    answers = load.answers[service.process.pid]
    assert f"] {answers} connections, {answers} answers" in "".join(service.out)


def test_unix_socket_and_its_lock_survive_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    line = command(f"unix:{path}:backlog=1000", "--drain=30", "--restart-on=USR2")
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        with loaded(Load(path)) as load:
            until(lambda: load.answers[service.process.pid] >= CLIENTS)
            successor = replaced(service.process.pid, signal.SIGUSR2, load)
            assert os.readlink(f"{path}.lock") == str(successor)
            load.end()
            assert (load.lost, load.refused) == ([], 0)
            os.kill(successor, signal.SIGTERM)
            until(lambda: not isAlive(successor))
    assert list(tmp_path.iterdir()) == []


def test_new_process_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    port, greeting = freePort(), tmp_path / "greeting"
    greeting.write_text("Hello")
    line = [*command(f"tcp:{port}:interface=127.0.0.1", "--restart-on=HUP"), "-g", str(greeting)]
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        greeting.unlink()
        service.process.send_signal(signal.SIGHUP)
        said = f"this one goes on: it has ended: Cannot open {greeting}: No such file"
        service.waitFor(lambda text: said in text)
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(b"x\n")
            answer = client.makefile().readline()
        assert answer == f"Hello {service.process.pid}: x\n"
        greeting.write_text("Hello again")
        service.process.send_signal(signal.SIGHUP)
        service.waitFor(lambda text: "has taken over" in text)
        assert service.process.wait(PATIENCE) == 0
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(b"x\n")
            answer = client.makefile().readline()
        successor = int(answer.split()[2].rstrip(":"))
        assert answer == f"Hello again {successor}: x\n"
        os.kill(successor, signal.SIGTERM)
        until(lambda: not isAlive(successor))
    # It is said once, by the process that goes on.
    assert service.err == []


def messageOf(supervisor: socket.socket) -> dict[str, str]:
    """Return what the supervisor is told next."""
    lines = supervisor.recv(65536).decode().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_supervisor_is_told_of_the_start_the_restart_and_the_end(
    tmp_path: Path, abstract: bool
) -> None:
    name = f"@tw-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(name.replace("@", "\0") if abstract else name)
        supervisor.settimeout(PATIENCE)
        line = command(f"tcp:{freePort()}:interface=127.0.0.1", "--restart-on=HUP")
        with running(line, EXAMPLES, {"NOTIFY_SOCKET": name}) as service:
            assert messageOf(supervisor) == {"READY": "1"}
            service.process.send_signal(signal.SIGHUP)
            assert messageOf(supervisor)["RELOADING"] == "1"
            message = messageOf(supervisor)
            assert message["READY"] == "1"
            successor = int(message["MAINPID"])
            assert service.process.wait(PATIENCE) == 0
            os.kill(successor, signal.SIGTERM)
            # Nothing of the process that was replaced: its end is not that of the service.
            assert messageOf(supervisor) == {"STOPPING": "1"}
            until(lambda: not isAlive(successor))


def test_watchdog_is_told_again_and_again(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(PATIENCE)
        line = command(f"tcp:{freePort()}:interface=127.0.0.1")
        variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}
        with running(line, EXAMPLES, variables) as service:
            messages = [messageOf(supervisor) for _ in range(4)]
            assert messages == [{"READY": "1"}, *[{"WATCHDOG": "1"}] * 3]
            assert service.stop() == 0


def test_sockets_of_systemd_survive_a_restart() -> None:
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        pytest.skip("systemd-socket-activate is missing: install the Debian package systemd")
    port = freePort()
    line = command("systemd:INET:index=0", "--restart-on=HUP", "--drain=30")
    line = [activate, f"--listen=127.0.0.1:{port}", f"--setenv=PYTHONPATH={EXAMPLES}", *line]
    with running(line, EXAMPLES) as service:
        until(lambda: "Listening on" in "".join(service.err))
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: load.answers[service.process.pid] >= CLIENTS)
            successor = replaced(service.process.pid, signal.SIGHUP, load)
            successor = replaced(successor, signal.SIGHUP, load)
            load.end()
            assert (load.lost, load.refused) == ([], 0)
            os.kill(successor, signal.SIGTERM)
            until(lambda: not isAlive(successor))


def test_connections_that_do_not_end_are_aborted_at_the_deadline() -> None:
    port = freePort()
    line = command(f"tcp:{port}:interface=127.0.0.1", "--drain=0.2")
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(b"no end of the line")
            service.process.send_signal(signal.SIGTERM)
            # Either the server has taken what was sent, or there is a reset.
            with pytest.raises(ConnectionResetError):
                assert client.recv(1) != b""
            assert service.end() == 0
    assert "1 connections did not end in time" in "".join(service.out)


def test_program_without_twist_restarts_and_ends(tmp_path: Path) -> None:
    port = freePort()
    line = [
        sys.executable,
        "run_answering.py",
        "-e",
        f"tcp:{port}:interface=127.0.0.1:backlog=1000",
    ]
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: load.answers[service.process.pid] >= CLIENTS)
            successor = replaced(service.process.pid, signal.SIGUSR2, load)
            load.end()
            assert (load.lost, load.refused) == ([], 0)
            os.kill(successor, signal.SIGTERM)
            until(lambda: not isAlive(successor))
