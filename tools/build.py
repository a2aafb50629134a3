"""Build the wheel and the source distribution of every part into dist/."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from parts import ROOT, Part, parts

# A build depends on nothing but the sources: the times in the archives are fixed.
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}


def build(part: Part, target: Path) -> str:
    """Build one part; return what the builder said if it failed, else nothing."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    done = subprocess.run(
        command, cwd=part.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    return f"{part.name}:\n{done.stdout}{done.stderr}" if done.returncode else ""


def build_all(root: Path, target: Path) -> None:
    """Empty the folder `target` and build every part of the repository into it."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with ThreadPoolExecutor(2) as pool:
        failures = list(filter(None, pool.map(lambda part: build(part, target), parts(root))))
    if failures:
        sys.exit("\n".join(failures))
    for file in sorted(target.iterdir()):
        print(file.relative_to(root))


if __name__ == "__main__":
    root = Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT
    build_all(root, root / "dist")
