"""Suites of published packages that know nothing of us: each test goes as under unittest.

The packages come as source distributions from the package index. What unittest says of each test
decides; trial, alone and in workers, and pytest with our plugin have to say the same.
"""

import json
import os
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from xml.etree import ElementTree

import pytest

LIMIT = 600.0
SUITES = {"pyasn1==0.6.5": "tests", "simplejson==4.3.0": "simplejson/tests"}
"""The packages, and where their tests are in the source distribution."""

UNITTEST = """
import json, sys, unittest

class Noting(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.outcomes = {}
    def addSuccess(self, test):
        self.outcomes[test.id()] = "success"
    def addError(self, test, error):
        self.outcomes[test.id()] = "error"
    def addFailure(self, test, error):
        self.outcomes[test.id()] = "failure"
    def addSkip(self, test, reason):
        self.outcomes[test.id()] = "skip"

result = Noting()
unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:]).run(result)
with open(sys.argv[1], "w") as file:
    json.dump(result.outcomes, file)
"""


class Published:
    """The source distribution of a package, and what unittest says of its tests."""

    def __init__(self, root: Path, tests: str) -> None:
        self.root = root
        self.tests = tests
        files = sorted((root / tests).rglob("test_*.py"))
        names = [".".join(file.relative_to(root).with_suffix("").parts) for file in files]
        results = root / "unittest.json"
        self.run("-c", UNITTEST, str(results), *names)
        self.expected: dict[str, str] = json.loads(results.read_text())

    def run(self, *words: str) -> None:
        """Run a command where the package can be imported, to its end."""
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with pip."""
    home: Path = tmp_path_factory.mktemp("pip")
    venv.create(home, with_pip=True)
    return home / "bin" / "python"


@pytest.fixture(scope="module", params=SUITES)
def published(
    request: pytest.FixtureRequest, pip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """A package with its tests; skip where it is not to be had."""
    name: str = request.param
    folder: Path = tmp_path_factory.mktemp("published")
    download = [str(pip), "-m", "pip", "download", "--no-deps", "--no-binary=:all:", name]
    done = subprocess.run(download, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["pip says nothing"]
        pytest.skip(f"the package index does not give out {name}: {said[-1]}")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return Published(folder / archive.name.removesuffix(".tar.gz"), SUITES[name])


@pytest.mark.parametrize("options", [[], ["--jobs", "2"]], ids=["alone", "workers"])
def test_trial_agrees_on_every_test(published: Published, options: list[str]) -> None:
    name = published.tests.replace("/", ".")
    published.run("-m", "twisted.scripts.trial", *options, "--jsonlines=trial.json", name)
    events = map(json.loads, (published.root / "trial.json").read_text().splitlines())
    found = {
        event["test"]: [each["outcome"] for each in event["outcomes"]]
        for event in events
        if event["event"] == "test"
    }
    assert len(published.expected) > 200
    assert found == {test: [outcome] for test, outcome in published.expected.items()}


def test_pytest_with_the_plugin_agrees_on_every_test(published: Published) -> None:
    report = published.root / "pytest.xml"
    options = ("-c", os.devnull, "--rootdir=.", "-p", "no:cacheprovider", f"--junit-xml={report}")
    published.run("-m", "pytest", "--twisted", *options, published.tests)
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        # A subtest is a case of its own there, with the name of its test.
        outcome = "skip" if case.find("skipped") is not None else "success"
        found[f"{case.get('classname')}.{case.get('name')}"] = outcome
    assert found == published.expected
