#!/usr/bin/env python3
"""The commands for work on tw: `python3 tools/dev.py COMMAND [ARGUMENTS]`.

`demo` runs a finger service, `test` runs the tests; any other command is a script of hatch.toml
(lint, types, contracts, build, check-wheels, docs, bench, version, ...). Needs nothing but this
Python with venv, git and a package index: everything else goes into .venv and .hatch.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
HATCH = "hatch==1.18.2"


def prepare() -> dict[str, str]:
    """Make .venv with the pinned hatch unless it is there; return the environment to run it in."""
    if sys.version_info < (3, 11):  # noqa: UP036 - who runs an older one is told so
        sys.exit("tools/dev.py needs Python 3.11 or newer; this is " + sys.version.split()[0])
    stamp = ROOT / ".venv" / HATCH
    if not stamp.exists():
        venv.create(ROOT / ".venv", clear=True, with_pip=True)
        subprocess.run([BIN / "python", "-m", "pip", "install", "-q", HATCH], check=True)
        stamp.touch()
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    inherited = dict(os.environ)
    # The tests start thousands of interpreters, each of which would compile all it imports.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**inherited, "PATH": path, "HATCH_DATA_DIR": str(ROOT / ".hatch")}


def main() -> None:
    """Run the command that the command line names."""
    command, *arguments = sys.argv[1:] or ["--help"]
    if command in ("-h", "--help"):
        print(__doc__)
        return
    environment = prepare()
    here = os.getcwd()
    os.chdir(ROOT)
    hatch = str(BIN / "hatch")
    if command != "demo":
        os.execve(hatch, ["hatch", "run", command, *arguments], environment)
    # `hatch run` kills its child soon after Ctrl-C; the demo wants to finish what it is sending.
    subprocess.run([hatch, "-qq", "env", "create"], check=True, env=environment)
    found = subprocess.run(
        [hatch, "env", "find"], check=True, env=environment, capture_output=True, text=True
    )
    twist = Path(found.stdout.strip()) / "bin" / "twist"
    environment["PYTHONPATH"] = str(ROOT / "docs" / "examples" / "finger")
    os.chdir(here)  # files that the command line names are found from there
    os.execve(twist, ["twist", "finger", *arguments], environment)


if __name__ == "__main__":
    main()
