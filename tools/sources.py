"""The text files of a repository, as the rules of tools/hygiene.py look at them."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Finding = Iterator[str]


@dataclass(frozen=True)
class Source:
    """A text file of the repository."""

    root: Path
    name: str

    @cached_property
    def text(self) -> str:
        """What the file holds, as text."""
        return (self.root / self.name).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree."""
        return ast.parse(self.text, self.name)

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        """The file's tokens."""
        return list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    @property
    def is_python(self) -> bool:
        """Whether it is a Python module."""
        return self.name.endswith(".py")

    @property
    def is_shipped(self) -> bool:
        """Whether it is a module of a distribution."""
        return self.is_python and re.match(r"packages/[^/]+/src/", self.name) is not None

    @property
    def is_test(self) -> bool:
        """Whether it is a module of a tests folder."""
        return self.is_python and bool(
            re.match(r"(packages/[^/]+/tests|tests-integration)/", self.name)
        )

    def at(self, node: ast.AST | int, said: str) -> str:
        """Return a finding at a line of this file."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return f"{self.name}:{line}: {said}"


def files(root: Path) -> list[Source]:
    """Return the text files that git tracks or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    names = sorted({name for name in listed.split("\0") if name and (root / name).is_file()})
    return [Source(root, name) for name in names if not _is_binary(root / name)]


def _is_binary(path: Path) -> bool:
    return b"\0" in path.read_bytes()[:8000]
