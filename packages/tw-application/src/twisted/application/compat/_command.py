"""The command `twisted-compat`: `record`, `remove` and `check`; see twisted-compat(1)."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from twisted import __version__
from twisted.application.compat._doctor import findFaults
from twisted.application.compat._record import RecordError, removeRecord, writeRecord
from twisted.application.runner import ExitStatus, exit
from twisted.application.runner._trouble import explain, oneLine
from twisted.python.usage import Options, UsageError


class CompatOptions(Options):
    """The options of `twisted-compat`."""

    longdesc = (
        "record: tell package managers that the requirement Twisted is met. "
        "remove: take that back. "
        "check: tell whether files of Twisted itself are mixed with these parts."
    )
    synopsis = "Usage: twisted-compat [options] record | remove | check"
    optParameters = [
        ["directory", "d", None, "The directory of installed packages, if not the one of tw."],
    ]

    def opt_version(self) -> None:
        """Print the version and exit."""
        sys.stdout.write(f"twisted-compat {__version__}\n")
        sys.exit(0)

    def parseArgs(self, *words: str) -> None:
        """Take what is to be done."""
        if len(words) != 1 or words[0] not in ("record", "remove", "check"):
            raise UsageError("say record, remove or check")
        self["do"] = words[0]


def run() -> NoReturn:
    """Run the command `twisted-compat` with the command line of this process, and exit."""
    main(sys.argv[1:])


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the command `twisted-compat`, and exit.

    Args:
        arguments: The command line, without the name of the program.

    Raises:
        SystemExit: Always, with the status: 0 if all is well, 1 if `check` has found a fault.
    """
    options = CompatOptions()
    try:
        options.parseOptions(arguments)
        folder = None if options["directory"] is None else Path(options["directory"])
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is no directory")
        status, text = _do(options["do"], folder)
    except RecordError as error:
        exit(ExitStatus.EX_UNAVAILABLE, f"twisted-compat: {oneLine(str(error))}.")
    except (UsageError, OSError) as error:
        number, said = explain(error)
        if number == ExitStatus.EX_USAGE:
            said = f"{said.rstrip('.')}. Try 'twisted-compat --help'."
        exit(number, f"twisted-compat: {oneLine(said)}")
    exit(status, text)


def _do(what: str, folder: Path | None) -> tuple[ExitStatus, str]:
    """Return the status and what to print."""
    if what == "record":
        written = writeRecord(folder)
        return ExitStatus.EX_OK, f"Package managers find Twisted {__version__} in {written.parent}."
    if what == "remove":
        there = removeRecord(folder)
        return ExitStatus.EX_OK, "The record is removed." if there else "There was no record."
    faults = findFaults(folder)
    if faults:
        return ExitStatus.EX_ERROR, "\n".join(f"twisted-compat: {fault}." for fault in faults)
    return ExitStatus.EX_OK, "The parts are complete, and nothing is mixed with them."
