"""Show the version that all parts share, or rewrite it: `python3 tools/dev.py version 26.12.0`.

The number stands in every pyproject.toml, with the pins between the parts, and in tw-python's
`twisted/__init__.py`. The change log gets a heading for the new release. Editable installs keep
the old metadata, so the environments are made anew at the next command.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from parts import ROOT, parts

NUMBER = r"\d\d\.\d\d?\.\d+"
IN_PROJECT = re.compile(
    rf'(?P<before>^version = "|"tw-[a-z]+(?:\[[^]]*\])?==)(?P<number>{NUMBER})', re.MULTILINE
)
IN_PACKAGE = re.compile(rf'(?P<before>^__version__ = ")(?P<number>{NUMBER})', re.MULTILINE)


def places(root: Path) -> Iterator[tuple[Path, re.Pattern[str]]]:
    """Yield each file that holds the number, and how it stands there."""
    for part in parts(root):
        yield part.folder / "pyproject.toml", IN_PROJECT
    yield root / "packages/tw-python/src/twisted/__init__.py", IN_PACKAGE


def versions(root: Path) -> dict[str, list[str]]:
    """Return the numbers that were found, each with the files where."""
    found: dict[str, list[str]] = {}
    for path, pattern in places(root):
        for match in pattern.finditer(path.read_text()):
            files = found.setdefault(match["number"], [])
            if (name := str(path.relative_to(root))) not in files:
                files.append(name)
    return found


def rewrite(root: Path, number: str) -> None:
    """Put a new number everywhere, and a heading for it into the change log."""
    for path, pattern in places(root):
        path.write_text(pattern.sub(rf"\g<before>{number}", path.read_text()))
    changes = root / "CHANGELOG.md"
    text = changes.read_text()
    if f"\n## {number} " not in text:
        heading = f"## {number} (unreleased)\n\nNothing yet.\n\n"
        changes.write_text(text.replace("\n## ", f"\n{heading}## ", 1))


def main() -> None:
    """Print or rewrite the version."""
    match sys.argv[1:]:
        case []:
            found = versions(ROOT)
            if len(found) > 1:
                sys.exit("\n".join(f"{n}: {', '.join(files)}" for n, files in found.items()))
            print(*found)
        case [number] if re.fullmatch(NUMBER, number):
            rewrite(ROOT, number)
            shutil.rmtree(ROOT / ".hatch" / "env", ignore_errors=True)
        case _:
            sys.exit("usage: version [YY.MM.N]   for example: version 26.12.0")


if __name__ == "__main__":
    main()
