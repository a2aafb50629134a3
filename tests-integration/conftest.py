"""Fixtures that several integration tests share."""

import shutil
from pathlib import Path

import pytest

from .small_house import SmallHouse


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A small repository with the real tools, in which the gates pass until a fault is planted."""
    if shutil.which("hatch") is None:
        pytest.skip("hatch is not on PATH: run the tests by tools/dev.py")
    root: Path = tmp_path_factory.mktemp("house")
    found = SmallHouse(root)
    found.build()
    return found
