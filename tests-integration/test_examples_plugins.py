"""The examples of the how-to on plugins."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "plugins"


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy: looking for plugins writes caches."""
    copy = tmp_path / "plugins"
    shutil.copytree(EXAMPLES, copy, ignore=shutil.ignore_patterns("dropin.cache", "__pycache__"))
    return copy


def run(
    examples: Path, *arguments: str, path: tuple[str, ...] = ("host", "extension")
) -> "subprocess.CompletedProcess[str]":
    # The host declares its interface in units/iunits.py.
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=examples,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(examples / each) for each in path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_program_uses_the_plugins_of_another_directory(examples: Path) -> None:
    done = run(examples, "-m", "units", "3", "ft")
    assert (done.stdout, done.stderr) == ("0.9144 m\n", "")


def test_program_without_the_plugins_knows_no_unit(examples: Path) -> None:
    done = run(examples, "-m", "units", "3", "ft", path=("host",))
    assert done.stderr == "unknown unit ft; known are: \n"


def test_program_uses_a_plugin_package_of_its_own(examples: Path) -> None:
    # The plugin is that of nautical_units.py.
    done = run(examples, "-m", "units.own")
    assert (done.stdout, done.stderr) == ("1 nmi is 1852 m\n", "")


def test_caches_are_brought_up_to_date(examples: Path) -> None:
    done = run(examples, "refresh_cache.py")
    assert done.stdout.count("twisted.plugins.imperial_units\n") == 2
    cache = examples / "extension" / "twisted" / "plugins" / "dropin.cache"
    assert list(json.loads(cache.read_text())["modules"]) == ["imperial_units"]
