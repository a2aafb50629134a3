"""mypy and pyright understand interfaces as types: what is right passes, what is wrong does not."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "packages" / "tw-python" / "tests"
SOURCES = ROOT / "packages" / "tw-python" / "src"
MARK = re.compile(r"# E: (\S+) / (\S+)$")

Errors = set[tuple[int, str]]


def run(*command: str) -> str:
    """Run a tool in the environment of the types' gate; return what it prints."""
    if shutil.which("hatch") is None:
        pytest.skip("hatch is not on PATH: run the tests by tools/dev.py")
    path = os.pathsep.join([str(SOURCES), *filter(None, [os.environ.get("MYPYPATH")])])
    finished = subprocess.run(
        ["hatch", "-q", "run", "types:python", "-m", *command],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert finished.returncode in (0, 1), finished.stdout + finished.stderr
    return finished.stdout


def mypy(sample: Path) -> Errors:
    """Return the lines where mypy finds errors, with their codes."""
    printed = run("mypy", "--config-file", str(ROOT / "mypy.ini"), "--no-pretty", str(sample))
    pattern = rf"^{re.escape(sample.name)}:(\d+): error: .*\[([a-z-]+)\]$"
    lines = [line.replace(str(sample), sample.name) for line in printed.splitlines()]
    shown = [re.sub(r"^\S*/", "", line) for line in lines]
    found = [re.match(pattern, line) for line in shown if ": error: " in line]
    assert all(found), printed
    return {(int(match[1]), match[2]) for match in found if match}


def pyright(sample: Path) -> Errors:
    """Return the lines where pyright finds errors, with their rules."""
    settings = sample.with_name("pyrightconfig.json")
    settings.write_text(
        json.dumps(
            {"include": [sample.name], "extraPaths": [str(SOURCES)], "pythonVersion": "3.11"}
        )
    )
    report = json.loads(run("pyright", "--outputjson", "--project", str(settings)))
    assert report["summary"]["filesAnalyzed"] == 1
    return {
        (found["range"]["start"]["line"] + 1, found.get("rule", ""))
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """The sample that is right."""
    return Path(shutil.copy(TESTS / "typing_samples_python.py", tmp_path / "good.py"))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """The sample whose wrong lines are marked."""
    return Path(shutil.copy(TESTS / "typing_rejects_python.txt", tmp_path / "bad.py"))


def marked(sample: Path, group: int) -> Errors:
    """Return the marked lines, with the codes for mypy (1) or the rules for pyright (2)."""
    found = set()
    for number, line in enumerate(sample.read_text().splitlines(), 1):
        if match := MARK.search(line):
            found |= {(number, code) for code in match[group].split("+")}
    assert found
    return found


def test_mypy_accepts_what_is_right(good: Path) -> None:
    assert mypy(good) == set()


def test_pyright_accepts_what_is_right(good: Path) -> None:
    assert pyright(good) == set()


def test_mypy_refuses_each_wrong_line_and_no_other(bad: Path) -> None:
    assert mypy(bad) == marked(bad, 1)


def test_pyright_refuses_each_wrong_line_and_no_other(bad: Path) -> None:
    assert pyright(bad) == marked(bad, 2)
