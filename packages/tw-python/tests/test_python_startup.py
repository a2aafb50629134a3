"""Importing the base of everything costs little."""

import subprocess
import sys

import pytest
from incremental import Version

import twisted

SLOW = {"asyncio", "dataclasses", "incremental", "inspect", "logging", "socket", "subprocess"}


@pytest.mark.parametrize("module", ["failure", "components", "context", "reflect", "constants"])
def test_what_everything_needs_imports_nothing_slow(module: str) -> None:
    program = f"import sys, twisted.python.{module}; print(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert SLOW.isdisjoint(finished.stdout.split())


def test_the_version_is_made_when_it_is_asked_for() -> None:
    assert isinstance(twisted.version, Version)
    assert twisted.version.public() == twisted.__version__
    assert twisted.version is twisted.version


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'nonsense'"):
        twisted.nonsense  # type: ignore[attr-defined]  # noqa: B018 - what is tried
