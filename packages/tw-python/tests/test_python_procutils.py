"""Finding programs on the path."""

import os
from pathlib import Path

import pytest

from twisted.python.procutils import which


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three directories that are on the path."""
    made = [tmp_path / name for name in ("a", "b", "c")]
    for each in made:
        each.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, made)))
    monkeypatch.delenv("PATHEXT", raising=False)
    return made


def program(path: Path, mode: int = 0o755) -> str:
    """Make a program; return its path."""
    path.touch()
    path.chmod(mode)
    return str(path)


def test_all_programs_of_a_name_are_found_in_order(places: list[Path]) -> None:
    made = [program(places[2] / "run"), program(places[0] / "run")]
    assert which("run") == made[::-1]


def test_what_is_missing_is_not_found(places: list[Path]) -> None:
    assert which("run") == []


def test_what_cannot_be_run_is_not_found(places: list[Path]) -> None:
    program(places[0] / "run", 0o644)
    assert which("run") == []


def test_what_is_asked_of_a_file_can_be_said(places: list[Path]) -> None:
    made = program(places[0] / "text", 0o644)
    assert which("text", os.R_OK) == [made]


def test_a_directory_is_no_program(places: list[Path]) -> None:
    (places[0] / "run").mkdir()
    assert which("run") == []


def test_a_path_is_looked_up_as_it_is(places: list[Path]) -> None:
    made = program(places[0] / "run")
    assert which(made) == [made]
    assert which(made + "ner") == []


def test_the_current_directory_is_not_searched_unless_it_is_named(
    places: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(places[0] / "run")
    monkeypatch.chdir(places[0])
    monkeypatch.setenv("PATH", os.pathsep)
    assert which("run") == []
    monkeypatch.setenv("PATH", ".")
    assert which("run") == [os.path.join(".", "run")]


def test_extensions_are_added(places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    made = program(places[1] / "run.exe")
    monkeypatch.setenv("PATHEXT", os.pathsep.join([".bat", ".exe"]))
    assert which("run") == [made]


def test_no_path_is_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    assert which("sh") == []


def test_the_shell_is_found() -> None:
    assert os.path.basename(which("sh")[0]) == "sh"
