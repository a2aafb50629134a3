"""Generate the pages of the API reference, and the table of rooms, from the sources.

Sphinx's autodoc documents classes and functions. It takes interfaces for plain data, since they
are instances of zope's InterfaceClass, so their pages are written here, from the class body as
it stands in the file: with annotations, which zope does not keep.
"""

import ast
import importlib
import importlib.util
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType

from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import GoogleDocstring
from zope.interface.interface import InterfaceClass  # type: ignore[import-untyped]

from parts import Part, parts

_EXCEPTIONS = {
    entry["module"]
    for entry in tomllib.loads((Path(__file__).parent / "wheel_exceptions.toml").read_text())[
        "exceptions"
    ]
}

_CODE_OR_SPECIAL = re.compile(r"(`+[^`]*`+)|([*|\\])|(?<=\w)(_)(?!\w)")


def plain(line: str) -> str:
    """Return a line of prose with the characters escaped that mean something to Sphinx."""
    if line.lstrip().startswith((">>>", "...")):
        return line
    return _CODE_OR_SPECIAL.sub(lambda m: m[1] or "\\" + (m[2] or m[3]), line)


def plainDocstring(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Escape the lines of a docstring in place (autodoc-process-docstring)."""
    lines[:] = map(plain, lines)


def write(root: Path, target: Path) -> None:
    """Write the generated pages of the repository into a folder."""
    target.mkdir(exist_ok=True)
    homes = _homes(root)
    for part in parts(root):
        if part.modules:
            _replace(target / f"{part.name}.rst", "\n".join(_page(part, homes)))
    _replace(target / "rooms.md", "\n".join(_rooms(root)))


def _replace(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _public(part: Part) -> Iterator[str]:
    for module in part.modules:
        if not any(step.startswith("_") for step in module.split(".")):
            yield module


def _title(text: str, line: str) -> list[str]:
    return [text, line * len(text), ""]


def _page(part: Part, homes: dict[int, str]) -> Iterator[str]:
    yield from _title(part.name, "=")
    yield from [part.project["description"] + ".", ""]
    for name in _public(part):
        yield from _module(name, homes)


def _isHere(name: str) -> bool:
    """Return whether a module can be imported here; only those may not that are listed as such."""
    if name not in _EXCEPTIONS:
        return True
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _unimported(name: str) -> Iterator[str]:
    """Yield the description of a module that cannot be imported here, from its source."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    source = ast.parse(Path(spec.origin).read_bytes())
    yield from _title(f"``{name}``", "-")
    yield from [f".. py:module:: {name}", ""]
    yield from _indented(ast.get_docstring(source) or "", 0)
    public = [node for node in source.body if not getattr(node, "name", "_").startswith("_")]
    for node in map(_Unquoted().visit, public):
        match node:
            case ast.ClassDef():
                yield from [f".. py:class:: {name}.{node.name}", ""]
                yield from _indented(ast.get_docstring(node) or "", 1)
            case ast.FunctionDef():
                returns = ast.unparse(node.returns) if node.returns else "None"
                yield f".. py:function:: {name}.{node.name}({_arguments(node)}) -> {returns}"
                yield ""
                yield from _indented(ast.get_docstring(node) or "", 1)


def _module(name: str, homes: dict[int, str]) -> Iterator[str]:
    """Yield the description of a module: what it declares, and what it only hands on."""
    if not _isHere(name):
        yield from _unimported(name)
        return
    elsewhere, interfaces = [], {}
    for member, value in _members(name):
        if (home := homes.get(id(value), name)) != name:
            elsewhere.append((member, f"{home}.{getattr(value, '__name__', member)}"))
        elif isinstance(value, InterfaceClass):
            interfaces[member] = value
    yield from _title(f"``{name}``", "-")
    yield from [f".. automodule:: {name}", "   :members:"]
    excluded = [*interfaces, *(member for member, _ in elsewhere)]
    if excluded:
        yield f"   :exclude-members: {', '.join(excluded)}"
    yield ""
    for member, interface in interfaces.items():
        yield from _interface(name, member, interface)
    for member, home in elsewhere:
        yield from [f"``{member}``: see :py:obj:`{home}`.", ""]


def _members(name: str) -> Iterator[tuple[str, object]]:
    """Yield the public classes, functions and interfaces of a module."""
    module = importlib.import_module(name)
    declared = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == name]
    for member in getattr(module, "__all__", declared):
        value = getattr(module, member, None)
        if not member.startswith("_") and isinstance(
            value, type | FunctionType | BuiltinFunctionType | InterfaceClass
        ):
            yield member, value


def _homes(root: Path) -> dict[int, str]:
    """Return the module that each public object is described in, by the object's identity.

    What several modules offer is described where it was declared, or else in the first of them.
    """
    found: dict[int, str] = {}
    for part in parts(root):
        for name in filter(_isHere, _public(part)):
            for _, value in _members(name):
                declared = str(getattr(value, "__module__", ""))
                if declared.partition(".")[0] != "twisted":
                    found[id(value)] = declared  # somebody else's, and described there
                elif id(value) not in found or declared == name or declared.startswith(f"{name}._"):
                    found[id(value)] = name
    return found


def _interface(module: str, name: str, interface: InterfaceClass) -> Iterator[str]:
    """Yield the description of an interface as a class with its methods and attributes."""
    home = importlib.import_module(interface.__module__)
    body = _class_body(home.__file__ or "", interface.__name__)
    if body is None:
        return
    yield f".. py:class:: {module}.{name}"
    yield ""
    extended = [base.__name__ for base in interface.__bases__ if base.__name__ != "Interface"]
    yield from _indented(ast.get_docstring(body) or "", 1)
    if extended:
        yield f"   Extends {', '.join(f'``{base}``' for base in extended)}."
        yield ""
    for node in map(_Unquoted().visit, body.body):
        match node:
            case ast.FunctionDef():
                is_property = any(ast.unparse(d) == "property" for d in node.decorator_list)
                returns = ast.unparse(node.returns) if node.returns else "None"
                if is_property:
                    yield f"   .. py:property:: {node.name}"
                    yield f"      :type: {returns}"
                else:
                    yield f"   .. py:method:: {node.name}({_arguments(node)}) -> {returns}"
                yield ""
                yield from _indented(ast.get_docstring(node) or "", 2)
            case ast.AnnAssign(target=ast.Name(id=attribute), annotation=kind, value=value):
                yield f"   .. py:attribute:: {attribute}"
                yield f"      :type: {ast.unparse(kind)}"
                yield ""
                if isinstance(value, ast.Call) and value.args:
                    said = value.args[0]
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield from _indented(inspect.cleandoc(said.value), 2)


class _Unquoted(ast.NodeTransformer):
    """Takes the quotes off annotations that name what is declared later."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = self._plain(node.annotation)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.visit(node.args)
        node.returns = self._plain(node.returns)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = self._plain(node.annotation) or node.annotation
        return node

    def _plain(self, annotation: ast.expr | None) -> ast.expr | None:
        match annotation:
            case ast.Constant(value=str(text)):
                return ast.parse(text, mode="eval").body
            case _:
                return annotation


def _class_body(file: str, name: str) -> ast.ClassDef | None:
    for node in ast.walk(ast.parse(Path(file).read_bytes())):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    return None


def _arguments(node: ast.FunctionDef) -> str:
    text = ast.unparse(node.args)
    return re.sub(r"^self(, /)?(, )?", "", text)


def _indented(docstring: str, depth: int) -> Iterator[str]:
    text = str(GoogleDocstring([plain(line) for line in docstring.splitlines()]))
    for line in text.splitlines():
        yield "   " * depth + line if line else ""
    yield ""


def _rooms(root: Path) -> Iterator[str]:
    """Yield the table of rooms: what each source file is, in the words of its first line."""
    for part in parts(root):
        if not part.modules:
            continue
        yield from [f"### {part.name}", "", part.project["description"] + ".", ""]
        yield from ["| room | what it is |", "| --- | --- |"]
        for module, path in part.modules.items():
            said = ast.get_docstring(ast.parse(path.read_bytes())) or ""
            first = " ".join(said.partition("\n\n")[0].split()).replace("|", "\\|")
            yield f"| `{module}` | {first} |"
        yield ""
