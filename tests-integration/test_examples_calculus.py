"""The stages of the calculator: their tests pass, but for those that fail on purpose."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .running import PATIENCE, running
from .small_house import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "calculus"


def runTrial(folder: Path, *names: str) -> str:
    """Run tests, and return what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "twisted.scripts.trial", *names],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == (0 if "PASSED" in done.stdout else 1), done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("stage", "end"),
    [
        ("test/test_base_1.py", "FAILED (failures=4)"),
        ("test/test_base_2.py", "PASSED (successes=4)"),
        ("test/test_base_2b.py", "PASSED (successes=4)"),
        ("test/test_base_3.py", "PASSED (successes=8)"),
        ("test/test_remote_1.py", "PASSED (successes=4)"),
        ("test/test_client_1.py", "PASSED (successes=4)"),
        ("test/test_client_2.py", "PASSED (successes=5)"),
        ("test/test_remote_2.py", "PASSED (successes=4)"),
        ("test/test_remote_3.py", "PASSED (successes=5)"),
        ("test/test_client_3.py", "PASSED (successes=6)"),
        ("test/test_client_4.py", "PASSED (successes=6)"),
    ],
)
def test_stage_ends_as_the_page_says(tmp_path: Path, stage: str, end: str) -> None:
    folder = tmp_path / "calculus"
    shutil.copytree(EXAMPLES, folder)
    module = stage.removesuffix(".py").replace("/", ".")
    assert end in runTrial(folder, f"calculus.{module}")


def test_tag_names_the_tests(tmp_path: Path) -> None:
    folder = tmp_path / "calculus"
    shutil.copytree(EXAMPLES, folder)
    module = folder / "calculus/base_1.py"
    tag = "# -*- test-case-name: calculus.test.test_base_1 -*-"
    module.write_text(f"{tag}\n{module.read_text()}")
    out = runTrial(folder, "--testmodule", "calculus/base_1.py")
    assert "FAILED (failures=4)" in out


@pytest.mark.parametrize(
    ("test", "right", "wrong", "failing"),
    [
        ("base_3", "base_3", "base_2", ["errorAdd", "errorMultiply"]),
        ("client_3", "client_3", "client_2", ["timeoutClosesTheConnection"]),
        ("remote_3", "len(self.flushLoggedErrors(TypeError))", "1", ["invalidParameters"]),
    ],
)
def test_former_stage_fails_where_the_page_says(
    tmp_path: Path, test: str, right: str, wrong: str, failing: list[str]
) -> None:
    folder = tmp_path / "calculus"
    shutil.copytree(EXAMPLES, folder)
    path = folder / f"calculus/test/test_{test}.py"
    changed = path.read_text().replace(right, wrong)
    assert changed != path.read_text()
    path.write_text(changed)
    out = runTrial(folder, "--reporter=bwverbose", f"calculus.test.test_{test}")
    lines = [line.split(" ... ") for line in out.split("\n")]
    bad = [line[0] for line in lines if len(line) == 2 and line[1] != "[OK]"]
    assert [name.rpartition("test_")[2] for name in bad] == failing


@pytest.mark.parametrize("module", ["remote_1", "remote_2"])
def test_server_answers_as_a_script(module: str) -> None:
    with running([sys.executable, "-m", f"calculus.{module}"], EXAMPLES) as server:
        pattern = r"CalculationFactory starting on (\d+)"
        server.waitFor(lambda out: re.search(pattern + r"\s", out))
        found = re.search(pattern, "".join(server.out))
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=PATIENCE) as client:
            client.sendall(b"add 4123 9423\r\n")
            answers = client.makefile("rb")
            assert answers.readline() == b"13546\r\n"
            if module == "remote_2":
                client.sendall(b"add one two\r\n")
                assert answers.readline() == b"error\r\n"
