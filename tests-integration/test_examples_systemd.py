"""The examples of the how-to about systemd: keeping.py, and the units, which systemd checks."""

import array
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from twisted.application.notify import Notifier
from twisted.python.systemd import ListenFDs

from .running import PATIENCE, ROOT

EXAMPLES = ROOT / "docs" / "examples" / "systemd"


def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: install the Debian package systemd")
    for unit in EXAMPLES.glob("answering.*"):
        # It looks whether the program is there.
        text = unit.read_text().replace("/usr/bin/twist", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / "answering.service"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "answering" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


def test_command_of_the_unit_is_one_that_twist_takes() -> None:
    (line,) = [
        line.partition("=")[2]
        for line in (EXAMPLES / "answering.service").read_text().splitlines()
        if line.startswith("ExecStart=")
    ]
    twist, *options = line.split()
    done = subprocess.run(
        [sys.executable, "-m", "twisted", *options, "--help"],
        cwd=ROOT / "docs" / "examples" / "restarting",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert twist == "/usr/bin/twist"
    assert (done.returncode, done.stderr) == (0, "")


def test_count_survives_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    import keeping  # type: ignore[import-not-found]  # an example

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(PATIENCE)
        notifier = Notifier(str(tmp_path / "notify"))
        keeping.Counting(notifier, ListenFDs([])).startService()
        text, ((_, _, data),), _, _ = supervisor.recvmsg(4096, socket.CMSG_SPACE(16))
        assert text == b"FDSTORE=1\nFDNAME=count"
        (stored,) = array.array("i", data)
        assert supervisor.recv(4096) == b"STATUS=started 1 times"
        keeping.Counting(notifier, ListenFDs([stored], ["count"])).startService()
        assert supervisor.recv(4096) == b"STATUS=started 2 times"
        os.close(stored)
