"""The command `twisted-inspect`: asks a service that runs what it is doing; see twisted-inspect(1).

It needs no reactor: it asks one question and waits for the answer.
"""

import json
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from twisted import __version__
from twisted.application.inspection._inspection import Row
from twisted.application.runner import ExitStatus, exit
from twisted.python.usage import Options, UsageError

PATIENCE = 10.0
"""How many seconds to wait for an answer."""
MAXIMUM_ANSWER = 16 * 1024 * 1024
"""How long an answer may be, in bytes."""


class InspectOptions(Options):
    """The options of `twisted-inspect`."""

    longdesc = (
        "Asks the service that listens at PATH, as 'twist --inspect=PATH' does. Questions are: "
        "services, connections, ports, timers, waiting, record on, record off, levels, "
        "level NAMESPACE LEVEL."
    )
    synopsis = "Usage: twisted-inspect [options] PATH question"
    optFlags = [["json", "j", "Show the answer as JSON."]]

    def opt_version(self) -> None:
        """Print the version and exit."""
        sys.stdout.write(f"twisted-inspect {__version__}\n")
        sys.exit(0)

    def parseArgs(self, *words: str) -> None:
        """Take the path and the question."""
        if len(words) < 2:
            raise UsageError("say the path of the socket, and a question")
        self["path"], *self["words"] = words


def run() -> NoReturn:
    """Run the command `twisted-inspect` with the command line of this process, and exit."""
    main(sys.argv[1:])


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the command `twisted-inspect`, and exit.

    Args:
        arguments: The command line, without the name of the program.

    Raises:
        SystemExit: Always, with the status.
    """
    options = InspectOptions()
    try:
        options.parseOptions(arguments)
    except UsageError as error:
        text = str(error).rstrip(".")
        exit(ExitStatus.EX_USAGE, f"twisted-inspect: {text}. Try 'twisted-inspect --help'.")
    path = options["path"]
    try:
        answer = ask(path, options["words"])
    except TimeoutError:
        exit(
            ExitStatus.EX_UNAVAILABLE,
            f"twisted-inspect: {path} does not answer: the event loop of the service is hung or "
            "very busy. A signal may still show where it is, see the how-to what-is-waiting.",
        )
    except (OSError, ValueError) as error:
        exit(
            ExitStatus.EX_UNAVAILABLE,
            f"twisted-inspect: {path} cannot be asked: {error}. Is the service running, with "
            f"--inspect={path}, and as your user?",
        )
    match answer:
        case {"rows": list(rows)}:
            exit(ExitStatus.EX_OK, json.dumps(rows) if options["json"] else table(rows))
        case {"error": str(said)}:
            exit(ExitStatus.EX_USAGE, f"twisted-inspect: {said}.")
        case _:
            exit(ExitStatus.EX_DATAERR, f"twisted-inspect: {path} is not an inspected service.")


def ask(path: str, words: Sequence[str]) -> object:
    """Return the answer of a service to a question.

    Args:
        path: Where the service listens.
        words: The question.

    Raises:
        OSError: The service cannot be asked.
        TimeoutError: It does not answer.
        ValueError: The answer is too long, or is none.
    """
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(PATIENCE)
        asking.connect(path)
        asking.sendall(json.dumps(list(words)).encode() + b"\n")
        answer = bytearray()
        while data := asking.recv(65536):
            answer += data
            if len(answer) > MAXIMUM_ANSWER:
                raise ValueError("the answer is too long")
    parsed: object = json.loads(answer)
    return parsed


def table(rows: list[Row]) -> str:
    """Return rows as text with columns; the names of the columns come first."""
    if not rows:
        return "None."
    columns = list(rows[0])
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    if len(columns) == 1:
        return _printable("\n".join(line[0] for line in lines[1:]))
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    text = "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return _printable(text)


def _printable(text: str) -> str:
    """Return a text without control characters but the ends of lines."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
