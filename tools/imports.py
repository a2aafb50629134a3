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
    tree = ast.parse(path.read_bytes(), path)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=str(package), names=names, level=0):
                for alias in names:
                    inner = f"{package}.{alias.name}"
                    yield Import(inner if inner in modules else package, node.lineno)
    yield from imports_by_name(tree)


def imports_by_name(tree: ast.Module) -> Iterator[Import]:
    """Yield what a file imports by calling `import_module` with a string or a constant of its."""
    constants = {
        target.id: value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(value := node.value.value, str)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(module, node.lineno)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Name(id=name), *_],
            ) if name in constants:
                yield Import(constants[name], node.lineno)
