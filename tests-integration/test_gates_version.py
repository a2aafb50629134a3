"""The one version number: it is the same everywhere, and one tool rewrites it."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import twisted

from .small_house import ROOT, SmallHouse

PACKAGES = ROOT / "packages"


def _numbers(root: Path) -> set[str]:
    """Return every version that the parts of a repository state or pin."""
    text = "\n".join(path.read_text() for path in root.glob("packages/tw-*/pyproject.toml"))
    text += (root / "packages/tw-python/src/twisted/__init__.py").read_text()
    found = re.findall(r'^(?:__)?version(?:__)? = "(.*)"|"tw-[^"]*==([^"]*)"', text, re.MULTILINE)
    return {stated or pinned for stated, pinned in found}


def test_all_parts_have_one_version_and_pin_it() -> None:
    assert _numbers(ROOT) == {twisted.__version__}


def test_the_package_and_the_metadata_tell_the_same_version() -> None:
    parts = [path.name for path in PACKAGES.glob("tw-*")]
    assert {metadata.version(part) for part in parts} == {twisted.__version__}
    assert twisted.version.public() == twisted.__version__


def test_the_change_log_has_a_heading_for_the_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## {re.escape(twisted.__version__)}\b", changes, re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> SmallHouse:
    """A repository of its own, which may be changed for good."""
    house = SmallHouse(tmp_path)
    house.build()
    return house


def _version(copy: SmallHouse, *arguments: str) -> str:
    """Run the tool in a repository and return what it said."""
    done = subprocess.run(
        [sys.executable, copy.root / "tools/version.py", *arguments], capture_output=True, text=True
    )
    return done.stdout + done.stderr


def test_the_version_is_rewritten_in_all_places(copy: SmallHouse) -> None:
    _version(copy, "27.2.1")
    assert _numbers(copy.root) == {"27.2.1"}
    assert _version(copy) == "27.2.1\n"


def test_other_requirements_stay_when_the_version_is_rewritten(copy: SmallHouse) -> None:
    _version(copy, "27.2.1")
    project = (copy.root / "packages/tw-python/pyproject.toml").read_text()
    assert '"zope.interface>=7.0"' in project


def test_a_new_version_gets_a_heading_in_the_change_log(copy: SmallHouse) -> None:
    _version(copy, "27.2.1")
    changes = (copy.root / "CHANGELOG.md").read_text()
    assert changes.index("## 27.2.1 (unreleased)") < changes.index("## 26.11.0")


def test_versions_that_differ_are_told_with_their_places(copy: SmallHouse) -> None:
    logger = "packages/tw-logger/pyproject.toml"
    other = (copy.root / logger).read_text().replace('version = "26.11.0"', 'version = "26.10.0"')
    copy.write(logger, other)
    assert f"26.10.0: {logger}" in _version(copy)


def test_a_version_of_another_form_is_refused(copy: SmallHouse) -> None:
    assert "usage: version" in _version(copy, "1.0rc1")
    assert _numbers(copy.root) == {"26.11.0"}
