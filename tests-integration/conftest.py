"""Fixtures that several integration tests share, and the packages of the examples."""

import shutil
import sys
from pathlib import Path

import pytest

from .small_house import SmallHouse

# What the documentation's examples import is not installed.
sys.path.append(str(Path(__file__).parent.parent / "docs" / "examples" / "finger"))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A small repository with the real tools, in which the gates pass until a fault is planted."""
    if shutil.which("hatch") is None:
        pytest.skip("hatch is not on PATH: run the tests by tools/dev.py")
    root: Path = tmp_path_factory.mktemp("house")
    found = SmallHouse(root)
    found.build()
    return found
