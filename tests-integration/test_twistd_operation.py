"""twistd restarts without losing a connection, runs workers, is inspected, and tells systemd."""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .daemons import TWISTD, Place, isAlive, place, waitFor
from .running import PATIENCE, ROOT, run, running
from .test_restart_load import CLIENTS, EXAMPLES, Load, loaded, messageOf, until
from .test_workers_load import children

needsRoot = pytest.mark.skipif(os.getuid() != 0, reason="only root may change its user")

INSPECT = str(Path(sys.executable).parent / "twisted-inspect")
SLOW = f"""
import sys
sys.path.insert(0, {str(EXAMPLES)!r})
import answering
from twisted.application import service

application = service.Application("answering")
answering.makeService(
    {{{{"endpoint": "tcp:{{port}}:interface=127.0.0.1:backlog=1000", "greeting": None}}}}
).setServiceParent(application)
"""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Place]:
    """A place with an application that needs a moment for each answer."""
    with place(tmp_path, SLOW) as it:
        yield it


def successorOf(process: int, pidFile: Path, number: int = signal.SIGHUP) -> int:
    """Have a daemon replaced; return the number of the new one, which the pid file has then."""
    os.kill(process, number)
    until(lambda: not isAlive(process))
    successor = int(pidFile.read_text())
    assert isAlive(successor)
    return successor


def processAt(port: int, host: str = "127.0.0.1") -> int:
    """Return which process answers."""
    with socket.create_connection((host, port), PATIENCE) as client:
        client.sendall(b"x\n")
        return int(client.makefile().readline().split()[1].rstrip(":"))


def test_daemon_restarts_under_load_and_loses_no_request(slow: Place) -> None:
    (slow.path / "run").mkdir()
    words = ["--drain=30", "--restart-on=HUP", "--rundir=run", "-y", "echo.tac"]
    assert slow.start(*words) == (0, "")
    pidFile = slow.path / "run" / "twistd.pid"
    with loaded(Load(("127.0.0.1", slow.port))) as load:
        process = int(pidFile.read_text())
        for _ in range(3):
            until(lambda process=process: load.answers[process] >= CLIENTS)  # type: ignore[misc]
            process = successorOf(process, pidFile)
        until(lambda: load.answers[process] >= CLIENTS)
        load.end()
        assert (load.lost, load.refused) == ([], 0)
        assert len(load.answers) == 4
        status, err = slow.start(*words)
        assert (status, f"PID {process}" in err) == (73, True)
        os.kill(process, signal.SIGTERM)
        until(lambda: not isAlive(process))
    assert not pidFile.exists()
    log = (pidFile.parent / "twistd.log").read_text()
    assert log.count("has taken over") == 3
    assert "Traceback" not in log
    assert sorted(each.name for each in pidFile.parent.iterdir()) == ["twistd.log"]


def test_process_in_the_foreground_restarts(slow: Place) -> None:
    line = [TWISTD, "-n", "--drain=30", "--restart-on=USR1", "-y", "echo.tac"]
    with running(line, slow.path) as twistd:
        twistd.waitFor(lambda text: "has started" in text)
        assert processAt(slow.port) == twistd.process.pid
        twistd.process.send_signal(signal.SIGUSR1)
        assert twistd.process.wait(PATIENCE) == 0
        successor = slow.pid()
        assert processAt(slow.port) == successor != twistd.process.pid
        os.kill(successor, signal.SIGTERM)
        until(lambda: not isAlive(successor))
    assert twistd.err == []
    assert not slow.pidFile.exists()


def test_new_daemon_that_fails_is_told_in_the_log_of_the_old_one(slow: Place) -> None:
    assert slow.start("--restart-on=HUP", "-y", "echo.tac") == (0, "")
    process, program = slow.pid(), slow.path / "echo.tac"
    right = program.read_text()
    program.write_text(right + "raise ValueError('half written')\n")
    os.kill(process, signal.SIGHUP)
    line = right.count("\n") + 1
    reason = f"Failed to load application: echo.tac, line {line}: ValueError: half written"
    waitFor(lambda: f"this one goes on: it has ended: {reason}" in slow.log, "the reason")
    assert (slow.pid(), processAt(slow.port)) == (process, process)
    program.write_text(right)
    successor = successorOf(process, slow.pidFile)
    assert processAt(slow.port) == successor
    slow.stop()
    assert not slow.pidFile.exists()


def test_new_daemon_that_is_stopped_while_it_starts_leaves_the_old_one(tmp_path: Path) -> None:
    program = SLOW + (
        "import os, pathlib\n"
        "from twisted.internet import defer\n"
        "class Slow(service.Service):\n"
        "    def startService(self):\n"
        "        again = pathlib.Path('again')\n"
        "        if again.exists():\n"
        "            again.write_text(str(os.getpid()))\n"
        "            return defer.Deferred()\n"
        "Slow().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        assert it.start("--restart-on=HUP", "-y", "echo.tac") == (0, "")
        again = tmp_path / "again"
        again.touch()
        process = it.pid()
        os.kill(process, signal.SIGHUP)
        waitFor(again.read_text, "the new process")
        successor = int(again.read_text())
        # One more for each of them changes nothing.
        os.kill(successor, signal.SIGHUP)
        os.kill(process, signal.SIGHUP)
        waitFor(lambda: it.log.count("the signal changes nothing") == 2, "the signals")
        os.kill(successor, signal.SIGTERM)
        waitFor(lambda: "this one goes on: it has ended" in it.log, "the end")
        assert (it.pid(), processAt(it.port)) == (process, process)
        it.stop()
        assert not it.pidFile.exists()


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that everybody may read, and the user of the tests may write."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    (path / "run").mkdir()
    os.chown(path / "run", 65534, 65534)
    yield path
    shutil.rmtree(path)


def readable(python: Path) -> list[str]:
    """Return what comes before a command so that everybody can run the Python that it needs.

    Where an interpreter is installed below a directory that is private, as that of root, the command
    runs in a namespace of its own in which nothing but the interpreter is in that directory.
    """
    if any(not each.stat().st_mode & 0o001 for each in [ROOT, *ROOT.parents]):
        pytest.skip("this repository is in a directory that is private")
    private = [each for each in python.parents if not each.stat().st_mode & 0o001]
    if not private:
        return []
    if shutil.which("unshare") is None:
        pytest.skip("unshare is missing: apt-get install util-linux")
    script = (
        'set -e; hold=$(mktemp -d); mount --bind "$1" "$hold"; '
        'mount -t tmpfs -o mode=755 tmpfs "$2"; mkdir -p "$1"; mount --bind "$hold" "$1"; '
        'umount "$hold"; rmdir "$hold"; shift 2; exec "$@"'
    )
    prefix = str(python.parent.parent)
    return ["unshare", "--mount", "sh", "-c", script, "sh", prefix, str(private[-1])]


@needsRoot
@pytest.mark.parametrize("euid", [[], ["--euid"]], ids=["uid", "euid"])
def test_daemon_of_another_user_hands_over_a_port_of_root(public: Path, euid: list[str]) -> None:
    before = readable(Path(sys.executable).resolve())
    program = SLOW.replace("127.0.0.1", "127.0.0.77").replace("{port}", "77")
    with place(public, program):
        words = [*euid, "--uid=65534", "--gid=65534", "--rundir=run", "--restart-on=HUP"]
        done = run([*before, TWISTD, *words, "--drain=30", "-y", "echo.tac"], public)
        assert done == (0, "", "")
        pidFile = public / "run" / "twistd.pid"
        process = int(pidFile.read_text())
        for _ in range(2):
            process = successorOf(process, pidFile)
            users = Path(f"/proc/{process}/status").read_text().split("Uid:")[1].split()[:4]
            assert users[:2] == ["0" if euid else "65534", "65534"]
            assert processAt(77, "127.0.0.77") == process
        os.kill(process, signal.SIGTERM)
        until(lambda: not isAlive(process))
        log = (public / "run" / "twistd.log").read_text()
        assert log.count("has taken over") == 2
        assert "Traceback" not in log
        assert not pidFile.exists()


def test_application_chooses_its_reactor(tmp_path: Path) -> None:
    program = "from twisted.internet import pollreactor\npollreactor.install()\n" + SLOW
    with place(tmp_path, program) as it:
        assert it.start("--restart-on=HUP", "--drain=30", "-y", "echo.tac") == (0, "")
        successor = successorOf(it.pid(), it.pidFile)
        assert processAt(it.port) == successor
        it.stop()
        assert it.log.count("reactor class: twisted.internet.pollreactor.PollReactor") == 2


def test_daemon_is_inspected(slow: Place) -> None:
    assert slow.start("--inspect=inspect", "--restart-on=HUP", "-y", "echo.tac") == (0, "")
    path = slow.path / "inspect"
    process = slow.pid()
    for _ in range(2):
        status, out, err = run([INSPECT, str(path), "ports"])
        assert (status, err) == (0, "")
        assert str(slow.port) in out
        process = successorOf(process, slow.pidFile)
    slow.stop()
    assert not path.exists()


WORKERS = ["--workers=2", "--drain=30", "--restart-on=HUP", "-y", "echo.tac", "-l", "my.log"]


def replaceWorkers(it: Place) -> None:
    """Have the workers of a place replaced under load."""
    supervisor = it.pid()
    with loaded(Load(("127.0.0.1", it.port))) as load:
        until(lambda: len(load.answers) == 2)
        first = list(load.answers)
        assert sorted(first) == sorted(children(supervisor))
        os.kill(supervisor, signal.SIGHUP)
        until(lambda: len(load.answers) == 4)
        until(lambda: not any(map(isAlive, first)))
        load.end()
        assert (load.lost, load.refused) == ([], 0)
        assert it.pid() == supervisor
        it.stop()
        assert not any(map(isAlive, load.answers))
    assert not it.pidFile.exists()
    assert "replaced by new ones" in (it.path / "my.log").read_text()
    for worker in range(2):
        assert "Loaded." in (it.path / f"my.log.worker{worker}").read_text()


def test_workers_of_a_daemon_are_replaced_under_load(slow: Place) -> None:
    assert slow.start(*WORKERS) == (0, "")
    replaceWorkers(slow)


def test_workers_in_the_foreground_are_replaced_under_load(slow: Place) -> None:
    log = slow.path / "my.log"
    with running([TWISTD, "-n", *WORKERS], slow.path) as twistd:
        waitFor(lambda: log.exists() and "has started" in log.read_text(), "the start")
        replaceWorkers(slow)
        assert twistd.end() == -signal.SIGTERM
    assert (twistd.out, twistd.err) == ([], [])


def test_worker_that_cannot_start_is_one_line(slow: Place) -> None:
    (slow.path / "echo.tac").write_text("1 / 0\n")
    status, err = slow.start("--workers=2", "-y", "echo.tac")
    assert status == 78
    assert err == (
        "twistd: Failed to load application: echo.tac, line 1: ZeroDivisionError: division by zero\n"
    )
    assert not slow.pidFile.exists()


@needsRoot
def test_workers_run_as_another_user_and_their_supervisor_does_not(slow: Place) -> None:
    assert slow.start("--workers=2", "--uid=65534", "-y", "echo.tac") == (0, "")
    for process in children(slow.pid()):
        assert os.stat(f"/proc/{process}").st_uid == 65534
    assert os.stat(f"/proc/{slow.pid()}").st_uid == 0
    assert processAt(slow.port) in children(slow.pid())
    slow.stop()


@pytest.mark.parametrize("word", ["--restart-on=HUP", "--workers=2"])
def test_new_root_where_no_program_can_be_started_is_refused(slow: Place, word: str) -> None:
    status, err = slow.start("--chroot=.", word, "-y", "echo.tac")
    assert status == 64
    assert "from inside of --chroot" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("daemon", [True, False])
def test_systemd_is_told_of_the_start_the_restart_and_the_end(slow: Place, daemon: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(slow.path / "notify"))
        supervisor.settimeout(PATIENCE)
        words = [TWISTD, "--restart-on=HUP", "-y", "echo.tac", *([] if daemon else ["-n"])]
        variables = {"NOTIFY_SOCKET": str(slow.path / "notify"), "WATCHDOG_USEC": "3600000000"}
        with running(words, slow.path, variables) as twistd:
            ready = messageOf(supervisor)
            process = slow.pid()
            if daemon:
                # By then the process that was started has not ended, so systemd believes it.
                assert ready == {"READY": "1", "MAINPID": str(process)}
                assert twistd.process.wait(PATIENCE) == 0
            else:
                assert ready == {"READY": "1"}
                assert process == twistd.process.pid
            assert messageOf(supervisor) == {"WATCHDOG": "1"}
            os.kill(process, signal.SIGHUP)
            assert messageOf(supervisor)["RELOADING"] == "1"
            # The new one lives before the old one has said who it is.
            messages = [messageOf(supervisor) for _ in range(2)]
            (told,) = [each for each in messages if "MAINPID" in each]
            assert {"WATCHDOG": "1"} in messages
            successor = int(told["MAINPID"])
            until(lambda: not isAlive(process))
            assert slow.pid() == successor
            os.kill(successor, signal.SIGTERM)
            assert messageOf(supervisor) == {"STOPPING": "1"}
            until(lambda: not isAlive(successor))


DATAGRAMS = """
import os
from twisted.application import internet, service
from twisted.internet.protocol import DatagramProtocol

class Answering(DatagramProtocol):
    def datagramReceived(self, datagram, address):
        self.transport.write(datagram + b" %d" % os.getpid(), address)

class Member(Answering):
    def startProtocol(self):
        self.transport.joinGroup("228.0.0.5", "127.0.0.1")

    def stopProtocol(self):
        self.transport.leaveGroup("228.0.0.5", "127.0.0.1")

application = service.Application("datagrams")
for each in (
    internet.UDPServer({port}, Answering(), interface="127.0.0.1"),
    internet.MulticastServer({port}, Member(), interface="228.0.0.5"),
    internet.UNIXDatagramServer("socket", Answering()),
):
    each.setServiceParent(application)
"""


def test_datagrams_are_answered_across_a_restart(tmp_path: Path) -> None:
    with (
        place(tmp_path, DATAGRAMS) as it,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as multicast,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as unix,
    ):
        assert it.start("--restart-on=HUP", "-y", "echo.tac") == (0, "")
        multicast.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
        )
        unix.bind(str(tmp_path / "client"))
        clients: list[tuple[socket.socket, object]] = [
            (udp, ("127.0.0.1", it.port)),
            (multicast, ("228.0.0.5", it.port)),
            (unix, str(tmp_path / "socket")),
        ]
        process = it.pid()
        for turn in range(3):
            for client, address in clients:
                client.settimeout(PATIENCE)
                client.sendto(b"%d" % turn, address)  # type: ignore[call-overload]  # of its family
                assert client.recv(99) == b"%d %d" % (turn, process)
            # What is sent now may be read by the one or by the other.
            os.kill(process, signal.SIGHUP)
            for number in range(20):
                for client, address in clients:
                    client.sendto(b"%d" % number, address)  # type: ignore[call-overload]
                    assert client.recv(99).split()[0] == b"%d" % number
            until(lambda process=process: not isAlive(process))  # type: ignore[misc]
            process = it.pid()
        it.stop()
        assert not (tmp_path / "socket").exists()


def test_unix_socket_stays_if_the_new_daemon_fails(tmp_path: Path) -> None:
    program = SLOW.replace("tcp:{port}:interface=127.0.0.1", "unix:socket") + (
        "import os, pathlib\n"
        "from twisted.internet import defer\n"
        "class Failing(service.Service):\n"
        "    def startService(self):\n"
        "        return defer.fail(OSError('no luck')) if os.path.exists('fail') else None\n"
        "Failing().setServiceParent(application)\n"
    )
    with place(tmp_path, program) as it:
        assert it.start("--restart-on=HUP", "-y", "echo.tac") == (0, "")
        process = it.pid()
        (tmp_path / "fail").touch()
        os.kill(process, signal.SIGHUP)
        waitFor(lambda: "this one goes on: it has ended: no luck" in it.log, "the failure")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(tmp_path / "socket"))
            client.sendall(b"x\n")
            assert client.makefile().readline() == f"Process {process}: x\n"
        it.stop()


SYSTEMD_NOTIFY = shutil.which("systemd-notify")
needsSystemd = pytest.mark.skipif(
    SYSTEMD_NOTIFY is None, reason="systemd-notify is missing: apt-get install systemd"
)


@needsSystemd
def test_daemon_says_what_systemd_says(slow: Place) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(slow.path / "notify"))
        supervisor.settimeout(PATIENCE)
        variables = {"NOTIFY_SOCKET": str(slow.path / "notify")}
        assert run([TWISTD, "-y", "echo.tac"], slow.path, variables) == (0, "", "")
        ours = messageOf(supervisor)
        process = slow.pid()
        run([str(SYSTEMD_NOTIFY), "--ready", f"--pid={process}"], slow.path, variables)
        assert ours == messageOf(supervisor)
        slow.stop()


@needsSystemd
def test_program_of_the_service_does_not_speak_for_it(tmp_path: Path) -> None:
    program = SLOW + (
        "import subprocess\n"
        f"done = subprocess.run([{SYSTEMD_NOTIFY!r}, '--ready'])\n"
        "print('systemd-notify has ended with', done.returncode)\n"
    )
    with (
        place(tmp_path, program) as it,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor,
    ):
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(PATIENCE)
        line = [TWISTD, "-n", "-y", "echo.tac"]
        with running(line, it.path, {"NOTIFY_SOCKET": str(tmp_path / "notify")}) as twistd:
            assert messageOf(supervisor) == {"READY": "1"}
            assert "systemd-notify has ended with 1\n" in twistd.out
            twistd.process.send_signal(signal.SIGTERM)
            assert messageOf(supervisor) == {"STOPPING": "1"}


@pytest.mark.parametrize("daemon", [True, False])
def test_socket_of_systemd_survives_restarts(tmp_path: Path, daemon: bool) -> None:
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        pytest.skip("systemd-socket-activate is missing: apt-get install systemd")
    program = SLOW.replace("tcp:{port}:interface=127.0.0.1:backlog=1000", "systemd:INET:index=0")
    with place(tmp_path, program) as it:
        words = ["--drain=30", "--restart-on=HUP", "-y", "echo.tac", *([] if daemon else ["-n"])]
        line = [activate, f"--listen=127.0.0.1:{it.port}", TWISTD, *words]
        with running(line, it.path) as systemd:
            until(lambda: "Listening on" in "".join(systemd.err))
            with loaded(Load(("127.0.0.1", it.port))) as load:
                until(lambda: sum(load.answers.values()) >= CLIENTS)
                for _ in range(2):
                    successorOf(it.pid(), it.pidFile)
                until(lambda: load.answers[it.pid()] >= CLIENTS)
                load.end()
                assert (load.lost, load.refused) == ([], 0)
                it.stop()
        assert not it.pidFile.exists()


def test_unit_of_the_documents_is_understood(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    text = (ROOT / "docs" / "howto" / "twistd.md").read_text()
    unit = text.split("```ini\n")[1].split("```")[0]
    assert "/usr/bin/twistd " in unit
    # It looks whether program and directory are there.
    unit = unit.replace("/usr/bin/twistd ", f"{TWISTD} ").replace("/srv", str(tmp_path))
    (tmp_path / "echo.service").write_text(unit.replace("www-data", "daemon"))
    status, _, err = run([analyze, "verify", "--man=no", str(tmp_path / "echo.service")])
    assert (status, "echo.service" in err) == (0, False), err
