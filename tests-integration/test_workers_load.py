"""Workers under load: the example answering.py, with its plugin."""

import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

from .running import PATIENCE, TWIST, freePort, run, running
from .test_restart_load import CLIENTS, EXAMPLES, Load, command, isAlive, loaded, messageOf, until


def children(process: int) -> list[int]:
    """Return the processes that a process has started, and that run."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += [int(number) for number in task.read_text().split()]
    return [number for number in found if isAlive(number)]


@pytest.mark.parametrize("reactor", ["epoll", "asyncio"])
def test_workers_share_the_port_and_are_started_anew(reactor: str) -> None:
    port = freePort()
    endpoint = f"tcp:{port}:interface=127.0.0.1:backlog=1000"
    line = command(endpoint, "--reactor", reactor, "--workers=3", "--drain=30")
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: text.count("has started") == 4)
        supervisor = service.process.pid
        first = children(supervisor)
        assert len(first) == 3
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: len(load.answers) == 3)
            assert sorted(load.answers) == sorted(first)
            os.kill(first[0], signal.SIGKILL)
            until(lambda: len(load.answers) == 4)
            load.end()
            # Only who was with the worker that was killed has lost anything.
            assert len(load.lost) <= CLIENTS
            assert load.refused == 0
        # Those that `loaded` has killed are started anew, too.
        assert service.stop(signal.SIGTERM) == 0
    assert all(not isAlive(process) for process in load.answers)


def test_workers_are_replaced_without_losing_a_request() -> None:
    port = freePort()
    line = command(
        f"tcp:{port}:interface=127.0.0.1:backlog=1000",
        "--workers=2",
        "--drain=30",
        "--restart-on=HUP",
    )
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: text.count("has started") == 3)
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: len(load.answers) == 2)
            first = list(load.answers)
            service.process.send_signal(signal.SIGHUP)
            service.waitFor(lambda text: "replaced by new ones" in text)
            until(lambda: len(load.answers) == 4)
            until(lambda: not any(map(isAlive, first)))
            load.end()
            assert (load.lost, load.refused) == ([], 0)
            assert service.stop(signal.SIGTERM) == 0
            assert not any(map(isAlive, load.answers))


def test_unix_socket_outlives_its_workers_and_goes_with_the_supervisor(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with running(command(f"unix:{path}", "--workers=2", "--drain=30"), EXAMPLES) as service:
        service.waitFor(lambda text: text.count("has started") == 3)
        for process in children(service.process.pid):
            os.kill(process, signal.SIGTERM)
            until(lambda process=process: not isAlive(process))  # type: ignore[misc]
        service.waitFor(lambda text: text.count("has started") == 5)
        assert os.readlink(f"{path}.lock") == str(service.process.pid)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(path))
            client.sendall(b"x\n")
            assert client.recv(99).endswith(b": x\n")
        assert service.stop(signal.SIGTERM) == 0
    assert list(tmp_path.iterdir()) == []


def test_worker_that_cannot_start_ends_the_start() -> None:
    line = [*command("tcp:0:interface=127.0.0.1", "--workers=2"), "-g", "/nowhere/greeting"]
    status, _, err = run(line, EXAMPLES)
    assert status == 66
    assert err.startswith("twist answering: Cannot open /nowhere/greeting")
    assert err.count("\n") == 1


def test_workers_end_with_their_supervisor() -> None:
    line = command(f"tcp:{freePort()}:interface=127.0.0.1", "--workers=2")
    with running(line, EXAMPLES) as service:
        service.waitFor(lambda text: text.count("has started") == 3)
        workers = children(service.process.pid)
        service.process.kill()
        until(lambda: not any(map(isAlive, workers)))


def test_supervisor_alone_speaks_to_systemd(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(PATIENCE)
        line = command(f"tcp:{freePort()}:interface=127.0.0.1", "--workers=2", "--restart-on=USR2")
        with running(line, EXAMPLES, {"NOTIFY_SOCKET": str(tmp_path / "notify")}) as service:
            assert messageOf(notified) == {"READY": "1"}
            service.process.send_signal(signal.SIGUSR2)
            assert messageOf(notified)["RELOADING"] == "1"
            assert messageOf(notified) == {"READY": "1"}
            service.process.send_signal(signal.SIGTERM)
            assert messageOf(notified) == {"STOPPING": "1"}
            assert service.end() == 0


@pytest.mark.parametrize("count", ["", "-1", "1025", "many", "1_0"])
def test_number_of_workers_is_checked(count: str) -> None:
    status, _, err = run([TWIST, f"--workers={count}", "answering"], EXAMPLES)
    assert status == 64
    assert "--workers takes 0 to 1024 or 'auto'" in err


def test_workers_share_the_sockets_of_systemd() -> None:
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        pytest.skip("systemd-socket-activate is missing: install the Debian package systemd")
    port = freePort()
    line = command("systemd:INET:index=0", "--workers=2", "--restart-on=HUP", "--drain=30")
    line = [activate, f"--listen=127.0.0.1:{port}", f"--setenv=PYTHONPATH={EXAMPLES}", *line]
    with running(line, EXAMPLES) as service:
        until(lambda: "Listening on" in "".join(service.err))
        with loaded(Load(("127.0.0.1", port))) as load:
            until(lambda: len(load.answers) == 2)
            service.process.send_signal(signal.SIGHUP)
            until(lambda: len(load.answers) == 4)
            service.waitFor(lambda text: "replaced by new ones" in text)
            load.end()
            assert (load.lost, load.refused) == ([], 0)
            assert service.stop(signal.SIGTERM) == 0
