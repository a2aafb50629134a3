"""Check what no other tool checks: the layout of the repository and the habits of its sources.

Each rule is a function that yields `file:line: what is wrong`; docs/contributing.md says why the
rules are there. `python3 tools/dev.py lint` runs them over the files that git knows or would add.
"""

import ast
import gc
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import document_rules
from parts import ROOT, Part, parts
from sources import Finding, Source, files

ALLOWED_AT_ROOT = {
    *("README.md", "LICENSE", "CHANGELOG.md", "hatch.toml", "pytest.ini", "mypy.ini", "ruff.toml"),
    *(".importlinter", ".gitignore", ".ci", ".github"),
    *("packages", "tests-integration", "tools", "docs"),
}
# Shared between distributions: an __init__.py in one would hide what the others lay beside it.
SHARED_PACKAGES = ("python", "internet", "protocols", "test", "scripts")
MOST_LINES = 700
# Files that are longer, each with the reason why it is one concept all the same.
LONG_FILES: dict[str, str] = {}

BRITISH = re.compile(
    r"\b\w*(behaviour|colour|favour|honour|neighbour|centred?\b|licence|"
    r"(?:initial|serial|normal|recogn|organ|optim|synchron)is(?:e|ing|ation))\w*",
    re.IGNORECASE,
)
VAGUE_CLASS_NAME = re.compile(r"(Manager|Handler|Processor|Engine|Component)$")
AUGMENTED = re.compile(
    r"__i(add|sub|mul|matmul|truediv|floordiv|mod|pow|lshift|rshift|and|xor|or)__"
)


# Rules about files.


def root_holds_what_it_should(sources: Iterable[Source]) -> Finding:
    """The root holds the listed files and folders, nothing else."""
    for name in sorted({source.name.split("/")[0] for source in sources} - ALLOWED_AT_ROOT):
        yield f"{name}:1: does not belong at the root"


def text_is_tidy(source: Source) -> Finding:
    """No tabs, no blanks at line ends, a newline at the end; no paths of one machine."""
    here = re.compile(
        "|".join([re.escape(f"{Path.home()}/"), r"(?<![\w.])/wo" + "rk/", r"/ro" + "ot/"])
    )
    for number, line in enumerate(source.text.split("\n"), 1):
        if "\t" in line and not source.name.endswith((".tsv", ".c", ".h")):
            yield source.at(number, "has a tab")
        if line != line.rstrip():
            yield source.at(number, "has blanks at its end")
        if here.search(line):
            yield source.at(number, "names a path of one machine")
        if (found := BRITISH.search(line)) and source.name != "tools/hygiene.py":
            yield source.at(number, f"is spelled the British way: {found.group()}")
    if source.text and not source.text.endswith("\n"):
        yield source.at(source.text.count("\n") + 1, "does not end with a newline")


def shared_packages_have_no_init(sources: Iterable[Source]) -> Finding:
    """Folders that several distributions fill have no __init__.py; tw-plugin owns plugins'."""
    shared = "|".join(SHARED_PACKAGES)
    for source in sources:
        if re.match(rf"packages/[^/]+/src/twisted/({shared})/__init__\.py$", source.name):
            yield source.at(1, "hides the modules of the other distributions")
        if re.match(r"packages/(?!tw-plugin/)[^/]+/src/twisted/plugins/__init__\.py$", source.name):
            yield source.at(1, "belongs to tw-plugin")
        if re.match(r"packages/[^/]+/tests/(.*/)?__init__\.py$", source.name):
            yield source.at(1, "makes pytest lose tests without a word")


def test_modules_have_unique_names(sources: Iterable[Source]) -> Finding:
    """Two modules of one name cannot be checked in one run of mypy."""
    by_name = defaultdict(list)
    for source in sources:
        if source.is_test:
            by_name[source.name.split("/")[-1]].append(source)
    for found in by_name.values():
        for source in found[1:]:
            yield source.at(1, f"has the name of {found[0].name}")


def long_files_are_listed(source: Source) -> Finding:
    """A source file has at most 700 lines, unless the list says why it is longer."""
    if source.is_shipped and source.text.count("\n") > MOST_LINES and source.name not in LONG_FILES:
        yield source.at(MOST_LINES, "is too long: one concept, one room")


# Rules about sources.


def modules_have_docstrings(source: Source) -> Finding:
    """Each module begins with a docstring that says what it is."""
    if source.is_python and not ast.get_docstring(source.tree) and source.text.strip():
        yield source.at(1, "has no docstring")


def public_names_have_docstrings(source: Source) -> Finding:
    """Each public class, function and method has a docstring."""
    if source.is_shipped:
        yield from _undocumented(source, source.tree, "")


def _undocumented(source: Source, holder: ast.Module | ast.ClassDef, prefix: str) -> Finding:
    for node in _definitions(holder):
        name = f"{prefix}{node.name}"
        if node.name.startswith("_") or any(map(_needs_no_docstring, node.decorator_list)):
            continue
        if not ast.get_docstring(node):
            yield source.at(node, f"{name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(source, node, f"{name}.")


def _definitions(
    holder: ast.Module | ast.ClassDef,
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the definitions in a body, those inside `if` and `try` included."""
    waiting: list[ast.AST] = list(holder.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue  # declares for type checkers what is documented elsewhere
        elif isinstance(node, ast.If | ast.Try):
            waiting += ast.iter_child_nodes(node)


def _needs_no_docstring(decorator: ast.expr) -> bool:
    """Whether a decorator marks a part of something that has its docstring elsewhere."""
    said = ast.unparse(decorator)
    return said.split(".")[-1] in ("overload", "setter", "deleter", "override")


def names_are_plain(source: Source) -> Finding:
    """No mangled names, no augmented assignment, no vague class names."""
    if not source.is_shipped:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.FunctionDef(name=name) | ast.Attribute(attr=name) if AUGMENTED.fullmatch(name):
                yield source.at(node, f"{name} surprises: say what happens in a method")
            case ast.FunctionDef(name=name) | ast.Attribute(attr=name) | ast.Name(id=name):
                if name.startswith("__") and name != "__" and not name.endswith("__"):
                    yield source.at(node, f"{name} is mangled: one underscore is enough")
            case ast.ClassDef(name=name) if VAGUE_CLASS_NAME.search(name):
                yield source.at(node, f"{name} could mean anything")
            case _:
                pass


def imports_are_absolute(source: Source) -> Finding:
    """No relative and no wildcard imports in the sources."""
    if source.is_shipped:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom):
                if node.level:
                    yield source.at(node, "imports relatively")
                if node.names[0].name == "*":
                    yield source.at(node, "imports everything")


def exceptions_have_reasons(source: Source) -> Finding:
    """`# noqa` names its rule and says why, and nothing is left for later."""
    if not source.is_python:
        return
    for token in source.tokens:
        if token.type != tokenize.COMMENT:
            continue
        if "noqa" in token.string and not re.search(
            r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* - \S", token.string
        ):
            yield source.at(token.start[0], "a noqa needs its rule and, after a dash, the reason")
        if re.search(r"\b(TODO|FIXME|XXX)\b", token.string):
            yield source.at(token.start[0], "leaves something for later: file an issue")
        if re.match(r"# -\*-|#.*coding[:=]", token.string):
            yield source.at(token.start[0], "is a header line for an editor")


def lines_are_not_continued(source: Source) -> Finding:
    """Lines are wrapped inside brackets, never by a backslash."""
    if not source.is_python:
        return
    inside = {
        line
        for token in source.tokens
        if token.type == tokenize.STRING
        for line in range(token.start[0], token.end[0])
    }
    for number, line in enumerate(source.text.split("\n"), 1):
        if line.endswith("\\") and number not in inside:
            yield source.at(number, "is continued by a backslash")


def skips_say_why(source: Source) -> Finding:
    """A test that is skipped says what it lacks; none is expected to fail."""
    if not source.is_test:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "xfail":
            yield source.at(node, "a test that is known to fail belongs into an issue")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            *("pytest.mark.skip", "pytest.mark.skipif", "pytest.skip"),
        ):
            given = {keyword.arg for keyword in node.keywords}
            bare = node.args and ast.unparse(node.func) != "pytest.mark.skipif"
            if "reason" not in given and not bare:
                yield source.at(node, "is skipped without a reason")


def commands_have_man_pages(found: Iterable[Part]) -> Finding:
    """Each command has a manual page that its wheel ships."""
    for part in found:
        for command in part.project.get("scripts", {}):
            page = part.folder / "man" / f"{command}.1"
            project = part.folder / "pyproject.toml"
            if not page.exists():
                yield f"packages/{part.name}/man/{command}.1:1: is missing"
            elif f"share/man/man1/{command}.1" not in project.read_text():
                yield f"packages/{part.name}/pyproject.toml:1: does not ship man/{command}.1"


FILE_RULES: tuple[Callable[[Source], Finding], ...] = (
    text_is_tidy,
    long_files_are_listed,
    modules_have_docstrings,
    public_names_have_docstrings,
    names_are_plain,
    imports_are_absolute,
    exceptions_have_reasons,
    lines_are_not_continued,
    skips_say_why,
    document_rules.how_tos_have_their_form,
    document_rules.sentences_have_lines,
)
REPOSITORY_RULES: tuple[Callable[[list[Source]], Finding], ...] = (
    root_holds_what_it_should,
    shared_packages_have_no_init,
    test_modules_have_unique_names,
    document_rules.examples_are_tested,
    document_rules.audits_name_all_modules,
)


def findings(root: Path) -> Iterator[str]:
    """Yield everything that is wrong with a repository."""
    sources = files(root)
    for repository_rule in REPOSITORY_RULES:
        yield from repository_rule(sources)
    for rule in FILE_RULES:
        for source in sources:
            yield from rule(source)
    yield from commands_have_man_pages(parts(root))


def main() -> None:
    """Print the findings; the exit status says whether there are any."""
    # Trees and tokens stay until the end and have no cycles: looking for garbage among them took
    # four tenths of the time.
    gc.disable()
    found = list(findings(Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT))
    if found:
        sys.exit("\n".join(found))
    print("The repository is tidy.")


if __name__ == "__main__":
    main()
