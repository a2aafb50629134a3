"""SIGTERM and SIGKILL in every phase of twist and of twistd: an end in order, no stale state."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .daemons import TWISTD, isAlive, waitFor
from .running import PATIENCE, TWIST, Running, run, running

PHASES = ["loading", "binding", "start", "running", "drain", "stop"]

PHASED = '''
"""A service that waits in the phase that the environment names, until a file is there."""

import os
import time
from pathlib import Path

from twisted.application import service, strports
from twisted.internet import defer, reactor, task
from twisted.internet.protocol import Factory, Protocol
from twisted.python import usage

PHASE = os.environ.get("PHASE")
# The directory may be another when the process runs.
HERE = Path.cwd()


class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)


def reach(phase):
    if phase != PHASE:
        return False
    (HERE / "new").write_text(str(os.getpid()))
    (HERE / "new").rename(HERE / "reached")
    return True


def block(phase):
    if reach(phase):
        while not (HERE / "go").exists():
            time.sleep(0.01)


class Phased(service.Service):
    def privilegedStartService(self):
        block("binding")

    def startService(self):
        super().startService()
        return defer.Deferred() if reach("start") else None

    @defer.inlineCallbacks
    def stopService(self):
        super().stopService()
        if reach("stop"):
            while not (HERE / "go").exists():
                yield task.deferLater(reactor, 0.01)


Options = usage.Options


def makeService(options):
    block("loading")
    whole = service.MultiService()
    listening = strports.service(f"unix:{HERE}/socket:lockfile=1", Factory.forProtocol(Echo))
    listening.setServiceParent(whole)
    Phased().setServiceParent(whole)
    return whole
'''

PLUGIN = '''
"""Makes a command of it."""

from twisted.application.service import ServiceMaker

phased = ServiceMaker("Phased", "phased", "Wait in a phase.", "phased")
'''


class Kind(NamedTuple):
    """A command, and how it ends by SIGTERM."""

    command: list[str]
    daemon: bool
    status: int


KINDS = {
    "twist": Kind([TWIST], False, 0),
    "twistd in the foreground": Kind([TWISTD, "-n"], False, -signal.SIGTERM),
    "twistd as a daemon": Kind([TWISTD], True, -signal.SIGTERM),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each command."""
    return KINDS[request.param]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with the service and its plugin; no process is left behind."""
    (tmp_path / "phased.py").write_text(PHASED)
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "phased_plugin.py").write_text(PLUGIN)
    yield tmp_path
    reached = tmp_path / "reached"
    for file in (tmp_path / "twistd.pid", reached):
        if file.exists() and file.read_text().strip() and isAlive(int(file.read_text())):
            os.kill(int(file.read_text()), signal.SIGKILL)


def echoed(folder: Path) -> socket.socket:
    """Return a connection that works."""
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(PATIENCE)
    try:
        client.connect(str(folder / "socket"))
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    except BaseException:
        client.close()
        raise
    return client


def serves(folder: Path) -> bool:
    """Whether the service answers."""
    try:
        echoed(folder).close()
    except OSError:
        return False
    return True


def logOf(command: Running, folder: Path) -> str:
    """Return what was logged, and what was written to the standard streams."""
    log = folder / "twistd.log"
    return "".join(command.out + command.err) + (log.read_text() if log.exists() else "")


def inPhase(
    phase: str, kind: Kind, command: Running, folder: Path
) -> tuple[int, list[socket.socket]]:
    """Wait until a process is in a phase; return its number, and what has to stay open."""
    reached = folder / "reached"
    if phase in ("loading", "binding", "start"):
        waitFor(reached.exists, "the phase")
        return int(reached.read_text()), []
    waitFor(lambda: serves(folder), "the service")
    waitFor(lambda: "has started" in logOf(command, folder), "the start")
    if kind.daemon:
        assert command.process.wait(PATIENCE) == 0
        process = int((folder / "twistd.pid").read_text())
    else:
        process = command.process.pid
    opened: list[socket.socket] = []
    if phase == "drain":
        opened.append(echoed(folder))
        os.kill(process, signal.SIGTERM)
        waitFor(lambda: "given time to end" in logOf(command, folder), "the phase")
    elif phase == "stop":
        os.kill(process, signal.SIGTERM)
        waitFor(reached.exists, "the phase")
    return process, opened


@pytest.mark.parametrize("phase", PHASES)
def test_termination_ends_in_order(kind: Kind, phase: str, folder: Path) -> None:
    line = [*kind.command, "--drain=600", "phased"]
    with running(line, folder, {"PHASE": phase}) as command:
        process, opened = inPhase(phase, kind, command, folder)
        early = phase in ("loading", "binding", "start")
        # The command that starts a daemon passes it on.
        os.kill(command.process.pid if early else process, signal.SIGTERM)
        for each in opened:
            # It works on, for the first signal has said all.
            each.sendall(b"y")
            assert each.recv(1) == b"y"
            each.close()
        (folder / "go").touch()
        waitFor(lambda: not isAlive(process), "the end")
        if early or not kind.daemon:
            status = command.end()
            assert status == (-signal.SIGTERM if phase == "loading" else kind.status)
    assert command.err == []
    assert "Traceback" not in logOf(command, folder)
    left = {each.name for each in folder.iterdir()}
    assert left <= {"phased.py", "twisted", "reached", "go", "twistd.log", "__pycache__"}


@pytest.mark.parametrize("phase", PHASES)
def test_what_was_killed_starts_again(kind: Kind, phase: str, folder: Path) -> None:
    line = [*kind.command, "--drain=600", "phased"]
    with running(line, folder, {"PHASE": phase}) as command:
        process, opened = inPhase(phase, kind, command, folder)
        os.kill(process, signal.SIGKILL)
        for each in opened:
            each.close()
        if kind.daemon and phase in ("binding", "start"):
            # The process that was started lives, and says it.
            assert command.end() == 70
            assert "".join(command.err).startswith("twistd: the daemon ended before it had started")
            assert len(command.err) == 1
        waitFor(lambda: not isAlive(process), "the end")
    (folder / "reached").unlink(missing_ok=True)
    with running(line, folder) as command:
        waitFor(lambda: serves(folder), "the service")
        if kind.daemon:
            assert command.process.wait(PATIENCE) == 0
            process = int((folder / "twistd.pid").read_text())
        else:
            waitFor(lambda: "has started" in logOf(command, folder), "the start")
            process = command.process.pid
        os.kill(process, signal.SIGTERM)
        waitFor(lambda: not isAlive(process), "the end")
        assert kind.daemon or command.end() == kind.status
    assert command.err == []
    assert not (folder / "twistd.pid").exists()
    assert not (folder / "socket").exists()
    assert not (folder / "socket.lock").is_symlink()


@pytest.mark.parametrize("broken", ["import no_such_module", "1 / 0", "def", "raise SystemExit(3)"])
def test_plugin_that_cannot_be_imported_holds_up_no_other(
    kind: Kind, folder: Path, broken: str
) -> None:
    (folder / "twisted" / "plugins" / "broken_plugin.py").write_text(broken + "\n")
    with running([*kind.command, "phased"], folder) as command:
        waitFor(lambda: serves(folder), "the service")
        waitFor(lambda: "has started" in logOf(command, folder), "the start")
        if kind.daemon:
            assert command.end() == 0
            process = int((folder / "twistd.pid").read_text())
        else:
            process = command.process.pid
        os.kill(process, signal.SIGTERM)
        waitFor(lambda: not isAlive(process), "the end")
        command.end()
    told = [line for line in command.err if "cannot be imported" in line]
    assert len(told) == 1
    assert "broken_plugin" in told[0]


def test_directory_that_is_gone_is_one_line(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'cd {tmp_path}/gone && rmdir ../gone && exec "$@"'
    status, _, err = run(["sh", "-c", script, "sh", *kind.command, "nonsense"], tmp_path)
    assert status == 64
    assert err.count("\n") == 1
    assert "nonsense" in err
