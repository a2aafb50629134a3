"""A repository of four tiny parts, with the real tools and settings, to plant faults in.

The gates run in it as they run here: by the scripts of hatch.toml, in environments of their own.
Its sources are made up, so a test of a gate fails for the gate's sake and not for a part's.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ("hatch.toml", "mypy.ini", "pytest.ini", "ruff.toml", ".importlinter", "LICENSE")

SOURCES = {
    "tw-python": {
        "twisted/__init__.py": '''"""A small house."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
__version__ = "26.11.0"
''',
        "twisted/python/brick.py": '''"""Bricks."""

from zope.interface import Interface  # type: ignore[import-untyped]

__all__ = ["Interface", "lay"]


def lay(count: int) -> int:
    """Return how many bricks lie."""
    return count
''',
    },
    "tw-logger": {
        "twisted/logger/__init__.py": '''"""The house's diary."""

from twisted.logger._diary import write

__all__ = ["write"]
''',
        "twisted/logger/_diary.py": '''"""Entries of the diary."""

from twisted.python.brick import lay


def write(entry: str) -> int:
    """Return the number of bricks that the entry weighs."""
    return lay(len(entry))
''',
    },
    "tw-defer": {
        "twisted/internet/_defaultreactor.py": '''"""The door upstairs."""


def climb() -> object:
    """Return what is upstairs."""
    from twisted.internet import reactor

    return reactor
''',
        "twisted/internet/waiting.py": '''"""Waiting."""

from twisted.logger import write
from twisted.python.brick import lay


def wait() -> int:
    """Return how long."""
    return lay(write("waiting"))
''',
    },
    "tw-reactor": {
        "twisted/internet/reactor.py": '''"""Upstairs."""

from twisted.internet.waiting import wait


def run() -> int:
    """Return after a while."""
    return wait()
''',
    },
}
REQUIRES = {
    "tw-python": ["zope.interface>=7.0"],
    "tw-logger": ["tw-python==26.11.0"],
    "tw-defer": ["tw-python==26.11.0", "tw-logger==26.11.0"],
    "tw-reactor": ["tw-defer==26.11.0"],
}
PROJECT = """[build-system]
requires = ["hatchling>=1.31"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "26.11.0"
description = "A part of a small house"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
authors = [{{ name = "The masons" }}]
keywords = ["house"]
classifiers = ["Typing :: Typed"]
dependencies = [{dependencies}]

[tool.hatch.build.targets.wheel]
packages = ["src/twisted"]
exclude = [{exclude}]

[tool.hatch.build.targets.sdist]
include = ["src", "tests", "README.md", "LICENSE"]
"""
TEST = '''"""Tests of bricks."""

from twisted.python.brick import lay


def test_bricks_lie_where_they_were_laid() -> None:
    assert lay(3) == 3
'''
SAMPLE = '''"""The types of bricks."""

from typing import assert_type

from twisted.python.brick import lay

assert_type(lay(1), int)
lay("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
'''
DOCUMENTS = {
    "index.md": "# House\n\n```{toctree}\n:glob:\n\n_generated/tw-*\narchitecture\n```\n",
    "architecture.md": "# Architecture\n\n## The rooms\n\n```{include} _generated/rooms.md\n```\n",
    **{
        f"audit/{part}.md": "---\norphan: true\n---\n\n# Audit\n\n"
        "| module | bad input | resource limits | exceptions from peers | tests |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| twisted, python.brick, logger, internet.waiting, internet.reactor | | | | |\n"
        for part in SOURCES
    },
}


@dataclass(frozen=True)
class SmallHouse:
    """The repository, and the commands that run in it."""

    root: Path

    def build(self) -> None:
        """Write the parts, and copy the tools and settings of the real repository."""
        for name in SETTINGS:
            shutil.copy(ROOT / name, self.root / name)
        for name, sources in SOURCES.items():
            folder = self.root / "packages" / name
            pins = ", ".join(f'"{requirement}"' for requirement in REQUIRES[name])
            marker = "" if name == "tw-python" else '"src/twisted/py.typed"'
            self.write(
                f"packages/{name}/pyproject.toml",
                PROJECT.format(name=name, dependencies=pins, exclude=marker),
            )
            self.write(
                f"packages/{name}/README.md",
                f"# {name}\n\n{'It is a part. ' * 20}\n".replace(" \n", "\n"),
            )
            self.write(f"packages/{name}/src/twisted/py.typed", "")
            shutil.copy(ROOT / "LICENSE", folder / "LICENSE")
            for path, text in sources.items():
                self.write(f"packages/{name}/src/{path}", text)
        self.write("packages/tw-python/tests/test_brick.py", TEST)
        self.write("packages/tw-python/tests/typing_samples_brick.py", SAMPLE)
        self.write("README.md", "# A small house\n")
        self.write("CHANGELOG.md", "# Changes\n\n## 26.11.0 (unreleased)\n\nFirst release.\n")
        self.write(".gitignore", (ROOT / ".gitignore").read_text())
        shutil.copytree(ROOT / "tools", self.root / "tools", ignore=_not_needed)
        (self.root / "tests-integration").mkdir()
        (self.root / "docs").mkdir()
        shutil.copy(ROOT / "docs" / "conf.py", self.root / "docs")
        for name, text in DOCUMENTS.items():
            self.write(f"docs/{name}", text)
        subprocess.run(["git", "init", "--quiet"], cwd=self.root, check=True)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @contextmanager
    def planted(self, name: str, text: str, *, after: bool = False) -> Iterator[None]:
        """Write a file, or add to one, while the context lasts."""
        path = self.root / name
        before = path.read_text() if path.exists() else None
        self.write(name, (before or "") + text if after else text)
        try:
            yield
        finally:
            if before is None:
                path.unlink()
            else:
                path.write_text(before)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a script of hatch.toml; standard error is in the output."""
        environment = {
            **os.environ,
            "HATCH_DATA_DIR": str(self.root / ".hatch"),
            "COLUMNS": "300",  # import-linter wraps its lines
        }
        for name in ("HATCH_ENV_ACTIVE", "HATCH_PYTHON", "PYTHONPATH", "VIRTUAL_ENV"):
            environment.pop(name, None)
        return subprocess.run(
            ["hatch", "run", *command],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def passes(self, *command: str) -> None:
        """Run a script that must succeed."""
        done = self.run(*command)
        assert done.returncode == 0, done.stdout

    def bites(self, *command: str) -> str:
        """Run a script that must fail, and return what it said."""
        done = self.run(*command)
        assert done.returncode != 0, done.stdout
        return done.stdout


def _not_needed(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("bench", "fuzz", "__pycache__")]
