"""Lay the sources of all parts into one tree, for tools that cannot follow a shared package.

pyright does not merge several directories that hold `twisted/__init__.py`, and import-linter sees
nothing below a folder without an `__init__.py` and then finds nothing wrong. So build/merged holds
one link for each source file, and an empty `__init__.py` in each folder that has none. The samples
that pin types, which pyright does not find by a pattern, are linked into build/samples; the folders
of tests into build/tests by names that can be a package's, for mypy to follow `from .helper`.
"""

import shutil
import sys
from pathlib import Path

from parts import ROOT, parts


def merge(root: Path, target: Path) -> None:
    """Make `target` anew from the sources under `root`.

    Raises:
        FileExistsError: Two parts hold the same file.
    """
    shutil.rmtree(target, ignore_errors=True)
    for part in parts(root):
        for source in sorted(part.sources.rglob("*")):
            if source.suffix not in (".py", ".typed"):
                continue
            link = target / source.relative_to(part.sources)
            if link.name == "py.typed" and link.exists():
                continue  # each source tree has one, for mypy; a single wheel ships it
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(source)
    samples = target.with_name("samples")
    shutil.rmtree(samples, ignore_errors=True)
    samples.mkdir(parents=True)
    for sample in sorted(root.glob("packages/*/tests/typing_samples_*.py")):
        (samples / sample.name).symlink_to(sample)
    tests = target.with_name("tests")
    shutil.rmtree(tests, ignore_errors=True)
    tests.mkdir()
    for folder in [*root.glob("packages/*/tests"), root / "tests-integration"]:
        name = folder.parent.name if folder.name == "tests" else folder.name
        (tests / name.replace("-", "_")).symlink_to(folder)
    for folder in [path for path in target.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").touch()


def main() -> None:
    """Make build/merged of the repository in which the command runs."""
    root = Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT
    merge(root, root / "build" / "merged")


if __name__ == "__main__":
    main()
