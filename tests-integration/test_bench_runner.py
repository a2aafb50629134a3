"""The runner of the benchmarks with real programs, for moments; nothing here depends on speed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.measure import Rig, compileLoad
from bench.processes import cores, start
from bench.sides import Environments

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": "tools"}  # as in hatch.toml
PATIENCE = 120.0
WRONG_ECHO, STALLED, LOST = 3, 4, 5  # statuses of the load generator

Serve = Callable[[socket.socket], None]


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the benchmarks as dev.py does."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the results of a tiny run over ours and asyncio."""
    output = tmp_path_factory.mktemp("results")
    done = bench(
        "echo-64-100",
        "deferred-callbacks",
        *("--sides", "tw,tw-epoll,asyncio"),
        *("--rounds", "2", "--seconds", "0.2", "--output", str(output)),
    )
    assert done.returncode == 0, done.stderr
    assert "TCP echo, 100 connections, 64 B" in done.stdout
    assert "Deferred: create, 3 callbacks, fire" in done.stdout
    return output


def test_a_run_writes_the_raw_figures_of_every_round(results: Path) -> None:
    workloads = json.loads((results / "figures.json").read_text(encoding="utf-8"))["workloads"]
    assert [workload["name"] for workload in workloads] == ["echo-64-100", "deferred-callbacks"]
    for workload in workloads:
        assert "asyncio" in [side["name"] for side in workload["sides"]]
        for side in workload["sides"]:
            assert len(side["samples"]) == 2
            for sample in side["samples"]:
                assert sample["operations"] > 0
                assert 0 < sample["cpu"] < 60
                assert 0 < sample["seconds"] < 60


def test_a_run_compares_with_the_baseline(results: Path) -> None:
    workloads = json.loads((results / "figures.json").read_text(encoding="utf-8"))["workloads"]
    for workload in workloads:
        ratios = {side["name"]: side["costRatios"]["asyncio"] for side in workload["sides"]}
        assert ratios.pop("asyncio") == {"median": 1.0, "least": 1.0, "most": 1.0}
        assert all(
            0 < ratio["least"] <= ratio["median"] <= ratio["most"] for ratio in ratios.values()
        )


def test_a_run_says_its_conditions(results: Path) -> None:
    conditions = json.loads((results / "figures.json").read_text(encoding="utf-8"))["conditions"]
    assert conditions["rounds"] == "2"
    assert "cores" in conditions["machine"]
    assert conditions["python"].endswith("{}.{}.{}".format(*sys.version_info))


def test_a_run_writes_its_tables_and_a_plot(results: Path) -> None:
    assert "| asyncio" in (results / "figures.md").read_text(encoding="utf-8")
    assert (results / "figures.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


@contextmanager
def server(serve: Serve) -> Iterator[int]:
    """Serve each connection by a function in a thread of this process; give the port."""
    threads: list[threading.Thread] = []

    def converse(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection)
            except ConnectionError:
                pass

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=converse, args=(connection,)))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept)
        accepting.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compileLoad(tmp_path_factory.mktemp("load"))


def run(
    load: Path,
    port: int,
    *,
    connections: int = 2,
    size: int = 64,
    most: int = 200,
    stall: str = "20",
) -> "subprocess.CompletedProcess[str]":
    """Run the load generator against a server of this process."""
    numbers = [port, os.getpid(), connections, size, 0, 60, most]
    return subprocess.run(
        [load, *map(str, numbers), stall],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def echo(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data)


@pytest.mark.parametrize("size", [1, 64, 300_000])
def test_the_load_counts_the_messages_that_come_back_right(load: Path, size: int) -> None:
    with server(echo) as port:
        done = run(load, port, size=size)
    assert (done.returncode, done.stderr) == (0, "")
    # Both connections may end a message in the same turn of its loop.
    assert 200 <= json.loads(done.stdout)["operations"] <= 202


def changesALateByte(connection: socket.socket) -> None:
    seen = 0
    while data := bytearray(connection.recv(65536)):
        seen += len(data)
        if seen > 1000:
            data[-1] ^= 1
        connection.sendall(data)


def echoesTheFirstMessageForever(connection: socket.socket) -> None:
    first = connection.recv(64)
    connection.sendall(first)
    while data := connection.recv(64):
        connection.sendall(first[: len(data)])


def echoesTwice(connection: socket.socket) -> None:
    while data := connection.recv(64):
        connection.sendall(data + data)


@pytest.mark.parametrize("serve", [changesALateByte, echoesTheFirstMessageForever, echoesTwice])
def test_the_load_detects_a_wrong_echo(load: Path, serve: Serve) -> None:
    with server(serve) as port:
        done = run(load, port)
    assert done.returncode == WRONG_ECHO
    assert "came back" in done.stderr


def swallows(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def echoesAllButTheLastByte(connection: socket.socket) -> None:
    while data := connection.recv(64):
        connection.sendall(data[:63])


@pytest.mark.parametrize("serve", [swallows, echoesAllButTheLastByte])
def test_the_load_detects_a_server_that_hangs(load: Path, serve: Serve) -> None:
    with server(serve) as port:
        done = run(load, port, stall="0.2")
    assert done.returncode == STALLED
    assert "2 of 2 connections got no answer" in done.stderr


def test_the_load_detects_one_hanging_connection_among_others(load: Path) -> None:
    order = iter([echo, swallows])
    with server(lambda connection: next(order)(connection)) as port:
        done = run(load, port, stall="0.2")
    assert done.returncode == STALLED
    assert "1 of 2 connections got no answer" in done.stderr


def test_the_load_detects_a_server_that_closes(load: Path) -> None:
    with server(lambda connection: connection.sendall(connection.recv(64))) as port:
        done = run(load, port)
    assert done.returncode == LOST


def test_the_load_says_when_nobody_listens(load: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    done = run(load, port)
    assert done.returncode == LOST
    assert "connect to 127.0.0.1" in done.stderr


def test_a_program_that_fails_is_reported_with_its_last_words() -> None:
    code = "import sys; print('first\\nlast words', file=sys.stderr); sys.exit(3)"
    with (
        start([sys.executable, "-c", code], cores()[0]) as program,
        pytest.raises(BenchError, match=r"ended with status 3: last words$"),
    ):
        program.finish(PATIENCE)


def test_a_server_that_dies_before_it_says_its_port_is_reported() -> None:
    with (
        start([sys.executable, "-c", "raise SystemExit('no port')"], cores()[0]) as program,
        pytest.raises(BenchError, match="ended before it said anything"),
    ):
        program.readLine(PATIENCE)


def test_a_silent_program_is_given_up_and_ended() -> None:
    with (
        start([sys.executable, "-c", "import time; time.sleep(600)"], cores()[0]) as program,
        pytest.raises(BenchError, match="said nothing"),
    ):
        program.readLine(0.01)
    assert program.process.returncode == -signal.SIGKILL


def test_programs_run_on_their_core_with_the_malloc_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    code = "import os; print(os.environ['MALLOC_MMAP_THRESHOLD_'], 'PYTHONPATH' in os.environ)"
    with start([sys.executable, "-c", code], cores()[0]) as program:
        assert program.finish(PATIENCE).split() == ["33554432", "False"]


def test_without_a_compiler_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(BenchError, match=r"no C compiler .* install one"):
        compileLoad(tmp_path)


def test_without_an_index_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_OFFLINE", "UV_NO_CACHE"):
        monkeypatch.setenv(name, "1")
    with pytest.raises(BenchError, match="needs a package index; go on line and repeat"):
        Environments(tmp_path).python("uvloop")


def test_errors_are_one_line_and_a_status(tmp_path: Path) -> None:
    done = bench("no-such-workload", "--output", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("bench: there is no 'no-such-workload'")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("option", [("--rounds", "0"), ("--rounds", "1_0"), ("--seconds", "nan")])
def test_senseless_options_are_refused(option: tuple[str, str]) -> None:
    done = bench("--list", *option)
    assert done.returncode == 2
    assert f"argument {option[0]}: invalid" in done.stderr


def test_list_shows_workloads_and_sides() -> None:
    done = bench("--list")
    assert "echo-64-100" in done.stdout
    assert "incumbent-again" in done.stdout


def test_an_import_is_measured_in_fresh_interpreters(tmp_path: Path) -> None:
    options = ("--sides", "tw", "--rounds", "1", "--seconds", "0.01", "--output", str(tmp_path))
    done = bench("import-logger", *options)
    assert done.returncode == 0, done.stderr
    (workload,) = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["workloads"]
    (side,) = workload["sides"]
    assert side["name"] == "tw"
    assert "import twisted.logger" in done.stdout


def children(pid: int) -> list[int]:
    """The processes that a process started and that are still there."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_everything_that_was_started(number: signal.Signals, status: int) -> None:
    command = [sys.executable, "-m", "bench", "echo-64-1", "--sides", "asyncio"]
    with subprocess.Popen(
        [*command, "--seconds", "500"],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as runner:
        deadline = time.monotonic() + PATIENCE
        while len(started := children(runner.pid)) < 2:  # the server and its load
            assert time.monotonic() < deadline
            time.sleep(0.01)
        runner.send_signal(number)
        assert runner.wait(PATIENCE) == status
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_children_whose_start_was_interrupted_are_ended_too() -> None:
    code = """if True:
        import subprocess, sys
        from bench.processes import endChildren
        left = [subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)]
        print(left[0].pid, flush=True)
        endChildren()
        """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert not Path(f"/proc/{int(done.stdout)}").exists()


def test_the_rig_uses_the_interpreter_of_the_side(tmp_path: Path) -> None:
    from bench.sides import Side

    rig = Rig(tmp_path, Environments(tmp_path), 0, 0)
    command = rig.command(Side("tw", "tw", "x.py"), Path("x.py"), "argument")
    assert command[0] == Path(sys.executable)
    assert command[1:] == ["-E", "-s", Path("x.py"), "argument"]
