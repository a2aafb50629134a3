"""The record that the requirement Twisted is met, with pip and uv, in environments of wheels.

Packages that depend on the incumbent come from the package index, as in the other environments that
tests make.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from twisted import __version__
from twisted.application.compat._record import metadataOf

from .running import ROOT

LIMIT = 600.0
INCUMBENT = "Twisted==26.10.0"
# They depend on the incumbent, and not on its parts for the web.
PUBLISHED = ["txredisapi", "txmongo"]
BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, "tools")
from build import build_all
build_all(Path.cwd(), Path(sys.argv[1]))
"""


def found(program: str) -> str:
    """Return the path of a program; skip where it is missing."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not on PATH: run the tests by tools/dev.py")
    return path


class Environment:
    """A virtual environment, and the tool that fills it."""

    def __init__(self, home: Path, tool: str, dist: Path) -> None:
        self.python = str(home / "bin" / "python")
        self.bin = home / "bin"
        self.tool = tool
        self.dist = dist
        uv = found("uv")
        seed = ["--seed"] if tool == "pip" else []
        subprocess.run([uv, "venv", "--quiet", *seed, "--python", sys.executable, home], check=True)
        self._uv = uv

    def said(self, *words: str, succeeds: bool | None = True) -> str:
        """Run a program of the environment, and return all that it said."""
        done = subprocess.run(
            [str(self.bin / words[0]), *words[1:]], capture_output=True, text=True, timeout=LIMIT
        )
        text = done.stdout + done.stderr
        assert succeeds is None or succeeds == (done.returncode == 0), text
        return text

    def manage(self, command: str, *words: str, succeeds: bool = True) -> str:
        """Let the tool install, uninstall or check."""
        pip = [self.python, "-m", "pip", "--disable-pip-version-check", command]
        uv = [self._uv, "pip", command, "--python", self.python]
        line = pip if self.tool == "pip" else uv
        if command == "install":
            line = [*line, "--find-links", str(self.dist)]
            if self.tool == "uv":
                # It takes two builds of one version for the same, and what it has kept for ours.
                line = [*line, "--no-cache"]
        if command == "uninstall" and self.tool == "pip":
            line = [*line, "--yes"]
        done = subprocess.run([*line, *words], capture_output=True, text=True, timeout=LIMIT)
        assert succeeds == (done.returncode == 0), done.stdout + done.stderr
        return done.stdout + done.stderr

    def versions(self) -> list[str]:
        """Return the versions of all that is called Twisted here."""
        code = (
            "from importlib.metadata import distributions as d; "
            "print(*sorted(each.version for each in d(name='twisted')))"
        )
        return self.said("python", "-c", code).split()


@pytest.fixture(scope="module")
def dist() -> Path:
    """The wheels of all parts."""
    hatch = found("hatch")
    folder = ROOT / "build" / "compat-dist"
    folder.parent.mkdir(exist_ok=True)
    subprocess.run(
        [hatch, "env", "run", "-e", "build", "--", "python", "-c", BUILD, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=LIMIT,
    )
    return folder


@pytest.fixture(params=["pip", "uv"])
def environment(request: pytest.FixtureRequest, dist: Path, tmp_path: Path) -> Environment:
    """An empty environment that pip fills, and one that uv fills."""
    return Environment(tmp_path / "environment", request.param, dist)


def test_wheel_and_command_write_the_same_record(dist: Path) -> None:
    (wheel,) = dist.glob("tw_compat-*.whl")
    folder = f"tw_compat-{__version__}.data/purelib/twisted-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith(folder)}
        assert names == {f"{folder}/{each}" for each in ("METADATA", "WHEEL", "INSTALLER")}
        assert archive.read(f"{folder}/METADATA").decode() == metadataOf(__version__)


def test_packages_that_depend_on_twisted_install_beside_all_parts(environment: Environment) -> None:
    environment.manage("install", "tw-all")
    assert environment.versions() == [__version__]
    environment.manage("install", *PUBLISHED)
    environment.manage("check")
    for package in PUBLISHED:
        environment.said("python", "-c", f"import {package}")
    # Whoever asks for the newest Twisted has it.
    environment.manage("install", "--upgrade", "Twisted[tls,serial]")
    assert environment.versions() == [__version__]
    assert "nothing is mixed" in environment.said("twisted-compat", "check")
    # An upgrade of the parts takes the record along, and an uninstall takes it away.
    environment.manage("install", "--force-reinstall", "--no-deps", f"tw-compat=={__version__}")
    assert environment.versions() == [__version__]
    environment.manage("uninstall", "tw-compat")
    assert environment.versions() == []


@pytest.mark.parametrize("autoload", [True, False], ids=["with", "without"])
def test_tw_trial_alone_brings_what_pytest_asks_for(
    dist: Path, tmp_path: Path, autoload: bool
) -> None:
    environment = Environment(tmp_path / "environment", "uv", dist)
    environment.manage("install", "tw-trial[pytest]")
    assert environment.versions() == [__version__]
    sample = tmp_path / "test_sample.py"
    sample.write_text(
        "from twisted.internet.defer import succeed\n"
        "from twisted.trial.unittest import TestCase\n\n"
        "class SampleTests(TestCase):\n"
        "    def test_deferred(self):\n"
        "        return succeed(None)\n"
    )
    off = [] if autoload else ["--disable-plugin-autoload"]
    said = environment.said("python", "-m", "pytest", "-c", os.devnull, *off, str(sample))
    assert "1 passed" in said


def test_twisted_itself_is_not_put_over_the_parts_by_pip(dist: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment", "pip", dist)
    environment.manage("install", "tw-application", "tw-compat")
    environment.manage("install", "--no-deps", INCUMBENT, succeeds=False)
    environment.manage("uninstall", "Twisted", succeeds=False)
    assert environment.versions() == [__version__]
    assert "nothing is mixed" in environment.said("twisted-compat", "check")


def test_record_of_the_command_serves_like_that_of_the_wheel(environment: Environment) -> None:
    environment.manage("install", "tw-application")
    assert "find Twisted" in environment.said("twisted-compat", "record")
    assert environment.versions() == [__version__]
    environment.manage("install", "Twisted>=26", "txredisapi")
    environment.manage("check")
    assert environment.versions() == [__version__]
    environment.said("twisted-compat", "remove")
    assert environment.versions() == []


def test_twisted_that_was_there_before_is_found_and_can_be_removed(
    environment: Environment,
) -> None:
    environment.manage("install", INCUMBENT)
    environment.manage("install", "tw-application", "tw-compat")
    said = environment.said("twisted-compat", "check", succeeds=False)
    assert "Twisted 26.10.0 itself is installed too" in said
    # What it advises.
    environment.manage("uninstall", "tw-compat")
    environment.manage("uninstall", "Twisted")
    environment.manage("install", "--force-reinstall", "tw-application", "tw-compat")
    assert environment.versions() == [__version__]
    assert "nothing is mixed" in environment.said("twisted-compat", "check")


def test_twisted_that_came_later_is_found(environment: Environment) -> None:
    environment.manage("install", "tw-application")
    environment.manage("install", "txredisapi")
    # Its own check runs on what is left of us, so it is asked from outside.
    purelib = environment.said(
        "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    )
    command = Path(sys.executable).parent / "twisted-compat"
    done = subprocess.run(
        [command, f"--directory={purelib.strip()}", "check"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "itself is installed too" in done.stderr
    assert "has other contents in twisted/" in done.stderr
