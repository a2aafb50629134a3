"""How a command ends: with a status that scripts can tell apart, and a message for people.

The numbers are those of sysexits(3).
"""

import os
import sys
from enum import IntEnum
from typing import NoReturn


class ExitStatus(IntEnum):
    """The status that a process ends with."""

    EX_OK = os.EX_OK
    """All is well."""
    EX_ERROR = 1
    """Something is wrong that has no number of its own."""
    EX_USAGE = os.EX_USAGE
    """The command line is wrong."""
    EX_DATAERR = os.EX_DATAERR
    """The contents of a file are wrong."""
    EX_NOINPUT = os.EX_NOINPUT
    """A file cannot be read."""
    EX_UNAVAILABLE = os.EX_UNAVAILABLE
    """Something that is needed, such as a port, cannot be had."""
    EX_SOFTWARE = os.EX_SOFTWARE
    """The program has an error."""
    EX_OSERR = os.EX_OSERR
    """The operating system refused something."""
    EX_CANTCREAT = os.EX_CANTCREAT
    """A file cannot be written."""
    EX_NOPERM = os.EX_NOPERM
    """The right to do something is missing."""
    EX_CONFIG = os.EX_CONFIG
    """The configuration is wrong."""


def exit(status: int = ExitStatus.EX_OK, message: str | None = None) -> NoReturn:
    """End the process.

    Args:
        status: The status; 0 says that all is well.
        message: What to tell first: on standard output if all is well, else on standard error.

    Raises:
        SystemExit: Always.
    """
    if message:
        stream = sys.stderr if status else sys.stdout
        stream.write(f"{message}\n")
        stream.flush()
    sys.exit(int(status))
