"""The commands: dev.py, .ci/run and the workflows run the scripts of hatch.toml."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .small_house import ROOT

COMMANDS = {
    *("test", "unit", "integration", "lint", "types", "contracts", "build", "check-wheels"),
    *("docs", "bench", "version", "properties", "simulation", "faults"),
}


def scripts() -> set[str]:
    """Return the names of all scripts, as `hatch run` takes them."""
    environments = tomllib.loads((ROOT / "hatch.toml").read_text())["envs"]
    return {
        script if name == "default" else f"{name}:{script}"
        for name, environment in environments.items()
        for script in environment.get("scripts", {})
    }


def test_each_command_is_a_script() -> None:
    assert scripts() >= COMMANDS


def test_scripts_have_only_the_fields_that_hatch_fills() -> None:
    fields = set(re.findall(r"\{(\w*)", (ROOT / "hatch.toml").read_text()))
    assert fields == {"args", "env"}


@pytest.mark.parametrize(
    "name", [".ci/run", ".ci/nightly", ".github/workflows/ci.yml", "docs/contributing.md"]
)
def test_whatever_runs_dev_py_names_a_script(name: str) -> None:
    named = set(re.findall(r"dev\.py ([a-z][a-z:-]*)", (ROOT / name).read_text()))
    assert named
    assert named <= scripts() | {"demo"}


def test_dev_py_tells_its_commands() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/dev.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "demo" in done.stdout


def test_the_newest_python_is_a_released_one_that_runs() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/newest_python.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    newest = done.stdout.strip()
    asked = subprocess.run(
        [newest, "-c", "import sys; print(sys.version_info >= (3, 11), sys.version_info[3])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout == "True final\n"


class StubbedClone:
    """A folder with the real .ci/run and stubs of whatever it runs."""

    def __init__(self, root: Path) -> None:
        """Make the folder; every stub succeeds."""
        self.root = root
        (root / ".ci").mkdir()
        (root / "tools").mkdir()
        (root / "bin").mkdir()
        shutil.copy(ROOT / ".ci/run", root / ".ci/run")
        (root / "tools/newest_python.py").write_text("print('/usr/bin/python3.99')\n")
        self.fail_dev("")
        self.stub("dpkg-query", "echo install ok installed")
        self.stub("apt-get", "exit 0")

    def fail_dev(self, command: str) -> None:
        """Let one command of dev.py fail."""
        (self.root / "tools/dev.py").write_text(
            f"import os, sys\nprint('ran', *sys.argv[1:], os.environ.get('HATCH_PYTHON', ''))\n"
            f"sys.exit(sys.argv[1] == {command!r})\n"
        )

    def stub(self, name: str, script: str) -> None:
        """Write a program that stands in for a real one."""
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run .ci/run as the integration machine does."""
        return subprocess.run(
            ["bash", ".ci/run"],
            cwd=self.root,
            env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}", "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def clone(tmp_path: Path) -> StubbedClone:
    """A clone in which everything passes."""
    return StubbedClone(tmp_path)


def test_ci_runs_every_gate_and_the_tests_on_two_pythons(clone: StubbedClone) -> None:
    done = clone.run()
    assert done.returncode == 0, done.stdout
    ran = re.findall(r"^ran (\S+) (.*)$", done.stdout, re.MULTILINE)
    assert {command for command, _ in ran} == {
        *("lint", "types", "contracts", "check-wheels", "docs"),
        *("newest:unit", "compiled:unit", "test"),
    }
    assert ("newest:unit", "/usr/bin/python3.99") in ran
    assert ("test", "") in ran


def test_ci_goes_on_after_a_failing_step_and_names_it_at_the_end(clone: StubbedClone) -> None:
    clone.fail_dev("types")
    done = clone.run()
    assert done.returncode == 1
    assert done.stdout.endswith("FAILED: types\n")
    assert "ran test" in done.stdout


def test_ci_says_what_to_do_where_packages_cannot_be_installed(clone: StubbedClone) -> None:
    clone.stub("dpkg-query", "exit 1")
    clone.stub("apt-get", "echo Could not resolve; exit 100")
    done = clone.run()
    assert done.returncode == 1
    assert re.search(r"The tests need the Debian packages .*\bcurl finger\b", done.stdout)
    assert "install them yourself" in done.stdout
    assert "ran" not in done.stdout


def test_ci_installs_only_the_packages_that_are_missing(clone: StubbedClone) -> None:
    clone.stub("dpkg-query", 'case "$*" in *finger*) exit 1;; esac; echo install ok installed')
    clone.stub("apt-get", f'echo "$@" >>{clone.root}/asked')
    assert clone.run().returncode == 0
    asked = (clone.root / "asked").read_text().splitlines()
    assert asked[0].endswith("update")
    assert asked[1].split()[-1] == "finger"
