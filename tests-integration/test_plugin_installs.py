"""Plugins of distributions that are installed in different ways, found together."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ("tw-python", "tw-logger", "tw-plugin")

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.31"]
build-backend = "hatchling.build"

[project]
name = "planted-{name}"
version = "1"

[tool.hatch.build.targets.wheel]
packages = ["src/twisted"]
"""

# In a flat layout, setuptools makes an editable install by an import hook.
FLAT_PYPROJECT = """\
[build-system]
requires = ["setuptools>=70"]
build-backend = "setuptools.build_meta"

[project]
name = "planted-{name}"
version = "1"

[tool.setuptools]
packages = ["twisted.plugins"]
"""

PLUGIN = """\
from twisted.plugin import IPlugin
from twisted.python.components import implementer

@implementer(IPlugin)
class Planted:
    name = "{name}"

plugin = Planted()
"""

SHOW = """\
from twisted.plugin import IPlugin, getPlugins
print(sorted(p.name for p in getPlugins(IPlugin) if type(p).__name__ == "Planted"))
"""


def uv() -> str:
    """Return the path of uv, which comes with hatch."""
    found = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv" / "bin"))
    if found is None:
        pytest.skip("uv is not on PATH: run the tests by tools/dev.py, which brings it")
    return found


class Environment:
    """A virtual environment that distributions are installed into."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.python = directory / "bin" / "python"
        self._run(uv(), "venv", "--quiet", "--python", sys.executable, str(directory))

    def _run(self, *command: str, **variables: str) -> str:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("PYTHON")
        }
        done = subprocess.run(
            command,
            env={**environment, **variables},
            cwd=self.directory.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def install(self, *arguments: str) -> None:
        self._run(uv(), "pip", "install", "--quiet", "--python", str(self.python), *arguments)

    def uninstall(self, name: str) -> None:
        self._run(uv(), "pip", "uninstall", "--quiet", "--python", str(self.python), name)

    def plugins(self, *path: Path) -> str:
        return self._run(
            str(self.python), "-c", SHOW, PYTHONPATH=os.pathsep.join(map(str, path))
        ).strip()


def project(directory: Path, name: str, sources: str = "src") -> Path:
    """Write a distribution with one plugin."""
    root = directory / f"planted-{name}"
    plugins = root / sources / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    pyproject = PYPROJECT if sources else FLAT_PYPROJECT
    (root / "pyproject.toml").write_text(pyproject.format(name=name))
    (plugins / f"planted_{name}.py").write_text(PLUGIN.format(name=name))
    return root


def editable(*paths: Path) -> list[str]:
    """Return the arguments that install directories as editable."""
    return [argument for path in paths for argument in ("--editable", str(path))]


@pytest.mark.parametrize("core", ["wheels", "editable", "mixed"])
def test_plugins_are_found_however_they_are_installed(tmp_path: Path, core: str) -> None:
    environment = Environment(tmp_path / "environment")
    parts = [ROOT / "packages" / name for name in CORE]
    installedEditable = {"wheels": [], "editable": parts, "mixed": parts[1:2]}[core]
    asWheels = [str(part) for part in parts if part not in installedEditable]
    environment.install(
        *asWheels,
        *editable(*installedEditable),
        str(project(tmp_path, "wheel")),
        *editable(project(tmp_path, "editable"), project(tmp_path, "hook", sources="")),
    )
    plain = project(tmp_path, "directory") / "src"
    archive = tmp_path / "planted.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("twisted/plugins/planted_zip.py", PLUGIN.format(name="zip"))

    everything = "['directory', 'editable', 'hook', 'wheel', 'zip']"
    assert environment.plugins(plain, archive) == everything
    # The second time with the caches that the first one wrote.
    assert environment.plugins(archive, plain) == everything

    environment.uninstall("planted-wheel")
    assert environment.plugins() == "['editable', 'hook']"
