"""tw-all brings every part, and its example runs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "packages" / "tw-all"
NAMES = re.findall(r"^\| (tw-\w+) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)


def test_it_requires_every_part_that_its_readme_names() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    required = {line.partition("==")[0] for line in project["dependencies"]}
    assert required == set(NAMES)


def test_every_part_is_installed_in_its_own_version() -> None:
    version = distribution("tw-all").version
    assert {name: distribution(name).version for name in NAMES} == dict.fromkeys(NAMES, version)


def test_the_example_of_the_readme_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True)
    assert done.stdout == "Hello, world!\n"
    assert done.stderr == ""
    assert done.returncode == 0
