"""Helpers for scripts that make releases."""

import os
from pathlib import Path

import pytest

from twisted.python.release import (
    CommandFailed,
    DirectoryDoesntExist,
    DirectoryExists,
    runChdirSafe,
    sh,
)


def test_a_command_is_shown_and_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sh(f"echo hello; : > {tmp_path}/made")
    assert capfd.readouterr().out.startswith("--$ echo hello")
    assert (tmp_path / "made").exists()


def test_what_a_command_prints_is_thrown_away_or_shown(capfd: pytest.CaptureFixture[str]) -> None:
    sh("echo hello")
    assert capfd.readouterr().out == "--$ echo hello\n"
    sh("echo hello", null=False)
    assert capfd.readouterr().out == "--$ echo hello\nhello\n"


def test_a_command_must_succeed() -> None:
    with pytest.raises(CommandFailed, match="exit status 3 of: exit 3"):
        sh("exit 3")


@pytest.mark.parametrize(("answer", "runs"), [("y", True), ("", True), ("No", False)])
def test_the_user_may_skip_a_command(
    answer: str, runs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)
    sh(f": > {tmp_path}/made", prompt=True)
    assert (tmp_path / "made").exists() == runs


def test_the_directory_is_the_same_after_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def leave(*args: object, **keywords: object) -> tuple[object, ...]:
        os.chdir("/")
        return args, keywords

    assert runChdirSafe(leave, 1, f=2) == ((1,), {"f": 2})
    assert os.getcwd() == str(tmp_path)


def test_the_directory_is_the_same_after_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail() -> None:
        os.chdir("/")
        raise DirectoryExists("x")

    with pytest.raises(DirectoryExists):
        runChdirSafe(fail)
    assert os.getcwd() == str(tmp_path)


def test_the_errors_are_of_the_system() -> None:
    assert issubclass(DirectoryExists, OSError)
    assert issubclass(DirectoryDoesntExist, OSError)
    assert issubclass(CommandFailed, OSError)
