"""Helpers for scripts that make releases: commands that must succeed, and a directory to return to."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


class DirectoryExists(OSError):
    """A directory is there that must not be."""


class DirectoryDoesntExist(OSError):
    """A directory is not there that must be."""


class CommandFailed(OSError):
    """A command of the shell did not succeed."""


def sh(command: str, null: bool = True, prompt: bool = False) -> None:
    """Run a command of the shell, after showing it.

    Args:
        command: The command, as the shell reads it; never put a text from outside into it.
        null: Whether to throw away what it prints.
        prompt: Whether to ask on the terminal first; an answer that begins with `n` skips the
            command.

    Raises:
        CommandFailed: Its exit status is not 0.
    """
    sys.stdout.write(f"--$ {command}\n")
    sys.stdout.flush()
    if prompt and input("run? [Y/n] ").strip().lower().startswith("n"):
        return
    output = subprocess.DEVNULL if null else None
    status = subprocess.run(command, shell=True, stdout=output, check=False).returncode
    if status != 0:
        raise CommandFailed(f"exit status {status} of: {command}")


def runChdirSafe(f: Callable[_P, _R], /, *args: _P.args, **kw: _P.kwargs) -> _R:
    """Call a function, and return to the directory that was the current one before.

    Args:
        f: The function.
        args: Its arguments.
        kw: Its keywords.

    Returns:
        What it returns.
    """
    directory = os.getcwd()
    try:
        return f(*args, **kw)
    finally:
        os.chdir(directory)


__all__ = ["CommandFailed", "DirectoryDoesntExist", "DirectoryExists", "runChdirSafe", "sh"]
