"""twistd as a daemon: its start and its ends, its files, its user, its terminal."""

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .daemons import ECHO, TWISTD, Place, isAlive, place, waitFor
from .running import PATIENCE, ask

needsProc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
needsRoot = pytest.mark.skipif(os.getuid() != 0, reason="only root may change its user and root")

SYSLOG = """
import os, pathlib, socket, subprocess, sys

log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("log")
log.settimeout(60)
place = pathlib.Path("/dev/log")
made = not place.exists()
if made:
    place.touch()
subprocess.run(["mount", "--bind", "log", place], check=True)
try:
    twistd = subprocess.Popen(sys.argv[1:])
    for last in (b"has started", b"Shut Down"):
        seen = b""
        while last not in seen:
            seen = log.recv(65536)
            print(seen.decode(), flush=True)
        twistd.terminate()
    twistd.wait()
finally:
    subprocess.run(["umount", place], check=True)
    if made:
        place.unlink()
"""


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Place]:
    """A place with an application that echoes."""
    with place(tmp_path) as it:
        yield it


def statusOf(pid: int) -> dict[str, str]:
    """Return what the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@needsProc
def test_daemon_serves_when_the_command_has_ended(echo: Place) -> None:
    assert echo.start() == (0, "")
    assert ask(echo.port, b"hello") == b"hello"
    pid = echo.pid()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    group, session, terminal = map(int, fields[2:5])
    assert terminal == 0
    assert group == session != pid
    for stream in (0, 1, 2):
        assert os.readlink(f"/proc/{pid}/fd/{stream}") == os.devnull
    echo.stop()
    assert not echo.pidFile.exists()
    log = [line.partition("] ")[2] for line in echo.log.splitlines()]
    assert log[0] == "Log opened."
    assert "starting up." in log[1]
    assert log[2].startswith("reactor class: twisted.internet.")
    assert log[3:5] == ["Loading echo.tac...", "Loaded."]
    assert "Received SIGTERM, shutting down." in log
    assert log[-2:] == ["Main loop terminated.", "Server Shut Down."]


@pytest.mark.parametrize("reactor", ["select", "poll", "epoll", "asyncio", "uvloop"])
def test_daemon_runs_on_every_reactor(echo: Place, reactor: str) -> None:
    assert echo.start("-r", reactor, "-y", "echo.tac") == (0, "")
    assert ask(echo.port, b"hello") == b"hello"
    echo.stop()


def test_files_of_a_daemon_are_its_own(echo: Place) -> None:
    echo.start()
    assert (echo.path / "twistd.log").stat().st_mode & 0o777 == 0o600
    echo.stop()


def test_second_daemon_is_refused_and_the_first_goes_on(echo: Place) -> None:
    echo.start()
    pid = echo.pid()
    status, err = echo.start()
    assert status == 73
    assert f"Another twistd server is running, PID {pid}" in err
    assert err.count("\n") == 1
    assert ask(echo.port, b"x") == b"x"
    assert echo.pid() == pid
    echo.stop()


@needsProc
def test_daemon_that_was_killed_is_started_again(echo: Place) -> None:
    echo.start()
    first = echo.pid()
    echo.stop(signal.SIGKILL)
    assert echo.pid() == first
    assert echo.start() == (0, "")
    assert echo.pid() != first
    assert "stale" in echo.log
    assert ask(echo.port, b"x") == b"x"
    echo.stop()


def test_port_that_is_taken_is_told_before_the_command_ends(echo: Place) -> None:
    with socket.create_server(("127.0.0.1", echo.port)):
        status, err = echo.start()
    assert status == 69
    assert err.startswith("twistd: ")
    assert str(echo.port) in err
    assert err.count("\n") == 1
    assert not echo.pidFile.exists()


def test_log_that_cannot_be_opened_is_told(echo: Place) -> None:
    status, err = echo.start("-y", "echo.tac", "-l", "none/log")
    assert status == 66
    assert "none/log" in err
    assert err.count("\n") == 1
    assert not echo.pidFile.exists()


def test_pid_file_that_cannot_be_written_is_told_and_nothing_runs(echo: Place) -> None:
    status, err = echo.start("-y", "echo.tac", "--pidfile=none/pid")
    assert status == 73
    assert "Cannot write the pid file none/pid" in err
    assert err.count("\n") == 1
    with pytest.raises(ConnectionRefusedError):
        ask(echo.port, b"x")


def test_service_that_fails_later_is_told(tmp_path: Path) -> None:
    program = ECHO + (
        "from twisted.internet import reactor, task\n"
        "class Late(service.Service):\n"
        "    def startService(self):\n"
        "        return task.deferLater(reactor, 0, lambda: 1 / 0)\n"
        "Late().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        status, err = it.start()
        assert status == 70
        assert err.startswith("twistd: ZeroDivisionError: division by zero")
        assert err.count("\n") == 1
        assert not it.pidFile.exists()
        assert "Traceback" in it.log


def test_stop_waits_for_the_services_in_reverse_order(tmp_path: Path) -> None:
    program = ECHO + (
        "from twisted.internet import reactor, task\n"
        "class Noting(service.Service):\n"
        "    def stopService(self):\n"
        "        super().stopService()\n"
        "        print('stopping', self.name)\n"
        "        def stopped():\n"
        "            print('stopped', self.name)\n"
        "        return task.deferLater(reactor, 0.1, stopped)\n"
        "for name in ('one', 'two'):\n"
        "    child = Noting()\n"
        "    child.setName(name)\n"
        "    child.setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        it.start()
        it.stop()
        log = [line.partition("] ")[2] for line in it.log.splitlines()]
        mine = [line for line in log if line.startswith("stop")]
        assert mine == ["stopping two", "stopping one", "stopped two", "stopped one"]


def test_run_directory_has_the_files(echo: Place) -> None:
    (echo.path / "run").mkdir()
    assert echo.start("-y", "echo.tac", "--rundir=run", "--pidfile=my.pid", "-l", "my.log") == (
        0,
        "",
    )
    pid = int((echo.path / "run" / "my.pid").read_text())
    assert os.readlink(f"/proc/{pid}/cwd") == str(echo.path / "run")
    assert "Loaded." in (echo.path / "run" / "my.log").read_text()
    status, err = echo.start("-y", "echo.tac", "--rundir=run", "--pidfile=my.pid")
    assert (status, str(pid) in err) == (73, True)
    os.kill(pid, signal.SIGTERM)
    waitFor(lambda: not (echo.path / "run" / "my.pid").exists(), "the end")


def test_log_is_rotated_by_signal(echo: Place) -> None:
    echo.start()
    os.kill(echo.pid(), signal.SIGUSR1)
    waitFor((echo.path / "twistd.log.1").exists, "the rotated log")
    echo.stop()
    assert "Log opened." in (echo.path / "twistd.log.1").read_text()
    assert "Server Shut Down." in echo.log


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to try")
def test_full_disk_under_the_log_is_told_and_the_daemon_serves(echo: Place) -> None:
    os.symlink("/dev/full", echo.path / "full.log")
    status, err = echo.start("-y", "echo.tac", "-l", "full.log")
    assert status == 0
    assert err.startswith("twistd: the log cannot be written: [Errno 28]")
    assert err.count("\n") == 1
    assert ask(echo.port, b"x") == b"x"
    echo.stop()


@needsProc
def test_daemon_survives_its_terminal(echo: Place) -> None:
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(echo.path)
        os.execv(TWISTD, [TWISTD, "-y", "echo.tac"])
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    # Closing the terminal hangs up whatever belongs to it.
    os.close(master)
    assert ask(echo.port, b"x") == b"x"
    echo.stop()


def test_daemon_starts_without_standard_streams(echo: Place) -> None:
    command = f"exec {TWISTD} -y echo.tac <&- >&- 2>&-"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=echo.path, timeout=PATIENCE)
    assert done.returncode == 0
    assert ask(echo.port, b"x") == b"x"
    echo.stop()
    assert "Server Shut Down." in echo.log


@needsProc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_the_command_waits_ends_the_daemon_too(tmp_path: Path, number: int) -> None:
    program = ECHO + (
        "import os, pathlib\n"
        "from twisted.internet import defer\n"
        "class Slow(service.Service):\n"
        "    def startService(self):\n"
        "        pathlib.Path('starting').write_text(str(os.getpid()))\n"
        "        return defer.Deferred()\n"
        "Slow().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        with subprocess.Popen([TWISTD, "-y", "echo.tac"], cwd=tmp_path) as process:
            starting = tmp_path / "starting"
            waitFor(lambda: starting.exists() and starting.read_text(), "the start")
            process.send_signal(number)
            assert process.wait(PATIENCE) == -number
        daemon = int(starting.read_text())
        waitFor(lambda: not isAlive(daemon), "the end of the daemon")
        assert not it.pidFile.exists()


@needsProc
def test_daemon_that_is_killed_while_it_starts_is_told(tmp_path: Path) -> None:
    program = ECHO + (
        "import os, signal\n"
        "class Killed(service.Service):\n"
        "    def startService(self):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "Killed().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        assert it.start() == (
            70,
            "twistd: the daemon ended before it had started; its log may tell why\n",
        )


@needsRoot
@needsProc
def test_rights_are_given_up_after_binding_and_before_the_start(tmp_path: Path) -> None:
    program = ECHO.replace("127.0.0.1", "127.0.0.77") + (
        "import os\n"
        "class Who(service.Service):\n"
        "    def privilegedStartService(self):\n"
        "        print('bound as', os.getuid(), os.getgid())\n"
        "    def startService(self):\n"
        "        print('started as', os.getuid(), os.getgid(), os.getgroups())\n"
        "Who().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        # A port that only root may bind; nobody else has this address.
        (tmp_path / "echo.tac").write_text(program.format(port=79))
        assert it.start("--uid=65534", "-y", "echo.tac") == (0, "")
        assert ask(79, b"x", "127.0.0.77") == b"x"
        status = statusOf(it.pid())
        assert status["Uid"].split() == ["65534"] * 4
        assert status["Gid"].split() == ["65534"] * 4
        assert status["Groups"] in ("65534", "")
        if shutil.which("ps") is not None:
            command = ["ps", "-o", "uid=,gid=", "-p", str(it.pid())]
            shown = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
            assert shown.stdout.split() == ["65534", "65534"]
        it.stop()
        assert "bound as 0 0" in it.log
        assert "started as 65534 65534" in it.log


@needsRoot
@needsProc
def test_effective_user_can_be_changed_alone(echo: Place) -> None:
    assert echo.start("--euid", "--uid=65534", "--gid=12", "-y", "echo.tac") == (0, "")
    status = statusOf(echo.pid())
    assert status["Uid"].split()[:2] == ["0", "65534"]
    assert status["Gid"].split()[:2] == ["0", "12"]
    echo.stop()


@needsRoot
@needsProc
def test_application_names_its_user(tmp_path: Path) -> None:
    program = ECHO.replace('Application("echo")', 'Application("echo", uid=1, gid=1)')
    with place(tmp_path, program) as it:
        assert it.start() == (0, "")
        assert statusOf(it.pid())["Uid"].split() == ["1"] * 4
        it.stop()


@needsRoot
def test_user_that_may_not_change_is_told(echo: Place) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing: apt-get install util-linux")
    # root without the right to become somebody else.
    done = subprocess.run(
        ["setpriv", "--bounding-set=-setuid,-setgid", TWISTD, "--uid=1", "-y", "echo.tac"],
        cwd=echo.path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 77
    assert done.stderr.startswith("twistd: Cannot run as user 1 and group 1")
    assert done.stderr.count("\n") == 1
    assert not echo.pidFile.exists()


@needsRoot
@needsProc
def test_root_of_the_file_system_is_changed(echo: Place) -> None:
    root = echo.path / "root"
    (root / "var").mkdir(parents=True)
    assert echo.start(f"--chroot={root}", "--rundir=/var", "-y", "echo.tac") == (0, "")
    pid = int((root / "var" / "twistd.pid").read_text())
    assert os.readlink(f"/proc/{pid}/root") == str(root)
    assert ask(echo.port, b"x") == b"x"
    os.kill(pid, signal.SIGTERM)
    waitFor(lambda: not isAlive(pid), "the end")
    assert not (root / "var" / "twistd.pid").exists()
    assert "Server Shut Down." in (root / "var" / "twistd.log").read_text()


@needsProc
def test_process_has_the_name_that_the_application_wants(tmp_path: Path) -> None:
    program = ECHO + "service.IProcess(application).processName = 'my-echo-daemon-x'\n"
    with place(tmp_path, program) as it:
        assert it.start() == (0, "")
        assert Path(f"/proc/{it.pid()}/comm").read_text() == "my-echo-daemon-\n"
        it.stop()
        assert it.start("--originalname", "-y", "echo.tac") == (0, "")
        assert Path(f"/proc/{it.pid()}/comm").read_text() != "my-echo-daemon-\n"
        it.stop()


def test_syslog_gets_the_log(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or os.getuid() != 0:
        pytest.skip("a /dev/log of its own takes unshare(1) and root")
    # In a namespace of its own, /dev/log is a socket of the test's.
    (tmp_path / "listen.py").write_text(SYSLOG)
    with place(tmp_path) as it:
        command = [TWISTD, "--syslog", "--prefix=myecho", "-ny", "echo.tac"]
        done = subprocess.run(
            ["unshare", "--mount", sys.executable, "listen.py", *command],
            cwd=it.path,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        # The number is LOG_USER with LOG_INFO.
        assert all(line.startswith("<14>") and " myecho: [" in line for line in lines), lines
        assert any("Loaded." in line for line in lines)
        assert "Server Shut Down." in lines[-1]


def test_application_is_saved_at_the_end_and_loaded_again(tmp_path: Path) -> None:
    program = (
        "from twisted.application import service\n"
        "from twisted.persisted.sob import IPersistable\n"
        "application = service.Application('kept')\n"
        "IPersistable(application).save()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    with place(tmp_path) as it:
        assert it.start("-f", "kept.tap") == (0, "")
        it.stop()
        assert (tmp_path / "kept-shutdown.tap").exists()
        (tmp_path / "kept-shutdown.tap").unlink()
        assert it.start("-o", "-f", "kept.tap") == (0, "")
        it.stop()
        assert not (tmp_path / "kept-shutdown.tap").exists()
