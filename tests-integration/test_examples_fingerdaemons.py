"""The finger tutorial's applications, under twistd as root, asked by finger, nc and openssl.

Each test has a network of its own, so the ports are those that the tutorial names.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .daemons import TWISTD, isAlive, waitFor
from .namespaces import Side
from .peers import incumbent
from .running import PATIENCE, ROOT, Running, ask, run, running

EXAMPLES = ROOT / "docs" / "examples" / "finger-tutorial"
TLS = ROOT / "docs" / "examples" / "tls"

STATUS = b"Counting on the engine\r\n"

ACCOUNTS = """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
ada:x:12345:12345:Ada Lovelace:{home}:/bin/sh
"""

# In a mount namespace of its own, the machine has the accounts of a file.
WITH_ACCOUNTS = [
    *("unshare", "--mount", "sh", "-c"),
    'mount --bind "$0" /etc/passwd && exec "$@"',
]

needsFinger = pytest.mark.skipif(
    shutil.which("finger") is None, reason="finger is missing: apt-get install finger"
)
needsNc = pytest.mark.skipif(
    shutil.which("nc") is None, reason="nc is missing: apt-get install ncat"
)


@pytest.fixture(scope="module", params=["ours", "incumbent"])
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter; the incumbent's is made here, where there is a network besides that of a test."""
    return sys.executable if request.param == "ours" else str(incumbent())


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    """A network that only this test sees."""
    if os.geteuid() != 0:
        pytest.skip("ports below 1024 are for root: run the tests as root")
    try:
        side = Side()
    except PermissionError as error:
        pytest.skip(f"a network of its own is for root (CAP_SYS_ADMIN): {error}")
    with side.inside():
        yield
    side.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A copy of the tutorial that every user can read, unlike what pytest makes."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        shutil.copytree(EXAMPLES, path, dirs_exist_ok=True)
        path.chmod(0o755)
        # Who the applications become must be able to remove the pid file.
        os.chown(path, 1, 1)
        yield path


@contextmanager
def application(
    folder: Path, name: str, *prefix: str, pidFile: str = "twistd.pid"
) -> Iterator[Running]:
    """Run an application in the foreground, and end it as its user would."""
    with running([*prefix, TWISTD, f"--pidfile={pidFile}", "-ny", name], folder) as daemon:
        daemon.waitFor(lambda text: "service has started" in text)
        yield daemon
        assert daemon.stop() == -signal.SIGINT
    assert not (folder / pidFile).exists()


def nc(port: int, text: bytes) -> bytes:
    """Return what the program nc prints after it has sent a text and its end."""
    command = ["nc", "127.0.0.1", str(port)]
    done = subprocess.run(command, input=text, capture_output=True, timeout=PATIENCE)
    return done.stdout


def finger(user: str) -> str:
    """Return what the program finger prints of a user at this machine's server."""
    command = ["finger", f"{user}@127.0.0.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    return done.stdout


@needsFinger
@pytest.mark.parametrize(
    "name",
    ["step10.tac", "step11.tac", "step12.tac", "memory.tac", "statusfile.tac", "objects.tac"],
)
def test_client_gets_the_status(folder: Path, name: str) -> None:
    with application(folder, name):
        assert "Counting on the engine" in finger("ada")
        assert "No such user" in finger("charles")


@pytest.mark.parametrize("name", ["step10.tac", "statusfile.tac"])
def test_application_runs_as_another_user(folder: Path, name: str) -> None:
    with application(folder, name) as daemon:
        assert ask(79, b"ada\r\n") == STATUS
        status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == ["1"] * 4
    assert fields["Gid"].split() == ["1"] * 4


@needsNc
@pytest.mark.parametrize("name", ["step11.tac", "step12.tac", "memory.tac"])
def test_status_that_was_set_is_told(folder: Path, name: str) -> None:
    with application(folder, name):
        nc(1079, b"ada\nWriting notes\n")
        waitFor(lambda: ask(79, b"ada\r\n") == b"Writing notes\r\n", "the new status")
        nc(1079, b"charles\nPolishing wheels\n")
        waitFor(lambda: ask(79, b"charles\n") == b"Polishing wheels\r\n", "the new user")


@pytest.mark.parametrize("name", ["step11.tac", "step12.tac", "memory.tac"])
@pytest.mark.parametrize("text", [b"", b"ada\n", b"ada\none\ntwo\n", b"x" * 600])
def test_anything_but_two_lines_sets_nothing(folder: Path, name: str, text: bytes) -> None:
    with application(folder, name) as daemon:
        with subprocess.Popen(
            ["nc", "127.0.0.1", "1079"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as client:
            client.communicate(text, PATIENCE)
        nc(1079, b"done\nyes\n")
        waitFor(lambda: ask(79, b"done\n") == b"yes\r\n", "what was set last")
        assert ask(79, b"ada\n") == STATUS
        assert "Traceback" not in "".join(daemon.out)


@needsFinger
def test_program_tells_of_the_machines_users(folder: Path) -> None:
    accounts = folder / "passwd"
    accounts.write_text(ACCOUNTS.format(home="/nowhere"))
    with application(folder, "program.tac", *WITH_ACCOUNTS, str(accounts)):
        assert "Ada Lovelace" in finger("ada")
        assert "No such user" in finger("charles")
        assert ask(79, b"-l\n") == b"No such user\r\n"


@needsFinger
def test_plans_are_told(folder: Path) -> None:
    accounts, plan = folder / "passwd", folder / ".plan"
    accounts.write_text(ACCOUNTS.format(home=folder))
    plan.write_text("\nFind Bernoulli's \x1b[31mnumbers.\nWrite them down.\n")
    with application(folder, "plans.tac", *WITH_ACCOUNTS, str(accounts)):
        text = finger("ada")
        assert "Find Bernoulli's ?[31mnumbers.\nWrite them down." in text.replace("\r", "")
        plan.unlink()
        for user in ("ada", "charles", "../ada"):
            assert ask(79, user.encode() + b"\n") == b"No such user\r\n"
        os.mkfifo(plan)
        assert ask(79, b"ada\n") == b"No such user\r\n"


@needsNc
def test_query_is_passed_on(folder: Path) -> None:
    with application(folder, "elsewhere.tac"):
        assert nc(7779, b"ada@127.0.0.1\n") == b"Could not connect to remote host\r\n"
        with application(folder, "step10.tac", pidFile="other.pid"):
            assert nc(7779, b"ada@127.0.0.1\n") == STATUS
            assert nc(7779, b"ada\n") == STATUS
            assert nc(7779, b"charles@localhost\n") == b"No such user\r\n"
            assert nc(7779, b"ada@\xff\n") == b"Not a host\r\n"


def test_programs_ask_an_object(folder: Path, python: str) -> None:
    client = [python, str(folder / "ask_objects.py")]
    status, out, err = run(client)
    assert status == 0, err
    assert re.fullmatch(r"no object: .*refused.*\n", out)
    with application(folder, "objects.tac"):
        status, out, err = run(client)
        assert status == 0, err
        first, second = out.splitlines()
        assert re.fullmatch(r"got object: <twisted\.spread\.pb\.RemoteReference .*>", first)
        assert second == "server sent: Counting on the engine"
        assert "server sent: Looking for a moth\n" in run([*client, "grace"])[1]
        assert "server sent: No such user\n" in run([*client, "charles"])[1]


ASKING = """
import sys
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred
from twisted.spread import pb

def show(what):
    print(what, flush=True)

async def ask():
    finger = await factory.getRootObject()
    show(await finger.callRemote("getUsers"))
    for call in (("getUser", 79), ("getUser", ["ada"]), ("users",), ("getUser",)):
        await finger.callRemote(*call).addErrback(lambda failure: show(failure.getErrorMessage()))
    show(await finger.callRemote("getUser", "weird"))

factory = pb.PBClientFactory()
reactor.connectTCP("127.0.0.1", 8889, factory)
ensureDeferred(ask()).addErrback(show).addBoth(lambda _: reactor.stop())
reactor.run()
"""


def test_object_is_asked_for_all_and_for_what_it_does_not_know(folder: Path, python: str) -> None:
    with (folder / "users").open("ab") as users:
        users.write(b"weird: \x1b[31m\xff\n")
    with application(folder, "objects.tac") as daemon:
        status, out, err = run([python, "-c", ASKING])
        assert status == 0, err
        assert out.splitlines() == [
            "['ada', 'grace', 'weird']",
            "the name of a user is text",
            "the name of a user is text",
            "No such method: remote_users",
            "FingerRoot.remote_getUser() missing 1 required positional argument: 'user'",
            "?[31m\ufffd",
        ]
        assert "Traceback" not in "".join(daemon.out)


def test_made_service_listens_with_tls_too(folder: Path) -> None:
    subprocess.run(
        [sys.executable, str(TLS / "make_certificate.py"), str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with application(folder, "simple.tac"):
        assert ask(79, b"grace\n") == b"Looking for a moth\r\n"
        done = subprocess.run(
            [
                *("openssl", "s_client", "-quiet", "-verify_return_error"),
                *("-CAfile", "public.pem", "-connect", "127.0.0.1:7979"),
            ],
            cwd=folder,
            input=b"ada\n",
            capture_output=True,
            timeout=PATIENCE,
        )
        assert done.stdout == STATUS


def test_missing_file_of_users_is_told(folder: Path) -> None:
    (folder / "users").unlink()
    with running([TWISTD, "-ny", "statusfile.tac"], folder) as daemon:
        assert daemon.end() != 0
        assert "No such file or directory" in "".join(daemon.err)
        assert "Traceback" not in "".join(daemon.err)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--pidfile=finger.pid",),
        ("--logfile=finger.log",),
        ("--rundir=run",),
    ],
    ids=lambda words: "".join(words),
)
def test_daemon_is_started_and_stopped(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "run").mkdir()
    os.chown(folder / "run", 1, 1)
    subprocess.run(
        [TWISTD, "-y", "step10.tac", *words],
        cwd=folder,
        check=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    (file,) = folder.rglob("*.pid")
    pid = int(file.read_text())
    try:
        assert file == folder / ("run" if "rundir" in str(words) else "") / (
            "finger.pid" if "pidfile" in str(words) else "twistd.pid"
        )
        assert ask(79, b"ada\n") == STATUS
    finally:
        os.kill(pid, signal.SIGTERM)
    waitFor(lambda: not isAlive(pid), "the end of the daemon")
    (log,) = folder.rglob("*.log")
    assert log.name == ("finger.log" if "logfile" in str(words) else "twistd.log")
    assert "Server Shut Down" in log.read_text()
    assert not file.exists()
