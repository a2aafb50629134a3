"""The finger tutorial's library, as a command of twistd and twist, and its parts by themselves.

The parts are fingertips/protocols.py and fingertips/statusfile.py here; fingertips/interfaces.py,
fingertips/adapters.py, fingertips/memory.py, fingertips/objects.py, fingertips/logins.py,
fingertips/program.py, fingertips/plans.py and fingertips/elsewhere.py are run by the applications
that use them, and fingertips/making.py and fingertips/tap.py by the command, which
twisted/plugins/fingertips_plugin.py adds.
"""

import os
import sys
from pathlib import Path

import pytest

from .daemons import TWISTD, waitFor
from .running import ROOT, TWIST, ask, freePort, run, running

EXAMPLES = ROOT / "docs" / "examples" / "finger-tutorial"

FOREGROUND = {"twistd": [TWISTD, "-n", "--pidfile="], "twist": [TWIST]}

COUNTING = """
from twisted.internet.task import Clock
from fingertips.statusfile import FileUsers

clock = Clock()
users = FileUsers("users", clock=clock)
users.startService()
for text in (b"ada: second", b"grace: third"):
    with open("users", "wb") as file:
        file.write(text)
    clock.advance(29)
    print(users.users)
    clock.advance(1)
    print(users.users)
users.stopService()
print(clock.getDelayedCalls())
"""

SILENT = """
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from fingertips.protocols import FingerFactory, SetterFactory

for factory in FingerFactory, SetterFactory:
    clock = Clock()
    protocol = factory(print).buildProtocol(None)
    protocol.callLater = clock.callLater
    transport = StringTransport()
    protocol.makeConnection(transport)
    clock.advance(59)
    print(transport.disconnecting)
    clock.advance(1)
    print(transport.disconnecting)
"""

CROWD = """
from fingertips.memory import MAX_USERS, MemoryUsers

users = MemoryUsers()
for number in range(MAX_USERS + 1):
    users.setUser(b"%d" % number, b"here")
print(len(users.users) == MAX_USERS)
users.setUser(b"0", b"gone")
print(users.users[b"0"])
"""


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file of users."""
    path = tmp_path / "users"
    path.write_text("ada: Counting on the engine\ngrace : Looking: for a moth\nno colon\n")
    return path


@pytest.mark.parametrize("command", list(FOREGROUND))
def test_command_answers_and_reads_the_file_again(command: str, users: Path) -> None:
    port = freePort()
    options = ["--file", str(users), "--interval", "0.05", "--port", str(port)]
    options += ["--interface", "127.0.0.1"]
    with running([*FOREGROUND[command], "fingertips", *options], EXAMPLES) as service:
        service.waitFor(lambda text: "service has started" in text)
        assert ask(port, b"ada\r\n") == b"Counting on the engine\r\n"
        assert ask(port, b"grace\r\n") == b"Looking: for a moth\r\n"
        assert ask(port, b"no colon\r\n") == b"No such user\r\n"
        users.write_text("ada: Resting\n")
        waitFor(lambda: ask(port, b"ada\n") == b"Resting\r\n", "the new status")
        waitFor(lambda: ask(port, b"grace\n") == b"No such user\r\n", "the end of the old one")
        users.unlink()
        service.waitFor(lambda text: "The users stay as they were" in text)
        assert ask(port, b"ada\n") == b"Resting\r\n"
        service.stop()


@pytest.mark.parametrize("command", [TWISTD, TWIST])
def test_help_lists_the_command_and_its_options(command: str) -> None:
    status, out, _ = run([command, "--help"], EXAMPLES)
    assert status == 0
    assert any(
        line.split()[:1] == ["fingertips"] and "Run a finger service." in line
        for line in out.splitlines()
    )
    status, out, _ = run([command, "fingertips", "--help"], EXAMPLES)
    assert status == 0
    for option in ("--file", "--interval", "--interface", "--port", "--tls", "--tlsport"):
        assert option in out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "70000"], "a port is a number up to 65535"),
        (["--tlsport", "-1"], "a port is a number up to 65535"),
        (["--interval", "soon"], "the interval is a number of seconds"),
        (["--interval", "nan"], "the interval is a number of seconds"),
        (["--tls", "/nowhere/server.pem"], "/nowhere/server.pem"),
        (["--file", "/nowhere/users", "--port", "0"], "/nowhere/users"),
        (["--file", "/dev/zero", "--port", "0"], "/dev/zero is no regular file"),
    ],
)
@pytest.mark.parametrize("command", list(FOREGROUND))
def test_mistake_is_told_in_one_line(command: str, options: list[str], complaint: str) -> None:
    status, _, err = run([*FOREGROUND[command], "fingertips", *options], EXAMPLES)
    assert status != 0
    assert complaint in err
    assert "Traceback" not in err


def test_file_is_read_every_thirty_seconds(users: Path) -> None:
    command = [sys.executable, "-c", COUNTING]
    status, out, err = run(command, users.parent, {"PYTHONPATH": str(EXAMPLES)})
    assert status == 0, err
    first = {b"ada": b"Counting on the engine", b"grace": b"Looking: for a moth"}
    second, third = {b"ada": b"second"}, {b"grace": b"third"}
    steps: list[object] = [first, second, second, third, []]
    assert out.splitlines() == [repr(step) for step in steps]


def test_huge_file_is_refused(users: Path) -> None:
    os.truncate(users, 1024 * 1024 + 1)
    command = [*FOREGROUND["twist"], "fingertips", "--file", str(users), "--port", "0"]
    status, _, err = run(command, EXAMPLES)
    assert status != 0
    assert "more than 1048576 bytes" in err


@pytest.mark.parametrize(
    ("program", "lines"),
    [(SILENT, ["False", "True"] * 2), (CROWD, ["True", "b'gone'"])],
    ids=["silent clients", "too many users"],
)
def test_there_are_limits(program: str, lines: list[str]) -> None:
    status, out, err = run([sys.executable, "-c", program], EXAMPLES)
    assert status == 0, err
    assert out.splitlines() == lines
