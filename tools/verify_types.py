"""Check with `pyright --verifytypes` that every public name of `twisted` has a known type.

Two things make pyright see little and report no fault. It looks for an installed package that has
a py.typed only through the Python that stands first on PATH. And it takes for known whatever a
module imports from a folder without an `__init__.py`. So this makes an environment in build/typed
and lays the merged tree, which has them, into its site-packages. Names that are only used by public
ones must be known too, and a run that saw fewer names than the sources declare has failed.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from merged_tree import merge
from parts import ROOT, parts

# What is built from source, and takes the libraries of a desktop. Our sources see it through
# protocols of their own, so nothing of its types shows.
LEFT_OUT = {"pygobject", "wxpython"}


def environment(root: Path) -> Path:
    """Make an environment that holds the sources of all parts as if installed; return its bin."""
    home = root / "build" / "typed"
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, home], check=True)
    third_party = sorted(
        line
        for part in parts(root)
        for name, line in part.requirements.items()
        if not name.startswith("tw-") and name not in LEFT_OUT
    )
    install: list[str | Path] = ["uv", "pip", "install", "-q", "--python", home / "bin" / "python"]
    subprocess.run([*install, *dict.fromkeys(third_party)], check=True)
    site = next(home.glob("lib/python3.*/site-packages"))
    merge(root, root / "build" / "merged")
    shutil.copytree(root / "build" / "merged", site, dirs_exist_ok=True)
    return home / "bin"


def report(binaries: Path) -> dict[str, Any]:
    """Return what pyright says about the types of the package `twisted`."""
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--verifytypes", "twisted"]
        + ["--ignoreexternal", "--outputjson"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"pyright gave no report:\n{done.stdout}{done.stderr}")
    return answer


def declared(root: Path) -> int:
    """Count the public classes and functions at the top of the public modules of all parts."""
    count = 0
    for part in parts(root):
        for module, path in part.modules.items():
            if any(step.startswith("_") for step in module.split(".")):
                continue
            for node in ast.parse(path.read_bytes()).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    count += not node.name.startswith("_")
    return count


def _said(symbol: dict[str, Any]) -> str:
    return "; ".join(diagnostic["message"].split("\n")[0] for diagnostic in symbol["diagnostics"])


def main() -> None:
    """Print the names whose types are not known; the exit status says whether there are any."""
    root = Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT
    answer = report(environment(root))
    completeness = answer["typeCompleteness"]
    symbols = completeness["symbols"]
    unknown = [symbol for symbol in symbols if not symbol["isTypeKnown"]]
    faults = {symbol["name"]: _said(symbol) for symbol in unknown}
    # What is only partially unknown follows from another name that is unknown itself.
    causes = {name: said for name, said in faults.items() if said and "partially" not in said}
    for name, said in (causes or faults).items():
        print(f"{name}: {said or 'its type is not known'}")
    print(f"{len(symbols) - len(unknown)} names have a known type, {len(unknown)} have not.")
    if unknown:
        sys.exit(1)
    if len(symbols) < declared(root):
        sys.exit(f"pyright saw only a part of the {declared(root)} classes and functions.")


if __name__ == "__main__":
    main()
