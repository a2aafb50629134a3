"""Compare what each part's pyproject.toml requires with what its sources import.

A part declares every distribution that it imports from directly and nothing more, with `==` pins
between our own parts. tw-all alone declares without importing: all the others. A part without
modules can be declared by any: there is nothing to import.
"""

import configparser
import sys
from collections.abc import Iterator
from pathlib import Path

from imports import imports_of
from parts import ROOT, Part, normalized, owners, parts

# Where a distribution is not called like the package that it installs.
DISTRIBUTION_OF = {
    "attr": "attrs",
    "gi": "pygobject",
    "OpenSSL": "pyopenssl",
    "serial": "pyserial",
    "wx": "wxpython",
}

# Says something to mypyc alone, which brings it along: never imported when a program runs.
COMPILER = "mypy_extensions"


def doors(root: Path) -> set[tuple[str, str]]:
    """Return the imports that may look up, from .importlinter: they are no requirements."""
    settings = configparser.ConfigParser()
    settings.read(root / ".importlinter")
    lines = settings["importlinter:contract:floors"]["doors"].split("\n")
    return {(a, b) for a, arrow, b in (line.partition(" -> ") for line in lines) if arrow}


def needs(part: Part, owner_of: dict[str, str], allowed: set[tuple[str, str]]) -> dict[str, str]:
    """Return the distributions that a part imports from, each with a place where it does so."""
    found: dict[str, str] = {}
    for module, path in part.modules.items():
        place = path.relative_to(part.folder.parent)
        for imported in imports_of(path, owner_of):
            if (module, imported.module) in allowed:
                continue
            name = _distribution(imported.module, owner_of, part)
            if name not in (None, part.name):
                found.setdefault(str(name), f"{place}:{imported.line}")
        if module.startswith("twisted.plugins.") and part.name != "tw-plugin":
            found.setdefault("tw-plugin", f"{place} is a plugin")
    return found


def _distribution(module: str, owner_of: dict[str, str], part: Part) -> str | None:
    """Return the normalized name of the distribution that holds a module, None for Python's own."""
    root, *_ = module.split(".")
    if root == "twisted":
        return owner_of.get(module, module)
    if root in sys.stdlib_module_names or root == COMPILER:
        return None
    if root in DISTRIBUTION_OF:
        return DISTRIBUTION_OF[root]
    # zope.interface is a distribution of its own in the package zope that several share.
    steps = module.split(".")
    names = [normalized(".".join(steps[:count])) for count in range(1, len(steps) + 1)]
    return next((name for name in names if name in part.requirements), names[0])


def faults(root: Path) -> Iterator[str]:
    """Yield a line for each requirement that is missing, too much, or not pinned."""
    owner_of = owners(root)
    allowed = doors(root)
    all_parts = parts(root)
    without_modules = {part.name for part in all_parts if not part.modules}
    for part in all_parts:
        wanted = needs(part, owner_of, allowed)
        if part.name == "tw-all":
            wanted = {other.name: "tw-all holds all parts" for other in all_parts if other != part}
        declared = part.requirements
        for name in sorted(wanted.keys() - declared.keys()):
            yield f"{part.name} does not require {name}, but imports it: {wanted[name]}"
        extras = part.project.get("optional-dependencies", {})
        optional = {line for lines in extras.values() for line in lines}
        for name in sorted(declared.keys() - wanted.keys()):
            if declared[name] not in optional and name not in without_modules:
                yield f"{part.name} requires {name}, but imports nothing from it"
        version = part.project["version"]
        for name, line in sorted(declared.items()):
            if name.startswith("tw-") and not line.endswith(f"=={version}"):
                yield f"{part.name} must pin {name}=={version}, not {line!r}"


def main() -> None:
    """Print what is wrong with the requirements; the exit status says whether anything is."""
    found = list(faults(Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT))
    if found:
        sys.exit("\n".join(found))
    print("Each part requires what it imports and nothing more.")


if __name__ == "__main__":
    main()
