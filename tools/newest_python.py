"""Print the path of the newest Python 3 on this machine.

Looks at python3.N on PATH, at the versions that pyenv holds, and at those that uv knows. A name on
PATH may be a stub that only answers for a chosen version, so each candidate is asked.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ASK = "import sys; print(*sys.version_info[:3], sys.version_info.releaselevel == 'final')"


def candidates() -> Iterator[Path]:
    """Yield the executables that may be a Python 3."""
    for folder in os.environ["PATH"].split(os.pathsep):
        yield from Path(folder).glob("python3.[0-9]*")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from pyenv.glob("versions/*/bin/python3.[0-9]*")
    if shutil.which("uv"):
        listed = subprocess.run(
            ["uv", "python", "list", "--only-installed"], capture_output=True, text=True
        )
        yield from (
            Path(line.split()[1]) for line in listed.stdout.splitlines() if line.split()[1:]
        )


def version(executable: Path) -> tuple[int, ...] | None:
    """Return the version of a released Python 3.11 or newer, None for anything else."""
    if not executable.name.removeprefix("python3.").isdecimal():
        return None
    try:
        asked = subprocess.run([executable, "-I", "-c", ASK], capture_output=True, text=True)
    except OSError:
        return None
    if asked.returncode:
        return None
    *numbers, final = asked.stdout.split()
    found = tuple(map(int, numbers))
    return found if final == "True" and found >= (3, 11) else None


def newest() -> Path:
    """Return the executable of the highest version; of equals, the first on PATH."""
    found = {path: number for path in candidates() if (number := version(path))}
    return max(found, key=lambda path: found[path])


if __name__ == "__main__":
    print(newest())
