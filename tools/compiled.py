"""Install the parts that can be compiled in their compiled form, and run their tests against it.

`compiled.py tw-defer -k cancel` does that for one part; other arguments go to pytest. Needs a C
compiler, and a package index for mypyc, which the builds bring along.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from parts import ROOT, Part, parts

BUILD = ROOT / "build" / "compiled"

# Says of each module on standard input whether it is compiled.
SHOW = """
import importlib, sys
for name in sys.stdin.read().split():
    print(name, importlib.import_module(name).__file__)
"""


def compiled_modules(part: Part) -> list[str]:
    """Return the names of the modules that the compiled form of a part holds."""
    table = tomllib.loads((part.folder / "pyproject.toml").read_text(encoding="utf-8"))
    hooks = table["tool"]["hatch"]["build"]["targets"]["wheel"].get("hooks", {})
    files: list[str] = hooks.get("custom", {}).get("compiled", [])
    return [file.removesuffix(".py").replace("/", ".") for file in files]


def needed(part: Part, root: Path) -> list[Part]:
    """Return a part and those of ours that it requires, directly or not."""
    known = {other.name: other for other in parts(root)}
    found: dict[str, Part] = {}
    waiting = [part]
    while waiting:
        one = waiting.pop()
        found[one.name] = one
        waiting += [known[name] for name in one.requirements if name in known and name not in found]
    return list(found.values())


def install(part: Part, home: Path, requirements: Sequence[str] = ()) -> Path:
    """Make an environment that holds a part in its compiled form, and return its Python.

    Args:
        part: The part; what it requires of ours is installed beside it, compiled as well.
        home: The directory of the environment, made anew.
        requirements: What else to install.

    Raises:
        CalledProcessError: It cannot be built.
        RuntimeError: A module is not compiled.
    """
    wheels = home.with_name(home.name + "-wheels")
    shutil.rmtree(wheels, ignore_errors=True)
    compiling = {**os.environ, "TW_COMPILE": "1"}
    for one in needed(part, part.folder.parent.parent):
        command = ["uv", "build", "--quiet", "--wheel", "--python", sys.executable]
        subprocess.run([*command, "-o", str(wheels), str(one.folder)], env=compiling, check=True)
    subprocess.run(
        ["uv", "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True
    )
    python = home / "bin" / "python"
    found = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    installing = ["uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*installing, *found, *requirements], check=True)
    shown = subprocess.run(
        [python, "-I", "-c", SHOW],
        input="\n".join(compiled_modules(part)),
        capture_output=True,
        text=True,
        check=True,
    )
    pure = [line for line in shown.stdout.splitlines() if not line.endswith(".so")]
    if pure or not shown.stdout:
        raise RuntimeError(f"{part.name} is not compiled: {pure}")
    return python


def main(arguments: Sequence[str]) -> int:
    """Test the parts that the command line names, or all that have a compiled form."""
    known = {part.name: part for part in parts() if compiled_modules(part)}
    chosen = [name for name in arguments if name in known]
    left = [argument for argument in arguments if argument not in known]
    hatch = tomllib.loads((ROOT / "hatch.toml").read_text(encoding="utf-8"))
    pins = hatch["envs"]["default"]["dependencies"]
    status = 0
    for name in chosen or known:
        print(f"{name}, compiled:", flush=True)
        try:
            python = install(known[name], BUILD / name, pins)
        except RuntimeError as error:
            sys.exit(str(error))
        tests = str(known[name].folder / "tests")
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, *left]
        environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
        status |= subprocess.run(command, cwd=ROOT, env=environment).returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
