"""The example of the how-to about installing an application as a service.

The project (pyproject.toml, gatehouse/__init__.py, gatehouse/gate.py, gatehouse/tap.py and the
plugin twisted/plugins/gatehouse_plugin.py) is installed, and systemd's own check reads its units
gatehouse.service, gatehouse.socket and gatehouse-on-demand.service. No test boots a systemd: one
that is process 1 cleans directories and sets what belongs to the whole machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .daemons import TWISTD
from .debian_python import PYTHON
from .running import PATIENCE, ROOT, ask, freePort, run, running

EXAMPLE = ROOT / "docs" / "examples" / "deploying"
PARTS = (
    *("tw-python", "tw-logger", "tw-plugin", "tw-persisted", "tw-defer", "tw-reactor", "tw-cred"),
    *("tw-protocols", "tw-application"),
)
STARTED = "The service has started"


def gatehouse(*words: str) -> list[str]:
    """Return the command, as one who has not installed it runs it."""
    return [TWISTD, "-n", "--pidfile=", *words]


def refuses(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("kind", ["passwd", "file"])
def test_who_knows_the_word_is_let_in(tmp_path: Path, kind: str) -> None:
    visitors = tmp_path / "visitors"
    visitors.write_text("alice:sesame:1000:1000::/home/alice:/bin/sh\n")
    port = freePort()
    options = [f"--auth={kind}:{visitors}", "-h", "Elsinore", "-e", f"tcp:{port}"]
    with running(gatehouse("gatehouse", *options), EXAMPLE) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert ask(port, b"alice sesame\n") == b"Welcome to Elsinore, alice!\n"
        assert ask(port, b"alice open\n") == b"Stay outside.\n"
        assert ask(port, b"mallory sesame\n") == b"Stay outside.\n"
        assert ask(port, b"x" * 1000) == b""
        assert twistd.stop() == -signal.SIGINT


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], "nobody could come in: give --auth"),
        (["--auth=anonymous"], "anonymous"),
        (["--auth=nonsense:x"], "nonsense"),
    ],
)
def test_command_that_lets_nobody_in_is_refused(options: list[str], text: str) -> None:
    status, out, err = run(gatehouse("gatehouse", *options), EXAMPLE)
    assert (status, out) == (64, "")
    assert text in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["--help-auth"], ["--help-auth-type", "passwd"]])
def test_help_about_checkers_is_printed(words: list[str]) -> None:
    status, out, err = run([TWISTD, "gatehouse", *words], EXAMPLE)
    assert (status, err) == (0, "")
    assert "passwd" in out
    # What the command does not support is not offered.
    assert "anonymous" not in out


class Installed:
    """The project, installed with all that it needs where any user can run it.

    Attributes:
        directory: The environment.
        visitors: The file of those who are let in.
    """

    def __init__(self, parent: Path) -> None:
        self.directory = parent / "gatehouse"
        self.visitors = parent / "visitors"
        self.visitors.write_text("alice:sesame\n")
        uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv" / "bin"))
        if uv is None:
            pytest.skip("uv is not on PATH: run the tests by tools/dev.py, which brings it")
        if not Path(PYTHON).exists():
            pytest.skip("a Python that all users may run is missing: apt-get install python3")
        self._run(uv, "venv", "--quiet", "--python", PYTHON, str(self.directory))
        python = str(self.directory / "bin" / "python")
        parts = [str(ROOT / "packages" / part) for part in PARTS]
        # The version stays the same from change to change, and with it what uv has kept.
        refresh = [f"--refresh-package={part}" for part in PARTS]
        self._run(
            uv, "pip", "install", "--quiet", "--python", python, *refresh, *parts, str(EXAMPLE)
        )

    def _run(self, *command: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(
            command, env=environment, cwd="/", capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    """The project, installed."""
    # Below /tmp, where every user gets to.
    parent = Path(tempfile.mkdtemp(prefix="tw-", dir="/tmp"))
    parent.chmod(0o755)
    try:
        yield Installed(parent)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def test_installed_command_is_listed(installed: Installed) -> None:
    status, out, err = run([str(installed.directory / "bin" / "twistd"), "--help"], "/")
    assert (status, err) == (0, "")
    assert "gatehouse" in out
    assert "Let in who knows the word." in out


def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: install the Debian package systemd")
    for name in ("gatehouse.service", "gatehouse.socket"):
        source = "gatehouse-on-demand.service" if name.endswith("service") else name
        # It looks whether the program is there.
        text = (EXAMPLE / source).read_text().replace("/opt/gatehouse/bin/twistd", "/bin/true")
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / "gatehouse.service"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "gatehouse" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
