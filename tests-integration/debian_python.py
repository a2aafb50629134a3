"""Debian's own Python with our parts: the one that its bindings to GLib, GTK, wx and Tk are for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT

PYTHON = "/usr/bin/python3"


def variables(**more: str) -> dict[str, str]:
    """Return an environment in which Debian's Python finds our parts and what they need."""
    # The parts stand on the path as they were installed here; what is Python's own is left out.
    path = [one for one in sys.path if "site-packages" in one or "packages/tw-" in one]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **more}


def require(statement: str, package: str) -> None:
    """Skip the test unless Debian's Python can import what it is about.

    Args:
        statement: Imports it.
        package: The Debian package that has it.
    """
    if not Path(PYTHON).exists():
        pytest.skip("Debian's own Python is not on this machine: apt-get install python3")
    done = subprocess.run([PYTHON, "-c", statement], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{PYTHON} cannot {statement!r}: apt-get install {package}")


@contextmanager
def display() -> Iterator[str]:
    """Run an X server that shows nothing, for as long as the context lasts; yields its name."""
    reader, writer = os.pipe()
    try:
        server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writer),
                "-screen",
                "0",
                "640x480x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        os.close(reader)
        pytest.skip("Xvfb is not on this machine: apt-get install xvfb")
    finally:
        os.close(writer)
    with server:
        try:
            # It writes the number when it is ready, and the pipe ends if it never is.
            with os.fdopen(reader) as numbers:
                number = numbers.readline().strip()
            assert number, "Xvfb ended at once"
            yield f":{number}"
        finally:
            server.terminate()


def runProgram(program: str, **more: str) -> str:
    """Run a program with Debian's Python, and return what it printed.

    Args:
        program: Its source, or the path of its file.
        more: More of the environment.
    """
    arguments = [program] if program.endswith(".py") else ["-c", program]
    done = subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        env=variables(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
