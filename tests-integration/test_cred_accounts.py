"""Accounts that useradd and chpasswd made, by the shadow file and by PAM."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .running import ROOT

PROGRAM = ROOT / "tests-integration" / "accounts_in_namespace.py"


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("useradd") is None,
    reason="only root can make accounts, with the programs of util-linux and passwd",
)
def test_account_of_the_machine_is_let_in(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, str(PROGRAM), str(tmp_path / "etc")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare failed" in done.stderr:
        pytest.skip(f"this machine gives out no namespaces: {done.stderr.strip()}")
    assert done.stdout.splitlines() == [
        f"{checker} {name} {password} {answer}"
        for checker in ("UNIXChecker", "PAMChecker")
        for name, password, answer in (
            ("tw-alice", "sesame", "b'tw-alice'"),
            ("tw-alice", "open", "refused"),
            ("tw-eve", "sesame", "refused"),
        )
    ], done.stderr
    assert "tw-alice" not in Path("/etc/passwd").read_text()
