"""Check the wheels and source distributions in dist/, each as its user would get it.

Looks into every archive: tags, metadata, license, py.typed, no file in two wheels, and a source
distribution builds the same wheel again. Then each wheel is installed alone, with the wheels it
requires and with what those need from the index, into an environment of its own, where every
module must import, every command must answer --help, and the part's own tests must pass.

`check_wheels.py tw-defer tw-logger` makes the environments of these parts only.
"""

import email
import email.message
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from parts import ROOT, Part, parts, required_name

TOOLS = Path(__file__).resolve().parent
REQUIRED_METADATA = (
    "Name",
    "Version",
    "Summary",
    "License-Expression",
    "License-File",
    "Author",
    "Keywords",
    "Classifier",
    "Requires-Python",
    "Description-Content-Type",
)
# Whether a property holds does not depend on how the part was installed, and the unit tests ask with
# many more examples; here they show that the tests run.
EXAMPLES = "20"
PIP = ["uv", "pip", "install", "--quiet", "--python"]


@dataclass(frozen=True)
class Wheel:
    """A wheel in dist/, and the part that it was built from."""

    path: Path
    part: Part

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """Its files by name."""
        with zipfile.ZipFile(self.path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @cached_property
    def metadata(self) -> email.message.Message:
        """The METADATA file."""
        return email.message_from_bytes(self._information("METADATA"))

    def _information(self, name: str) -> bytes:
        folder = f"{self.part.name.replace('-', '_')}-{self.part.project['version']}.dist-info"
        return self.contents.get(f"{folder}/{name}", b"")

    @property
    def requires(self) -> set[str]:
        """The normalized names of what it requires, without the extras."""
        lines = self.metadata.get_all("Requires-Dist", [])
        return {required_name(line) for line in lines if "extra ==" not in line}

    @property
    def tests_size(self) -> int:
        """How many bytes the part's tests have, which says about how long they take."""
        return sum(path.stat().st_size for path in self.part.folder.glob("tests/*.py"))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the wheel as a file."""
        tags = email.message_from_bytes(self._information("WHEEL")).get_all("Tag", [])
        if tags != ["py3-none-any"] or not self.path.name.endswith("-py3-none-any.whl"):
            yield f"{self.path.name} is not a pure wheel for every Python 3: {tags}"
        for field in REQUIRED_METADATA:
            if not self.metadata.get(field):
                yield f"{self.path.name} has no {field} in its metadata"
        if len(str(self.metadata.get_payload()).split()) < 20:
            yield f"{self.path.name} has no README worth the name as its description"
        if not self._information("licenses/LICENSE"):
            yield f"{self.path.name} holds no LICENSE"
        if ("twisted/py.typed" in self.contents) != (self.part.name == "tw-python"):
            yield f"{self.path.name}: tw-python ships py.typed, and no other wheel does"
        shipped = {name for name in self.contents if name.startswith("twisted/")}
        sources = {path.relative_to(self.part.sources) for path in self.part.modules.values()}
        for missing in sorted({str(path) for path in sources} - shipped):
            yield f"{self.path.name} lacks {missing}"
        for name in sorted(self.contents):
            if "/tests/" in name or name.startswith("tests/"):
                yield f"{self.path.name} holds a test: {name}"


def shared_files(wheels: Iterable[Wheel]) -> Iterator[str]:
    """Yield the files that are in more than one wheel."""
    holders = defaultdict(list)
    for wheel in wheels:
        for name in wheel.contents:
            holders[name].append(wheel.part.name)
    for name, names in sorted(holders.items()):
        if len(names) > 1:
            yield f"{name} is in {' and in '.join(names)}"


def rebuilt(wheel: Wheel, dist: Path) -> Iterator[str]:
    """Build a wheel from the source distribution and compare it with the one in dist/."""
    source = dist / f"{wheel.path.name.split('-py3')[0]}.tar.gz"
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(source) as archive:
        archive.extractall(scratch, filter="data")
        (folder,) = Path(scratch).iterdir()
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        built = Path(scratch) / wheel.path.name
        if not built.exists():
            yield f"{source.name} builds no wheel: {done.stdout}{done.stderr}"
        elif Wheel(built, wheel.part).contents != wheel.contents:
            yield f"{source.name} builds another wheel than the one in dist/"
        if not (folder / "tests").exists() and (wheel.part.folder / "tests").exists():
            yield f"{source.name} lacks the tests"


def with_requirements(wheel: Wheel, by_name: dict[str, Wheel]) -> list[Wheel]:
    """Return a wheel and those of our parts that it requires, directly or not."""
    found = {wheel.part.name: wheel}
    waiting = [wheel]
    while waiting:
        for name in waiting.pop().requires & by_name.keys() - found.keys():
            found[name] = by_name[name]
            waiting.append(by_name[name])
    return list(found.values())


def alone(wheel: Wheel, by_name: dict[str, Wheel], root: Path) -> Iterator[str]:
    """Install a wheel alone and yield what does not work then."""
    home = root / "build" / "wheels" / wheel.part.name
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, home], check=True)
    python = home / "bin" / "python"
    wanted = [str(each.path) for each in with_requirements(wheel, by_name)]
    done = subprocess.run([*PIP, python, *wanted], capture_output=True, text=True)
    if done.returncode:
        yield f"{wheel.part.name} cannot be installed: {done.stderr}"
        return
    yield from _imports(wheel, python)
    for command in wheel.part.project.get("scripts", {}):
        done = subprocess.run([home / "bin" / command, "--help"], capture_output=True, text=True)
        if done.returncode or not done.stdout:
            yield f"{command} --help exits with {done.returncode}: {done.stdout}{done.stderr}"
    yield from _tests(wheel, home, root)


def _imports(wheel: Wheel, python: Path) -> Iterator[str]:
    listed = tomllib.loads((TOOLS / "wheel_exceptions.toml").read_text())["exceptions"]
    exceptions = {entry["module"]: entry for entry in listed}
    done = subprocess.run(
        [python, "-I", TOOLS / "import_all.py"],
        input="\n".join(wheel.part.modules),
        capture_output=True,
        text=True,
    )
    failures = dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
    if done.returncode or done.stderr:
        yield f"{wheel.part.name}: importing its modules said {done.stderr}"
    for module in wheel.part.modules:
        said, entry = failures.get(module), exceptions.get(module)
        if said and not entry:
            yield f"{wheel.part.name} alone cannot import {module}: {said}"
        elif said and entry and not (said.startswith("ImportError") and entry["error"] in said):
            yield f"{module} should fail with an ImportError that says {entry['error']!r}: {said}"
        elif entry and not said and entry["needs"].startswith("extra"):
            yield f"{module} imports without {entry['needs']}: strike it from the exceptions"


def _tests(wheel: Wheel, home: Path, root: Path) -> Iterator[str]:
    """Run the part's tests against the installed wheel, away from the sources."""
    tests = wheel.part.folder / "tests"
    if not tests.exists():
        return
    pins = tomllib.loads((root / "hatch.toml").read_text())["envs"]["default"]["dependencies"]
    subprocess.run([*PIP, home / "bin" / "python", *pins], check=True)
    done = subprocess.run(
        [home / "bin" / "pytest", "-q", "-p", "no:cacheprovider", tests],
        cwd=root,
        env={
            **os.environ,
            "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "TW_EXAMPLES": EXAMPLES,
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        yield f"{wheel.part.name}: its tests fail on the installed wheel:\n{done.stdout[-4000:]}"


def check(root: Path, only: set[str]) -> list[str]:
    """Return everything that is wrong with the files in dist/."""
    dist = root / "dist"
    by_name = {}
    for part in parts(root):
        (path,) = dist.glob(f"{part.name.replace('-', '_')}-*.whl")
        by_name[part.name] = Wheel(path, part)
    wheels = list(by_name.values())
    faults = list(shared_files(wheels))
    for wheel in wheels:
        faults += wheel.faults()
    chosen = [wheel for wheel in wheels if not only or wheel.part.name in only]
    # The longest first, so that none of the two is left alone with it at the end.
    chosen.sort(key=lambda wheel: wheel.tests_size, reverse=True)
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda wheel: list(rebuilt(wheel, dist)), chosen):
            faults += found
        for found in pool.map(lambda wheel: list(alone(wheel, by_name, root)), chosen):
            faults += found
    return faults


def main() -> None:
    """Print what is wrong; the exit status says whether anything is."""
    faults = check(ROOT, set(sys.argv[1:]))
    if faults:
        sys.exit("\n".join(faults))
    print("Each wheel works alone.")


if __name__ == "__main__":
    main()
