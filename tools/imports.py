"""What a source file imports, wherever in the file it does so."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """A module that a file imports, and the line where."""

    module: str
    line: int


def imports_of(path: Path, modules: Container[str]) -> Iterator[Import]:
    """Yield what a file imports: in functions and under TYPE_CHECKING too, and by name.

    Args:
        path: A Python source file.
        modules: The dotted names of our own modules: with them `from twisted.internet import defer`
            is known to import twisted.internet.defer, not a name out of twisted.internet.
    """
    for node in ast.walk(ast.parse(path.read_bytes(), path)):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=str(package), names=names, level=0):
                for alias in names:
                    inner = f"{package}.{alias.name}"
                    yield Import(inner if inner in modules else package, node.lineno)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(module, node.lineno)
