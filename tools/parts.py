"""What the folders under packages/ hold: the parts, their modules and their requirements.

Every gate that must know which distribution owns a module asks here, and the answer comes from the
files, so that no list has to follow them. Standard library only: the gates run in environments that
share nothing else.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def normalized(distribution: str) -> str:
    """Return a distribution's name in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def required_name(requirement: str) -> str:
    """Return the normalized name that a requirement such as `zope.interface>=7.0` begins with."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    if found is None:
        raise ValueError(f"{requirement!r} is no requirement")
    return normalized(found.group())


@dataclass(frozen=True)
class Part:
    """One distribution: a folder packages/tw-NAME."""

    folder: Path

    @property
    def name(self) -> str:
        """The distribution's name, which is the folder's."""
        return self.folder.name

    @property
    def sources(self) -> Path:
        """The directory that holds the package `twisted`; tw-all and tw-compat have none."""
        return self.folder / "src"

    @cached_property
    def project(self) -> dict[str, Any]:
        """The table `project` of its pyproject.toml."""
        table: dict[str, Any] = tomllib.loads((self.folder / "pyproject.toml").read_text())
        return dict(table["project"])

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Its modules and packages by dotted name."""
        return dict(sorted(self._modules()))

    def _modules(self) -> Iterator[tuple[str, Path]]:
        for path in self.sources.rglob("*.py"):
            steps = path.relative_to(self.sources).with_suffix("").parts
            yield ".".join(steps[:-1] if steps[-1] == "__init__" else steps), path

    @property
    def requirements(self) -> dict[str, str]:
        """The requirements by normalized name, those of the extras included."""
        extras = self.project.get("optional-dependencies", {})
        lines = [
            *self.project.get("dependencies", ()),
            *(line for e in extras.values() for line in e),
        ]
        return {required_name(line): line for line in lines}


def parts(root: Path = ROOT) -> list[Part]:
    """Return the parts of a repository, sorted by name."""
    return [Part(path.parent) for path in sorted(root.glob("packages/*/pyproject.toml"))]


def owners(root: Path = ROOT) -> dict[str, str]:
    """Return which distribution owns each module.

    Raises:
        ValueError: Two distributions own one module.
    """
    found: dict[str, str] = {}
    for part in parts(root):
        for module in part.modules:
            if module in found:
                raise ValueError(f"{module} is in {found[module]} and in {part.name}")
            found[module] = part.name
    return found
